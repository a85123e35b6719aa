/* The outer layers of an .evtx file: spans of the input, chunks, records.
 *
 * Format: libevtx, "Windows XML Event Log (EVTX) format". A file is a header of
 * 4096 bytes and chunks of 64 KiB; a chunk is a header of 512 bytes and records,
 * each complete with the names and templates it needs from its chunk. Counts
 * that the headers state are not used: a log copied while Windows writes it has
 * old ones.
 *
 * Nothing here allocates; all views point into the bytes given.
 */
#ifndef ASH_SOURCE_EVTX_CHUNK_H
#define ASH_SOURCE_EVTX_CHUNK_H

#include <stdint.h>

#include "base/view.h"

#define ASH_EVTX_FILE_HEADER 4096u
#define ASH_EVTX_CHUNK_SIZE 65536u
#define ASH_EVTX_CHUNK_HEADER 512u
#define ASH_EVTX_RECORD_HEADER 24u
#define ASH_EVTX_RECORD_MIN (ASH_EVTX_RECORD_HEADER + 4u) /* the length is repeated at its end */

/* --- spans ------------------------------------------------------------- */

typedef enum ash_evtx_span_kind {
    ASH_EVTX_SPAN_HEADER, /* a file header; more than one where files were joined */
    ASH_EVTX_SPAN_CHUNK,  /* a chunk, shorter than 64 KiB only where the input is damaged */
    ASH_EVTX_SPAN_ZEROS,  /* room Windows has set aside: no byte of it is set */
    ASH_EVTX_SPAN_OTHER,  /* none of these */
} ash_evtx_span_kind;

typedef struct ash_evtx_span {
    ash_evtx_span_kind kind;
    ash_view bytes;  /* at most 64 KiB */
    uint64_t offset; /* in the input */
} ash_evtx_span;

/* Takes spans off the front of bytes. What a span is and where it ends depends
 * on the bytes from its beginning only, so that an input cut where spans end
 * gives the same spans. */
typedef struct ash_evtx_spans {
    ash_view rest;
    uint64_t offset; /* of rest in the input */
    bool eof;        /* nothing follows rest */
} ash_evtx_spans;

/* False when rest is empty or, without eof, does not show where its first span
 * ends. */
bool ash_evtx_spans_next(ash_evtx_spans *s, ash_evtx_span *ret);

/* True if bytes begin like a chunk. */
bool ash_evtx_chunk_magic(ash_view bytes);

/* What is wrong with the file header in span.bytes: NULL, or an untranslated
 * phrase. *ret_dirty: Windows had the log open. */
const char *ash_evtx_header_check(ash_view header, bool *ret_dirty);

/* --- chunks ------------------------------------------------------------ */

/* What is doubtful about a chunk. Its records are read all the same. */
#define ASH_EVTX_BAD_MAGIC 1u  /* taken for a chunk because there are records in it */
#define ASH_EVTX_BAD_HEADER 2u /* the header's checksum is wrong: no field of it is used */
#define ASH_EVTX_BAD_DATA 4u   /* the records' checksum is wrong */
#define ASH_EVTX_SHORT 8u      /* fewer than 64 KiB */

typedef struct ash_evtx_chunk {
    ash_view bytes;  /* offsets in binary XML count from its first byte */
    uint64_t offset; /* in the input */
    unsigned doubt;  /* ASH_EVTX_BAD_... */
    uint32_t end;    /* of the records, as the header says or, if it cannot be used, of bytes */
    uint32_t late;   /* records seen beyond that end: written after the header */
    /* state of the iteration */
    uint32_t at;
    uint64_t last_id;
    bool any, live;
} ash_evtx_chunk;

/* Checks the chunk of a span of kind ASH_EVTX_SPAN_CHUNK and goes to its first
 * record. `live`: Windows had the log open, so that there may be records beyond
 * the end that the chunk's header states. */
void ash_evtx_chunk_open(ash_evtx_chunk *c, const ash_evtx_span *span, bool live);

typedef enum ash_evtx_found {
    ASH_EVTX_FOUND_END = 0,
    ASH_EVTX_FOUND_RECORD,
    ASH_EVTX_FOUND_DAMAGE, /* bytes between records that are no record */
    ASH_EVTX_FOUND_CUT,    /* the chunk ends inside a record */
} ash_evtx_found;

typedef struct ash_evtx_record {
    uint32_t at, length; /* in the chunk; also for DAMAGE and CUT */
    uint64_t id;         /* as its header says; System/EventRecordID counts */
    uint64_t written;    /* FILETIME */
} ash_evtx_record;

/* The next record, or piece of damage. In a chunk that is live, or whose
 * checksums are wrong, records beyond the stated end are taken while they are
 * whole and their ids go on: what an earlier use of the chunk left there has
 * others. */
ash_evtx_found ash_evtx_chunk_next(ash_evtx_chunk *c, ash_evtx_record *ret);

/* True if a record with plausible, repeated length begins at `at`. */
bool ash_evtx_record_at(ash_view chunk, uint32_t at, ash_evtx_record *ret);

#endif
