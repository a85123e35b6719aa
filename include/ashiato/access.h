/* An access: what one actor did to one file or folder in one session, folded
 * from its records. */
#ifndef ASHIATO_ACCESS_H
#define ASHIATO_ACCESS_H

#include "ashiato/event.h"

/* How strong the evidence is that content was disclosed, weakest first. The
 * numbers are stored; new ones go between. Why there are two more than the
 * grades people talk about: docs/decisions/0001-grades.md. */
typedef enum ash_grade {
    ASH_GRADE_NONE = 0,
    ASH_GRADE_MISSING = 10, /* asked for; no such file */
    ASH_GRADE_DENIED = 20,  /* asked for and refused */
    ASH_GRADE_SEEN = 30,    /* name resolved or attributes read, nothing more */
    ASH_GRADE_LISTED = 40,  /* a folder whose entries were listed */
    ASH_GRADE_OPENED = 50,  /* a handle that could read content was granted */
    ASH_GRADE_READ = 60,    /* content left the disk for the client */
} ash_grade;

/* Changes stand beside the grade. */
#define ASH_CHANGE_WRITTEN 0x01u
#define ASH_CHANGE_RENAMED 0x02u
#define ASH_CHANGE_DELETED 0x04u
#define ASH_CHANGE_SECURITY 0x08u
#define ASH_CHANGE_LINKED 0x10u

/* Access flags. */
#define ASH_ACCESS_CUT 0x01u       /* the path is incomplete: its line was cut */
#define ASH_ACCESS_NAME_LOST 0x02u /* refused below this path; the log lost the name */
#define ASH_ACCESS_NEW 0x04u       /* the file was made or emptied by this access */
#define ASH_ACCESS_HALF_READ 0x08u /* a read began; its end is not in the log */

#define ASH_ACCESS_UNSURE 0x10u    /* a file that was read, or a folder that was listed */
#define ASH_ACCESS_STEP 0x20u      /* a temporary file of a program that saved new_path */
#define ASH_ACCESS_SAVED 0x40u     /* written by replacing it */

typedef struct ash_access {
    uint32_t actor;
    uint32_t principal; /* the first actor with the same account */
    uint32_t share;
    uint32_t session;
    uint32_t input;
    ash_view path;     /* as the log states it */
    ash_view new_path; /* rename or link target, else empty */
    int64_t first; /* ns since 1970 UTC */
    int64_t last;
    uint64_t offset; /* first record's offset in the decompressed input */
    uint64_t end;    /* one past the last record */
    uint32_t records;
    uint32_t entries; /* names shown by listings of this folder */
    uint8_t grade;    /* ash_grade */
    uint8_t changes;  /* ASH_CHANGE_* */
    uint8_t object;   /* ash_object */
    uint8_t flags;    /* ASH_ACCESS_* */
} ash_access;

/* What an access has become since it was last reported, for detectors. */
#define ASH_GREW_MISSING 0x01u
#define ASH_GREW_DENIED 0x02u
#define ASH_GREW_LISTED 0x04u
#define ASH_GREW_OPENED 0x08u
#define ASH_GREW_READ 0x10u
#define ASH_GREW_WRITTEN 0x20u
#define ASH_GREW_RENAMED 0x40u
#define ASH_GREW_DELETED 0x80u

/* "read", "opened", ... Never NULL. */
const char *ash_grade_name(ash_grade g);

/* The one word for an access: its grade if content may have been disclosed
 * (opened, read), otherwise its strongest change (deleted, renamed, written),
 * otherwise the grade. */
const char *ash_access_word(ash_grade g, unsigned changes);

#endif
