#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/list_options.h"
#include "investigate/retain.h"
#include "report/report.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_NS (86400 * ASH_NS_PER_S)

static const ash_column_def columns[] = {
    {"segment", N_("segment"), true, false}, {"volume", NULL, true, false},
    {"first", N_("first"), false, false},    {"last", N_("last"), false, false},
    {"accesses", N_("accesses"), true, false}, {"bytes", N_("bytes"), true, false},
    {"rule", N_("rule"), false, false},
};

/* --- the rule -------------------------------------------------------------------- */

/* "400d", "18m", "2y": back from now. Months and years are of the calendar. */
static int parse_age(const char *text, int64_t *ret, ash_error *err)
{
    char *end;
    struct tm tm;
    time_t now = time(NULL);
    errno = 0;
    long n = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno != 0 || n > 100000 || strlen(end) != 1 ||
        strchr("dwmy", *end) == NULL)
        return ash_fail(err, ASH_E_USAGE, "cli",
                        "--keep needs a number of days, weeks, months or years: 400d, 60w, 18m, 2y");
    gmtime_r(&now, &tm);
    tm.tm_mday -= *end == 'd' ? (int)n : *end == 'w' ? (int)n * 7 : 0;
    tm.tm_mon -= *end == 'm' ? (int)n : 0;
    tm.tm_year -= *end == 'y' ? (int)n : 0;
    *ret = (int64_t)timegm(&tm) * ASH_NS_PER_S;
    return 0;
}

/* "800M", "20G", "1T": powers of 1000. */
static int parse_size(const char *text, uint64_t *ret, ash_error *err)
{
    static const char units[] = "kMGT";
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);
    uint64_t factor = 1;
    for (const char *u = units; unit != NULL && u <= unit; u++)
        factor *= 1000;
    if (text[0] < '0' || text[0] > '9' || errno != 0 || (*end != '\0' && (unit == NULL || end[1] != '\0')) ||
        n > UINT64_MAX / 2 / factor)
        return ash_fail(err, ASH_E_USAGE, "cli", "--max-size needs a size such as 800M, 20G or 1T");
    *ret = n * factor;
    return 0;
}

static int parse_rule(const ash_args *a, ash_retain_rule *rule, char text[128], ash_error *err)
{
    const char *keep = ash_arg(a, "keep"), *size = ash_arg(a, "max-size");
    *rule = (ash_retain_rule){.before = ASH_TIME_NONE, .max_bytes = UINT64_MAX, .text = text};
    if (keep == NULL && size == NULL)
        return ash_fail(err, ASH_E_USAGE, "cli", "retain needs --keep, --max-size or both");
    int rc = keep == NULL ? 0 : parse_age(keep, &rule->before, err);
    if (rc == 0 && size != NULL)
        rc = parse_size(size, &rule->max_bytes, err);
    snprintf(text, 128, "%s%.40s%s%s%.40s", keep != NULL ? "--keep " : "", keep != NULL ? keep : "",
             keep != NULL && size != NULL ? " " : "", size != NULL ? "--max-size " : "",
             size != NULL ? size : "");
    return rc;
}

/* --- what it does ------------------------------------------------------------------ */

static void print_rows(const ash_retain_plan *p, ash_case *c, ash_format format)
{
    ash_table t;
    char first[ASH_TIME_TEXT], last[ASH_TIME_TEXT];
    bool people = format == ASH_FORMAT_TABLE;
    ash_table_begin(&t, format, columns, N(columns));
    for (size_t i = 0; i < p->n; i++) {
        const ash_retain_segment *s = &p->rows[i];
        if (s->why == NULL)
            continue;
        ash_table_int(&t, s->number);
        ash_table_int(&t, s->volume);
        ash_table_z(&t, ash_time_text(first, s->first_cs * ASH_CS_NS, &c->zone, people ? 0 : 2));
        ash_table_z(&t, ash_time_text(last, s->last_cs * ASH_CS_NS, &c->zone, people ? 0 : 2));
        ash_table_int(&t, s->accesses);
        ash_table_int(&t, s->bytes);
        ash_table_words(&t, s->why);
    }
    ash_table_end(&t);
}

