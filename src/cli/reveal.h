/* `ashiato classify --reveal FILE`. */
#ifndef ASH_CLI_REVEAL_H
#define ASH_CLI_REVEAL_H

#include "cli/cli.h"

/* Masked samples of one file on the terminal; the ledger has who asked for them. The exit code. */
int ash_reveal(const ash_args *a);

#endif
