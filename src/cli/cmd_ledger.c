#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "ledger/proof.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define PROOF_FILE_MAX (256u << 20)

/* --- head ------------------------------------------------------------------------ */

static int write_request(const ash_ledger_reader *r, const char *path, ash_error *err)
{
    ash_buf der;
    ash_out *out = malloc(sizeof *out);
    ash_buf_init(&der, 256);
    int rc = out == NULL ? ash_fail(err, ASH_E_NOMEM, "cli", "out of memory")
                         : ash_timestamp_request(&r->book.last, r->case_id, &der, err);
    if (rc == 0)
        rc = ash_out_open(out, path, err);
    if (rc == 0) {
        ash_out_write(out, ash_buf_view(&der));
        rc = ash_out_publish(out, err);
    }
    ash_buf_free(&der);
    free(out);
    return rc;
}

static int head(const ash_args *a, ash_ledger_reader *r, ash_buf *out, ash_error *err)
{
    const char *request = ash_arg(a, "tsq");
    int rc = request == NULL ? 0 : write_request(r, request, err);
    if (rc == 0 && ash_flag(a, "json"))
        rc = ash_proof_head(r, out, err);
    else if (rc == 0)
        ash_head_note(&r->book.last, r->case_id, out);
    return rc;
}

/* --- prove ----------------------------------------------------------------------- */

static int parse_number(const char *option, const char *text, uint64_t *ret, ash_error *err)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0')
        return ash_fail(err, ASH_E_USAGE, "cli", "--%s needs a number", option);
    *ret = n;
    return 0;
}

static int prove(const ash_args *a, ash_ledger_reader *r, ash_buf *out, ash_error *err)
{
    const char *name = ash_arg(a, "name"), *const *entries, *const *sizes;
    size_t n_entries = ash_arg_list(a, "entry", &entries), n_sizes = ash_arg_list(a, "from", &sizes);
    uint64_t n = 0;
    int rc = 0;
    if (n_entries + n_sizes + (name != NULL) == 0)
        return ash_fail(err, ASH_E_USAGE, "cli", "prove needs --entry, --name or --from");
    for (size_t i = 0; i < n_entries && rc == 0; i++)
        if ((rc = parse_number("entry", entries[i], &n, err)) == 0)
            rc = ash_proof_entry(r, n, out, err);
    for (size_t i = 0; i < n_sizes && rc == 0; i++)
        if ((rc = parse_number("from", sizes[i], &n, err)) == 0)
            rc = ash_proof_since(r, n, out, err);
    return rc == 0 && name != NULL ? ash_proof_name(r, name, out, err) : rc;
}

/* --- check ----------------------------------------------------------------------- */

static int check(const ash_args *a, ash_ledger_reader *r, ash_buf *out, ash_error *err)
{
    uint8_t key[ASH_PUBLIC_KEY_SIZE];
    char id[ASH_KEY_ID_SIZE];
    const char *given = ash_arg(a, "public-key");
    ash_proof_checked c;
    ash_buf text;
    ash_buf_init(&text, PROOF_FILE_MAX);
    int rc = given == NULL ? 0 : ash_key_read_public(given, key, err);
    if (rc == 0)
        rc = ash_io_read_file(a->operands[1], PROOF_FILE_MAX, &text, err);
    if (rc == 0)
        rc = ash_proof_check(&c, ash_buf_view(&text), r, given == NULL ? NULL : key, err);
    ash_buf_free(&text);
    if (rc < 0)
        return rc;
    if (ash_flag(a, "json"))
        ash_buf_addf(out, "{\"holds\":true,\"kind\":\"%s\",\"head\":%" PRIu64 ",\"size\":%" PRIu64 "}\n", c.kind,
                     c.head.counter, c.head.size);
    else if (strcmp(c.kind, "inclusion") == 0)
        ash_buf_addf(out, _("Holds: entry %" PRIu64 " is in the ledger of %" PRIu64 " entries, "), c.entry,
                     c.head.size);
    else if (strcmp(c.kind, "consistency") == 0)
        ash_buf_addf(out, _("Holds: the ledger of %" PRIu64 " entries begins with that of %" PRIu64 ", "),
                     c.head.size, c.from);
    else
        ash_buf_addf(out, _("Holds: head %" PRIu64 " over %" PRIu64 " entries, "), c.head.counter, c.head.size);
    if (!ash_flag(a, "json"))
        ash_buf_addf(out, _("signed at %s with key %s.\n"), c.head.time, ash_key_id(c.head.key, id));
    return 0;
}

/* --- key ------------------------------------------------------------------------- */

static int protect(const ash_key *k, const char *path, ash_error *err)
{
    char passphrase[1024];
    int rc = ash_ask_new_passphrase(passphrase, sizeof passphrase)
                 ? ash_key_protect(k, path, passphrase, err)
                 : ash_fail(err, ASH_E_USAGE, "cli", "the two passphrases differ, or there is no terminal");
    explicit_bzero(passphrase, sizeof passphrase);
    return rc;
}

