/* Opening a file that somebody else named: no links, no devices, no pipes, and
 * its access time stays where the owner allows that. */
#ifndef ASH_EXTRACT_OPEN_H
#define ASH_EXTRACT_OPEN_H

#include <sys/stat.h>

#include "extract/extract.h"

/* name: one part of a path, within the folder. OK with the descriptor (caller
 * closes) and what it is; or GONE, REFUSED, LINK, NOT_A_FILE, UNREADABLE.
 * *ret_touched: reading may change the access time. Any of the outputs but ret_fd
 * may be NULL. */
ash_readout ash_open_file(int folder, const char *name, int *ret_fd, struct stat *ret_st, bool *ret_touched);

#endif
