/* Sources: RFC 3164 section 4.1, RFC 5424 section 6, rsyslog's
 * RSYSLOG_FileFormat and RSYSLOG_TraditionalFileFormat templates, Samba
 * lib/util/debug.c (header of dbghdrclass). */
#include "source/envelope.h"

#include "ashiato/event.h"
#include "base/time.h"

/* Begins with true entries, so that "is it the one before?" needs no "is there
 * one?" and bytes that happen to be zero match nothing. */
void ash_envelope_cache_init(ash_envelope_cache *c)
{
    memset(c, 0, sizeof *c);
    memcpy(c->date, "1970-01-01T00:00:00", sizeof c->date);
    memcpy(c->zone, "+00:00", sizeof c->zone);
    memcpy(c->stamp, "Jan  1 00:00:00", sizeof c->stamp);
    c->stamp_s = ash_days_from_civil(ASH_YEARLESS, 1, 1) * 86400;
}

const char *ash_envelope_name(ash_envelope_kind k)
{
    static const char *const names[ASH_ENVELOPE_KINDS] = {
        [ASH_ENVELOPE_NONE] = "bare lines",
        [ASH_ENVELOPE_ISO] = "rsyslog file format (ISO 8601 time)",
        [ASH_ENVELOPE_RFC3164] = "traditional syslog (RFC 3164)",
        [ASH_ENVELOPE_RAW] = "raw syslog datagrams (RFC 3164)",
        [ASH_ENVELOPE_RFC5424] = "RFC 5424",
        [ASH_ENVELOPE_SMBD_DEBUG] = "smbd's own log (two-line records)",
    };
    return names[k];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* An ISO time at the front of v; returns the bytes used, 0 if there is none. */
static size_t iso_time(ash_envelope_cache *c, ash_view v, ash_envelope *e)
{
    if (v.n < 20)
        return 0;
    if (memcmp(v.p, c->date, sizeof c->date) != 0) {
        int64_t t;
        int32_t off;
        if (ash_time_parse_iso(ash_view_first(v, 19), &t, &off) == 0)
            return 0;
        memcpy(c->date, v.p, sizeof c->date);
        c->date_s = t / ASH_NS_PER_S;
    }
    size_t i = 19;
    int64_t ns = 0;
    if (v.p[i] == '.' || v.p[i] == ',') {
        int64_t unit = ASH_NS_PER_S / 10;
        for (i++; i < v.n && is_digit(v.p[i]); i++, unit /= 10)
            ns += (v.p[i] - '0') * unit;
    }
    e->time_flags = 0;
    int64_t s = c->date_s;
    if (i + 6 <= v.n && (v.p[i] == '+' || v.p[i] == '-') &&
        memcmp(v.p + i, c->zone, sizeof c->zone) == 0) {
        s -= c->zone_s;
        e->zone_s = c->zone_s;
        i += 6;
    } else if (i < v.n && v.p[i] == 'Z') {
        e->zone_s = 0;
        i++;
    } else {
        int32_t off;
        size_t used = ash_time_parse_offset(ash_view_skip(v, i), &off);
        if (used == 0) {
            e->time_flags = ASH_EVENT_NO_ZONE;
        } else {
            s -= off;
            e->zone_s = off;
            if (used == sizeof c->zone) {
                memcpy(c->zone, v.p + i, sizeof c->zone);
                c->zone_s = off;
            }
            i += used;
        }
    }
    e->time = s * ASH_NS_PER_S + ns;
    return i;
}

static int month_of(const char *p)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int m = 0; m < 12; m++)
        if (memcmp(p, months + 3 * m, 3) == 0)
            return m + 1;
    return 0;
}

