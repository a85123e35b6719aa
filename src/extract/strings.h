/* Shared strings of a workbook, in one piece of memory. */
#ifndef ASH_EXTRACT_STRINGS_H
#define ASH_EXTRACT_STRINGS_H

#include "extract/job.h"

typedef struct ash_strings {
    ash_job *job;
    char *text;
    size_t n, cap;
    uint32_t *ends;
    size_t count, count_cap;
    bool full; /* beyond the limit: strings are given out at once, cells that refer to them stay empty */
} ash_strings;

/* A part of the string at hand, UTF-8; and its end. */
void ash_strings_add(ash_strings *s, const char *p, size_t n);
void ash_strings_end(ash_strings *s);
/* Gives out the i-th, line ends as spaces: a cell does not end a row. */
void ash_strings_put(ash_job *j, const ash_strings *s, uint64_t i);
void ash_strings_free(ash_strings *s);

/* Text in which a line's end means nothing. */
void ash_emit_flat(ash_job *j, const char *p, size_t n);

#endif
