#include "options.h"

#include <ctype.h>
#include <stdlib.h>

enum {
    MONTH_DAYS = 30,
    MONTH_USERS = 600,
    FILES_PER_USER = 5000,
    MIN_USERS = 3,
    MAX_USERS = 200000,
    MIN_FILES_ALL = 2000,
};

/* Lines a user causes in a month with all that hangs on it; measured, see README. */
static const uint32_t lines_per_user_month[] = {
    [ASH_SMB_LEAN] = 165000,
    [ASH_SMB_RICH] = 2050000,
    [ASH_SMB_OLD] = 36000,
    [ASH_SMB_NOREADS] = 154000,
};

void options_help(FILE *f)
{
    fputs("usage: genlog [options]\n"
          "Writes a realistic, deterministic Samba full_audit log.\n\n"
          "  --lines N      stop after exactly N lines\n"
          "  --days D       stop after D days (default 30 when --lines is not given)\n"
          "  --users U      people; default 600, with --lines as many as write N lines\n"
          "                 in the days asked for (30): the shape stays that of a month\n"
          "  --files F      files on the servers; default 5000 for each user\n"
          "  --servers S    1 to 16 (default 1)\n"
          "  --seed S       same seed and options: the same bytes (default 1)\n"
          "  --start T      2026-03-02T00:00:00+09:00; local time and zone of the server\n"
          "  --format X     iso | rfc3164 | rfc5424 | raw (default iso)\n"
          "  --config X     lean | rich | old | noreads (default lean)\n"
          "  --attack X     none | scan | slow (default none)\n"
          "  --truth FILE   what the attacker did: account, client, grade, path (TSV)\n"
          "  -o FILE        output, - is the standard output (default)\n"
          "  --help\n\n"
          "Without options: 30 days, 600 users, 3 million files, about 100 million lines.\n"
          "--lines alone keeps 30 days and takes fewer or more users; when they are too\n"
          "lazy the log runs on until N lines are there. --lines with --users and without\n"
          "--days takes as many days as needed.\n",
          f);
}

static bool parse_number(const char *s, uint64_t lo, uint64_t hi, uint64_t *ret)
{
    char *end;
    if (!isdigit((unsigned char)*s))
        return false;
    uint64_t v = strtoull(s, &end, 10);
    uint64_t factor = *end == 'k' ? 1000 : *end == 'M' ? 1000000 : *end == 'G' ? 1000000000 : 1;
    if (factor != 1)
        end++;
    if (*end != '\0' || v > hi / factor || v * factor < lo)
        return false;
    *ret = v * factor;
    return true;
}

static bool parse_word(const char *s, const char *const *words, unsigned count, unsigned *ret)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(s, words[i]) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* Days since 1970-01-01 (Hinnant's algorithm). */
static uint64_t days_from_civil(unsigned y, unsigned m, unsigned d)
{
    y -= m <= 2;
    unsigned era = y / 400, yoe = y % 400;
    unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (uint64_t)era * 146097 + doe - 719468;
}

static bool parse_start(const char *s, struct options *o)
{
    unsigned y, mo, d, h, mi, se, zh, zm;
    char sign;
    int used = 0;
    if (sscanf(s, "%4u-%2u-%2uT%2u:%2u:%2u%n", &y, &mo, &d, &h, &mi, &se, &used) != 6)
        return false;
    if (y < 1971 || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || se > 59)
        return false;
    const char *zone = s + used;
    if (strcmp(zone, "Z") == 0)
        zone = "+00:00";
    used = 0;
    if (sscanf(zone, "%c%2u:%2u%n", &sign, &zh, &zm, &used) != 3 || used != 6 || zone[6] != '\0')
        return false;
    if ((sign != '+' && sign != '-') || zh > 14 || zm > 59)
        return false;
    memcpy(o->zone, zone, 7);
    o->start_us = (days_from_civil(y, mo, d) * 86400 + h * 3600u + mi * 60u + se) * ASH_US_PER_SEC;
    return true;
}

static bool parse_choice(const char *name, const char *v, struct options *o)
{
    static const char *const formats[] = {"iso", "rfc3164", "rfc5424", "raw"};
    static const char *const configs[] = {"lean", "rich", "old", "noreads"};
    static const char *const attacks[] = {"none", "scan", "slow"};
    unsigned i;
    if (strcmp(name, "--format") == 0 && parse_word(v, formats, 4, &i))
        o->format = (ash_log_format)i;
    else if (strcmp(name, "--config") == 0 && parse_word(v, configs, 4, &i))
        o->config = (ash_smb_config)i;
    else if (strcmp(name, "--attack") == 0 && parse_word(v, attacks, 3, &i))
        o->attack = (enum attack_kind)i;
    else
        return false;
    return true;
}

static bool parse_option(const char *name, const char *v, struct options *o)
{
    uint64_t n;
    if (strcmp(name, "--lines") == 0 && parse_number(v, 1, UINT64_MAX / 2, &n))
        o->lines = n;
    else if (strcmp(name, "--days") == 0 && parse_number(v, 1, 36500, &n))
        o->days = (uint32_t)n;
    else if (strcmp(name, "--users") == 0 && parse_number(v, 1, MAX_USERS, &n))
        o->users = (uint32_t)n;
    else if (strcmp(name, "--files") == 0 && parse_number(v, 1, 500000000, &n))
        o->files = n;
    else if (strcmp(name, "--servers") == 0 && parse_number(v, 1, ASH_MAX_SERVERS, &n))
        o->servers = (unsigned)n;
    else if (strcmp(name, "--seed") == 0 && parse_number(v, 0, UINT64_MAX, &n))
        o->seed = n;
    else if (strcmp(name, "--start") == 0)
        return parse_start(v, o);
    else if (strcmp(name, "--truth") == 0)
        o->truth_path = v;
    else if (strcmp(name, "-o") == 0)
        o->out_path = v;
    else
        return parse_choice(name, v, o);
    return true;
}

static void fill_in(struct options *o)
{
    if (o->users == 0 && o->lines == 0)
        o->users = MONTH_USERS;
    if (o->users == 0) {
        uint64_t days = o->days != 0 ? o->days : MONTH_DAYS;
        uint64_t each = lines_per_user_month[o->config] * days / MONTH_DAYS + 1;
        uint64_t users = o->lines / each + 1;
        o->users = users < MIN_USERS ? MIN_USERS : users > MAX_USERS ? MAX_USERS : (uint32_t)users;
    }
    if (o->days == 0 && o->lines == 0)
        o->days = MONTH_DAYS;
    if (o->files == 0)
        o->files = (uint64_t)o->users * FILES_PER_USER;
    if (o->files < MIN_FILES_ALL)
        o->files = MIN_FILES_ALL;
}

enum parsed options_parse(int argc, char **argv, struct options *ret)
{
    struct options o = {.seed = 1, .servers = 1, .out_path = "-"};
    parse_start("2026-03-02T00:00:00+09:00", &o);
    for (int i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return PARSED_HELP;
        if (i + 1 == argc || !parse_option(argv[i], argv[i + 1], &o)) {
            fprintf(stderr, "genlog: bad or incomplete option: %s %s\n", argv[i],
                    i + 1 < argc ? argv[i + 1] : "");
            return PARSED_BAD;
        }
    }
    if (o.truth_path != NULL && o.attack == ATTACK_NONE) {
        fprintf(stderr, "genlog: --truth needs --attack\n");
        return PARSED_BAD;
    }
    fill_in(&o);
    *ret = o;
    return PARSED_RUN;
}