/* "Nov 23 10:36:23" at the front of v; 15 or 0. */
static size_t stamp_time(ash_envelope_cache *c, ash_view v, ash_envelope *e)
{
    if (v.n < 16)
        return 0;
    if (memcmp(v.p, c->stamp, sizeof c->stamp) != 0) {
        const char *p = v.p;
        int m = month_of(p);
        if (m == 0 || p[3] != ' ' || p[6] != ' ' || p[9] != ':' || p[12] != ':')
            return 0;
        if (!(p[4] == ' ' || is_digit(p[4])) || !is_digit(p[5]) || !is_digit(p[7]) ||
            !is_digit(p[8]) || !is_digit(p[10]) || !is_digit(p[11]) || !is_digit(p[13]) ||
            !is_digit(p[14]))
            return 0;
        unsigned d = (p[4] == ' ' ? 0u : (unsigned)(p[4] - '0') * 10) + (unsigned)(p[5] - '0');
        unsigned h = (unsigned)((p[7] - '0') * 10 + p[8] - '0');
        unsigned mi = (unsigned)((p[10] - '0') * 10 + p[11] - '0');
        unsigned s = (unsigned)((p[13] - '0') * 10 + p[14] - '0');
        if (d < 1 || d > 31 || h > 23 || mi > 59 || s > 60)
            return 0;
        memcpy(c->stamp, p, sizeof c->stamp);
        c->stamp_s = ash_days_from_civil(ASH_YEARLESS, (unsigned)m, d) * 86400 +
                     (int64_t)(h * 3600 + mi * 60 + s);
    }
    e->time = c->stamp_s * ASH_NS_PER_S;
    e->time_flags = ASH_EVENT_NO_ZONE | ASH_EVENT_NO_YEAR;
    return 15;
}

/* Takes one word and the space after it. */
static ash_view word(ash_view *v)
{
    ptrdiff_t sp = ash_view_find(*v, ' ');
    size_t n = sp < 0 ? v->n : (size_t)sp;
    ash_view w = ash_view_first(*v, n);
    *v = ash_view_skip(*v, n + 1);
    return w;
}

/* "[host ]tag[pid]: message"; host is optional where may_lack_host. */
static bool host_tag(ash_view rest, bool may_lack_host, ash_envelope *e)
{
    ash_view first = word(&rest);
    if (first.n == 0)
        return false;
    ash_view tag = first;
    e->host = (ash_view){0};
    if (first.p[first.n - 1] != ':' || !may_lack_host) {
        e->host = first;
        tag = word(&rest);
    }
    if (tag.n > 0 && tag.p[tag.n - 1] == ':')
        tag.n--;
    if (tag.n > 2 && tag.p[tag.n - 1] == ']') {
        ptrdiff_t open = ash_view_find(tag, '[');
        if (open > 0)
            tag.n = (size_t)open;
    }
    e->tag = tag;
    e->message = rest;
    return tag.n > 0;
}

/* host_tag for lines that name a host; neighbours have the same words. */
static bool cached_host_tag(ash_envelope_cache *c, ash_view rest, ash_envelope *e)
{
    if (c->origin_n > 0 && rest.n >= c->origin_n && memcmp(rest.p, c->origin, c->origin_n) == 0) {
        e->host = ash_view_of(rest.p, c->host_n);
        e->tag = ash_view_of(rest.p + c->tag_at, c->tag_n);
        e->message = ash_view_skip(rest, c->origin_n);
        return true;
    }
    if (!host_tag(rest, false, e))
        return false;
    size_t n = (size_t)(e->message.p - rest.p);
    /* A tag at the very end of a line is followed by nothing to compare. */
    if (e->message.n > 0 && n <= sizeof c->origin) {
        memcpy(c->origin, rest.p, n);
        c->origin_n = (uint8_t)n;
        c->host_n = (uint8_t)e->host.n;
        c->tag_at = (uint8_t)(e->tag.p - rest.p);
        c->tag_n = (uint8_t)e->tag.n;
    }
    return true;
}

