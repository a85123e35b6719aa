/* What is usual: where each account works, from which machines and at which hours,
 * learned as the log goes by, and how an access compares with that.
 *
 * Nothing is told in advance. For every folder an account comes to, the model asks how
 * far up the path the account is new: the depth of the topmost folder it was not in on
 * three earlier days. How telling that is follows from the log itself. It counts how
 * often accounts meet such a depth in their own work, and how often they would if they
 * did somebody else's: the same folder is held against the habits of another account
 * that was active lately. The ratio of both is the likelihood ratio of "somebody who
 * does not know this account's work" (after the masquerade test of Schonlau et al.,
 * "Computer intrusion: detecting masquerades", Statistical Science 16, 2001).
 *
 * An account is kept for each server, since logs of servers come one after the other.
 * A day begins at five in the morning, so that a night is one day. Days beyond what
 * there is memory for are forgotten, those not used for longest first. */
#ifndef ASH_DETECT_HABITS_H
#define ASH_DETECT_HABITS_H

#include "ashiato/detector.h"
#include "base/buf.h"
#include "base/cursor.h"

#define ASH_HABIT_DEPTH 8u /* folders of a path, from the top; the last stands for all below */

/* From this likelihood ratio on a folder is one of others' work. */
#define ASH_PLACE_ODD 5.0f
/* Below this an hour is not the account's. */
#define ASH_HOUR_RARE 0.05f

typedef enum ash_host_kind {
    ASH_HOST_USUAL = 0,   /* the account was at home there before */
    ASH_HOST_SHARED = 1,  /* new for the account; others use it */
    ASH_HOST_STRANGE = 2, /* nobody but this account was ever seen there */
} ash_host_kind;

/* How an access compares with what is usual. Lives for the call. */
typedef struct ash_habit {
    bool known;      /* the rest is set: something of a file or folder was seen or changed */
    bool first;      /* of the account, from this kind of host, in this folder today */
    bool never;      /* the account was never in this folder */
    bool changes;    /* the file was written, renamed or deleted */
    uint8_t host;    /* ash_host_kind; of hosts on probation: what they were at first */
    bool host_first; /* its very first access with this account */
    bool day_first;  /* the account's first access of the day */
    uint8_t hour;    /* local */
    int32_t day;     /* since 1970-01-01, beginning at five */
    int32_t idle;    /* days since the account was last active, on its first access of the day */
    uint32_t days;   /* on which the account was active before, from hosts that are usual */
    uint64_t account; /* account and server */
    uint64_t at;      /* account, server and host; all usual hosts are one */
    float place; /* likelihood ratio of the folder: somebody else's work against the own. 1 unless first */
    float rooted;        /* how much of what the account did before today was on familiar ground, 0 to 1 */
    float hour_rarity;   /* how likely the account is at work in this hour, 0 to 1 */
    float host_rarity;   /* how often accounts come from such a host, per account and day */
    unsigned depth;      /* prefixes */
    unsigned new_from;   /* the topmost folder not used on three days; depth: none */
    uint64_t prefix[ASH_HABIT_DEPTH]; /* of the folder's path, hashed, from the top */
} ash_habit;

typedef struct ash_habits ash_habits;

ash_habits *ash_habits_new(void); /* NULL: out of memory */
void ash_habits_free(ash_habits *h);
/* Another server's time begins. */
void ash_habits_break(ash_habits *h);
/* Compares, then learns. local: of the access's last time. */
void ash_habits_access(ash_habits *h, const ash_sight *s, ash_local local, ash_habit *ret);
void ash_habits_save(const ash_habits *h, ash_buf *out);
bool ash_habits_load(ash_habits *h, ash_cursor *in); /* false: damaged */
/* Bytes at most. */
extern const size_t ash_habits_limit;

#endif
