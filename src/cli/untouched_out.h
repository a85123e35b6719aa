/* The answer of `ashiato untouched`, as people and programs get it. */
#ifndef ASH_CLI_UNTOUCHED_OUT_H
#define ASH_CLI_UNTOUCHED_OUT_H

#include "cli/list_options.h"
#include "investigate/untouched.h"

/* One answer at length. */
void ash_untouched_tell(const ash_listing *l, const ash_question *q, const ash_untouched *u,
                        const ash_untouched_row *row);
/* A row for each path and server: table, csv, tsv. */
void ash_untouched_list(const ash_listing *l, const ash_question *q, const ash_untouched *u);
/* docs/OUTPUT.md describes it. */
int ash_untouched_json(const ash_listing *l, const ash_question *q, const ash_untouched *u,
                       ash_error *err) ASH_MUST_USE;

#endif
