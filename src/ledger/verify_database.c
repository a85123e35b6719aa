#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "case/case.h"
#include "ledger/digest.h"
#include "ledger/seal.h"
#include "ledger/verify_internal.h"

#define DATABASE "case.sqlite"

/* --- the case against the ledger ----------------------------------------------- */

static int check_recorded(ash_verifier *v, ash_db *db, int64_t *ret_size, ash_error *err)
{
    char hex[2 * ASH_SHA256_SIZE + 1] = "";
    sqlite3_stmt *st = NULL;
    int rc = ash_db_int(db, ret_size, 0, err, "SELECT value FROM meta WHERE key = 'ledger_size'", "");
    if (rc == 0)
        rc = ash_db_query(db, &st, err, "SELECT value FROM meta WHERE key = 'ledger_root'", "");
    if (rc == 0 && (rc = ash_db_step(db, st, err)) == 1)
        snprintf(hex, sizeof hex, "%.*s", (int)ash_db_view(st, 0).n, ash_db_view(st, 0).p);
    sqlite3_finalize(st);
    if (rc < 0)
        return rc;
    if (*ret_size > (int64_t)v->r->entries) {
        ash_damage_add(v, "rolled-back", "ledger/entries.jsonl", ASH_NO_OFFSET, 0,
                       _("the case was written with %" PRId64 " entries; the ledger has %" PRIu64),
                       *ret_size, v->r->entries);
        return 0;
    }
    ash_node root;
    bool found = *ret_size == 0;
    for (size_t i = 0; i < v->n_heads && !found; i++)
        found = (int64_t)v->heads[i].size == *ret_size &&
                ash_unhex(root.b, sizeof root.b, ash_view_z(hex)) == 0 &&
                ash_node_eq(&root, &v->heads[i].root);
    if (!found)
        ash_damage_add(v, "rolled-back", DATABASE, ASH_NO_OFFSET, 0,
                       _("the case was written with another ledger: its root at %" PRId64
                         " entries is not in this one"),
                       *ret_size);
    return 0;
}

static int check_segments(ash_verifier *v, ash_db *db, int64_t acknowledged, ash_error *err)
{
    sqlite3_stmt *st = NULL;
    int64_t present;
    int rc = ash_db_query(db, &st, err, "SELECT number FROM segments ORDER BY number", "");
    while (rc == 0 && (rc = ash_db_step(db, st, err)) == 1) {
        uint32_t number = (uint32_t)sqlite3_column_int64(st, 0);
        if (ash_inventory_segment(&v->inventory, number) == NULL)
            ash_damage_add(v, "unsealed", DATABASE, ASH_NO_OFFSET, 0,
                           _("segment %u of the case was never sealed"), number);
        rc = 0;
    }
    sqlite3_finalize(st);
    for (size_t i = 0; i < v->inventory.n_segments && rc == 0; i++) {
        const ash_sealed_segment *s = &v->inventory.segments[i];
        if (s->gone)
            continue;
        rc = ash_db_int(db, &present, 0, err, "SELECT count(*) FROM segments WHERE number = ?", "i",
                        (int64_t)s->number);
        if (rc < 0 || present > 0)
            continue;
        if ((int64_t)s->entry >= acknowledged && v->inventory.run_open)
            ash_gap_add(v, "unfinished", DATABASE,
                        _("segment %u was sealed, but the run was killed before the case named it; the "
                          "next run reads that part again"),
                        s->number);
        else
            ash_damage_add(v, "removed", DATABASE, ASH_NO_OFFSET, 0,
                           _("segment %u is sealed (entry %" PRIu64 "), but the case no longer names it"),
                           s->number, s->entry);
    }
    return rc;
}

static int check_inputs(ash_verifier *v, ash_db *db, int64_t acknowledged, ash_error *err)
{
    ash_sha256 *h;
    int rc = ash_sha256_new(&h, err);
    for (size_t i = 0; i < v->inventory.n_inputs && rc == 0; i++) {
        const ash_sealed_input *in = &v->inventory.inputs[i];
        ash_node root;
        uint64_t blocks;
        if ((int64_t)in->entry.n >= acknowledged)
            continue;
        rc = ash_ledger_evidence_root(db, in->id, in->blocks, h, &root, &blocks, err);
        if (rc == 0 && (blocks < in->blocks || !ash_node_eq(&root, &in->root)))
            ash_damage_add(v, "changed", DATABASE, ASH_NO_OFFSET, 0,
                           _("the evidence index of input %" PRId64 " (%s) is not what was sealed"), in->id,
                           in->name);
    }
    ash_sha256_free(h);
    return rc;
}

int ash_verify_database(ash_verifier *v, ash_db *db, ash_error *err)
{
    int64_t size = 0;
    int rc = check_recorded(v, db, &size, err);
    if (rc == 0)
        rc = check_segments(v, db, size, err);
    if (rc == 0)
        rc = check_inputs(v, db, size, err);
    return rc;
}

/* --- inputs where they were read -------------------------------------------------- */

static void count(ash_verifier *v, uint64_t *what, uint64_t bytes)
{
    pthread_mutex_lock(&v->lock);
    ++*what;
    v->r->bytes += bytes;
    pthread_mutex_unlock(&v->lock);
}

/* In a case that was given away with its inputs they are files of it, whole. */
static void check_original(ash_verifier *v, const ash_sealed_input *in, const char *path)
{
    char name[64];
    ash_digest d;
    ash_error err;
    snprintf(name, sizeof name, ASH_ORIGINAL_NAME, (long long)in->id);
    int rc = ash_digest_file(&d, path, UINT64_MAX, false, &err);
    if (rc < 0) {
        ash_damage_add(v, "unreadable", name, ASH_NO_OFFSET, in->raw, "%s", err.msg);
        return;
    }
    if (!in->has_sha256 || d.bytes != in->raw || memcmp(d.sha256, in->sha256, sizeof d.sha256) != 0)
        ash_damage_add(v, "changed", name, 0, d.bytes, "%s", _("the input is not what it was when it was read"));
    count(v, &v->r->inputs_read, d.bytes);
    ash_digest_free(&d);
}

/* A file of at least the sealed length that begins with the sealed bytes is the
 * input, or the input grown. Another one of another length came in its place, as
 * with logs that are rotated; one of the same length was changed. */
void ash_verify_input(ash_verifier *v, const ash_sealed_input *in)
{
    struct stat st;
    ash_digest d;
    ash_error err;
    char path[4200];
    snprintf(path, sizeof path, "%s/" ASH_ORIGINAL_NAME, v->dir, (long long)in->id);
    bool original = access(path, F_OK) == 0;
    if (!original && !v->o->inputs)
        return;
    count(v, &v->r->inputs, 0);
    if (original) {
        check_original(v, in, path);
        return;
    }
    if (!in->has_sha256 || in->path[0] != '/' || lstat(in->path, &st) != 0 || !S_ISREG(st.st_mode)) {
        count(v, &v->r->inputs_absent, 0);
        return;
    }
    int rc = ash_digest_file(&d, in->path, in->raw, false, &err);
    if (rc < 0) {
        count(v, &v->r->inputs_absent, 0);
        return;
    }
    bool same = d.bytes == in->raw && memcmp(d.sha256, in->sha256, sizeof d.sha256) == 0;
    if (!same && (uint64_t)st.st_size == in->raw)
        ash_damage_add(v, "input-changed", in->path, 0, in->raw, "%s",
                       _("the input is not what it was when it was read"));
    count(v, same || (uint64_t)st.st_size == in->raw ? &v->r->inputs_read : &v->r->inputs_replaced, d.bytes);
    ash_digest_free(&d);
}
