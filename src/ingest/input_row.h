/* One input's row in the case, and what belongs to it. */
#ifndef ASH_INGEST_INPUT_ROW_H
#define ASH_INGEST_INPUT_ROW_H

#include "ashiato/source.h"
#include "case/case.h"
#include "fold/likeness.h"

#define ASH_STATE_COMPLETE "complete"
#define ASH_STATE_PARTIAL "partial"
#define ASH_STATE_DAMAGED "damaged"           /* read as far as it could be */
#define ASH_STATE_DUPLICATE "duplicate"       /* its bytes are in the case already */
#define ASH_STATE_UNRECOGNISED "unrecognised" /* no source knows it */
#define ASH_STATE_UNREADABLE "unreadable"     /* the system refused */

/* First record a reason applied to, and how many there were. */
typedef struct ash_reason_count {
    uint64_t count;
    uint64_t offset, line; /* of the first kept note; ASH_NO_OFFSET, 0 if none */
    char detail[96];
} ash_reason_count;

/* A notice that the log lost records. */
typedef struct ash_loss {
    ash_reason reason;
    int64_t first, last;
    uint64_t count, offset;
    char detail[96];
} ash_loss;

/* Evidence index entry of one block. */
typedef struct ash_evidence {
    uint32_t length;
    int64_t first, last; /* times in it; ASH_TIME_NONE if it has no events */
    ash_hash128 hash;
} ash_evidence;

#define ASH_EVIDENCE_BYTES 36u

/* Hashes of its first 256 bytes, 512, ... 1 MiB: whether a short file is the
 * beginning of a longer one can be told without having that one. */
#define ASH_STARTS 13u
#define ASH_START_BYTES(i) (UINT64_C(256) << (i))

typedef struct ash_input {
    int64_t id; /* 0: not in the case yet */
    char *name, *path;
    bool pipe; /* can be read only once */
    const char *state;
    char problem[ASH_ERROR_MSG_MAX];
    char source[32], format[96], compression[16], remarks[2048], zone[64];
    char kept[64]; /* file below inputs/ with a copy of what cannot be read again */
    int64_t size, mtime;
    char sha256[2 * ASH_SHA256_SIZE + 1]; /* "" until the whole was read */
    ash_hash128 head;   /* of the first head_bytes decompressed bytes */
    uint32_t head_bytes;
    ash_hash128 starts[ASH_STARTS];
    uint32_t n_starts;
    uint64_t position;  /* decompressed bytes whose records are in the store */
    bool open_tail;     /* its last record had no end yet */
    uint64_t raw, lines, records, events;
    int64_t first, last;
    int year;           /* assumed for times without one; 0 = not needed */
    uint64_t repeated;  /* records left out: they are in the case by their numbers (this run) */
    int64_t duplicate_of;
    char options[512];  /* source options, to read its records again */
    bool unsealed;         /* has more, or is more, than the ledger has of it */
    ash_likeness likeness; /* to notice another export of the same log */
    /* since the last store */
    ash_reason_count reasons[ASH_REASON_COUNT];
    ash_loss *losses;
    size_t n_losses, cap_losses;
    ash_evidence *evidence;
    size_t n_evidence, cap_evidence;
    uint32_t blocks; /* blocks stored before those */
    uint64_t blocks_offset;
} ash_input;

ash_input *ash_input_new(const char *path); /* NULL: out of memory */
void ash_input_free(ash_input *in);         /* NULL is fine */

/* Inserts or updates the row and what has gathered since, which is cleared. */
int ash_input_store(ash_input *in, ash_case *c, ash_error *err) ASH_MUST_USE;

/* Loads a row by id; NULL in *ret if there is none. */
int ash_input_load(ash_input **ret, ash_case *c, int64_t id, ash_error *err) ASH_MUST_USE;

/* The evidence index of an input, block by block; free with free(). */
int ash_evidence_load(ash_evidence **ret, size_t *ret_n, ash_case *c, int64_t input, ash_error *err)
    ASH_MUST_USE;

/* Takes over a block's batch: counts, notes, evidence. line0: lines before it. */
int ash_input_count(ash_input *in, const ash_batch *b, uint64_t line0, ash_error *err) ASH_MUST_USE;
int ash_input_add_evidence(ash_input *in, const ash_evidence *e, ash_error *err) ASH_MUST_USE;

/* Appends a line to the remarks. */
void ash_input_remark(ash_input *in, const char *fmt, ...) ASH_PRINTF(2, 3);

#endif
