/* Where in an event's XML a token stands, and which wanted value that is:
 *
 *     Event/System/EventID, EventRecordID, Keywords, Channel, Computer
 *     Event/System/TimeCreated/@SystemTime
 *     Event/EventData/Data[@Name]           by the name
 *     Event/UserData/ANY/ELEMENT            by the element's name
 *
 * Fed with the tokens of a whole event, or of a template definition. */
#ifndef ASH_SOURCE_EVTX_PLACE_H
#define ASH_SOURCE_EVTX_PLACE_H

#include "source/evtx_binxml.h"
#include "source/windows_event.h"

typedef enum ash_evtx_field {
    ASH_EVTX_FIELD_NONE = 0,
    ASH_EVTX_FIELD_ID,
    ASH_EVTX_FIELD_RECORD,
    ASH_EVTX_FIELD_KEYWORDS,
    ASH_EVTX_FIELD_TIME,
    ASH_EVTX_FIELD_CHANNEL,
    ASH_EVTX_FIELD_COMPUTER,
    ASH_EVTX_FIELD_NAME, /* of the Data that is open: goes to ash_evtx_place_name */
    ASH_EVTX_FIELD_DATA, /* + ash_win_data */
    ASH_EVTX_FIELD_COUNT = ASH_EVTX_FIELD_DATA + ASH_WIN_DATA_COUNT,
} ash_evtx_field;

typedef enum ash_evtx_where {
    ASH_EVTX_AT_TOP,
    ASH_EVTX_IN_EVENT,
    ASH_EVTX_IN_SYSTEM,
    ASH_EVTX_IN_TIME,
    ASH_EVTX_IN_EVENTDATA,
    ASH_EVTX_IN_USERDATA,
    ASH_EVTX_IN_ITEM,  /* the child of UserData */
    ASH_EVTX_IN_FIELD, /* an element whose text is, or may become, a wanted value */
    ASH_EVTX_ELSEWHERE,
} ash_evtx_where;

typedef struct ash_evtx_place {
    uint32_t depth;
    uint8_t where[ASH_EVTX_DEPTH_MAX + 2];
    uint8_t field;     /* of the element, where that is IN_FIELD */
    uint8_t attribute; /* of the attribute, in a tag */
    bool in_tag;
} ash_evtx_place;

/* Begins at AT_TOP, or IN_EVENT for what a template puts in there. */
void ash_evtx_place_begin(ash_evtx_place *p, ash_evtx_where where);

/* Goes on by an OPEN, ATTRIBUTE, OPENED or CLOSE; other tokens change nothing.
 * The walker bounds the depth and sees to it that elements match. */
void ash_evtx_place_token(ash_evtx_place *p, const ash_evtx_token *t);

/* Names the Data that is open; text is UTF-16LE. */
void ash_evtx_place_name(ash_evtx_place *p, ash_view text);

static inline ash_evtx_where ash_evtx_place_where(const ash_evtx_place *p)
{
    return (ash_evtx_where)p->where[p->depth];
}

/* What text at this place is a value of. */
static inline ash_evtx_field ash_evtx_place_field(const ash_evtx_place *p)
{
    if (p->in_tag)
        return (ash_evtx_field)p->attribute;
    return p->where[p->depth] == ASH_EVTX_IN_FIELD ? (ash_evtx_field)p->field
                                                   : ASH_EVTX_FIELD_NONE;
}

#endif
