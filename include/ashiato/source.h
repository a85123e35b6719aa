/* A source turns bytes into events.
 *
 * It is a pure push parser: it sees neither files nor sockets nor the clock, so
 * that files, tails, tests and fuzzers drive the same code. A source whose
 * records can be cut apart without looking at earlier ones has `cut`; its
 * input is then decoded on several threads, each with a state of its own, and
 * the batches are put back in order. Such a state holds caches only: feeding a
 * block must give the same events whatever was fed before.
 *
 * Adding one: a file in src/source/, a row in sources.def, a corpus folder, a
 * golden case and a page in docs/sources/ (the registry test insists).
 */
#ifndef ASHIATO_SOURCE_H
#define ASHIATO_SOURCE_H

#include <stddef.h>

#include "ashiato/error.h"
#include "ashiato/event.h"

struct ash_buf;

/* Why a record was not decoded, or is doubtful: reasons.def. */
typedef enum ash_reason {
#define ASH_REASON(id, kind, name, text) ASH_REASON_##id,
#include "ashiato/reasons.def"
#undef ASH_REASON
    ASH_REASON_COUNT
} ash_reason;

typedef enum ash_reason_kind {
    ASH_KIND_SKIPPED,  /* an audit record that could not be used */
    ASH_KIND_FOREIGN,  /* not an audit record: nothing is lost */
    ASH_KIND_DOUBTFUL, /* used, but something about it is missing */
    ASH_KIND_LOSS,     /* the log itself says that records are missing */
} ash_reason_kind;

ash_reason_kind ash_reason_kind_of(ash_reason r);
const char *ash_reason_name(ash_reason r); /* stable, for scripts */
const char *ash_reason_text(ash_reason r); /* translated, for people */

/* One remark on one record. */
typedef struct ash_note {
    ash_reason reason;
    uint32_t line;   /* 1-based within the batch, 0 if the input has no lines */
    uint64_t offset; /* in the input */
    uint64_t count;  /* what the record itself counts (messages lost), else 1 */
    int64_t time;    /* ASH_NOTE_NO_TIME if unknown; NO_ZONE/NO_YEAR as in events */
    int64_t time_end; /* later than time where several losses were merged */
    uint8_t time_flags;
    char detail[96]; /* escaped; "" if there is nothing to add */
} ash_note;

#define ASH_NOTE_NO_TIME INT64_MIN
/* Kept one by one. Of further ones only the count is kept; losses are merged
 * into the last loss, so that none is forgotten. */
#define ASH_BATCH_NOTES 64

/* Records of one log without a hole in their numbers. */
typedef struct ash_span {
    uint64_t first, last; /* numbers */
    int64_t from, to;     /* times, ns */
} ash_span;

/* The same within a batch. */
typedef struct ash_batch_span {
    ash_span span;
    int64_t last_time; /* of the record met last */
    uint32_t origin;   /* whose server wrote the log */
} ash_batch_span;

/* The sink a source writes to. Owned by the caller, reused. */
typedef struct ash_batch {
    ash_event *events;
    size_t n, cap;
    uint64_t records; /* raw records seen, decoded or not */
    uint64_t lines;   /* lines seen (for messages), where the input has lines */
    uint64_t counts[ASH_REASON_COUNT];
    ash_note notes[ASH_BATCH_NOTES];
    size_t n_notes;
    uint32_t longest;       /* longest record in bytes ... */
    uint32_t longest_count; /* ... and how many had exactly that length */
    ash_batch_span *spans;  /* of logs whose records have numbers */
    size_t n_spans, cap_spans;
    struct ash_origins *origins; /* of the decoder that filled it */
    struct ash_arena *arena;     /* the owner's, for text that is not in the fed bytes as is */
} ash_batch;

/* Room for one more event, zeroed, or NULL when memory is exhausted. */
ash_event *ash_batch_event(ash_batch *b);
void ash_batch_note(ash_batch *b, ash_reason r, uint64_t offset, const char *detail_escaped);
/* A notice that the log lost `count` records (0 = it does not say) at `time`. */
void ash_batch_loss(ash_batch *b, ash_reason r, uint64_t offset, uint64_t count, int64_t time,
                    uint8_t time_flags, const char *detail_escaped);
