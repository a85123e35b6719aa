#include "out.h"

#include "mem.h"

enum { FLUSH_AT = 256 << 10 }; /* small enough to stay in the cache */

/* Waiting times in microseconds, in steps of equal probability. */
static const uint16_t pace_quantiles[PACE_COUNT][8] = {
    [PACE_ENTRY] = {20, 21, 23, 25, 30, 36, 40, 60},
    [PACE_STEP] = {22, 28, 38, 62, 95, 140, 220, 320},
    [PACE_INNER] = {3, 4, 5, 8, 12, 20, 25, 60},
};

static void fill_tables(struct out *o)
{
    for (unsigned i = 0; i < 1000; i++) {
        o->thousand[i][0] = (char)('0' + i / 100);
        o->thousand[i][1] = (char)('0' + i / 10 % 10);
        o->thousand[i][2] = (char)('0' + i % 10);
    }
    for (unsigned k = 0; k < PACE_COUNT; k++) {
        for (unsigned i = 0; i < PACE_STEPS; i++) {
            unsigned lo = pace_quantiles[k][i / 8];
            unsigned hi = i / 8 < 7 ? pace_quantiles[k][i / 8 + 1] : lo + lo / 4;
            o->pace[k][i] = (uint16_t)(lo + (hi - lo) * (i % 8) / 8);
        }
    }
    /* Now and then the disk or the scheduler is slow. */
    o->pace[PACE_ENTRY][62] = 230;
    o->pace[PACE_ENTRY][63] = 390;
}

void out_init(struct out *o, FILE *file, enum log_format format, const char *zone, uint64_t max)
{
    *o = (struct out){.file = file, .format = format, .max = max, .day = UINT64_MAX};
    o->second_us = UINT64_MAX / 2; /* no time is near it: the first line makes a stamp */
    snprintf(o->zone, sizeof o->zone, "%s", zone);
    fill_tables(o);
    o->cap = FLUSH_AT + (size_t)1025 * LINE_CAP;
    o->buf = o->p = o->op_start = mem_realloc(NULL, o->cap, 1);
}

static void flush(struct out *o, size_t bytes)
{
    if (bytes != 0 && !o->failed && fwrite(o->buf, 1, bytes, o->file) != bytes)
        o->failed = true;
}

bool out_finish(struct out *o)
{
    if (o->buf != NULL)
        flush(o, (size_t)(o->p - o->buf));
    if (fflush(o->file) != 0)
        o->failed = true;
    free(o->buf);
    free(o->marks);
    o->buf = o->p = NULL;
    o->marks = NULL;
    return !o->failed;
}

void out_reserve(struct out *o, size_t lines)
{
    size_t used = (size_t)(o->p - o->buf);
    size_t need = used + (lines + 1) * LINE_CAP;
    if (need <= o->cap)
        return;
    size_t op_start = (size_t)(o->op_start - o->buf);
    size_t cut = o->cut != NULL ? (size_t)(o->cut - o->buf) : 0;
    char *bigger = mem_realloc(o->buf, need, 1);
    o->op_start = bigger + op_start;
    if (o->cut != NULL)
        o->cut = bigger + cut;
    o->buf = bigger;
    o->p = bigger + used;
    o->cap = need;
}

static void flush_when_full(struct out *o)
{
    size_t used = (size_t)(o->p - o->buf);
    if (used >= FLUSH_AT) {
        flush(o, used);
        o->p = o->buf;
    }
}

void out_begin(struct out *o, uint64_t us, uint64_t limit, uint64_t *rng)
{
    flush_when_full(o);
    o->op_start = o->p;
    o->us = us;
    o->limit = limit;
    o->rng = rng;
    o->rng_left = 0;
    o->lines = 0;
    o->quota = o->max != 0 ? o->max - o->total : UINT64_MAX;
    o->cut = NULL;
    o->mark_count = 0;
}

static void put2(char *p, unsigned v)
{
    p[0] = (char)('0' + v / 10);
    p[1] = (char)('0' + v % 10);
}

