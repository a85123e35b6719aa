/* Windows events as text: what stands in each, prepared once, so that writing one is
 * copying pieces. The names of the values are those of source/win_layouts.def. */
#ifndef ASH_SIMULATE_WINDOWS_TEXT_H
#define ASH_SIMULATE_WINDOWS_TEXT_H

#include "base/buf.h"
#include "simulate/spool.h"

typedef enum ash_win_record {
    ASH_WIN_CLOCK,        /* 4616 */
    ASH_WIN_LOGON,        /* 4624 */
    ASH_WIN_LOGON_FAILED, /* 4625 */
    ASH_WIN_LOGOFF,       /* 4634 */
    ASH_WIN_OPEN,         /* 4656 */
    ASH_WIN_OPEN_FAILED,
    ASH_WIN_CLOSE,  /* 4658 */
    ASH_WIN_DELETE, /* 4660 */
    ASH_WIN_USE,    /* 4663 */
    ASH_WIN_NTLM,   /* 4776 */
    ASH_WIN_NTLM_FAILED,
    ASH_WIN_SHARE, /* 5140 */
    ASH_WIN_CHECK, /* 5145 */
    ASH_WIN_RECORDS
} ash_win_record;

/* What differs from record to record. */
typedef enum ash_win_var {
    ASH_WV_END, /* the template ends */
    ASH_WV_TIME,
    ASH_WV_NUMBER,
    ASH_WV_COMPUTER,
    ASH_WV_THREAD,
    ASH_WV_SID,
    ASH_WV_USER,
    ASH_WV_DOMAIN,
    ASH_WV_LOGON,
    ASH_WV_ADDRESS,
    ASH_WV_PORT,
    ASH_WV_WORKSTATION,
    ASH_WV_LOGON_PROCESS,
    ASH_WV_PACKAGE,
    ASH_WV_LM,
    ASH_WV_KEY,
    ASH_WV_STATUS,
    ASH_WV_SHARE,
    ASH_WV_ROOT, /* ShareLocalPath */
    ASH_WV_RELATIVE,
    ASH_WV_OBJECT,
    ASH_WV_HANDLE,
    ASH_WV_MASK,
    ASH_WV_LIST,
    ASH_WV_BEFORE, /* times of 4616 */
    ASH_WV_AFTER,
    ASH_WV_PROCESS,
    ASH_WV_PROGRAM,
    ASH_WV_COUNT
} ash_win_var;

typedef struct ash_win_piece {
    uint32_t text, len; /* in ash_win_text.text, before the value */
    ash_win_var var;
} ash_win_piece;

enum { ASH_WIN_PIECES = 512, ASH_WIN_LINE = 6144, ASH_WIN_ROOM = 64 };

typedef struct ash_win_text {
    bool json;
    ash_buf text;
    ash_win_piece pieces[ASH_WIN_PIECES];
    unsigned n_pieces;
    unsigned first[ASH_WIN_RECORDS];
} ash_win_text;

typedef struct ash_win_value {
    const char *s; /* escaped already */
    size_t n;
} ash_win_value;

/* False: no memory. */
bool ash_win_text_init(ash_win_text *t, bool json);
void ash_win_text_free(ash_win_text *t);

/* Escapes a value for the format; out: room for six times n. Returns the length. */
size_t ash_win_escape(const ash_win_text *t, const char *s, size_t n, char *out);

/* One record; the spool has room. */
void ash_win_put(const ash_win_text *t, ash_spool *o, ash_win_record r,
                 const ash_win_value values[ASH_WV_COUNT]);

#endif
