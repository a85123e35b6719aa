/* Renders a log span by span into lines: one event each in JSON, in XML where no
 * value holds a line break.
 *
 * Recovered events are marked: in XML by a comment before them,
 * <!-- recovered: slack at offset 69632 -->, in JSON by a member beside Event,
 * "Recovered":{"offset":69632,"reason":"slack"}. Reasons are those of evtx_carve.h;
 * where a template was lost and the values are shown without names, "templates":"lost"
 * (", templates lost") is added.
 */
#ifndef ASH_SOURCE_EVTX_DUMP_H
#define ASH_SOURCE_EVTX_DUMP_H

#include "source/evtx_carve.h"

#define ASH_EVTX_NOTES 20u

/* What was seen, of one span or of many. */
typedef struct ash_evtx_seen {
    uint64_t events;    /* rendered whole */
    uint64_t bad_records, incomplete; /* damaged; of them shown as far as they go */
    uint64_t bad_chunks,
        bad_spans; /* doubtful chunks, their records are shown; bytes that are no chunk */
    uint64_t recovered, held_early;
    uint64_t headers, chunks, zeros;
    uint32_t n_notes;
    struct {
        uint64_t offset, record; /* record: its number, or 0 */
        const char *what;        /* untranslated, N_() marked */
    } notes[ASH_EVTX_NOTES]; /* the first ones */
} ash_evtx_seen;

/* Adds b, which came later, to a. */
void ash_evtx_seen_add(ash_evtx_seen *a, const ash_evtx_seen *b);

typedef struct ash_evtx_dump {
    ash_evtx_form form;
    ash_evtx_render *render; /* borrowed */
    ash_evtx_carve *carve;   /* borrowed; NULL: do not recover */
    /* Takes and clears the output where it has grown beyond ASH_EVTX_FLUSH. */
    void (*flush)(void *user, ash_buf *out);
    void *user;
} ash_evtx_dump;

/* Bytes of output that hold any event within the limits, and some others. */
#define ASH_EVTX_OUTPUT_MAX (64u << 20)
#define ASH_EVTX_FLUSH (1u << 20)

/* Appends a span's events. live: as for ash_evtx_chunk_open. Returns 0 or ASH_E_NOMEM;
 * damage is counted in *seen. */
int ash_evtx_dump_span(const ash_evtx_dump *d, const ash_evtx_span *span, bool live, ash_buf *out,
                       ash_evtx_seen *seen);

/* The end of a log: appends what was recovered. Or, without `end`, when
 * ash_evtx_carve_full. Returns 0 or ASH_E_NOMEM. */
int ash_evtx_dump_recovered(const ash_evtx_dump *d, bool end, ash_buf *out, ash_evtx_seen *seen);

#endif
