/* How many different persons are in the files that classify examined: over all, and by
 * class, server, share or folder. A person in two folders counts in both, and once in
 * all. */
#ifndef ASH_INVESTIGATE_PERSONS_TABLE_H
#define ASH_INVESTIGATE_PERSONS_TABLE_H

#include "classify/persons.h"
#include "investigate/scope.h"

typedef enum ash_persons_by {
    ASH_PERSONS_BY_CLASS,
    ASH_PERSONS_BY_SERVER,
    ASH_PERSONS_BY_SHARE,
    ASH_PERSONS_BY_FOLDER,
    ASH_PERSONS_BYS
} ash_persons_by;

const char *ash_persons_by_name(ash_persons_by by); /* "class", ... */

typedef struct ash_persons_row {
    bool all;       /* the first row: all groups together */
    ash_view group; /* class, server, share or folder; valid during the call. Hostile text */
    int64_t files;  /* with persons in them */
    ash_persons_count count;
} ash_persons_row;

/* The row of all, then a row for each group, most persons first. From the selection
 * last made (ash_scope_select), or with `tree` from all files that were examined
 * (`classify --all`); a folder is cut to its first `depth` parts (0: as it is).
 * ASH_E_STATE: classify did not run on this case. ASH_E_LIMIT: too many groups. */
int ash_persons_table(ash_reader *r, ash_persons_by by, bool tree, unsigned depth,
                      void (*each)(void *user, const ash_persons_row *row), void *user, ash_error *err)
    ASH_MUST_USE;

#endif
