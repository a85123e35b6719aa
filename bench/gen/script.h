/*
 * What smbd writes for one client request, as tables.
 *
 * A script is a list of steps; a step is one log line: fixed text, one argument, a
 * suffix. Which steps exist depends on the full_audit configuration, so the tables
 * are filtered once at the start and the hot loop sees nothing of it.
 */
#ifndef GEN_SCRIPT_H
#define GEN_SCRIPT_H

#include "out.h"

enum log_config { CFG_LEAN, CFG_RICH, CFG_OLD, CFG_NOREADS };

enum arg_id {
    ARG_NONE,
    ARG_SHARE,
    ARG_ROOT,      /* the share's root */
    ARG_UP,        /* how smbd names the parent of the object when it opens it */
    ARG_PARENT,    /* the parent's true path */
    ARG_DIR,       /* the folder worked on, or the folder of ARG_FILE */
    ARG_DOT,
    ARG_DOTDOT,
    ARG_ENTRY,     /* one entry of a listing */
    ARG_FILE,
    ARG_LEAF,      /* last component of ARG_FILE or ARG_DEST */
    ARG_DEST,
    ARG_PAIR,      /* file|dest */
    ARG_FILE_TIMES,
    ARG_ROOT_ID,
    ARG_PARENT_ID,
    ARG_DIR_ID,
    ARG_ENTRY_ID,
    ARG_ENTRY_INODE,
    ARG_FILE_ID,
    ARG_FILE_INODE,
    ARG_SIZE,
    ARG_COUNT
};

enum script_id {
    S_IPC,         /* connect and disconnect of IPC$ */
    S_CONNECT,
    S_DISCONNECT,
    S_CD,          /* the client looks whether the folder exists */
    S_LIST_OPEN,
    S_LIST_DOTS,
    S_ENTRY,
    S_LIST_CLOSE,
    S_LIST_TAIL,   /* smbclient's "ls" asks for the free space afterwards */
    S_LIST_DENIED, /* the folder's name is visible, its content is not */
    S_UP_DENIED,   /* a folder inside a denied one */
    S_DEEP_DENIED, /* two or more levels inside: the wanted name is lost */
    S_READ_OPEN,
    S_READ_CHUNK,
    S_READ_CLOSE,
    S_READ_DENIED,
    S_LOOKUP,      /* the name is not found: smbd scans the folder */
    S_LOOKUP_ENTRY,
    S_LOOKUP_END,
    S_READ_MISSING,
    S_UP,          /* opens the parent, before S_LOOKUP or S_OVERWRITE */
    S_CREATE_OPEN, /* a new file */
    S_OVERWRITE,
    S_WRITE_CHUNK,
    S_WRITE_CLOSE,
    S_RENAME_OPEN,
    S_RENAME,
    S_DELETE_FIND, /* lists the folder with the file's name as pattern */
    S_DELETE,
    S_MKDIR,
    S_COUNT
};

struct step {
    struct text text, suffix;
    uint8_t arg, pace;
};

struct script {
    const struct step *steps;
    size_t count;
};

struct scripts {
    struct step *pool;
    struct script all[S_COUNT];
};

struct arg {
    const char *s; /* readable for at least 64 bytes */
    size_t len;
};

void scripts_init(struct scripts *s, enum log_config config);
void scripts_free(struct scripts *s);

static inline void script_run(struct out *o, const struct scripts *scripts, enum script_id id,
                              const struct arg args[ARG_COUNT])
{
    const struct script *s = &scripts->all[id];
    for (size_t i = 0; i < s->count; i++) {
        const struct step *st = &s->steps[i];
        const struct arg *a = &args[st->arg];
        out_line(o, (enum pace)st->pace, &st->text, a->s, a->len, &st->suffix);
    }
}

#endif
