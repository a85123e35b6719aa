/* Arguments -> files: files, folders (walked in name order, links not followed
 * below them), what is in ZIP files (zip.h), globs the shell left alone, and "-" for the standard input. */
#ifndef ASH_INPUT_EXPAND_H
#define ASH_INPUT_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "ashiato/error.h"

typedef struct ash_candidate {
    char *path;     /* owned; "-" for standard input */
    int os_errno;   /* why it cannot be used, 0 if it can */
    const char *problem; /* static text instead, NULL if none */
} ash_candidate;

typedef struct ash_candidates {
    ash_candidate *items;
    size_t n, cap;
} ash_candidates;

/* What cannot be read is in the list with the reason. Only memory is an error,
 * and an argument that matches nothing at all (ASH_E_NOTFOUND). */
int ash_expand(const char *const *args, size_t n_args, ash_candidates *ret, ash_error *err)
    ASH_MUST_USE;
void ash_candidates_free(ash_candidates *c);

#endif
