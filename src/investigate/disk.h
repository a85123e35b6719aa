/* The files of the scope as they lie on a disk now: still there, how large,
 * changed since they were accessed. Nothing is opened for reading, no link is
 * followed, no access time changes.
 *
 * Where under the root a share's paths begin is found by trying: the number of
 * leading folders to leave out under which most of a sample of the share's
 * files exist. */
#ifndef ASH_INVESTIGATE_DISK_H
#define ASH_INVESTIGATE_DISK_H

#include "investigate/scope.h"

typedef enum ash_disk_state {
    ASH_DISK_MISSING,
    ASH_DISK_SAME,    /* not written to since the last access */
    ASH_DISK_CHANGED, /* written to after it */
    ASH_DISK_OTHER,   /* no regular file, or it may not be looked at */
} ash_disk_state;

typedef struct ash_disk_file {
    ash_disk_state state;
    int64_t size;     /* bytes; SAME and CHANGED only */
    int64_t modified; /* ns since 1970 UTC; likewise */
} ash_disk_file;

typedef struct ash_disk_totals {
    int64_t files, same, changed, missing, other;
    int64_t bytes; /* of those that are there */
} ash_disk_totals;

typedef struct ash_disk ash_disk;

/* Takes the paths of the selection last made (ash_scope_select). root must be a
 * folder. The caller closes. */
int ash_disk_open(ash_disk **ret, const char *root, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_disk_close(ash_disk *d); /* NULL is fine */

const char *ash_disk_root(const ash_disk *d);
ash_disk_totals ash_disk_sum(const ash_disk *d);

/* The i-th share with files in the selection; false behind the last. below: the
 * start of its paths that stands for the root ("" if none), valid until close;
 * found: how many of the sample exist there, of tried. */
typedef struct ash_disk_share {
    uint32_t share;
    const char *below;
    unsigned found, tried;
} ash_disk_share;
bool ash_disk_share_at(const ash_disk *d, size_t i, ash_disk_share *ret);

/* False where a row is not about a file's content. */
bool ash_disk_look(ash_disk *d, const ash_scope_row *row, ash_disk_file *ret);

/* Where a row's file lies: its folder's descriptor (valid until the next call)
 * and its name there. False: the folder is not there, or lies behind a link. */
#define ASH_DISK_NAME 256
bool ash_disk_find(ash_disk *d, const ash_scope_row *row, int *ret_folder, char name[ASH_DISK_NAME]);

const char *ash_disk_state_name(ash_disk_state s);

#endif
