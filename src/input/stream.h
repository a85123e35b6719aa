/* The bytes of one input, decompressed, front to back.
 *
 * Plain, gzip, bzip2, xz, zstd, lz4 and compress(1) are recognised by content
 * (gunzip.h, libarchive's filters), and so is UTF-16, which becomes UTF-8
 * (widetext.h): "decompressed" is with that. A file inside of a ZIP file is an
 * input as if it were unpacked (zip.h): its raw bytes are its own. The input is opened read-only and never
 * changed; its raw bytes are hashed with SHA-256 as they pass. One thread. */
#ifndef ASH_INPUT_STREAM_H
#define ASH_INPUT_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/hash.h"

typedef struct ash_stream ash_stream;

/* path "-" is the standard input. from: decompressed bytes to pass over (a
 * plain file seeks; its hash then covers what is read, and *_whole is false). */
int ash_stream_open(ash_stream **ret, const char *path, uint64_t from, ash_error *err) ASH_MUST_USE;
/* While *stop is true, pipes read by any stream end with ASH_E_IO (EINTR). */
void ash_stream_stop_on(const atomic_bool *stop);

void ash_stream_close(ash_stream *s); /* NULL is fine */

/* Up to n bytes; 0 at the end. Damage in compressed data is ASH_E_FORMAT, after
 * everything before it was delivered. */
int64_t ash_stream_read(ash_stream *s, void *buf, uint64_t n, ash_error *err) ASH_MUST_USE;

/* Reads up to n bytes ahead: they are delivered again by ash_stream_read. Before
 * the first read. Returns the bytes, fewer only at the end. */
int64_t ash_stream_ahead(ash_stream *s, void *buf, uint64_t n, ash_error *err) ASH_MUST_USE;

/* "plain", "gzip", "zstd", ... */
const char *ash_stream_compression(const ash_stream *s);

/* Size of the raw file, or -1; its modification time in ns, of a pipe the time
 * it was opened: what comes out of it was written by then, or soon after. */
int64_t ash_stream_size(const ash_stream *s);
int64_t ash_stream_mtime(const ash_stream *s);
/* Raw bytes read so far: for progress. */
uint64_t ash_stream_raw(const ash_stream *s);

/* SHA-256 of the raw bytes. True if they are the whole file (read to its end
 * from its beginning). */
bool ash_stream_sha256(ash_stream *s, uint8_t out[ASH_SHA256_SIZE]);

/* For a plain file: n bytes at an offset, without moving. -1 if not possible. */
int64_t ash_stream_peek(ash_stream *s, void *buf, uint64_t n, uint64_t offset);

/* The same for a plain file read anew; false if it cannot be read or is none. */
bool ash_stream_hash_file(const char *path, uint8_t out[ASH_SHA256_SIZE]);

/* True for a plain file whose last byte is not a newline: it may be growing. */
bool ash_stream_open_tail(const ash_stream *s);

/* Every byte delivered from now on is also given to fn, on the reading thread. */
void ash_stream_tee(ash_stream *s, void (*fn)(void *user, const void *p, uint64_t n), void *user);

/* When false the raw bytes are not hashed (looking at samples). Default true. */
void ash_stream_set_hashing(ash_stream *s, bool on);

#endif
