/* The wrapping of a text log line: time, host and program around the message.
 *
 * Forms: RFC 3164 (with or without <PRI>, with or without host), RFC 5424,
 * rsyslog's RSYSLOG_FileFormat and journalctl's short-iso (ISO 8601 time), and
 * Samba's own debug header, whose message is the next line.
 */
#ifndef ASH_SOURCE_ENVELOPE_H
#define ASH_SOURCE_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

typedef enum ash_envelope_kind {
    ASH_ENVELOPE_NONE = 0,   /* none of these: the line may be a bare message */
    ASH_ENVELOPE_ISO,        /* RSYSLOG_FileFormat and alike */
    ASH_ENVELOPE_RFC3164,    /* "Nov 23 10:36:23 host tag: " */
    ASH_ENVELOPE_RAW,        /* "<173>Nov 23 10:36:23 tag: " */
    ASH_ENVELOPE_RFC5424,    /* "<173>1 2026-... host app pid id sd " */
    ASH_ENVELOPE_SMBD_DEBUG, /* "[2026/11/23 10:36:23.662552,  1] ..." and no message */
    ASH_ENVELOPE_KINDS,
} ash_envelope_kind;

#define ASH_ZONE_UNKNOWN INT32_MIN

typedef struct ash_envelope {
    ash_envelope_kind kind;
    int64_t time;       /* ns; ASH_EVENT_NO_ZONE and NO_YEAR in time_flags apply */
    uint8_t time_flags;
    int32_t zone_s; /* offset written beside the time, or ASH_ZONE_UNKNOWN */
    ash_view host; /* "" where the form has none */
    ash_view tag;  /* program, without pid */
    ash_view message;
} ash_envelope;

/* Remembers the last date and zone text, since neighbouring lines share them. */
typedef struct ash_envelope_cache {
    char date[19];
    int64_t date_s;
    char zone[6];
    int32_t zone_s;
    char stamp[15];
    int64_t stamp_s;
    char origin[64]; /* "host tag: " of the line before */
    uint8_t origin_n, host_n, tag_at, tag_n;
} ash_envelope_cache;

void ash_envelope_cache_init(ash_envelope_cache *c);

/* Takes the wrapping off one line (without its newline). False: the line has
 * none of the forms; *ret is then untouched. */
bool ash_envelope_parse(ash_envelope_cache *c, ash_view line, ash_envelope *ret);

const char *ash_envelope_name(ash_envelope_kind k);

#endif
