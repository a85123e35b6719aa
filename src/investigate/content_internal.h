#ifndef ASH_INVESTIGATE_CONTENT_INTERNAL_H
#define ASH_INVESTIGATE_CONTENT_INTERNAL_H

#include <sys/stat.h>

#include "investigate/content.h"

/* One file on its way: named by the log and found on disk. */
typedef struct ash_content_file {
    int64_t share;
    ash_view path;     /* as the log states it, or relative to the tree's root */
    int64_t last_cs;   /* last access of the intruder; INT64_MIN: none */
} ash_content_file;

/* Takes the file that is at name in folder (-1: not there). */
int ash_content_take(ash_content *x, const ash_content_file *f, int folder, const char *name, ash_error *err);

int ash_content_begin(ash_content *x, ash_case *c, uint64_t files_total, ash_error *err);
int ash_content_finish(ash_content *x, int rc, ash_error *err);
bool ash_content_stopped(const ash_content *x);

#endif
