/* gzip (RFC 1952), also of several members. libarchive reads it too, but passes
 * over the checksums; for evidence they have to be compared. */
#ifndef ASH_INPUT_GUNZIP_H
#define ASH_INPUT_GUNZIP_H

#include <stdint.h>
#include <sys/types.h>

typedef struct ash_gunzip ash_gunzip;

/* Lends the next compressed bytes until the next call: how many, 0 at the end,
 * -1 on failure. */
typedef ssize_t (*ash_gunzip_pull)(void *user, const void **ret);

ash_gunzip *ash_gunzip_new(ash_gunzip_pull pull, void *user); /* NULL: out of memory */
void ash_gunzip_free(ash_gunzip *g);                          /* NULL is fine */

/* At most n decompressed bytes: how many, 0 at the end, -1 on failure with
 * static text in *ret_why. Bytes before the damage come first; a checksum that
 * differs is told after the member's last byte. */
int64_t ash_gunzip_read(ash_gunzip *g, void *buf, uint64_t n, const char **ret_why);

#endif
