/* The course of a track: which stretches its activity falls into, and what they
 * are called. Nothing but numbers goes in and comes out: no database, no text.
 *
 *  1. Slots of time (the caller's counts) are joined to cells: a cell ends at the
 *     border of a two-hundredth of the track, or where nothing happens for as
 *     long (at least a minute, at most the 15 minutes that end a session): there
 *     a run ends.
 *  2. Changes of behaviour between cells: changepoints.h, on the mix of what was
 *     done and on the logarithm of how much. A cell counts as 20 independent
 *     observations at most: one command lists a thousand folders.
 *  3. Pauses: idle times of an hour or more that are three times as long as any
 *     that is no pause; five at most. So nights and weekends are none where they
 *     are the habit, and the holiday between them is one.
 *  4. Names, by the rules in course.c; neighbours with one activity are one
 *     stretch if their pace differs by less than a factor of ten, or no minute lies
 *     between them. */
#ifndef ASH_INVESTIGATE_COURSE_H
#define ASH_INVESTIGATE_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/limits.h"

/* What an access mostly was, for the mix: each is of one kind. */
typedef enum ash_deed {
    ASH_DEED_LISTED = 0, /* and looked up */
    ASH_DEED_READ = 1,
    ASH_DEED_OPENED = 2,
    ASH_DEED_REFUSED = 3, /* denied or missing */
    ASH_DEED_CHANGED = 4, /* written, renamed or deleted, whether read or not */
    ASH_DEEDS = 5,
} ash_deed;

typedef enum ash_phase_name {
    ASH_PHASE_ENTRY,
    ASH_PHASE_RECONNAISSANCE,
    ASH_PHASE_COLLECTION,
    ASH_PHASE_CHANGE,
    ASH_PHASE_PAUSE,
    ASH_PHASE_LOUD_END,
    ASH_PHASE_END,
} ash_phase_name;

/* Accesses that began within one span of time. */
typedef struct ash_slot {
    int64_t first, last;  /* hundredths: when the first and the last of them began */
    int64_t end;          /* when the last one to end did */
    int64_t n[ASH_DEEDS];
    int64_t minutes;      /* minutes of the clock that begin in it or are first used in it */
} ash_slot;

typedef struct ash_stretch {
    ash_phase_name name;
    ash_phase_name activity; /* RECONNAISSANCE, COLLECTION or CHANGE, whatever the name */
    int64_t from, last, to;  /* hundredths: the first and the last beginning, and the last end */
    int64_t n[ASH_DEEDS];
    int64_t minutes;         /* with an access */
    bool first_run;
    bool pause_before;
    int64_t other_idle;      /* where there is a pause before: the longest idle time that is none */
    double pace_before;      /* LOUD_END: of all that was before */
} ash_stretch;

typedef struct ash_course {
    ash_stretch *at; /* owned */
    size_t n;
} ash_course;

/* Steps 1 to 3: stretches that have no name yet, in order of time, 24 at most.
 * Slots are in order and not empty. whole: of a whole track: pauses are looked
 * for, and the first run stands alone if it is a small part of it. */
int ash_course_find(ash_course *ret, const ash_slot *slots, size_t n, bool whole, ash_error *err)
    ASH_MUST_USE;

/* True for a stretch that is short against the whole and has many accesses: worth
 * counting again in finer slots, whose stretches replace it (unless they are too
 * many). */
bool ash_course_is_dense(const ash_course *c, size_t i);
int ash_course_replace(ash_course *c, size_t i, const ash_course *by, ash_error *err) ASH_MUST_USE;

/* Step 4; pauses become stretches of their own. */
int ash_course_name(ash_course *c, ash_error *err) ASH_MUST_USE;

void ash_course_free(ash_course *c);

int64_t ash_stretch_total(const ash_stretch *s);
/* Accesses a minute, of the minutes with any. */
double ash_stretch_pace(const ash_stretch *s);

/* Stable: "reconnaissance", "loud-end". */
const char *ash_phase_name_text(ash_phase_name n);

#endif
