/* The scope: one row a path, with its strongest grade. */
#ifndef ASH_INVESTIGATE_SCOPE_H
#define ASH_INVESTIGATE_SCOPE_H

#include "investigate/filter.h"

typedef struct ash_scope_row {
    uint32_t segment;
    int64_t row;       /* with segment: the access that decides the grade */
    ash_view path;     /* as the log states it; valid until the next row */
    ash_view new_path; /* where it was renamed to, if so */
    uint32_t share, actor;
    uint8_t grade;
    uint8_t changes;
    uint8_t flags; /* ASH_ACCESS_* of any of its accesses */
    int64_t first_cs, last_cs;
    int64_t records, entries, accesses, actors; /* actors: how many different ones */
    int64_t track;     /* 0 = none */
    uint8_t standing;  /* ash_standing of that access; ASH_STANDING_NONE without a track */
    uint32_t why;      /* ASH_WHY_* of all of its accesses */
} ash_scope_row;

/* Chooses the accesses meant by the filter and groups them by path. What follows
 * is about this choice, until the next one. Larger than memory: goes to the
 * case's temporary folder. */
int ash_scope_select(ash_reader *r, const ash_filter *f, ash_error *err) ASH_MUST_USE;

/* --- rows -------------------------------------------------------------- */

typedef struct ash_scope ash_scope;

/* Strongest grade first, then by path. */
int ash_scope_open(ash_scope **ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
int ash_scope_next(ash_scope *s, ash_scope_row *ret, ash_error *err) ASH_MUST_USE; /* 1, 0, <0 */
void ash_scope_close(ash_scope *s);

/* Puts a path together from five columns: it has no folder, folder, name, and both
 * as bytes where they are not UTF-8. Valid as long as b is. */
ash_view ash_scope_path(const ash_rows *rows, size_t column, ash_buf *b);

/* --- sums -------------------------------------------------------------- */

/* Different paths by strongest grade. */
typedef struct ash_counts {
    int64_t read, opened, listed, names, denied, missing, seen;
    int64_t changed; /* in any way; those below overlap */
    int64_t written, renamed, deleted;
    int64_t accesses, records;
    int64_t confirmed, probable, possible; /* of read and opened, by standing */
} ash_counts;

int ash_scope_counts(ash_reader *r, ash_counts *ret, ash_error *err) ASH_MUST_USE;

/* Folders with most files read, opened, listed. */
typedef struct ash_folder_row {
    uint32_t share;
    ash_view folder; /* valid until the next row */
    int64_t read, opened, listed, denied, changed;
} ash_folder_row;

int ash_scope_folders(ash_reader *r, unsigned limit,
                      void (*each)(void *user, const ash_folder_row *row), void *user,
                      ash_error *err) ASH_MUST_USE;

#endif
