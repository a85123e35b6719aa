/* Completions for shells, from the tables that parse the command line. */
#ifndef ASH_CLI_COMPLETION_H
#define ASH_CLI_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

/* "bash", "zsh", "fish"; NULL after the last. */
const char *ash_shell_name(size_t i);

/* Prints the script; false if there is no such shell. */
bool ash_print_completion(const char *shell);

#endif
