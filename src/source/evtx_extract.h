/* From records of .evtx chunks to ash_win_event.
 *
 * Nearly every record is an instance of a template, with another one in it for
 * the event's data. A definition is compiled, once in its chunk, to the numbers
 * of the substitutions that are wanted; a record then costs a look-up and a walk
 * over its value descriptors. Whatever does not fit this form (events without
 * template, text in pieces, arrays, unusual nesting, damage) goes through the
 * walker of evtx_binxml.h. Both ways give the same event.
 */
#ifndef ASH_SOURCE_EVTX_EXTRACT_H
#define ASH_SOURCE_EVTX_EXTRACT_H

#include "base/arena.h"
#include "base/buf.h"
#include "source/evtx_template.h"

/* Owned by one decoder. */
typedef struct ash_evtx_extract {
    ash_view chunk;
    const char *why; /* of ASH_E_FORMAT; untranslated, N_() marked */
    uint32_t n_templates;
    uint32_t keys[ASH_EVTX_TEMPLATES_MAX];
    uint8_t index[4 * ASH_EVTX_TEMPLATES_MAX]; /* by key: 1 + number; 0 is free */
    ash_evtx_template templates[ASH_EVTX_TEMPLATES_MAX];
    ash_evtx_walk walk;
    ash_buf joined; /* text that comes in pieces */
} ash_evtx_extract;

void ash_evtx_extract_init(ash_evtx_extract *x);
void ash_evtx_extract_free(ash_evtx_extract *x);

/* Begins a chunk; its bytes must stay while values of its events are used. */
void ash_evtx_extract_chunk(ash_evtx_extract *x, ash_view chunk);

/* Fills *ret but for its place in the input. Of an event that ash_win_wanted()
 * does not name, data may be missing. Values point into the chunk or the arena.
 * Returns 0, ASH_E_FORMAT with x->why if the record is damaged or no event, or
 * ASH_E_NOMEM. */
int ash_evtx_extract_record(ash_evtx_extract *x, const ash_evtx_record *r, ash_arena *arena,
                            ash_win_event *ret);

/* The same always by the walker: what the other way is measured by. */
int ash_evtx_extract_walking(ash_evtx_extract *x, const ash_evtx_record *r, ash_arena *arena,
                             ash_win_event *ret);

#endif
