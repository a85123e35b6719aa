/* Records outside of the live ones: in what a chunk's earlier use left behind them,
 * between records that are damaged, and where no chunk is.
 *
 * They are held back until the log has been read to its end and left out where they
 * turn out to be live after all (a copy made while Windows wrote): same number, and a
 * time between those of the live records around it. Memory is bounded: beyond
 * ASH_EVTX_CARVED_BYTES those held are let go early, beyond ASH_EVTX_RUNS_MAX runs of
 * live numbers further ones are not known; both can only show a record twice.
 */
#ifndef ASH_SOURCE_EVTX_CARVE_H
#define ASH_SOURCE_EVTX_CARVE_H

#include "source/evtx_render.h"

/* Why a record is none of the live ones; stable names. */
typedef enum ash_evtx_origin {
    ASH_EVTX_FROM_SLACK,  /* "slack": behind the live records of a chunk */
    ASH_EVTX_FROM_DAMAGE, /* "damage": between them, where bytes are no record */
    ASH_EVTX_FROM_NOWHERE, /* "no-chunk": where there is no chunk */
    ASH_EVTX_INCOMPLETE,  /* "incomplete": live, but damaged inside */
} ash_evtx_origin;

const char *ash_evtx_origin_name(ash_evtx_origin o);

typedef struct ash_evtx_carve ash_evtx_carve;

int ash_evtx_carve_new(ash_evtx_carve **ret, ash_error *err) ASH_MUST_USE;
void ash_evtx_carve_free(ash_evtx_carve *c); /* NULL is fine */

/* A live record. */
void ash_evtx_carve_live(ash_evtx_carve *c, const ash_evtx_record *record);

/* A record found elsewhere, its line. Returns 0 or ASH_E_NOMEM. */
int ash_evtx_carve_hold(ash_evtx_carve *c, const ash_evtx_record *record, ash_view line);

/* Where the next whole and plausible record begins in chunk[from, to); false if
 * there is none. */
bool ash_evtx_carve_find(ash_view chunk, uint32_t from, uint32_t to, ash_evtx_record *ret);

/* True when ash_evtx_carve_release is due before the log's end. */
bool ash_evtx_carve_full(const ash_evtx_carve *c);

/* Appends the lines held that are of no live record, in the order they came; counts
 * them. With `end` the next log begins. */
void ash_evtx_carve_release(ash_evtx_carve *c, bool end, ash_buf *out, uint64_t *ret_shown);

#endif