static void print_sum(const ash_retain_plan *p, bool dry)
{
    char a[32], b[32];
    if (p->n_files == 0) {
        puts(_("Nothing is as old or as much as the rule says."));
        return;
    }
    printf(dry ? _("%s segments with %s accesses would be removed, %.1f MB.\n")
               : _("%s segments with %s accesses were removed, %.1f MB.\n"),
           ash_number_text(p->segments, a), ash_number_text(p->accesses, b), (double)p->bytes / 1e6);
    if (p->copies > 0)
        printf(dry ? _("With them copies of piped inputs: %s.\n") : _("With them copies of piped inputs: %s.\n"),
               ash_number_text(p->copies, a));
    if (!dry)
        puts(_("The ledger has the removal; reports and coverage say from which time on the case knows."));
}

static int renew_report(ash_case *c, ash_error *err)
{
    bool due;
    int rc = ash_retain_report_due(c, &due, err);
    if (rc == 0 && due)
        rc = ash_report_again(c, err);
    return rc == 0 && due ? ash_retain_report_done(c, err) : rc;
}

static int retain(const ash_args *a, ash_case *c, const ash_retain_rule *rule, ash_error *err)
{
    ash_format format;
    ash_retain_plan p;
    bool dry = ash_flag(a, "dry-run");
    int rc = ash_list_format(a, &format, err);
    if (rc == 0)
        rc = ash_retain_plan_make(&p, c, rule, err);
    if (rc < 0)
        return rc;
    if (!dry)
        rc = ash_retain_apply(&p, c, rule, err);
    if (rc == 0 && !dry)
        rc = renew_report(c, err);
    if (rc == 0 && (format != ASH_FORMAT_TABLE || p.segments > 0))
        print_rows(&p, c, format);
    if (rc == 0 && format == ASH_FORMAT_TABLE)
        print_sum(&p, dry);
    ash_retain_plan_free(&p);
    return rc;
}

static int run(const ash_args *a)
{
    char text[128];
    ash_case c;
    ash_error err;
    ash_retain_rule rule;
    int exit_code = ASH_EXIT_OK;
    if (parse_rule(a, &rule, text, &err) < 0)
        return ash_complain(&err);
    if (!ash_open_case(a, ash_flag(a, "dry-run") ? ASH_CASE_READ : ASH_CASE_WRITE, &c, &exit_code))
        return exit_code;
    if (retain(a, &c, &rule, &err) < 0)
        exit_code = ash_complain(&err);
    return ash_close_case(&c, exit_code);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"keep", 0, "AGE", N_("keep this long, back from now: 400d, 60w, 18m, 2y"), false},
    {"max-size", 0, "SIZE", N_("remove the oldest until the store is no larger: 800M, 20G, 1T"), false},
    {"dry-run", 'n', NULL, N_("only say what would be removed"), false},
    ASH_OPT_FORMAT,
    ASH_OPT_JSON,
    ASH_OPT_KEY,
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_retain = {
    .name = "retain",
    .operands = "",
    .summary = N_("Remove old accesses from a case, and say so in its ledger"),
    .details = N_("Whole sealed segments are removed, and copies of piped inputs, whose last record is older\n"
                  "than the rule allows; never a part of one. `ashiato verify` still passes and shows what was\n"
                  "removed, when and by which rule; coverage and reports say from which time on the case\n"
                  "knows. Names of files stay as long as later segments may use them. Logs outside of the\n"
                  "case are not touched. A case that is held (`ashiato hold`) loses nothing."),
    .examples = "  ashiato retain --case ./case --keep 400d --dry-run\n"
                "  ashiato retain --case ./case --keep 400d --max-size 20G",
    .options = options,
    .n_options = N(options),
    .run = run,
};
