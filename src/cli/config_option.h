/* --config, for the commands that run or list detectors. */
#ifndef ASH_CLI_CONFIG_OPTION_H
#define ASH_CLI_CONFIG_OPTION_H

#include "cli/cli.h"
#include "detect/settings.h"

#define ASH_OPT_CONFIG {"config", 0, "FILE", N_("settings of the detectors, YAML"), false}

/* The defaults, changed by the file --config names, or by the one that is there
 * (ash_config_find). path: which one, "" if none; may be NULL. */
int ash_read_config(const ash_args *a, ash_settings *ret, char *path, size_t size, ash_error *err)
    ASH_MUST_USE;

#endif
