/* One input's way from bytes to batches: a reader thread cuts blocks at record
 * borders and hashes them, decoder threads turn them into batches, the caller
 * takes the batches in order. With no decoder threads all of it happens inside
 * ash_pipeline_next. Memory: ASH_BLOCKS_IN_FLIGHT blocks and batches. */
#ifndef ASH_INGEST_PIPELINE_H
#define ASH_INGEST_PIPELINE_H

#include <stdatomic.h>

#include "ashiato/source.h"
#include "base/hash.h"
#include "input/stream.h"

typedef struct ash_pipeline ash_pipeline;

typedef struct ash_block {
    uint64_t offset; /* in the decompressed input */
    uint32_t length;
    ash_hash128 hash;
    uint64_t raw;    /* raw bytes of the input read when the block was: progress */
    double cpu;      /* seconds its decoding took */
    bool opaque;     /* part of a record too long to take: not decoded */
    ash_batch batch; /* valid until released */
} ash_block;

/* Where blocks end: behind a whole record, or, for one too long to take, anywhere. */
typedef struct ash_cutter {
    const ash_profile *profile;
    bool resyncing; /* the bytes begin inside a record too long to take */
    bool growing;   /* what is there of the last record is left for later */
} ash_cutter;

/* How many of the bytes, which begin at offset, make the next block; sets
 * b->opaque, and for the first of an opaque run its note. eof: the input has no
 * more than these. 0: more bytes are needed; never when n is ASH_BLOCK_SIZE. */
size_t ash_cutter_cut(ash_cutter *x, ash_block *b, ash_view bytes, uint64_t offset, bool eof);

typedef struct ash_pipeline_options {
    unsigned decoders;       /* threads */
    uint64_t offset;         /* of the stream's first byte in the input */
    bool growing;            /* the input is being written: a record without an end is left unread */
    const atomic_bool *stop; /* ends reading early when it becomes true; may be NULL */
} ash_pipeline_options;

/* The stream and the profile must outlive the pipeline. */
int ash_pipeline_start(ash_pipeline **ret, ash_stream *stream, const ash_profile *profile,
                       const ash_pipeline_options *o, ash_error *err) ASH_MUST_USE;

/* 1 and the next block, 0 at the end, negative on failure. ASH_E_FORMAT and
 * ASH_E_IO of the stream come after all blocks before them. */
int ash_pipeline_next(ash_pipeline *p, ash_block **ret, ash_error *err) ASH_MUST_USE;
void ash_pipeline_release(ash_pipeline *p, ash_block *b);

/* Joins the threads and frees everything, decoders included. NULL is fine. */
void ash_pipeline_finish(ash_pipeline *p);

#endif
