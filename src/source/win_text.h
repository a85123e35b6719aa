/* What the readers of Windows events in text form (win_xml.c, win_json.c) have
 * in common. */
#ifndef ASH_SOURCE_WIN_TEXT_H
#define ASH_SOURCE_WIN_TEXT_H

#include "source/windows_event.h"

/* What became of one record. */
typedef enum ash_win_found {
    ASH_WIN_FOUND_EVENT,
    ASH_WIN_FOUND_FOREIGN, /* of another log, or no event */
    ASH_WIN_FOUND_BAD,     /* noted why */
    ASH_WIN_FOUND_NOMEM,
} ash_win_found;

/* Numbers of events mean something in the Security log only. Where no channel is
 * stated, the provider decides. */
bool ash_win_is_security(ash_view channel, ash_view provider);

/* "0x8020000000000000", "-9214364837600034816", "9232379236109516800". */
ash_win_audit ash_win_audit_of_keywords(ash_view v);
/* "Audit Success", "AUDIT_FAILURE", "failure", ...; unknown in other languages. */
ash_win_audit ash_win_audit_of_word(ash_view v);

/* ISO 8601, with 'T' or a space, a fraction or none, a zone behind a space or
 * not. *ret_zoned: a zone was stated; else *ret is local time read as UTC. */
bool ash_win_time_of(ash_view v, int64_t *ret, bool *ret_zoned);

/* Decimal or hexadecimal; false if v is neither. */
bool ash_win_number_of(ash_view v, uint64_t *ret);

static inline ash_win_value ash_win_utf8(ash_view v)
{
    return (ash_win_value){.kind = ASH_WIN_UTF8, .bytes = v};
}

#endif