static int key(const ash_args *a, ash_buf *out, ash_error *err)
{
    char path[4096], hex[2 * ASH_PUBLIC_KEY_SIZE + 1];
    ash_key k;
    int rc = ash_key_path(ash_arg(a, "key"), path, sizeof path, err);
    if (rc == 0 && ash_flag(a, "new"))
        rc = ash_key_renew(&k, path, ash_ask_passphrase, err);
    else if (rc == 0)
        rc = ash_key_load(&k, path, ash_ask_passphrase, err);
    if (rc == ASH_E_NOTFOUND && err->input[0] != '\0')
        rc = ash_key_make(&k, path, err);
    if (rc == 0 && ash_flag(a, "passphrase"))
        rc = protect(&k, path, err);
    if (rc == 0)
        ash_buf_addf(out, "public %s\n", ash_hex(hex, k.public_key, sizeof k.public_key));
    ash_key_wipe(&k);
    return rc;
}

/* --- the command ----------------------------------------------------------------- */

/* A head or proof alone can be checked without the case, by its key. */
static bool needs_case(const ash_args *a)
{
    return strcmp(a->operands[0], "check") != 0 || ash_arg(a, "public-key") == NULL;
}

static int perform(const ash_args *a, ash_buf *out, ash_error *err)
{
    const char *what = a->operands[0], *dir = ash_arg(a, "case");
    ash_ledger_reader r;
    if (strcmp(what, "key") == 0)
        return key(a, out, err);
    if (dir == NULL && needs_case(a))
        return ash_fail(err, ASH_E_USAGE, "cli", "--case DIR is missing; try `ashiato ledger --help`");
    int rc = dir == NULL ? 0 : ash_ledger_read(&r, dir, err);
    if (rc < 0)
        return rc;
    rc = strcmp(what, "head") == 0    ? head(a, &r, out, err)
         : strcmp(what, "prove") == 0 ? prove(a, &r, out, err)
                                      : check(a, dir == NULL ? NULL : &r, out, err);
    if (dir != NULL)
        ash_ledger_read_end(&r);
    return rc;
}

static int run(const ash_args *a)
{
    static const char *const whats[] = {"head", "prove", "check", "key"};
    ash_error err;
    ash_buf out;
    bool known = false;
    for (size_t i = 0; a->n_operands > 0 && i < N(whats); i++)
        known = known || strcmp(a->operands[0], whats[i]) == 0;
    if (!known || a->n_operands != (strcmp(a->operands[0], "check") == 0 ? 2 : 1))
        return ash_usage_error("%s", _("ledger needs one of: head, prove, check FILE, key"));
    ash_buf_init(&out, PROOF_FILE_MAX);
    int rc = perform(a, &out, &err);
    if (rc == 0)
        fwrite(ash_buf_z(&out), 1, out.n, stdout);
    ash_buf_free(&out);
    return rc < 0 ? ash_complain(&err) : ASH_EXIT_OK;
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"tsq", 0, "FILE", N_("head: also write a time-stamp request (RFC 3161) of it"), false},
    {"entry", 0, "N", N_("prove: that entry N (from 0) is in the newest head"), true},
    {"name", 0, "NAME", N_("prove: the same of the last entry that names this file or input"), false},
    {"from", 0, "SIZE", N_("prove: that the newest ledger begins with the one of SIZE entries"), true},
    {"public-key", 0, "FILE", N_("check: the key that must have signed; then --case may be left out"), false},
    ASH_OPT_KEY,
    {"new", 0, NULL, N_("key: make a new one; cases change over to it when they are next written"), false},
    {"passphrase", 0, NULL, N_("key: set its passphrase, or remove it with an empty one"), false},
    {"json", 0, NULL, N_("head, check: JSON"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_ledger = {
    .name = "ledger",
    .operands = "head|prove|check|key",
    .summary = N_("Print the ledger's signed head, make and check proofs, show the key"),
    .details = N_("`head` prints the newest signed head as text: mail it, print it, have it time-stamped; with\n"
                  "it anyone can tell later that the case was not made anew. `prove` prints proofs as JSON lines,\n"
                  "`check FILE` checks a head or a proof. `key` prints the public key, for others to verify\n"
                  "with. docs/LEDGER.md describes all of it for programs."),
    .examples = "  ashiato ledger head --case ./case >head.txt\n"
                "  ashiato ledger check head.txt --case ./case\n"
                "  ashiato ledger prove --case ./case --name /var/log/samba/audit.log >proof.json\n"
                "  ashiato ledger key >office.pub",
    .options = options,
    .n_options = N(options),
    .run = run,
};
