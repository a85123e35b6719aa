/* Walking over the lines of a text input: lengths checked, NULs dealt with. */
#ifndef ASH_SOURCE_LINES_H
#define ASH_SOURCE_LINES_H

#include "ashiato/source.h"
#include "base/view.h"

typedef struct ash_line {
    ash_view text; /* without the newline and a carriage return before it */
    uint64_t offset;
    uint32_t length; /* in the input, with its line end */
} ash_line;

typedef struct ash_lines {
    ash_view rest;
    uint64_t offset;
    bool eof;
    bool nul_known;  /* next_nul is valid */
    const char *next_nul; /* the next NUL in rest; NULL: none */
} ash_lines;

/* The next line worth decoding; false when there is no whole one left (with
 * eof: none at all). Lines that are empty, only NULs, or longer than
 * ASH_RECORD_MAX are passed over and counted in *out, as is every line. */
bool ash_lines_next(ash_lines *l, ash_line *ret, ash_batch *out);

/* Cut at the last newline. */
size_t ash_lines_cut(ash_view bytes);

#endif
