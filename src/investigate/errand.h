/* Bulk work of an account's owner against an intruder's. */
#ifndef ASH_INVESTIGATE_ERRAND_H
#define ASH_INVESTIGATE_ERRAND_H

#include "ashiato/finding.h"
#include "investigate/activity.h"

/* Less than that of records of an account at a machine says nothing of habits. */
#define ASH_HABIT_DAYS 5

/* Whether a finding may be an errand of the owner's, which is no reason for a track by
 * itself: within a day, at the account's usual client and one it has used for
 * ASH_HABIT_DAYS, files of few folders were read, and nothing else was found of it.
 * Who lists folder after folder, is refused or changes files is not excused.
 * 1: it may be, 0: it is not one. */
int ash_errand_like(ash_reader *r, const ash_activity *a, const ash_finding *f, ash_error *err) ASH_MUST_USE;

#endif
