/* What accesses show of encryption, destruction and staging. Log records tell
 * names and operations, not contents: these are signs, not proofs. */
#ifndef ASH_INVESTIGATE_SIGNS_H
#define ASH_INVESTIGATE_SIGNS_H

#include "investigate/story.h"

#define ASH_SIGN_NAME 96

typedef struct ash_signs {
    /* Files renamed to one new extension, or written anew with it and deleted
     * without, many within an hour, the extension added or given to several kinds
     * of files; 0 if there are no such. */
    int64_t extended;
    char extension[ASH_SIGN_NAME]; /* escaped, without the dot */
    /* Files read or opened, and overwritten in the same access: in the minute with
     * most of them, and in all minutes with many; 0 if none has many. */
    int64_t overwritten_minute, overwritten;
    /* Folders that got a new file of one name within an hour; 0 if few. */
    int64_t note_folders;
    char note[ASH_SIGN_NAME];
    ash_examples encryption;

    int64_t deleted, deleted_read; /* different paths; deleted_read: also read or opened */
    int64_t deleted_day;   /* by one account, most on one day (UTC) */
    int64_t deleted_habit; /* the same of the accounts' other accesses */
    ash_examples destruction;

    int64_t archives; /* archives written, or files renamed to be one */
    int64_t bundles;  /* new files after many reads, where there are few */
    ash_examples staging;

    int64_t changed; /* accesses with a change by a person */
} ash_signs;

/* which: SQL on rows of story: "true" or "track = 3". Needs rest (story.h). */
int ash_signs_load(ash_signs *ret, ash_reader *r, const char *which, ash_error *err) ASH_MUST_USE;

bool ash_signs_encryption(const ash_signs *s);
/* Deleted beyond what the accounts otherwise do. */
bool ash_signs_destruction(const ash_signs *s);
bool ash_signs_staging(const ash_signs *s);

#endif