/* Proleptic Gregorian date of a day since 1970-01-01 (Hinnant's algorithm). */
static void civil(uint64_t day, unsigned *y, unsigned *m, unsigned *d)
{
    uint64_t z = day + 719468;
    unsigned era = (unsigned)(z / 146097);
    unsigned doe = (unsigned)(z % 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

static void stamp_date(struct out *o, uint64_t day)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    unsigned y, m, d;
    civil(day, &y, &m, &d);
    if (o->format == FMT_RFC3164 || o->format == FMT_RAW) {
        memcpy(o->stamp, months[m - 1], 3);
        o->stamp[3] = ' ';
        put2(o->stamp + 4, d);
        if (d < 10)
            o->stamp[4] = ' ';
        o->stamp[6] = ' ';
        o->stamp_len = 15;
    } else {
        put2(o->stamp, y / 100);
        put2(o->stamp + 2, y % 100);
        o->stamp[4] = '-';
        put2(o->stamp + 5, m);
        o->stamp[7] = '-';
        put2(o->stamp + 8, d);
        o->stamp[10] = 'T';
        o->stamp_len = 19;
    }
    o->day = day;
}

void out_restamp(struct out *o)
{
    uint64_t second = o->us / US_PER_SEC;
    if (second / 86400 != o->day)
        stamp_date(o, second / 86400);
    unsigned s = (unsigned)(second % 86400);
    char *clock = o->stamp + o->stamp_len - 8;
    put2(clock, s / 3600);
    clock[2] = ':';
    put2(clock + 3, s / 60 % 60);
    clock[5] = ':';
    put2(clock + 6, s % 60);
    o->second_us = second * US_PER_SEC;
    memcpy(o->head + o->date_at, o->stamp, o->stamp_len);
}

static char *put(char *p, const char *s)
{
    size_t n = strlen(s);
    memcpy(p, s, n);
    return p + n;
}

void out_head(struct out *o, const char *host, const char *who, size_t who_len, const char *share)
{
    bool old_stamp = o->format == FMT_RFC3164 || o->format == FMT_RAW;
    char *p = o->head;
    if (o->format == FMT_RAW)
        p = put(p, "<173>");
    else if (o->format == FMT_RFC5424)
        p = put(p, "<173>1 ");
    o->date_at = (size_t)(p - o->head);
    if (o->us - o->second_us >= US_PER_SEC)
        out_restamp(o);
    memcpy(p, o->stamp, o->stamp_len);
    p += o->stamp_len;
    if (!old_stamp) {
        *p++ = '.';
        o->us_at = (size_t)(p - o->head);
        p = put(p + 6, o->zone);
    }
    *p++ = ' ';
    if (o->format != FMT_RAW) { /* a datagram on /dev/log names no host */
        p = put(p, host);
        *p++ = ' ';
    }
    p = put(p, o->format == FMT_RFC5424 ? "smbd_audit - - -  " : "smbd_audit: ");
    memcpy(p, who, who_len);
    p = put(p + who_len, share);
    *p++ = '|';
    o->head_len = (size_t)(p - o->head);
}

void out_mark(struct out *o, uint64_t before_us)
{
    if (o->mark_count == o->mark_cap) {
        size_t cap = o->mark_cap * 2 + 256;
        o->marks = mem_realloc(o->marks, cap, sizeof *o->marks);
        o->mark_cap = cap;
    }
    if (o->mark_count == 0)
        o->before_mark_us = before_us;
    o->marks[o->mark_count++] = (struct mark){o->us, (size_t)(o->p - o->op_start)};
}

/* Moves the marked lines, the tail of the operation, out of the buffer. */
static struct pend *set_aside(struct out *o, char *from)
{
    size_t bytes = (size_t)(o->p - from);
    size_t marks = o->mark_count * sizeof(struct mark);
    struct pend *p = mem_realloc(NULL, sizeof *p + marks + bytes, 1);
    *p = (struct pend){.count = o->mark_count, .marks = (struct mark *)(p + 1)};
    p->bytes = (char *)(p->marks + p->count);
    memcpy(p->bytes, from, bytes);
    for (size_t i = 0; i < p->count; i++) {
        p->marks[i].us = o->marks[i].us;
        p->marks[i].end = o->marks[i].end - (size_t)(from - o->op_start);
    }
    o->p = from;
    return p;
}

struct pend *out_end(struct out *o)
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
    char *from = o->op_start;
    if (committed != 0) {
        o->last_us = o->before_mark_us;
        /* The first marked line starts after the last newline before its end. */
        from += o->marks[0].end - 1;
        while (from > o->op_start && from[-1] != '\n')
            from--;
    }
    return set_aside(o, from);
}

bool out_drain(struct out *o, struct pend **pp, uint64_t limit)
{
    struct pend *p = *pp;
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
    out_reserve(o, (to - from) / LINE_CAP + 1);
    memcpy(o->p, p->bytes + from, to - from);
    o->p += to - from;
    o->total += p->next - first;
    if (o->max != 0 && o->total == o->max)
        o->full = true;
    if (p->next < p->count)
        return false;
    free(p);
    *pp = NULL;
    return true;
}

void out_pend_free(struct pend *p)
{
    free(p);
}
