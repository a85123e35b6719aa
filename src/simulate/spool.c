#include "simulate/spool.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"

enum { FLUSH_AT = 256 << 10 }; /* small enough to stay in the cache */

/* Waiting times in microseconds, in steps of equal probability. */
static const uint16_t pace_quantiles[ASH_PACE_COUNT][8] = {
    [ASH_PACE_ENTRY] = {20, 21, 23, 25, 30, 36, 40, 60},
    [ASH_PACE_STEP] = {22, 28, 38, 62, 95, 140, 220, 320},
    [ASH_PACE_INNER] = {3, 4, 5, 8, 12, 20, 25, 60},
};

static void fill_tables(ash_spool *o)
{
    for (unsigned i = 0; i < 1000; i++) {
        o->thousand[i][0] = (char)('0' + i / 100);
        o->thousand[i][1] = (char)('0' + i / 10 % 10);
        o->thousand[i][2] = (char)('0' + i % 10);
    }
    for (unsigned k = 0; k < ASH_PACE_COUNT; k++) {
        for (unsigned i = 0; i < ASH_PACE_STEPS; i++) {
            unsigned lo = pace_quantiles[k][i / 8];
            unsigned hi = i / 8 < 7 ? pace_quantiles[k][i / 8 + 1] : lo + lo / 4;
            o->pace[k][i] = (uint16_t)(lo + (hi - lo) * (i % 8) / 8);
        }
    }
    /* Now and then the disk or the scheduler is slow. */
    o->pace[ASH_PACE_ENTRY][62] = 230;
    o->pace[ASH_PACE_ENTRY][63] = 390;
}

bool ash_spool_init(ash_spool *o, ash_sink sink, ash_log_format format, const char *zone,
                    size_t line_cap, uint64_t max)
{
    *o = (ash_spool){.sink = sink,
                     .format = format,
                     .max = max,
                     .day = UINT64_MAX,
                     .line_cap = line_cap,
                     .number = ASH_FIRST_NUMBER};
    o->second_us = UINT64_MAX / 2; /* no time is near it: the first line makes a stamp */
    o->roll_us = sink.roll == NULL ? UINT64_MAX : 0;
    snprintf(o->zone, sizeof o->zone, "%s", zone);
    fill_tables(o);
    o->cap = FLUSH_AT + (size_t)(ASH_SPOOL_ROOM + 1) * line_cap;
    o->buf = o->p = o->op_start = malloc(o->cap);
    return o->buf != NULL;
}

static void flush(ash_spool *o, size_t bytes)
{
    if (bytes != 0 && !o->failed && !o->sink.write(o->sink.user, o->buf, bytes))
        o->failed = true;
}

bool ash_spool_finish(ash_spool *o)
{
    if (o->buf != NULL)
        flush(o, (size_t)(o->p - o->buf));
    free(o->buf);
    free(o->marks);
    o->buf = o->p = NULL;
    o->marks = NULL;
    return !o->failed;
}

bool ash_spool_reserve(ash_spool *o, size_t lines)
{
    size_t used = (size_t)(o->p - o->buf);
    size_t need = used + (lines + 1) * o->line_cap;
    if (need <= o->cap)
        return true;
    size_t op_start = (size_t)(o->op_start - o->buf);
    size_t cut = o->cut != NULL ? (size_t)(o->cut - o->buf) : 0;
    char *bigger = realloc(o->buf, need);
    if (bigger == NULL) {
        o->failed = true;
        return false;
    }
    o->op_start = bigger + op_start;
    if (o->cut != NULL)
        o->cut = bigger + cut;
    o->buf = bigger;
    o->p = bigger + used;
    o->cap = need;
    return true;
}

static void flush_when_full(ash_spool *o)
{
    size_t used = (size_t)(o->p - o->buf);
    if (used >= FLUSH_AT) {
        flush(o, used);
        o->p = o->buf;
    }
}

/* Lines from `us` on: the file they belong to is the current one. */
static void roll_to(ash_spool *o, uint64_t us)
{
    if (us < o->roll_us)
        return;
    flush(o, (size_t)(o->p - o->buf));
    o->p = o->buf;
    o->roll_us = o->sink.roll(o->sink.user, us);
}

