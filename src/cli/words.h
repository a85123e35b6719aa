/* Stable words of the formats for programs, as people read them. */
#ifndef ASH_CLI_WORDS_H
#define ASH_CLI_WORDS_H

#include <stddef.h>

/* Translates words such as "read" or "mass-listing", separated by spaces; one
 * that is not known stays as it is. Returns buf. */
const char *ash_words(const char *stable, char *buf, size_t size);

#endif
