/* Files written so that a crash leaves the old one or the new one, never half. */
#ifndef ASH_BASE_IO_H
#define ASH_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/buf.h"
#include "base/view.h"

/* ASH_E_IO for a path, from errno; says what to do when the disk is full. */
int ash_io_fail(ash_error *err, const char *path, const char *what);

/* fsyncs tmp, renames it to path, fsyncs the folder. */
int ash_io_publish(const char *tmp, const char *path, ash_error *err) ASH_MUST_USE;

/* fsyncs the folder that holds path. */
int ash_io_sync_folder_of(const char *path, ash_error *err) ASH_MUST_USE;

/* mkdir -p, mode 0700 for what is made, which is durable then: files in a folder
 * are no more so than its name. */
int ash_io_mkdirs(const char *path, ash_error *err) ASH_MUST_USE;

/* Reads a whole file of at most max bytes. */
int ash_io_read_file(const char *path, size_t max, ash_buf *out, ash_error *err) ASH_MUST_USE;

/* A file being written under a temporary name. Errors stick; publish tells. */
typedef struct ash_out {
    int fd;
    char path[4096];
    char tmp[4112];
    ash_buf buf;
    uint64_t written;
    int os_errno; /* first failure */
} ash_out;

int ash_out_open(ash_out *o, const char *path, ash_error *err) ASH_MUST_USE;
void ash_out_write(ash_out *o, ash_view v);
/* Writes out what o->buf holds when it is large; call after appending to it. */
void ash_out_drain(ash_out *o);
/* Writes out everything held; false if that (or anything before) failed. */
bool ash_out_flush(ash_out *o);
/* Durable and under its name, or removed and an error. */
int ash_out_publish(ash_out *o, ash_error *err) ASH_MUST_USE;
/* The same, but never in the place of another file: ASH_E_STATE if there is one. */
int ash_out_publish_new(ash_out *o, ash_error *err) ASH_MUST_USE;
/* Gives up: nothing is left. Harmless after publish. */
void ash_out_abandon(ash_out *o);

#endif