/* A record has this number in the log of origin's server. *ret_back: by how much
 * (ns) its time lies before that of the record with the number before, if that was
 * the last one met; else 0 or less. False: out of memory. */
bool ash_batch_number(ash_batch *b, uint32_t origin, uint64_t number, int64_t time, int64_t *ret_back);
void ash_batch_reset(ash_batch *b); /* keeps memory */
void ash_batch_free(ash_batch *b);

/* What the user said about inputs (all optional). */
typedef struct ash_source_options {
    const char *const *samba_prefix; /* "%u|%I|%m|%S", ... */
    size_t n_samba_prefix;
    const char *server; /* name for records that state none */
    uint64_t seed;      /* of path hashes: one per case */
} ash_source_options;

/* What was learnt about one input before decoding it. Shared by its decoders,
 * read-only after probe. */
typedef struct ash_profile {
    const struct ash_source *source;
    char format[96];    /* "Samba full_audit, rsyslog file format" */
    char remarks[1024]; /* newline-separated assumptions the user should know */
    int32_t zone_s;     /* offset from UTC its times state, INT32_MIN if none */
    ash_source_options options;
    void *data; /* the source's own; freed by source->forget */
} ash_profile;

typedef struct ash_source {
    const char *name; /* stable: "samba" */
    const char *desc;
    const char *doc; /* page in docs/sources/ */
    size_t state_size;
    bool binary; /* its records are not lines: an input that ends without a newline is whole */

    /* Looks at the first bytes of an input (and a few from its middle and end,
     * each beginning at a line). Returns 0 (not mine) to 100 (certainly mine),
     * or a negative ash_code; above 0 *ret is filled. */
    int (*probe)(const ash_view *samples, size_t n_samples, const ash_source_options *options,
                 ash_profile *ret, ash_error *err);
    void (*forget)(ash_profile *p);

    int (*open)(void *state, const ash_profile *p, ash_error *err);
    /* Decodes whole records from bytes; sets *ret_consumed to the bytes used.
     * With eof the rest is a record too, or is noted. `offset` is that of
     * bytes[0] in the input. Returns 0 or ASH_E_NOMEM; bad bytes are notes,
     * never errors. */
    int (*feed)(void *state, ash_view bytes, uint64_t offset, bool eof, ash_batch *out,
                size_t *ret_consumed, ash_error *err);
    void (*close)(void *state);

    /* Length of the longest front part of bytes that ends with a record, when
     * bytes[0] begins one; 0 if there is none. NULL: not cuttable. */
    size_t (*cut)(const ash_profile *p, ash_view bytes);
    /* Where, at or after 1, a record may begin again in bytes that begin inside
     * a record too long to take; 0 if nowhere. Goes with cut. */
    size_t (*resync)(const ash_profile *p, ash_view bytes);

    /* Appends one of its records as text, where its bytes are none: the length
     * bytes at `at` of a block that was fed. 0 or ASH_E_NOMEM. NULL: records are
     * text. */
    int (*text)(ash_view block, size_t at, size_t length, struct ash_buf *out, ash_error *err);

    /* The raw operation name behind ash_event.native. */
    const char *(*native_name)(unsigned native);
} ash_source;

/* All sources, in the order of sources.def. */
extern const ash_source *const ash_sources[];
extern const size_t ash_n_sources;

/* NULL if there is none of that name. */
const ash_source *ash_source_by_name(const char *name);

/* Lets every source look; the best score wins. Two equal best scores are
 * ASH_E_FORMAT naming both; nobody above 0 is ASH_E_NOTFOUND. The caller frees
 * the profile with ash_profile_free. */
int ash_source_probe(const ash_view *samples, size_t n_samples, const ash_source_options *options,
                     ash_profile *ret, ash_error *err) ASH_MUST_USE;
void ash_profile_free(ash_profile *p);

#endif
