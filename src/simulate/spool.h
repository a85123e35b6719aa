/*
 * Output of a simulated log: line heads, time stamps, the big buffer, and the merging of concurrent
 * operations.
 *
 * An operation is rendered in one go, straight into the output buffer. Lines later
 * than the next thing another actor does (the limit) are then moved aside ("pended")
 * and come out when it is their turn. At office load this is rare, so almost every
 * line is written once and never touched again.
 */
#ifndef ASH_SIMULATE_SPOOL_H
#define ASH_SIMULATE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simulate/rng.h"

typedef enum ash_log_format {
    ASH_LOG_ISO,
    ASH_LOG_RFC3164,
    ASH_LOG_RFC5424,
    ASH_LOG_RAW
} ash_log_format;

/* How long after the line before: an entry of a listing, a step, an inner call. */
typedef enum ash_pace { ASH_PACE_ENTRY, ASH_PACE_STEP, ASH_PACE_INNER, ASH_PACE_COUNT } ash_pace;

enum {
    ASH_HEAD_CAP = 256,
    ASH_TEXT_CAP = 96,
    ASH_ARG_CAP = 1024,    /* two paths */
    ASH_LINE_CAP = 2048,   /* ASH_HEAD_CAP + ASH_TEXT_CAP + ASH_ARG_CAP + what copies overshoot */
    ASH_SPOOL_ROOM = 1024, /* lines an operation has without asking for more */
    ASH_PACE_STEPS = 64,
};
#define ASH_US_PER_SEC UINT64_C(1000000)
#define ASH_US_PER_DAY (86400 * ASH_US_PER_SEC)

typedef struct ash_piece { /* padded, so that short copies need no call */
    char s[ASH_TEXT_CAP];
    uint8_t len;
} ash_piece;

/* A line set aside; `number` is where its record number goes, from the line's end; 0: it has none. */
typedef struct ash_spool_mark {
    uint64_t us;
    size_t end;
    uint32_t number;
} ash_spool_mark;

/* Where the bytes go. roll: the first line of another file comes; returns when the
 * one after it begins. */
typedef struct ash_sink {
    bool (*write)(void *user, const char *p, size_t n);
    uint64_t (*roll)(void *user, uint64_t us); /* NULL: one file */
    void *user;
} ash_sink;

typedef struct ash_pend { /* lines waiting for their turn */
    size_t count, next;
    ash_spool_mark *marks;
    char *bytes;
} ash_pend;

typedef struct ash_spool {
    ash_sink sink;
    uint64_t roll_us; /* lines from here on belong to another file */
    size_t line_cap;  /* bytes of the longest line */
    int64_t shift_us; /* what the server's clock is wrong by; see ash_spool_shift */
    uint64_t number;  /* of the next record, where records are numbered */
    char *buf, *p;
    size_t cap;
    ash_log_format format;
    char zone[8];
    char head[ASH_HEAD_CAP];
    size_t head_len, date_at, us_at; /* us_at 0: the format has no fraction */
    char stamp[24];
    size_t stamp_len;
    uint64_t day, second_us; /* what stamp says; local microseconds since 1970 */
    char thousand[1000][4];
    uint16_t pace[ASH_PACE_COUNT][ASH_PACE_STEPS];
    /* the operation being rendered */
    char *op_start;
    uint64_t us, limit;
    uint64_t *rng, rng_bits;
    unsigned rng_left;
    uint64_t lines, quota;
    char *cut;
    uint64_t cut_us;
    uint64_t before_mark_us;
    ash_spool_mark *marks;
    size_t mark_count, mark_cap, mark_from; /* mark_from: where the first marked line begins */
    /* totals */
    uint64_t total, max; /* max 0: no limit */
    uint64_t last_us;    /* time of the last line that is really out */
    bool full, failed;
} ash_spool;

/* line_cap: see above. max: lines until full, 0 for no limit. False: no memory. */
bool ash_spool_init(ash_spool *o, ash_sink sink, ash_log_format format, const char *zone,
                    size_t line_cap, uint64_t max);
