#include <stdio.h>
#include "ashiato/access.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/list_options.h"
#include "cli/words.h"
#include "investigate/evidence.h"
#include "report/report.h"

#include <stdlib.h>

#define LABEL_COLUMNS 12
#define N(a) (sizeof(a) / sizeof((a)[0]))

static const ash_column_def columns[] = {
    {"input", N_("input"), false, false},
    {"offset", N_("offset"), true, false},
    {"entry", NULL, false, false},
    {"text", N_("record"), false, true},
};

typedef struct output {
    ash_table table;
    bool raw;
} output;

static void on_record(void *user, const ash_raw_record *r)
{
    output *o = user;
    if (o->raw) {
        fwrite(r->bytes.p, 1, r->bytes.n, stdout);
        putchar('\n');
        return;
    }
    ash_table_z(&o->table, r->input_name);
    ash_table_int(&o->table, (int64_t)r->offset);
    ash_table_z(&o->table, r->entry ? "name" : "");
    ash_table_text(&o->table, r->text);
}

static void print_field(const char *label, ash_view v)
{
    size_t size = v.n * 10 + 16;
    char *text = malloc(size);
    int w = (int)ash_text_width(label), pad = w < LABEL_COLUMNS ? LABEL_COLUMNS - w : 0;
    if (text != NULL)
        printf("%s%*s %s\n", label, pad, "", ash_text_escape(text, size, v));
    free(text);
}

static void print_access(ash_reader *r, const ash_stored_access *a)
{
    char first[ASH_TIME_TEXT], last[ASH_TIME_TEXT], changes[64], remarks[64], line[320], name[40];
    char word[64], change_words[160];
    ash_actor who = ash_actors_at(r->actors, a->actor);
    ash_share share = ash_shares_at(r->actors, a->share);
    print_field(_("access"), ash_view_z(ash_access_name(a->segment, a->row, name)));
    print_field(_("path"), ash_buf_view(&a->path));
    if (a->new_path.n > 0)
        print_field(_("new path"), ash_buf_view(&a->new_path));
    snprintf(line, sizeof line, "%s%s%s",
             ash_words(ash_access_word(a->grade, a->changes), word, sizeof word),
             a->changes != 0 ? _(", ") : "",
             ash_words(ash_changes_text(a->changes, changes), change_words, sizeof change_words));
    print_field(_("grade"), ash_view_z(line));
    if (ash_remarks_text(a->flags, remarks)[0] != '\0')
        print_field(_("remarks"), ash_view_z(ash_remarks_text(a->flags, remarks)));
    print_field(_("account"), who.account);
    print_field(_("client"), who.client);
    print_field(_("workstation"), who.workstation);
    print_field(_("server"), who.server);
    print_field(_("share"), share.name);
    snprintf(line, sizeof line, "%s - %s",
             ash_time_text(first, a->first_cs * ASH_CS_NS, &r->c->zone, 2),
             ash_time_text(last, a->last_cs * ASH_CS_NS, &r->c->zone, 2));
    print_field(_("time"), ash_view_z(line));
    if (a->entries > 0) {
        snprintf(line, sizeof line, _("%lld names shown by the listing (--names prints their records)"),
                 (long long)a->entries);
        print_field(_("names"), ash_view_z(line));
    }
    putchar('\n');
}

static int show(const ash_listing *l, ash_error *err)
{
    ash_reader *r = l->r;
    bool raw = ash_flag(l->args, "raw"), names = ash_flag(l->args, "names");
    uint32_t segment;
    int64_t row, found = 0;
    ash_stored_access a;
    output o = {.raw = raw};
    int rc = ash_access_name_parse(l->args->operands[0], &segment, &row, err);
    if (rc == 0)
        rc = ash_access_load(&a, r, segment, row, err);
    if (rc < 0)
        return rc;
    bool people = l->people && !raw;
    if (people)
        print_access(r, &a);
    if (!raw)
        ash_table_begin(&o.table, l->format, columns, N(columns));
    rc = ash_access_records(r, &a, names, on_record, &o, &found, err);
    if (!raw)
        ash_table_end(&o.table);
    if (rc == 0 && people)
        printf(_("\n%lld of %lld records found; every block they lie in is unchanged since it was "
                 "first read.\n"),
               (long long)found, (long long)a.records);
    if (rc == 0 && found < a.records)
        rc = ash_fail(err, ASH_E_CHANGED, "investigate",
                      "only %lld of the %lld records behind this access were found in the inputs",
                      (long long)found, (long long)a.records);
    ash_access_free(&a);
    return rc;
}

static int run(const ash_args *a)
{
    if (a->n_operands != 1)
        return ash_usage_error("%s", _("show needs one access, for example A1-204; `ashiato scope` "
                                       "lists them"));
    return ash_list_run(a, 0, show);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    ASH_OPT_FORMAT,
    ASH_OPT_JSON,
    {"raw", 0, NULL, N_("only the records, byte for byte"), false},
    {"names", 0, NULL, N_("for a listing: also the lookups of the names it showed"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_show = {
    .name = "show",
    .operands = "ACCESS",
    .summary = N_("Print the raw records behind an access, read back from the input"),
    .details = N_("Each block of the input that is read is compared with its hash of the first reading.\n"
                  "A block that has changed is not shown, and the exit code is 4."),
    .examples = "  ashiato show --case ./case A1-204\n  ashiato show --case ./case --raw A1-204",
    .options = options,
    .n_options = N(options),
    .run = run,
};
