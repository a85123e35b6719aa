/* Manual pages in man(7), from the tables that parse the command line. */
#ifndef ASH_CLI_MAN_H
#define ASH_CLI_MAN_H

#include "cli/cli.h"

void ash_print_man(const ash_command *c); /* NULL: ashiato(1) */

#endif
