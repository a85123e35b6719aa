/* One <Event> element of Windows event XML: the part that knows XML. */
#ifndef ASH_SOURCE_WIN_XML_EVENT_H
#define ASH_SOURCE_WIN_XML_EVENT_H

#include "base/arena.h"
#include "source/win_text.h"

typedef struct ash_win_xml ash_win_xml;

int ash_win_xml_new(ash_win_xml **ret, ash_error *err) ASH_MUST_USE; /* caller frees */
void ash_win_xml_free(ash_win_xml *x);                               /* NULL is fine */

/* Forgets what earlier events left in memory. To be called once in a while:
 * events say the same whether it is or not. */
void ash_win_xml_reset(ash_win_xml *x);

typedef struct ash_win_xml_result {
    char why[96];  /* BAD: what is wrong with it, escaped */
    bool repaired; /* held characters that XML does not allow; they are U+FFFD now */
    bool netapp;
} ash_win_xml_result;

/* Reads `text`, which begins with "<Event" and ends with "</Event>", into
 * *ret; values are in the arena. offset and length are the caller's. The data
 * of events that are not wanted (ash_win_wanted) are left out. */
ash_win_found ash_win_xml_read(ash_win_xml *x, ash_view text, ash_arena *arena, ash_win_event *ret,
                               ash_win_xml_result *result);

#endif