void ash_spool_begin(ash_spool *o, uint64_t us, uint64_t limit, uint64_t *rng)
{
    roll_to(o, us);
    flush_when_full(o);
    o->op_start = o->p;
    o->us = us;
    o->limit = limit < o->roll_us ? limit : o->roll_us - 1;
    o->rng = rng;
    o->rng_left = 0;
    o->lines = 0;
    o->quota = o->max != 0 ? o->max - o->total : UINT64_MAX;
    o->cut = NULL;
    o->mark_count = 0;
}

void ash_spool_shift(ash_spool *o, int64_t us)
{
    o->shift_us = us;
    o->second_us = UINT64_MAX / 2;
}

static void put2(char *p, unsigned v)
{
    p[0] = (char)('0' + v / 10);
    p[1] = (char)('0' + v % 10);
}

static void stamp_date(ash_spool *o, uint64_t day)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int y;
    unsigned m, d;
    ash_civil_from_days((int64_t)day, &y, &m, &d);
    if (o->format == ASH_LOG_RFC3164 || o->format == ASH_LOG_RAW) {
        memcpy(o->stamp, months[m - 1], 3);
        o->stamp[3] = ' ';
        put2(o->stamp + 4, d);
        if (d < 10)
            o->stamp[4] = ' ';
        o->stamp[6] = ' ';
        o->stamp_len = 15;
    } else {
        put2(o->stamp, (unsigned)y / 100);
        put2(o->stamp + 2, (unsigned)y % 100);
        o->stamp[4] = '-';
        put2(o->stamp + 5, m);
        o->stamp[7] = '-';
        put2(o->stamp + 8, d);
        o->stamp[10] = 'T';
        o->stamp_len = 19;
    }
    o->day = day;
}

void ash_spool_restamp(ash_spool *o)
{
    uint64_t second = (o->us + (uint64_t)o->shift_us) / ASH_US_PER_SEC;
    if (second / 86400 != o->day)
        stamp_date(o, second / 86400);
    unsigned s = (unsigned)(second % 86400);
    char *clock = o->stamp + o->stamp_len - 8;
    put2(clock, s / 3600);
    clock[2] = ':';
    put2(clock + 3, s / 60 % 60);
    clock[5] = ':';
    put2(clock + 6, s % 60);
    o->second_us = second * ASH_US_PER_SEC - (uint64_t)o->shift_us;
    memcpy(o->head + o->date_at, o->stamp, o->stamp_len);
}

static char *put(char *p, const char *s)
{
    size_t n = strlen(s);
    memcpy(p, s, n);
    return p + n;
}

void ash_spool_head(ash_spool *o, const char *host, const char *who, size_t who_len, const char *share)
{
    bool old_stamp = o->format == ASH_LOG_RFC3164 || o->format == ASH_LOG_RAW;
    char *p = o->head;
    if (o->format == ASH_LOG_RAW)
        p = put(p, "<173>");
    else if (o->format == ASH_LOG_RFC5424)
        p = put(p, "<173>1 ");
    o->date_at = (size_t)(p - o->head);
    if (o->us - o->second_us >= ASH_US_PER_SEC)
        ash_spool_restamp(o);
    memcpy(p, o->stamp, o->stamp_len);
    p += o->stamp_len;
    if (!old_stamp) {
        *p++ = '.';
        o->us_at = (size_t)(p - o->head);
        p = put(p + 6, o->zone);
    }
    *p++ = ' ';
    if (o->format != ASH_LOG_RAW) { /* a datagram on /dev/log names no host */
        p = put(p, host);
        *p++ = ' ';
    }
    p = put(p, o->format == ASH_LOG_RFC5424 ? "smbd_audit - - -  " : "smbd_audit: ");
    memcpy(p, who, who_len);
    p = put(p + who_len, share);
    *p++ = '|';
    o->head_len = (size_t)(p - o->head);
}

void ash_spool_put_number(char *p, uint64_t number)
{
    for (unsigned i = ASH_NUMBER_DIGITS; i-- > 0; number /= 10)
        p[i] = (char)('0' + number % 10);
}

