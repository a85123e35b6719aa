/*
 * What smbd writes for one client request, as tables.
 *
 * A script is a list of steps; a step is one log line: fixed text, one argument, a
 * suffix. Which steps exist depends on the full_audit configuration, so the tables
 * are filtered once at the start and the hot loop sees nothing of it.
 */
#ifndef ASH_SIMULATE_SMB_SCRIPT_H
#define ASH_SIMULATE_SMB_SCRIPT_H

#include "simulate/spool.h"

typedef enum ash_smb_config { ASH_SMB_LEAN, ASH_SMB_RICH, ASH_SMB_OLD, ASH_SMB_NOREADS } ash_smb_config;

typedef enum ash_arg_id {
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
} ash_arg_id;

typedef enum ash_script_id {
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
} ash_script_id;

typedef struct ash_step {
    ash_piece text, suffix;
    uint8_t arg, pace;
} ash_step;

typedef struct ash_script {
    const ash_step *steps;
    size_t count;
} ash_script;

typedef struct ash_scripts {
    ash_step *pool;
    ash_script all[S_COUNT];
} ash_scripts;

typedef struct ash_arg_text {
    const char *s; /* readable for at least 64 bytes */
    size_t len;
} ash_arg_text;

/* False: no memory. */
bool ash_scripts_init(ash_scripts *s, ash_smb_config config);
void ash_scripts_free(ash_scripts *s);

static inline void ash_script_run(ash_spool *o, const ash_scripts *scripts, ash_script_id id,
                              const ash_arg_text args[ARG_COUNT])
{
    const ash_script *s = &scripts->all[id];
    for (size_t i = 0; i < s->count; i++) {
        const ash_step *st = &s->steps[i];
        const ash_arg_text *a = &args[st->arg];
        ash_spool_line(o, (ash_pace)st->pace, &st->text, a->s, a->len, &st->suffix);
    }
}

#endif
