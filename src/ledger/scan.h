/* A file's bytes from one offset to another, line by line, lines of any length. */
#ifndef ASH_LEDGER_SCAN_H
#define ASH_LEDGER_SCAN_H

#include "base/buf.h"

typedef struct ash_scan {
    int fd;
    uint64_t at, end; /* next byte to read; where to stop */
    uint64_t next;    /* offset of the next line */
    ash_buf line;
    char *chunk;      /* owned */
    ash_view rest;    /* of the chunk */
} ash_scan;

bool ash_scan_open(ash_scan *l, int fd, uint64_t from, uint64_t to); /* false: out of memory */
void ash_scan_close(ash_scan *l);

/* 1 and a line (valid until the next call) with its offset; 0 at the end; 2 for
 * a last line without LF; ASH_E_IO, ASH_E_LIMIT. */
int ash_scan_next(ash_scan *l, ash_view *ret, uint64_t *ret_offset);

#endif
