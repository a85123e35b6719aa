/* Decisions of an analyst on tracks, and the list of them: `ashiato tracks
 * ACTION`. */
#ifndef ASH_CLI_DECIDE_H
#define ASH_CLI_DECIDE_H

#include "cli/list_options.h"

/* "accept", "reject", "split", "add", "drop", "log"; NULL after the last. */
const char *ash_track_action_name(size_t i);

/* Runs the action named by the first operand; returns the exit code. */
int ash_track_action_run(const ash_args *a);

#endif
