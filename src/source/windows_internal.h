/* Shared by the files that make events of Windows records: windows.c (the table;
 * logons, shares, objects), windows_origin.c (who and where), windows_log.c (the
 * log and the server themselves). */
#ifndef ASH_SOURCE_WINDOWS_INTERNAL_H
#define ASH_SOURCE_WINDOWS_INTERNAL_H

#include "base/hash.h"
#include "source/windows_value.h"

/* Who and where. */
typedef struct ash_win_identity {
    uint32_t origin;
    uint64_t account_id, account_name; /* ash_windows */
} ash_win_identity;

/* The same in the log's own bytes (their hash), and what it was found to mean. */
typedef struct ash_win_slot {
    ash_hash128 key; /* 0: free */
    ash_win_identity who;
} ash_win_slot;

#define ASH_WIN_SLOTS 4096u
#define ASH_WIN_ORIGIN_BYTES 2048u

struct ash_win_decoder {
    ash_origins *origins;
    ash_win_slot *slots;
    uint64_t seed;
    uint8_t salt[8]; /* of the keys: whoever writes names must not choose them */
    char server[256];
    /* the log the last record was of */
    uint32_t log;
    ash_win_kind log_kind;
    uint16_t log_n;
    char log_name[ASH_WIN_ORIGIN_BYTES];
};

/* One event on its way. */
typedef struct ash_win_work {
    ash_win_decoder *d;
    const ash_win_event *e;
    ash_batch *out;
    bool nomem;
} ash_win_work;

/* Which values name the origin of an event. */
typedef struct ash_win_parts {
    ash_win_data account, sid, client, workstation, share;
} ash_win_parts;

#define ASH_WIN_NO_PART ASH_WIN_DATA_COUNT

static inline ash_view ash_win_work_text(ash_win_work *w, ash_win_data i)
{
    return ash_win_text(&w->e->data[i], w->out->arena, &w->nomem);
}

/* 0 where there is none. */
static inline uint64_t ash_win_work_number(const ash_win_work *w, ash_win_data i)
{
    uint64_t x = 0;
    return ash_win_number(&w->e->data[i], &x) ? x : 0;
}

ash_win_identity ash_win_identify(ash_win_work *w, const ash_win_parts *p);

/* Computer, as an origin. */
uint32_t ash_win_log_of(ash_win_work *w);

/* "\??\\D:\\Shares\\Finance" -> "D:\\Shares\\Finance". */
ash_view ash_win_root(ash_view share_path);

/* A new event of this one, with its facts; NULL: out of memory. */
ash_event *ash_win_add(ash_win_work *w, ash_op op, const ash_win_parts *p, ash_windows **ret_facts);

/* Counts a record that says nothing here; returns 0. */
static inline int ash_win_foreign(ash_win_work *w)
{
    ash_batch_note(w->out, ASH_REASON_FOREIGN, w->e->offset, "");
    return 0;
}

/* Handlers of windows_ids.def. 0 or ASH_E_NOMEM. */
int ash_win_on_admin(ash_win_work *w);
int ash_win_on_change_of_share(ash_win_work *w);
int ash_win_on_policy(ash_win_work *w);
int ash_win_on_clock(ash_win_work *w);
int ash_win_on_directory(ash_win_work *w);

#endif
