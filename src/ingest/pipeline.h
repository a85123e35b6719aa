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

/* The stream and the profile must outlive the pipeline. *stop, if not NULL,
 * ends reading early when it becomes true. */
int ash_pipeline_start(ash_pipeline **ret, ash_stream *stream, const ash_profile *profile,
                       unsigned decoders, uint64_t offset, const atomic_bool *stop,
                       ash_error *err) ASH_MUST_USE;

/* 1 and the next block, 0 at the end, negative on failure. ASH_E_FORMAT and
 * ASH_E_IO of the stream come after all blocks before them. */
int ash_pipeline_next(ash_pipeline *p, ash_block **ret, ash_error *err) ASH_MUST_USE;
void ash_pipeline_release(ash_pipeline *p, ash_block *b);

/* Joins the threads and frees everything, decoders included. NULL is fine. */
void ash_pipeline_finish(ash_pipeline *p);

#endif
