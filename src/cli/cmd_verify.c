#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "ledger/bundle.h"
#include "ledger/proof.h"
#include "ledger/verify.h"
#include "report/model.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define HEAD_FILE_MAX (1u << 20)

static const char *verdict_name(ash_verdict_of_case v)
{
    return v == ASH_CASE_INTACT ? "intact" : v == ASH_CASE_INCOMPLETE ? "incomplete" : "damaged";
}

/* --- for people ------------------------------------------------------------------ */

static void print_damage(const ash_damage *d)
{
    char file[1200], text[1200];
    printf("%s  %s", d->incomplete ? _("not covered") : _("damaged"),
           ash_text_escape(file, sizeof file, ash_view_z(d->file)));
    if (d->offset != ASH_NO_OFFSET)
        printf(_(", offset %" PRIu64 ", %" PRIu64 " bytes"), d->offset, d->bytes);
    printf(": %s\n", ash_text_escape(text, sizeof text, ash_view_z(d->text)));
}

static void print_removal(const ash_verify_removal *x)
{
    char a[32], b[32], rule[600];
    ash_text_escape(rule, sizeof rule, ash_view_z(x->rule));
    printf(_("Removed on %.10s by the rule %s (entry %" PRIu64 "): %s accesses up to %s, %s files.\n"), x->time,
           rule, x->entry, ash_number_text((int64_t)x->accesses, a), x->until[0] == '\0' ? "-" : x->until,
           ash_number_text((int64_t)x->files, b));
}

static void print_people(const ash_verify_result *r)
{
    char a[32], b[32], c[32], id[ASH_KEY_ID_SIZE], hold[4096];
    for (size_t i = 0; i < r->n_damages; i++)
        print_damage(&r->damages[i]);
    if (r->more > 0)
        printf(_("and %s more\n"), ash_number_text((int64_t)r->more, a));
    if (r->n_damages > 0)
        putchar('\n');
    puts(r->verdict == ASH_CASE_INTACT
             ? _("Intact: everything in the case is what its ledger was signed over.")
         : r->verdict == ASH_CASE_INCOMPLETE
             ? _("Incomplete: nothing contradicts the ledger, but it does not cover everything.")
             : _("Damaged: the case is not what its ledger was signed over."));
    if (r->head.counter == 0)
        return;
    printf(_("Ledger: %s entries under %s heads; the newest is of %s, key %s.\n"),
           ash_number_text((int64_t)r->entries, a), ash_number_text((int64_t)r->heads, b), r->head.time,
           ash_key_id(r->head.key, id));
    printf(_("Read: %s files of the case, %.1f MB in %.1f s.\n"), ash_number_text((int64_t)r->files, a),
           (double)r->bytes / 1e6, r->seconds);
    if (r->inputs > 0)
        printf(_("Inputs: %s of %s are still where they were read and were read again; %s are not "
                 "there, or cannot be compared as a whole.\n"),
               ash_number_text((int64_t)r->inputs_read, a), ash_number_text((int64_t)r->inputs, b),
               ash_number_text((int64_t)(r->inputs_absent + r->inputs_replaced), c));
    for (size_t i = 0; i < r->n_removals; i++)
        print_removal(&r->removals[i]);
    if (r->hold != NULL)
        printf(_("Held: %s\n"), ash_text_escape(hold, sizeof hold, ash_view_z(r->hold)));
    if (r->voids > 0 || r->unfinished > 0)
        printf(_("History: %s runs did not reach their end; %s times what they had sealed last was "
                 "declared void and read again.\n"),
               ash_number_text((int64_t)r->unfinished, a), ash_number_text((int64_t)r->voids, b));
}

/* --- for programs ---------------------------------------------------------------- */

