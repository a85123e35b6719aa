/*
 * Output: line heads, time stamps, the big buffer, and the merging of concurrent
 * operations.
 *
 * An operation is rendered in one go, straight into the output buffer. Lines later
 * than the next thing another actor does (the limit) are then moved aside ("pended")
 * and come out when it is their turn. At office load this is rare, so almost every
 * line is written once and never touched again.
 */
#ifndef GEN_OUT_H
#define GEN_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rng.h"

enum log_format { FMT_ISO, FMT_RFC3164, FMT_RFC5424, FMT_RAW };

/* How long after the line before: an entry of a listing, a step, an inner call. */
enum pace { PACE_ENTRY, PACE_STEP, PACE_INNER, PACE_COUNT };

enum {
    HEAD_CAP = 256,
    TEXT_CAP = 96,
    ARG_CAP = 1024,  /* two paths */
    LINE_CAP = 2048, /* HEAD_CAP + TEXT_CAP + ARG_CAP + what copies overshoot */
    PACE_STEPS = 64,
};
#define US_PER_SEC UINT64_C(1000000)
#define US_PER_DAY (86400 * US_PER_SEC)

struct text { /* padded, so that short copies need no call */
    char s[TEXT_CAP];
    uint8_t len;
};

struct mark {
    uint64_t us;
    size_t end;
};

struct pend { /* lines waiting for their turn */
    size_t count, next;
    struct mark *marks;
    char *bytes;
};

struct out {
    FILE *file;
    char *buf, *p;
    size_t cap;
    enum log_format format;
    char zone[8];
    char head[HEAD_CAP];
    size_t head_len, date_at, us_at; /* us_at 0: the format has no fraction */
    char stamp[24];
    size_t stamp_len;
    uint64_t day, second_us; /* what stamp says; local microseconds since 1970 */
    char thousand[1000][4];
    uint16_t pace[PACE_COUNT][PACE_STEPS];
    /* the operation being rendered */
    char *op_start;
    uint64_t us, limit;
    uint64_t *rng, rng_bits;
    unsigned rng_left;
    uint64_t lines, quota;
    char *cut;
    uint64_t cut_us;
    uint64_t before_mark_us;
    struct mark *marks;
    size_t mark_count, mark_cap;
    /* totals */
    uint64_t total, max; /* max 0: no limit */
    uint64_t last_us;    /* time of the last line that is really out */
    bool full, failed;
};

void out_init(struct out *o, FILE *file, enum log_format format, const char *zone, uint64_t max);
bool out_finish(struct out *o); /* flushes and frees; false: something was not written */

/* Starts an operation at `us`; lines up to `limit` may be written at once. */
void out_begin(struct out *o, uint64_t us, uint64_t limit, uint64_t *rng);
/* Room for so many lines. */
void out_reserve(struct out *o, size_t lines);
void out_head(struct out *o, const char *host, const char *who, size_t who_len, const char *share);
/* Ends it; returns the lines moved aside, NULL when all are out. */
struct pend *out_end(struct out *o);
/* Emits pended lines up to `limit`. True: all out, *p freed. */
bool out_drain(struct out *o, struct pend **p, uint64_t limit);
void out_pend_free(struct pend *p);

/* For out_line only. */
void out_restamp(struct out *o);
void out_mark(struct out *o, uint64_t before_us);

static inline char *out_copy(char *p, const char *s, size_t n, size_t step)
{
    memcpy(p, s, step);
    if (n > step)
        memcpy(p + step, s + step, n - step);
    return p + n;
}

/* arg must be readable for 64 bytes. */
static inline void out_line(struct out *o, enum pace pace, const struct text *text,
                            const char *arg, size_t arg_len, const struct text *suffix)
{
    if (o->rng_left-- == 0) {
        o->rng_bits = rng_next(o->rng);
        o->rng_left = 9;
    }
    uint64_t step = o->pace[pace][o->rng_bits % PACE_STEPS];
    o->rng_bits /= PACE_STEPS;
    o->us += step;
    if (o->us - o->second_us >= US_PER_SEC) /* also when time went back: unsigned */
        out_restamp(o);

    char *start = o->p;
    memcpy(start, o->head, 128);
    if (o->head_len > 128)
        memcpy(start + 128, o->head + 128, HEAD_CAP - 128);
    if (o->us_at != 0) {
        uint32_t us = (uint32_t)(o->us - o->second_us);
        memcpy(start + o->us_at, o->thousand[us / 1000], 3);
        memcpy(start + o->us_at + 3, o->thousand[us % 1000], 3);
    }
    char *p = out_copy(start + o->head_len, text->s, text->len, 32);
    p = out_copy(p, arg, arg_len, 64);
    if (suffix->len != 0)
        p = out_copy(p, suffix->s, suffix->len, 32);
    *p++ = '\n';
    o->p = p;

    if (++o->lines == o->quota) {
        o->cut = p;
        o->cut_us = o->us;
    }
    if (o->us > o->limit)
        out_mark(o, o->us - step);
}

#endif
