/* Files inside of ZIP files as inputs of their own, named "logs.zip/Security.evtx":
 * no folder can have that path. The directory at the file's end is what counts
 * (APPNOTE.TXT 4.3.12), read by libarchive. */
#ifndef ASH_INPUT_ZIP_H
#define ASH_INPUT_ZIP_H

#include <stdbool.h>
#include <stddef.h>

struct archive;
struct archive_entry;

/* True if path names something inside of a ZIP file; *ret_n is the length of the
 * ZIP file's own name, behind which comes a '/' and the member's. */
bool ash_zip_split(const char *path, size_t *ret_n);

/* A regular file that is named *.zip and begins like one. */
bool ash_zip_is(const char *path);

/* Calls fn for each file inside, in the order of its bytes; `problem` is why it
 * cannot be an input (static text), or NULL. Ends with what fn returns if that is
 * negative. *ret_problem: why the ZIP file itself cannot be read, or NULL. */
int ash_zip_list(const char *path, int (*fn)(void *user, const char *member, const char *problem),
                 void *user, const char **ret_problem);

/* Positioned at the bytes of a member, or NULL with *ret_why (static text). The
 * caller keeps fd open as long as it reads, and frees with archive_read_free. */
struct archive *ash_zip_open(int fd, const char *member, struct archive_entry **ret,
                             const char **ret_why);

/* As realpath(3), for a path inside of a ZIP file, too. Caller frees. */
char *ash_zip_realpath(const char *path);

#endif
