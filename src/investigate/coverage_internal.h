/* Shared by the files that gather the coverage. */
#ifndef ASH_INVESTIGATE_COVERAGE_INTERNAL_H
#define ASH_INVESTIGATE_COVERAGE_INTERNAL_H

#include "investigate/coverage.h"

#define LL(x) ((long long)(x))

/* A new row, whole time, no count; NULL: out of memory. server: raw bytes. */
ash_cover *ash_cover_add(ash_coverage *c, ash_cover_state state, const char *reason,
                         ash_view server, const char *fmt, ...) ASH_PRINTF(5, 6);
int ash_cover_nomem(ash_error *err);

/* When there are records, and when there are none though there should be. */
int ash_coverage_add_times(ash_coverage *c, ash_reader *r, ash_error *err) ASH_MUST_USE;
/* What the logging services say they lost. */
int ash_coverage_add_losses(ash_coverage *c, ash_reader *r, ash_error *err) ASH_MUST_USE;
/* Where record numbers have holes. */
int ash_coverage_add_numbers(ash_coverage *c, ash_reader *r, ash_error *err) ASH_MUST_USE;
/* True if by their numbers no record of the server between two times is missing. */
int ash_coverage_is_whole(ash_reader *r, int64_t server, int64_t from, int64_t to, bool *ret,
                          ash_error *err) ASH_MUST_USE;
/* What was wrong with the inputs: skipped and doubtful records, damage, the same
 * records twice. */
int ash_coverage_add_inputs(ash_coverage *c, ash_reader *r, ash_error *err) ASH_MUST_USE;

#endif
