#include "cli/reveal.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "classify/reveal.h"
#include "classify/use.h"
#include "cli/list_options.h"
#include "extract/open.h"
#include "extract/pool.h"
#include "investigate/content.h"
#include "ledger/seal.h"

static const ash_column_def columns[] = {
    {"class", N_("class"), false, false},        {"confidence", N_("confidence"), false, false},
    {"part", N_("part"), false, false},          {"line", N_("line"), true, false},
    {"sample", N_("masked sample"), false, true},
};

typedef struct revealing {
    ash_rules *rules;
    ash_pool *pool;
    ash_table table;
    int rc;
    ash_error err;
} revealing;

static void put(void *user, const ash_sample *s)
{
    revealing *r = user;
    ash_table_z(&r->table, ash_rules_class(r->rules, s->id)->name);
    ash_table_z(&r->table, ash_confidence_name(s->confidence));
    ash_table_text(&r->table, s->part);
    ash_table_int(&r->table, (int64_t)s->line);
    ash_table_text(&r->table, s->masked);
}

static void on_done(void *user, uint64_t id, const ash_pool_result *got)
{
    revealing *r = user;
    (void)id;
    ash_table_begin(&r->table, ASH_FORMAT_TABLE, columns, sizeof columns / sizeof *columns);
    r->rc = ash_samples_read(got->bytes, r->rules, put, r, &r->err);
    ash_table_end(&r->table);
    printf(_("Outcome: %s. At most %u samples of each class.\n"), ash_readout_text(got->extract.outcome),
           ASH_REVEALED_MAX);
}

/* Who asks is on disk, signed, before anything is shown. */
static int log_first(ash_case *c, ash_error *err)
{
    int rc = ash_case_begin(c, err);
    if (rc == 0)
        rc = ash_ledger_checkpoint(c->ledger, NULL, 0, err);
    if (rc == 0)
        rc = ash_case_commit(c, err);
    if (rc < 0)
        ash_case_rollback(c);
    return rc;
}

static int show(revealing *r, ash_case *c, const char *path, ash_error *err)
{
    uint8_t key[ASH_IDENTITY_KEY_SIZE];
    struct stat st;
    int fd = -1;
    ash_readout o = ash_open_file(AT_FDCWD, path, &fd, &st, NULL);
    if (o != ASH_READOUT_OK)
        return ash_fail_at(err, ASH_E_IO, "classify", path, ASH_NO_OFFSET, "%s", ash_readout_text(o));
    int rc = ash_content_key(c, key, err);
    if (rc == 0)
        rc = log_first(c, err);
    if (rc == 0) {
        const ash_file_hint hint = {.name = ash_view_z(path), .size = (uint64_t)st.st_size};
        ash_pool_setup(r->pool, ash_view_of(key, sizeof key));
        rc = ash_pool_give(r->pool, fd, &hint, 0, err);
    }
    if (rc == 0)
        rc = ash_pool_finish(r->pool, err);
    if (rc == 0 && r->rc < 0) {
        *err = r->err;
        rc = r->rc;
    }
    close(fd);
    return rc;
}

int ash_reveal(const ash_args *a)
{
    ash_case c;
    ash_error err;
    revealing r = {.rc = 0};
    int exit_code = ASH_EXIT_OK;
    if (!isatty(STDOUT_FILENO))
        return ash_usage_error("%s", _("--reveal shows samples of personal data on a terminal only: not in a file or a pipe"));
    if (ash_classify_prepare(&r.rules, ash_arg(a, "rules"), &err) < 0)
        return ash_complain(&err);
    /* The helper first: it shall know nothing of the case. */
    const ash_pool_options o = {.helpers = 1, .use = &ash_reveal_use, .shared = r.rules, .done = on_done, .user = &r};
    if (ash_pool_start(&r.pool, &o, &err) < 0) {
        exit_code = ash_complain(&err);
    } else if (ash_open_case(a, ASH_CASE_WRITE, &c, &exit_code)) {
        if (show(&r, &c, ash_arg(a, "reveal"), &err) < 0)
            exit_code = ash_complain(&err);
        exit_code = ash_close_case(&c, exit_code);
    }
    ash_pool_stop(r.pool);
    ash_rules_free(r.rules);
    return exit_code;
}
