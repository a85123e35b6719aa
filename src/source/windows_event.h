/* One Windows event, whatever it was read from: .evtx (binary XML), event XML,
 * or JSON lines. Its readers find the wanted values and hand them over here;
 * what they mean is decided in one place, windows.c.
 *
 * Values stay in the form the log has them, so that a reader copies and converts
 * nothing that is not asked for.
 */
#ifndef ASH_SOURCE_WINDOWS_EVENT_H
#define ASH_SOURCE_WINDOWS_EVENT_H

#include "ashiato/source.h"
#include "source/origins.h"

typedef enum ash_win_data {
#define ASH_WIN_DATA(symbol, name) ASH_WIN_##symbol,
#include "source/windows_data.def"
#undef ASH_WIN_DATA
    ASH_WIN_DATA_COUNT
} ash_win_data;

typedef enum ash_win_kind {
    ASH_WIN_NONE = 0, /* not in the event */
    ASH_WIN_UTF8,     /* bytes: text as XML and JSON have it, numbers too ("0x12019f", "4663") */
    ASH_WIN_UTF16,    /* bytes: UTF-16LE without terminator; maybe odd, maybe broken */
    ASH_WIN_UINT,     /* number: 8 to 64 bits, decimal or hexadecimal in the log */
    ASH_WIN_SID,      /* bytes: a binary SID */
    ASH_WIN_GUID,     /* bytes: 16 */
    ASH_WIN_TIME,     /* number: FILETIME */
} ash_win_kind;

typedef struct ash_win_value {
    ash_win_kind kind;
    ash_view bytes; /* valid until the batch is reset */
    uint64_t number;
} ash_win_value;

typedef enum ash_win_audit {
    ASH_WIN_AUDIT_UNKNOWN = 0,
    ASH_WIN_AUDIT_SUCCESS,
    ASH_WIN_AUDIT_FAILURE,
} ash_win_audit;

/* Bits of System/Keywords. */
#define ASH_WIN_KEYWORD_FAILURE UINT64_C(0x0010000000000000)
#define ASH_WIN_KEYWORD_SUCCESS UINT64_C(0x0020000000000000)

typedef struct ash_win_event {
    uint32_t id;     /* System/EventID */
    int64_t time;    /* ns; ASH_NOTE_NO_TIME if it could not be read */
    uint8_t time_flags; /* ASH_EVENT_NO_ZONE */
    uint64_t record; /* System/EventRecordID, 0 if there is none */
    ash_win_audit audit;
    ash_win_value computer, channel;
    ash_win_value data[ASH_WIN_DATA_COUNT];
    uint64_t offset; /* of the record in the decompressed input */
    uint32_t length;
} ash_win_event;

/* The name in the event, as Windows or NetApp has it -> its place in data,
 * ASH_WIN_DATA_COUNT if it is not wanted. Exact, case sensitive. */
ash_win_data ash_win_data_by_name(ash_view name);
const char *ash_win_data_name(ash_win_data d);

/* True for an event id that windows.c makes something of: a reader may leave
 * the data of others alone (they are counted only). */
bool ash_win_wanted(uint32_t id);

/* --- what a reader's decoder holds ------------------------------------- */

typedef struct ash_win_decoder ash_win_decoder;

int ash_win_decoder_new(ash_win_decoder **ret, const ash_profile *p, ash_error *err) ASH_MUST_USE;
void ash_win_decoder_free(ash_win_decoder *d); /* NULL is fine */
ash_origins *ash_win_decoder_origins(const ash_win_decoder *d);

/* Appends what the event says to the batch: events, notices of lost records, or
 * just a count (foreign). The reader has counted the record itself. Returns 0
 * or ASH_E_NOMEM. */
int ash_win_event_add(ash_win_decoder *d, const ash_win_event *e, ash_batch *out);

/* ash_source.native_name of all readers: the event's number as text. */
const char *ash_win_native_name(unsigned native);

#endif
