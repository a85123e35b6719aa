/* The values an option's argument can have, by the argument's name in the
 * option tables: manual pages and completions offer them. */
#ifndef ASH_CLI_VALUES_H
#define ASH_CLI_VALUES_H

#include <stddef.h>

/* The i-th value of "FORMAT", "GRADE", "LANG", ...; NULL after the last, or if
 * the argument can be anything. */
const char *ash_value_of(const char *arg, size_t i);

/* "jsonl", "xml": what cmd_dump.c writes; NULL after the last. */
const char *ash_shape_name(size_t i);

#endif
