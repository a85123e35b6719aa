/* One JSON object that is a Windows event: the part that knows the shapes which
 * Winlogbeat, NXLog, Fluent Bit, evtx_dump and others give it. */
#ifndef ASH_SOURCE_WIN_JSON_EVENT_H
#define ASH_SOURCE_WIN_JSON_EVENT_H

#include "base/json_read.h"
#include "source/win_text.h"

typedef struct ash_win_json_result {
    const char *shape; /* "NXLog", ...; NULL: no Windows event at all */
    int32_t zone_s;    /* the server's zone, where the record tells it; else INT32_MIN */
    char why[96];      /* BAD (its values have no names): which event it is */
} ash_win_json_result;

/* Reads the object that `tree` holds into *ret. Values are in the text that was
 * read or in the arena. offset and length are the caller's. The data of events
 * that are not wanted (ash_win_wanted) are left out. */
ash_win_found ash_win_json_event(const ash_json_tree *tree, ash_arena *arena, ash_win_event *ret,
                                 ash_win_json_result *result);

/* The names of the n values of an event in their order (win_layouts.def). */
typedef struct ash_win_layout {
    const char *rest; /* names that are left; NULL: the layout is not known */
} ash_win_layout;
ash_win_layout ash_win_layout_of(uint32_t id, size_t n);
/* At most n times, of a known layout. */
ash_view ash_win_layout_next(ash_win_layout *l);

#endif
