/* What will be read, in which order, and what the case has already. Internal to
 * ingest. */
#ifndef ASH_INGEST_PLAN_H
#define ASH_INGEST_PLAN_H

#include "ashiato/source.h"
#include "ingest/ingest.h"
#include "ingest/input_row.h"
#include "input/stream.h"

typedef struct ash_plan_item {
    ash_input *in;       /* owned until taken */
    ash_stream *stream;  /* open already for the standard input, else NULL */
    uint64_t from;       /* decompressed bytes the case has already */
    ash_evidence *passed; /* another input's blocks they are, if it is not this one; owned */
    size_t n_passed;
    bool resume;         /* the input a checkpoint stopped in */
    bool skip;           /* duplicate, unrecognised, unreadable: only a row */
    int64_t first;       /* time of its first event, for the order; INT64_MAX = none */
    uint8_t first_flags; /* what that time does not state, until the plan has settled it */
    ash_hash128 head;    /* as in its row, which may be handed on already */
    char server[256];
} ash_plan_item;

/* Where the zone of times without one comes from. */
typedef enum ash_zone_origin { ASH_ZONE_GIVEN, ASH_ZONE_STATED, ASH_ZONE_MACHINE } ash_zone_origin;

typedef struct ash_plan {
    ash_plan_item *items;
    size_t n, cap;
    uint64_t raw_total;
    ash_zone zone; /* for times without one */
    ash_zone_origin zone_origin;
} ash_plan;

/* Opens a stream's profile: samples it, lets the sources look, fills in what the
 * row says about the format. ASH_E_NOTFOUND / ASH_E_FORMAT: not recognised. */
int ash_plan_probe(ash_input *in, ash_stream *s, const ash_ingest_options *o, uint64_t seed,
                   ash_profile *ret, ash_error *err) ASH_MUST_USE;

int ash_plan_make(ash_plan *ret, ash_case *c, const ash_ingest_options *o, int64_t resume_input,
                  ash_error *err) ASH_MUST_USE;
void ash_plan_free(ash_plan *p);

/* Looks for the item's bytes in the case: sets from, skip, and, where it is the
 * same file, takes over its row. Again for an item whose twin came earlier in
 * the same run, once that one is stored. */
int ash_plan_find_known(ash_plan_item *item, ash_case *c, int64_t resume_input, ash_error *err)
    ASH_MUST_USE;

/* Notes what an input begins with, by which it is known under any name; front: its
 * first bytes, up to ASH_PROBE_SIZE. */
void ash_plan_set_head(ash_input *in, ash_view front);

/* Looks at one file: recognises it and finds what the case has of it. item->skip:
 * there is nothing new in it, or its state says what is wrong. Free the item's
 * parts with ash_plan_item_free. */
int ash_plan_one(ash_plan_item *item, ash_case *c, const ash_ingest_options *o, const char *path,
                 ash_error *err) ASH_MUST_USE;
void ash_plan_item_free(ash_plan_item *item);

/* Remembers the options a row's records are decoded with, and takes them back. */
void ash_options_save(ash_input *in, const ash_ingest_options *o);

#endif
