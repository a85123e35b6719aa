#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "ledger/book.h"
#include "ledger/bundle.h"
#include "ledger/seal.h"
#include "report/model.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const char *leaf_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void print_people(const char *file, const ash_bundle_result *r)
{
    char shown[4200], hex[2 * ASH_SHA256_SIZE + 1], a[32], b[32];
    printf(_("Written: %s, %s files, %.1f MB (%.1f MB unpacked).\n"),
           ash_text_escape(shown, sizeof shown, ash_view_z(file)), ash_number_text((int64_t)r->files, a),
           (double)r->packed / 1e6, (double)r->bytes / 1e6);
    printf("SHA-256: %s\n", ash_hex(hex, r->sha256, sizeof r->sha256));
    if (r->inputs + r->inputs_left > 0)
        printf(_("Inputs in it: %s; not in it, because they are gone or not what was read: %s.\n"),
               ash_number_text((int64_t)r->inputs, a), ash_number_text((int64_t)r->inputs_left, b));
    printf(_("The receiver checks it with `ashiato verify --bundle %s --public-key KEY`; give the public key "
             "(`ashiato ledger key`) another way.\n"),
           ash_text_escape(shown, sizeof shown, ash_view_z(leaf_of(file))));
}

static void print_json(const char *file, const ash_bundle_result *r)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    ash_json_out *out = ash_json_out_begin();
    if (out != NULL) {
        ash_json *j = ash_json_of(out);
        ash_json_begin(j, '{');
        ash_json_key_exact(j, "bundle", ash_view_z(file));
        ash_json_key_z(j, "sha256", ash_hex(hex, r->sha256, sizeof r->sha256));
        ash_json_key_int(j, "bytes", (int64_t)r->packed);
        ash_json_key_int(j, "files", (int64_t)r->files);
        ash_json_key_int(j, "unpacked", (int64_t)r->bytes);
        ash_json_key_int(j, "inputs", (int64_t)r->inputs);
        ash_json_key_int(j, "inputs_left", (int64_t)r->inputs_left);
        ash_json_key_int(j, "entries", (int64_t)r->entries);
        ash_json_end(j, '}');
    }
    ash_json_out_end(out);
}

/* The bundle holds the run that made it, with its end; what it became, only the
 * case's own ledger can say. */
static int give_away(const ash_args *a, ash_case *c, const char *file, ash_bundle_result *r, ash_error *err)
{
    const ash_bundle_options o = {.inputs = ash_flag(a, "inputs"), .stop = &ash_stop};
    int rc = c->ledger == NULL ? 0 : ash_ledger_settle(c->ledger, ASH_EXIT_OK, err);
    if (rc == 0)
        rc = ash_bundle_write(r, c, file, &o, err);
    if (rc < 0 || c->ledger == NULL)
        return rc;
    const ash_handover h = {.bundle = leaf_of(file),
                            .bytes = r->packed,
                            .entries = r->entries,
                            .sha256 = r->sha256,
                            .inputs = o.inputs};
    return ash_ledger_export(c->ledger, &h, err);
}

static int run(const ash_args *a)
{
    ash_case c;
    ash_error err;
    ash_bundle_result r;
    const char *file = ash_arg(a, "bundle");
    bool record = !ash_flag(a, "no-record");
    int exit_code = ASH_EXIT_OK, lock = -1;
    if (file == NULL)
        return ash_usage_error("%s", _("--bundle FILE.tar.zst is missing"));
    if (access(file, F_OK) == 0)
        return ash_usage_error(_("%s is there already, and is not overwritten"), file);
    ash_catch_signals();
    if (!ash_open_case(a, record ? ASH_CASE_WRITE : ASH_CASE_READ, &c, &exit_code))
        return exit_code;
    int rc = record ? 0 : ash_case_lock_shared(c.dir, &lock, &err);
    if (rc == 0)
        rc = give_away(a, &c, file, &r, &err);
    if (lock >= 0)
        close(lock);
    if (rc < 0)
        exit_code = ash_complain(&err);
    else if (ash_flag(a, "json"))
        print_json(file, &r);
    else
        print_people(file, &r);
    return ash_close_case(&c, exit_code);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"bundle", 'b', "FILE", N_("the file to write: NAME.tar.zst; never overwritten"), false},
    {"inputs", 0, NULL, N_("with the inputs themselves, as far as they are still what was read"), false},
    {"no-record", 0, NULL, N_("do not enter the export in the case's ledger; nothing is written to the case"), false},
    {"json", 0, NULL, N_("the result as JSON"), false},
    ASH_OPT_KEY,
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_export = {
    .name = "export",
    .operands = "",
    .summary = N_("Write a case into one file, for another examiner"),
    .details = N_("The file holds the case with its ledger, the public key, the newest head, check sums and a\n"
                  "README: it can be checked without network (`ashiato verify --bundle`), unpacked with tar, and\n"
                  "worked on. With --inputs it holds the logs too, so that `ashiato show` works for the receiver.\n"
                  "The same case gives the same bytes. That it was given away, with SHA-256, is entered in the\n"
                  "case's ledger (`ashiato custody`)."),
    .examples = "  ashiato export --case ./case --bundle 2026-117.tar.zst\n"
                "  ashiato export --case ./case --bundle 2026-117.tar.zst --inputs",
    .options = options,
    .n_options = N(options),
    .run = run,
};