bool ash_spool_finish(ash_spool *o); /* flushes and frees; false: something was not written */

/* Starts an operation at `us`; lines up to `limit` may be written at once. */
void ash_spool_begin(ash_spool *o, uint64_t us, uint64_t limit, uint64_t *rng);
/* Room for so many lines. False: no memory; nothing may be written. */
bool ash_spool_reserve(ash_spool *o, size_t lines);
void ash_spool_head(ash_spool *o, const char *host, const char *who, size_t who_len,
                    const char *share);
/* Ends it; returns the lines moved aside, NULL when all are out. */
ash_pend *ash_spool_end(ash_spool *o);
/* Its lines are lost, their numbers used up; ash_spool_end follows. */
void ash_spool_lose(ash_spool *o);
/* Emits pended lines up to `limit`. True: all out, *p freed. */
bool ash_spool_drain(ash_spool *o, ash_pend **p, uint64_t limit);
void ash_spool_pend_free(ash_pend *p);
/* From now on the stamps of lines are off by so much. */
void ash_spool_shift(ash_spool *o, int64_t us);

enum { ASH_NUMBER_DIGITS = 9 };
/* Record numbers have this many digits: a log that has been running for years. */
#define ASH_FIRST_NUMBER UINT64_C(100000001)

/* For the functions below only. */
void ash_spool_restamp(ash_spool *o);
void ash_spool_mark_line(ash_spool *o, const char *start, uint64_t before_us, const char *number);
void ash_spool_put_number(char *p, uint64_t number);

static inline char *ash_spool_copy(char *p, const char *s, size_t n, size_t step)
{
    memcpy(p, s, step);
    if (n > step)
        memcpy(p + step, s + step, n - step);
    return p + n;
}

/* Moves on to the time of the next line. */
static inline uint64_t ash_spool_tick(ash_spool *o, ash_pace pace)
{
    if (o->rng_left-- == 0) {
        o->rng_bits = ash_rng_next(o->rng);
        o->rng_left = 9;
    }
    uint64_t step = o->pace[pace][o->rng_bits % ASH_PACE_STEPS];
    o->rng_bits /= ASH_PACE_STEPS;
    o->us += step;
    if (o->us - o->second_us >= ASH_US_PER_SEC) /* also when time went back: unsigned */
        ash_spool_restamp(o);
    return step;
}

/* Six digits of the second's fraction. */
static inline void ash_spool_fraction(const ash_spool *o, char *p)
{
    uint32_t us = (uint32_t)(o->us - o->second_us);
    memcpy(p, o->thousand[us / 1000], 3);
    memcpy(p + 3, o->thousand[us % 1000], 3);
}

/* The line up to p is done; `step` is what ash_spool_tick gave. number: see ash_spool_mark. */
static inline void ash_spool_commit(ash_spool *o, char *p, uint64_t step, char *number)
{
    char *start = o->p;
    o->p = p;
    if (++o->lines == o->quota) {
        o->cut = p;
        o->cut_us = o->us;
    }
    if (o->us > o->limit)
        ash_spool_mark_line(o, start, o->us - step, number);
    else if (number != NULL)
        ash_spool_put_number(number, o->number++);
}

/* arg must be readable for 64 bytes. */
static inline void ash_spool_line(ash_spool *o, ash_pace pace, const ash_piece *text,
                                  const char *arg, size_t arg_len, const ash_piece *suffix)
{
    uint64_t step = ash_spool_tick(o, pace);
    char *start = o->p;
    memcpy(start, o->head, 128);
    if (o->head_len > 128)
        memcpy(start + 128, o->head + 128, ASH_HEAD_CAP - 128);
    if (o->us_at != 0)
        ash_spool_fraction(o, start + o->us_at);
    char *p = ash_spool_copy(start + o->head_len, text->s, text->len, 32);
    p = ash_spool_copy(p, arg, arg_len, 64);
    if (suffix->len != 0)
        p = ash_spool_copy(p, suffix->s, suffix->len, 32);
    *p++ = '\n';
    ash_spool_commit(o, p, step, NULL);
}

#endif