static void put_damages(ash_json *j, const ash_verify_result *r, bool incomplete, const char *key)
{
    ash_json_key(j, key);
    ash_json_begin(j, '[');
    for (size_t i = 0; i < r->n_damages; i++) {
        const ash_damage *d = &r->damages[i];
        if (d->incomplete != incomplete)
            continue;
        ash_json_begin(j, '{');
        ash_json_key_z(j, "kind", d->kind);
        ash_json_key_exact(j, "file", ash_view_z(d->file));
        ash_json_key(j, "offset");
        if (d->offset == ASH_NO_OFFSET)
            ash_json_null(j);
        else
            ash_json_int(j, (int64_t)d->offset);
        ash_json_key_int(j, "bytes", (int64_t)d->bytes);
        ash_json_key_z(j, "text", d->text);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void put_head(ash_json *j, const ash_head *h)
{
    char hex[2 * ASH_SIGNATURE_SIZE + 1];
    ash_json_key(j, "head");
    if (h->counter == 0) {
        ash_json_null(j);
        return;
    }
    ash_json_begin(j, '{');
    ash_json_key_int(j, "head", (int64_t)h->counter);
    ash_json_key_int(j, "size", (int64_t)h->size);
    ash_json_key_z(j, "root", ash_hex(hex, h->root.b, sizeof h->root.b));
    ash_json_key_z(j, "time", h->time);
    ash_json_key_z(j, "key", ash_hex(hex, h->key, sizeof h->key));
    ash_json_end(j, '}');
}

static void put_removals(ash_json *j, const ash_verify_result *r)
{
    ash_json_key(j, "removals");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < r->n_removals; i++) {
        const ash_verify_removal *x = &r->removals[i];
        ash_json_begin(j, '{');
        ash_json_key_int(j, "entry", (int64_t)x->entry);
        ash_json_key_z(j, "time", x->time);
        ash_json_key_z(j, "rule", x->rule);
        ash_json_key_z(j, "until", x->until[0] == '\0' ? NULL : x->until);
        ash_json_key_int(j, "accesses", (int64_t)x->accesses);
        ash_json_key_int(j, "segments", (int64_t)x->segments);
        ash_json_key_int(j, "files", (int64_t)x->files);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void print_json(const ash_verify_result *r)
{
    ash_out out = {.fd = STDOUT_FILENO};
    ash_json j;
    ash_buf_init(&out.buf, 64u << 20);
    ash_json_init(&j, &out, false);
    ash_json_begin(&j, '{');
    ash_json_key_z(&j, "verdict", verdict_name(r->verdict));
    ash_json_key_z(&j, "case", r->case_id);
    put_head(&j, &r->head);
    const struct {
        const char *key;
        uint64_t n;
    } counts[] = {{"entries", r->entries},
                  {"heads", r->heads},
                  {"runs", r->runs},
                  {"unfinished_runs", r->unfinished},
                  {"voids", r->voids},
                  {"files", r->files},
                  {"bytes", r->bytes},
                  {"inputs", r->inputs},
                  {"inputs_read", r->inputs_read},
                  {"inputs_absent", r->inputs_absent},
                  {"inputs_replaced", r->inputs_replaced},
                  {"more_damages", r->more}};
    for (size_t i = 0; i < N(counts); i++)
        ash_json_key_int(&j, counts[i].key, (int64_t)counts[i].n);
    ash_json_key(&j, "seconds");
    ash_json_float(&j, r->seconds);
    put_removals(&j, r);
    ash_json_key_z(&j, "hold", r->hold);
    put_damages(&j, r, false, "damages");
    put_damages(&j, r, true, "not_covered");
    ash_json_end(&j, '}');
    if (!ash_out_flush(&out))
        fflush(stdout);
    ash_buf_free(&out.buf);
}

/* --- the command ----------------------------------------------------------------- */

static int read_anchor(const char *path, ash_head *ret, ash_error *err)
{
    char id[ASH_CASE_ID_SIZE];
    ash_buf b;
    ash_buf_init(&b, HEAD_FILE_MAX);
    int rc = ash_io_read_file(path, HEAD_FILE_MAX, &b, err);
    if (rc == 0 && !ash_head_from_note(ret, id, ash_buf_view(&b)))
        rc = ash_fail_at(err, ASH_E_FORMAT, "cli", path, ASH_NO_OFFSET,
                         "is not a head as `ashiato ledger head` prints it");
    ash_buf_free(&b);
    return rc;
}

/* --- bundles ----------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static void remove_all(const char *dir)
{
    if (dir[0] != '\0')
        nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Into a folder of its own below $TMPDIR, which the caller removes. */
static int unpack(const char *bundle, char temp[4000], char unpacked[4000], char wrong[512], ash_error *err)
{
    const char *base = getenv("TMPDIR");
    int n = snprintf(temp, 4000, "%s/ashiato-XXXXXX", base == NULL || base[0] == '\0' ? "/tmp" : base);
    if (n < 4000 && mkdtemp(temp) != NULL)
        return ash_bundle_unpack(bundle, temp, unpacked, wrong, &ash_stop, err);
    int rc = ash_io_fail(err, temp, "no folder can be made to unpack the bundle in; TMPDIR names another place");
    temp[0] = '\0';
    return rc;
}

/* A file outside of the case's ledger, or the list itself. */
static int complain_of_sum(ash_verify_result *r, const char *bundle, const char *name)
{
    ash_error err;
    ash_fail_at(&err, ASH_E_CHANGED, "cli", bundle, ASH_NO_OFFSET,
                "is damaged: %s in it is not what SHA256SUMS says (the case itself: %s)", name,
                verdict_name(r->verdict));
    ash_verify_free(r);
    return ash_complain(&err);
}

static int run(const ash_args *a)
{
    uint8_t key[ASH_PUBLIC_KEY_SIZE];
    ash_head anchor = {0};
    ash_verify_result r;
    ash_error err;
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    char temp[4000] = "", unpacked[4000], wrong[512] = "";
    const char *dir = ash_arg(a, "case"), *bundle = ash_arg(a, "bundle"), *given = ash_arg(a, "public-key"), *head = ash_arg(a, "head");
    ash_verify_options o = {.inputs = !ash_flag(a, "no-inputs") && bundle == NULL,
                            .threads = n < 1 ? 1 : n > 4 ? 4 : (unsigned)n,
                            .stop = &ash_stop};
    if (dir == NULL && bundle == NULL)
        return ash_usage_error(_("--case DIR is missing; try `ashiato %s --help`"), a->command->name);
    if (dir != NULL && bundle != NULL)
        return ash_usage_error("%s", _("--case or --bundle, not both"));
    int rc = given == NULL ? 0 : ash_key_read_public(given, key, &err);
    if (rc == 0 && head != NULL)
        rc = read_anchor(head, &anchor, &err);
    o.public_key = given == NULL ? NULL : key;
    o.anchor = head == NULL ? NULL : &anchor;
    ash_catch_signals();
    if (rc == 0 && bundle != NULL)
        rc = unpack(bundle, temp, unpacked, wrong, &err);
    if (rc == 0)
        rc = ash_verify(&r, bundle != NULL ? unpacked : dir, &o, &err);
    remove_all(temp);
    if (rc < 0)
        return ash_complain(&err);
    if (wrong[0] != '\0' && r.verdict != ASH_CASE_DAMAGED)
        return complain_of_sum(&r, bundle, wrong);
    if (ash_flag(a, "json"))
        print_json(&r);
    else
        print_people(&r);
    int code = r.verdict == ASH_CASE_INTACT       ? ASH_EXIT_OK
               : r.verdict == ASH_CASE_INCOMPLETE ? ASH_EXIT_INCOMPLETE
                                                  : ASH_EXIT_CHANGED;
    ash_verify_free(&r);
    return code;
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"bundle", 'b', "FILE", N_("instead of a case: a bundle of one (`ashiato export`), unpacked for the while"), false},
    {"public-key", 0, "FILE", N_("the key the case must be signed with: a file, or 64 hexadecimal digits"),
     false},
    {"head", 0, "FILE", N_("a head kept elsewhere (`ashiato ledger head`) that must be in the ledger"), false},
    {"no-inputs", 0, NULL, N_("do not read the inputs again, only the case"), false},
    {"json", 0, NULL, N_("the result as JSON"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_verify = {
    .name = "verify",
    .operands = "",
    .summary = N_("Check that a case is what it was when it was sealed"),
    .details = N_("Everything the case's ledger says is computed again: segments, kept copies, reports,\n"
                  "the ledger itself and its signatures; inputs where they still are. Damage is named with\n"
                  "file and offset. Nothing is written. Exit code 0: intact; 4: damaged; 5: incomplete, a\n"
                  "run was killed or the case was never sealed. Only a public key or a head that was kept\n"
                  "elsewhere proves that the whole case, ledger included, was not made anew."),
    .examples = "  ashiato verify --case ./case\n"
                "  ashiato verify --case ./case --public-key office.pub --head head-2026-11-23.txt\n"
                "  ashiato verify --bundle 2026-117.tar.zst --public-key office.pub",
    .options = options,
    .n_options = N(options),
    .run = run,
};
