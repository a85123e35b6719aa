/* What a file's name tells: its last part, its extension. */
#ifndef ASH_DETECT_FILENAME_H
#define ASH_DETECT_FILENAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

/* Longer ones are no extension but a name with a dot in it. */
#define ASH_EXTENSION_MAX 24u

/* The last part of a path. */
ash_view ash_name_of(ash_view path);

/* Behind the last dot; empty where there is none, or only one in front. */
ash_view ash_extension_of(ash_view name);

/* Hash of a name with ASCII letters as small ones; 0 for an empty one. */
uint64_t ash_name_hash(ash_view name);

/* "zip", "7z", "part1.rar", "z01": what collected files are put into. */
bool ash_name_is_archive(ash_view name);

#endif
