/* Lengths of time for people. */
#ifndef ASH_INVESTIGATE_DURATION_H
#define ASH_INVESTIGATE_DURATION_H

#include <stdint.h>

#define ASH_DURATION_TEXT 48

/* "3 d 4 h", "2 h 5 min", "7 min", "12 s", in the reader's language; not below a
 * second. */
const char *ash_duration_text(char buf[ASH_DURATION_TEXT], int64_t ns);

#endif
