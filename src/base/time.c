#include "base/time.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int64_t ash_days_from_civil(int64_t y, unsigned m, unsigned d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    unsigned yoe = (unsigned)(y - era * 400);
    unsigned doy = (153 * (m + (m > 2 ? -3u : 9u)) + 2) / 5 + d - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + (int64_t)doe - 719468;
}

void ash_civil_from_days(int64_t z, int *ret_y, unsigned *ret_m, unsigned *ret_d)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    *ret_d = doy - (153 * mp + 2) / 5 + 1;
    *ret_m = mp < 10 ? mp + 3 : mp - 9;
    *ret_y = (int)((int64_t)yoe + era * 400 + (*ret_m <= 2));
}

unsigned ash_weekday(int64_t day)
{
    return (unsigned)(((day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

ash_zone ash_zone_fixed(int32_t s)
{
    ash_zone z = {.offset = s};
    unsigned a = (unsigned)(s < 0 ? -s : s);
    if (s == 0)
        snprintf(z.name, sizeof z.name, "UTC");
    else
        snprintf(z.name, sizeof z.name, "%c%02u:%02u", s < 0 ? '-' : '+', a / 3600 % 100,
                 a / 60 % 60);
    return z;
}

size_t ash_time_parse_offset(ash_view v, int32_t *ret)
{
    if (v.n < 3 || (v.p[0] != '+' && v.p[0] != '-'))
        return 0;
    unsigned d[4] = {0}, k = 0;
    size_t i = 1;
    for (; i < v.n && k < 4; i++) {
        if (v.p[i] == ':' && k == 2 && i == 3)
            continue;
        if (v.p[i] < '0' || v.p[i] > '9')
            break;
        d[k++] = (unsigned)(v.p[i] - '0');
    }
    if (k != 2 && k != 4)
        return 0;
    unsigned h = d[0] * 10 + d[1], m = d[2] * 10 + d[3];
    if (h > 23 || m > 59)
        return 0;
    int32_t s = (int32_t)(h * 3600 + m * 60);
    *ret = v.p[0] == '-' ? -s : s;
    return i;
}

static bool zone_name_ok(const char *s)
{
    if (s[0] == '/' || s[0] == '\0' || strstr(s, "..") != NULL || strlen(s) >= 64)
        return false;
    char path[128];
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", s);
    return access(path, R_OK) == 0;
}

int ash_zone_parse(const char *text, ash_zone *ret, ash_error *err)
{
    int32_t off;
    ash_view v = ash_view_z(text);
    if (strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0) {
        *ret = ash_zone_fixed(0);
        return 0;
    }
    if (v.n > 0 && ash_time_parse_offset(v, &off) == v.n) {
        *ret = ash_zone_fixed(off);
        return 0;
    }
    char link[256];
    if (strcmp(text, "local") == 0) {
        const char *tz = getenv("TZ");
        ssize_t n;
        text = "UTC";
        if (tz != NULL && tz[0] != '\0') {
            text = tz[0] == ':' ? tz + 1 : tz;
        } else if ((n = readlink("/etc/localtime", link, sizeof link - 1)) > 0) {
            link[n] = '\0';
            char *q = strstr(link, "zoneinfo/");
            text = q != NULL ? q + strlen("zoneinfo/") : text;
        }
        if (!zone_name_ok(text)) {
            *ret = ash_zone_fixed(0);
            return 0;
        }
    }
    if (!zone_name_ok(text))
        return ash_fail(err, ASH_E_USAGE, "time",
                        "unknown time zone '%.60s'; give an offset such as +09:00, or a name such "
                        "as Asia/Tokyo (names need the package tzdata)",
                        text);
    *ret = (ash_zone){.named = true, .cache_hour = INT64_MIN};
    snprintf(ret->name, sizeof ret->name, "%s", text);
    return 0;
}

static pthread_mutex_t tz_lock = PTHREAD_MUTEX_INITIALIZER;

/* Runs with the C library's zone set to z; the library has no other way. */
static int32_t lookup(const ash_zone *z, int64_t s, bool local)
{
    static char current[64];
    struct tm tm;
    time_t t = (time_t)s;
    pthread_mutex_lock(&tz_lock);
    if (strcmp(current, z->name) != 0) {
        setenv("TZ", z->name, 1);
        tzset();
        snprintf(current, sizeof current, "%s", z->name);
    }
    if (local) {
        gmtime_r(&t, &tm);
        tm.tm_isdst = -1;
        time_t utc = mktime(&tm);
        t = utc == (time_t)-1 ? t : utc;
    }
    localtime_r(&t, &tm);
    pthread_mutex_unlock(&tz_lock);
    return (int32_t)tm.tm_gmtoff;
}

static int32_t cached(ash_zone *z, int64_t s, bool local)
{
    if (!z->named)
        return z->offset;
    /* Offsets change on quarter hours at the finest; an hour would straddle a
     * change in the few zones that do so at :30. */
    int64_t slot = floor_div(s, 900);
    if (slot != z->cache_hour || local != z->cache_local) {
        z->cache_offset = lookup(z, s, local);
        z->cache_hour = slot;
        z->cache_local = local;
    }
    return z->cache_offset;
}

int32_t ash_zone_offset(ash_zone *z, int64_t utc_s)
{
    return cached(z, utc_s, false);
}

int64_t ash_zone_to_utc(ash_zone *z, int64_t local_s)
{
    return local_s - cached(z, local_s, true);
}

char *ash_time_text(char *out, int64_t t, ash_zone *z, int digits)
{
    if (t == ASH_TIME_NONE) {
        memcpy(out, "-", 2);
        return out;
    }
    int64_t utc_s = floor_div(t, ASH_NS_PER_S);
    int64_t ns = t - utc_s * ASH_NS_PER_S;
    int32_t off = ash_zone_offset(z, utc_s);
    int64_t s = utc_s + off, days = floor_div(s, 86400);
    unsigned sod = (unsigned)(s - days * 86400), m, d;
    int y;
    ash_civil_from_days(days, &y, &m, &d);
    int n = snprintf(out, ASH_TIME_TEXT, "%04d-%02u-%02uT%02u:%02u:%02u", y % 10000, m % 100,
                     d % 100, sod / 3600 % 100, sod / 60 % 60, sod % 60);
    if (digits > 0) {
        for (int k = digits; k < 9; k++)
            ns /= 10;
        n += snprintf(out + n, ASH_TIME_TEXT - (size_t)n, ".%0*lld", digits, (long long)ns);
    }
    unsigned a = (unsigned)(off < 0 ? -off : off);
    snprintf(out + n, ASH_TIME_TEXT - (size_t)n, "%c%02u:%02u", off < 0 ? '-' : '+',
             a / 3600 % 100, a / 60 % 60);
    return out;
}

char *ash_time_short(char *out, int64_t t, ash_zone *z)
{
    ash_time_text(out, t, z, 0);
    if (t != ASH_TIME_NONE) {
        out[10] = ' ';
        out[16] = '\0';
    }
    return out;
}

static bool digits_at(ash_view v, size_t at, unsigned count, unsigned *ret)
{
    unsigned x = 0;
    if (v.n < at + count)
        return false;
    for (unsigned i = 0; i < count; i++) {
        unsigned c = (unsigned)(unsigned char)v.p[at + i] - '0';
        if (c > 9)
            return false;
        x = x * 10 + c;
    }
    *ret = x;
    return true;
}

static size_t parse_fraction(ash_view v, size_t at, int64_t *ret_ns)
{
    int64_t ns = 0, unit = ASH_NS_PER_S / 10;
    size_t i = at;
    for (; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++, unit /= 10)
        ns += (v.p[i] - '0') * unit;
    *ret_ns = ns;
    return i;
}

size_t ash_time_parse_iso(ash_view v, int64_t *ret_t, int32_t *ret_offset)
{
    unsigned y, mo, d, h, mi, s;
    if (v.n < 19 || v.p[4] != '-' || v.p[7] != '-' || (v.p[10] != 'T' && v.p[10] != ' ') ||
        v.p[13] != ':' || v.p[16] != ':')
        return 0;
    if (!digits_at(v, 0, 4, &y) || !digits_at(v, 5, 2, &mo) || !digits_at(v, 8, 2, &d) ||
        !digits_at(v, 11, 2, &h) || !digits_at(v, 14, 2, &mi) || !digits_at(v, 17, 2, &s))
        return 0;
    if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60 || y < ASH_YEAR_MIN ||
        y > ASH_YEAR_MAX)
        return 0;
    size_t i = 19;
    int64_t ns = 0;
    if (i + 1 < v.n && (v.p[i] == '.' || v.p[i] == ',') && v.p[i + 1] >= '0' && v.p[i + 1] <= '9')
        i = parse_fraction(v, i + 1, &ns);
    int32_t off = INT32_MIN;
    if (i < v.n && v.p[i] == 'Z') {
        off = 0;
        i++;
    } else if (i < v.n) {
        i += ash_time_parse_offset(ash_view_skip(v, i), &off);
    }
    int64_t sec = ash_days_from_civil(y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
    if (off != INT32_MIN)
        sec -= off;
    *ret_t = sec * ASH_NS_PER_S + ns;
    *ret_offset = off;
    return i;
}

int ash_time_parse_user(const char *text, ash_zone *z, bool is_end, int64_t *ret, ash_error *err)
{
    ash_view v = ash_view_z(text);
    char full[64];
    bool date_only = v.n == 10;
    if (date_only || v.n == 16) {
        snprintf(full, sizeof full, "%s%s", text, date_only ? " 00:00:00" : ":00");
        v = ash_view_z(full);
    }
    int64_t t;
    int32_t off;
    size_t used = ash_time_parse_iso(v, &t, &off);
    if (used == 0 || used != v.n)
        return ash_fail(err, ASH_E_USAGE, "time",
                        "'%.60s' is not a time; write 2026-11-23, \"2026-11-23 10:30\" or "
                        "2026-11-23T10:30:00+09:00",
                        text);
    if (date_only && is_end)
        t += 86400 * ASH_NS_PER_S - 1;
    if (off == INT32_MIN) {
        int64_t s = floor_div(t, ASH_NS_PER_S);
        t += (ash_zone_to_utc(z, s) - s) * ASH_NS_PER_S;
    }
    *ret = t;
    return 0;
}

int64_t ash_time_of_filetime(uint64_t t)
{
    const uint64_t unix_epoch = UINT64_C(116444736000000000);
    return t < unix_epoch || t - unix_epoch > (uint64_t)ASH_TIME_MAX / 100
               ? ASH_TIME_NONE
               : (int64_t)(t - unix_epoch) * 100;
}
