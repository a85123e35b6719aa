/* Containers, read by libarchive from bytes of any size. */
#ifndef ASH_EXTRACT_ARCHIVE_H
#define ASH_EXTRACT_ARCHIVE_H

#include "extract/job.h"

struct archive;
struct archive_entry;

/* Room that must outlive the archive. */
typedef struct ash_archive_io {
    const ash_bytes *b;
    uint64_t at;
    char block[64u << 10];
} ash_archive_io;

/* only_zip: no other format is tried. NULL: out of memory, or nothing libarchive
 * knows. Free with archive_read_free. */
struct archive *ash_archive_open(ash_archive_io *io, const ash_bytes *b, bool only_zip);

/* 1 an entry, 0 the end, or negative: damaged. */
int ash_archive_next(struct archive *a, struct archive_entry **ret);

/* The entry's path as UTF-8 in buf, whatever encoding it is in. */
ash_view ash_archive_name(struct archive_entry *e, char *buf, size_t size);

/* The entry's bytes through fn, counted as unpacked. */
ash_readout ash_archive_data(ash_job *j, struct archive *a, bool (*fn)(void *user, const char *p, size_t n),
                             void *user);

/* Reads an entry as a member of its own. */
void ash_archive_member(ash_job *j, struct archive *a, struct archive_entry *e, ash_view name);

#endif