void ash_spool_mark_line(ash_spool *o, const char *start, uint64_t before_us, const char *number)
{
    if (o->mark_count == o->mark_cap) {
        size_t cap = o->mark_cap * 2 + 256;
        ash_spool_mark *bigger = reallocarray(o->marks, cap, sizeof *o->marks);
        if (bigger == NULL) {
            o->failed = true;
            return;
        }
        o->marks = bigger;
        o->mark_cap = cap;
    }
    if (o->mark_count == 0) {
        o->before_mark_us = before_us;
        o->mark_from = (size_t)(start - o->op_start);
    }
    o->marks[o->mark_count++] = (ash_spool_mark){
        .us = o->us,
        .end = (size_t)(o->p - o->op_start),
        .number = number == NULL ? 0 : (uint32_t)(o->p - number),
    };
}

/* Moves the marked lines, the tail of the operation, out of the buffer. */
static ash_pend *set_aside(ash_spool *o, char *from)
{
    size_t bytes = (size_t)(o->p - from);
    size_t marks = o->mark_count * sizeof(ash_spool_mark);
    ash_pend *p = malloc(sizeof *p + marks + bytes);
    if (p == NULL) {
        o->failed = true;
        return NULL;
    }
    *p = (ash_pend){.count = o->mark_count, .marks = (ash_spool_mark *)(p + 1)};
    p->bytes = (char *)(p->marks + p->count);
    memcpy(p->bytes, from, bytes);
    for (size_t i = 0; i < p->count; i++) {
        p->marks[i] = o->marks[i];
        p->marks[i].end -= (size_t)(from - o->op_start);
    }
    o->p = from;
    return p;
}

ash_pend *ash_spool_end(ash_spool *o)
{
    if (o->lines == 0 || o->failed)
        return NULL;
    uint64_t committed = o->lines - o->mark_count;
    if (o->cut != NULL && committed >= o->quota) {
        o->p = o->cut;
        o->last_us = o->cut_us;
        o->total = o->max;
        o->full = true;
        return NULL;
    }
    o->total += committed;
    if (o->mark_count == 0) {
        o->last_us = o->us;
        return NULL;
    }
    if (committed != 0)
        o->last_us = o->before_mark_us;
    return set_aside(o, o->op_start + o->mark_from);
}

void ash_spool_lose(ash_spool *o)
{
    o->p = o->op_start;
    o->number += o->mark_count; /* the others have had theirs */
    o->mark_count = 0;
    o->lines = 0;
}

/* Copies the lines of p that end between two places, numbering them. */
static void put_lines(ash_spool *o, const ash_pend *p, size_t first, size_t from, size_t to)
{
    memcpy(o->p, p->bytes + from, to - from);
    for (size_t i = first; i < p->next; i++)
        if (p->marks[i].number != 0)
            ash_spool_put_number(o->p + (p->marks[i].end - from - p->marks[i].number), o->number++);
    o->p += to - from;
}

bool ash_spool_drain(ash_spool *o, ash_pend **pp, uint64_t limit)
{
    ash_pend *p = *pp;
    roll_to(o, p->marks[p->next].us);
    if (limit >= o->roll_us)
        limit = o->roll_us - 1;
    flush_when_full(o);
    o->cut = NULL;
    size_t first = p->next;
    size_t from = first != 0 ? p->marks[first - 1].end : 0;
    size_t to = from;
    uint64_t room = o->max != 0 ? o->max - o->total : UINT64_MAX;
    while (p->next < p->count && p->marks[p->next].us <= limit && p->next - first < room) {
        o->last_us = p->marks[p->next].us;
        to = p->marks[p->next++].end;
    }
    if (!ash_spool_reserve(o, (to - from) / o->line_cap + 1))
        return false;
    put_lines(o, p, first, from, to);
    o->total += p->next - first;
    if (o->max != 0 && o->total == o->max)
        o->full = true;
    if (p->next < p->count)
        return false;
    free(p);
    *pp = NULL;
    return true;
}

void ash_spool_pend_free(ash_pend *p)
{
    free(p);
}