/* After "<PRI>1 ". */
static bool rfc5424(ash_envelope_cache *c, ash_view v, ash_envelope *e)
{
    size_t used = iso_time(c, v, e);
    if (used == 0)
        return false;
    v = ash_view_skip(v, used + 1);
    e->host = word(&v);
    e->tag = word(&v);
    word(&v); /* PROCID */
    word(&v); /* MSGID */
    if (v.n == 0)
        return false;
    if (v.p[0] == '-') {
        v = ash_view_skip(v, 1);
    } else if (v.p[0] == '[') {
        /* Structured data ends at the first ']' outside a quoted value. */
        bool quoted = false;
        size_t i = 0;
        for (; i < v.n; i++) {
            if (quoted && v.p[i] == '\\')
                i++;
            else if (v.p[i] == '"')
                quoted = !quoted;
            else if (!quoted && v.p[i] == ']' && (i + 1 >= v.n || v.p[i + 1] != '['))
                break;
        }
        v = ash_view_skip(v, i + 1);
    } else {
        return false;
    }
    while (v.n > 0 && v.p[0] == ' ')
        v = ash_view_skip(v, 1);
    if (ash_view_is(e->host, "-"))
        e->host = (ash_view){0};
    e->message = v;
    return true;
}

/* "[2026/11/23 10:35:46.837812,  1] ../../source3/...:643(do_log)". */
static bool smbd_header(ash_view v, ash_envelope *e)
{
    char iso[40];
    ptrdiff_t comma = ash_view_find(ash_view_first(v, 48), ',');
    if (v.n < 24 || comma < 20 || (size_t)comma > sizeof iso || v.p[5] != '/' || v.p[8] != '/')
        return false;
    size_t n = (size_t)comma - 1;
    memcpy(iso, v.p + 1, n);
    iso[4] = iso[7] = '-';
    int64_t t;
    int32_t off;
    if (ash_time_parse_iso(ash_view_of(iso, n), &t, &off) == 0)
        return false;
    e->time = t;
    e->time_flags = ASH_EVENT_NO_ZONE;
    e->host = (ash_view){0};
    e->tag = ASH_VIEW_LIT("smbd");
    e->message = (ash_view){0};
    return true;
}

bool ash_envelope_parse(ash_envelope_cache *c, ash_view line, ash_envelope *ret)
{
    ash_envelope e = {.zone_s = ASH_ZONE_UNKNOWN};
    size_t used;
    if (line.n < 16)
        return false;
    char first = line.p[0];
    if (is_digit(first)) {
        if ((used = iso_time(c, line, &e)) == 0 || used >= line.n || line.p[used] != ' ')
            return false;
        e.kind = ASH_ENVELOPE_ISO;
        if (!cached_host_tag(c, ash_view_skip(line, used + 1), &e))
            return false;
    } else if (first >= 'A' && first <= 'S') {
        if ((used = stamp_time(c, line, &e)) == 0)
            return false;
        e.kind = ASH_ENVELOPE_RFC3164;
        if (!host_tag(ash_view_skip(line, used + 1), true, &e))
            return false;
    } else if (first == '<') {
        ptrdiff_t gt = ash_view_find(ash_view_first(line, 6), '>');
        if (gt < 2)
            return false;
        ash_view v = ash_view_skip(line, (size_t)gt + 1);
        if (v.n > 2 && v.p[0] == '1' && v.p[1] == ' ') {
            e.kind = ASH_ENVELOPE_RFC5424;
            if (!rfc5424(c, ash_view_skip(v, 2), &e))
                return false;
        } else {
            used = v.n > 0 && is_digit(v.p[0]) ? iso_time(c, v, &e) : stamp_time(c, v, &e);
            e.kind = ASH_ENVELOPE_RAW;
            if (used == 0 || !host_tag(ash_view_skip(v, used + 1), true, &e))
                return false;
        }
    } else if (first == '[') {
        e.kind = ASH_ENVELOPE_SMBD_DEBUG;
        if (!smbd_header(line, &e))
            return false;
    } else {
        return false;
    }
    *ret = e;
    return true;
}
