/* A case opened for questions: its small tables and its segments in one
 * embedded database. Tables and views: docs/STORE.md, docs/QUERIES.md.
 *
 *   a        accesses as stored (ids), with `row` inside the segment
 *   names    path id -> folder, name (and *_raw where not UTF-8)
 *   actor, share, parts, ...   the case's small tables
 *   accesses, logons, findings, ... views with text, for people */
#ifndef ASH_INVESTIGATE_READER_H
#define ASH_INVESTIGATE_READER_H

#include "case/case.h"
#include "fold/actors.h"
#include "store/duck.h"

typedef struct ash_reader {
    ash_case *c;
    ash_duck *duck;
    ash_actors *actors;
    bool has_logons, has_sessions;
    int64_t n_volumes; /* within one, a path id is a path */
} ash_reader;

/* For queries people write: the database may read nothing but this case's files,
 * and write nothing. */
#define ASH_READER_CONFINED 1u
/* At the end of a run that promises little memory: more goes to the disk. */
#define ASH_READER_FRUGAL 2u

/* The case must stay open. flags: ASH_READER_*. */
int ash_reader_open(ash_reader *r, ash_case *c, unsigned flags, ash_error *err) ASH_MUST_USE;
void ash_reader_close(ash_reader *r);

/* Tables of tracks and parts again, after they were changed in the case. */
int ash_reader_load_tracks(ash_reader *r, ash_error *err) ASH_MUST_USE;

#endif
