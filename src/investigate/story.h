/* The accesses of the tracks, and the other accesses of their accounts, for the
 * questions of when, how and why. Tables made in the reader's database:
 *
 *   story       one row an access of a track that is not rejected: track, segment,
 *               row, actor, principal, share, stored (the path's number in its
 *               volume), path, dir (its folder), place (the
 *               folder itself where one was listed, else dir), new_path, deed
 *               (ash_deed), grade, changes, object, flags, entries, first_cs, last_cs.
 *               path, dir and place: the same number for the same text.
 *   story_path  path -> same (as in story), dir, folder, name; new_path too
 *   story_dir   dir -> same, folder
 *
 * and what the accounts in story did beside it:
 *
 *   rest        actor, principal, quarter (of an hour: hundredths // 90000), how many
 *               accesses began then (n), how many of them deleted, and one that began then:
 *               segment, row, first_cs (of the quarter)
 *   rest_dir    principal, share, folder
 *
 * Only changes that a person made count as changes: not the steps of a program
 * that saves a document (ASH_ACCESS_STEP). */
#ifndef ASH_INVESTIGATE_STORY_H
#define ASH_INVESTIGATE_STORY_H

#include "base/limits.h"
#include "investigate/tracks.h"

/* SQL on a row of story or a: a change made by a person; a row of rest that is of
 * the accounts of a track (takes ash_observer.which or alike). */
#define ASH_SQL_CHANGED "(changes & 7 <> 0 AND flags & 32 = 0)"
#define ASH_SQL_ACCOUNTS "principal IN (SELECT DISTINCT principal FROM story WHERE %s)"

typedef struct ash_story {
    ash_reader *r;
    const ash_track *tracks[ASH_STORY_TRACKS_MAX]; /* not rejected; in order of time */
    int64_t accesses[ASH_STORY_TRACKS_MAX];
    size_t n;
    size_t left_out; /* tracks beyond the limit: those with fewest accesses */
} ash_story;

/* The selection last made (ash_scope_select) must be that of all tracks: names
 * are taken from it. ash_story_begin makes it. tracks must live as long as the
 * story. */
int ash_story_begin(ash_story *ret, ash_reader *r, const ash_tracks *tracks, ash_error *err)
    ASH_MUST_USE;
int ash_story_open(ash_story *ret, ash_reader *r, const ash_tracks *tracks, ash_error *err)
    ASH_MUST_USE;

/* Makes rest, and rest_dir. */
int ash_story_add_rest(ash_reader *r, ash_error *err) ASH_MUST_USE;
int ash_story_add_folders(ash_reader *r, ash_error *err) ASH_MUST_USE;

/* The actors of a track that did more than try to log on. */
bool ash_story_has_actor(const ash_track *t, uint32_t actor);

/* Some accesses, named as examples; the earliest. */
typedef struct ash_examples {
    int64_t count; /* of all */
    size_t n;
    struct {
        uint32_t segment;
        int64_t row;
    } at[ASH_EXAMPLES_MAX];
} ash_examples;

/* rows: "story WHERE ...", of which segment, row and first_cs are taken. */
int ash_story_examples(ash_reader *r, const char *rows, ash_examples *ret, ash_error *err)
    ASH_MUST_USE;
/* a's examples with b's behind them, as far as there is room; counts add up. */
void ash_examples_add(ash_examples *a, const ash_examples *b);

#endif
