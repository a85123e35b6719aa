/* A template definition, compiled: which of its substitutions are wanted values.
 *
 * Only definitions of the usual form can be used: each wanted value is one
 * substitution or one literal text. */
#ifndef ASH_SOURCE_EVTX_TEMPLATE_H
#define ASH_SOURCE_EVTX_TEMPLATE_H

#include "source/evtx_binxml.h"
#include "source/evtx_place.h"

#define ASH_EVTX_NO_SUBSTITUTION UINT32_MAX
#define ASH_EVTX_LITERALS_MAX 8u

typedef struct ash_evtx_template {
    bool usable;    /* false: leave its records to the walker */
    uint8_t n_slots, n_literals;
    uint8_t inner_where; /* IN_EVENT, IN_EVENTDATA, IN_USERDATA */
    uint32_t inner; /* the substitution that stands there: the event's data. Or NO_SUBSTITUTION */
    struct {
        uint16_t substitution;
        uint8_t field;
    } slots[ASH_EVTX_FIELD_COUNT]; /* sorted by substitution */
    struct {
        uint8_t field;
        ash_evtx_value value; /* in the chunk */
    } literals[ASH_EVTX_LITERALS_MAX];
} ash_evtx_template;

/* Compiles the definition, whose body stands AT_TOP or in an inner_where. The walk
 * is used for it and may hold anything. */
void ash_evtx_template_compile(ash_evtx_template *t, ash_evtx_walk *walk, ash_view chunk,
                               const ash_evtx_definition *d, ash_evtx_where where);

#endif
