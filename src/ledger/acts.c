#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "ledger/digest.h"
#include "ledger/inventory.h"
#include "ledger/seal_internal.h"

/* Number of the entry whose files are still to be removed. */
#define TO_REMOVE "retain_entry"

uint64_t ash_ledger_entries(const ash_ledger *l)
{
    return l->book.last.size;
}

/* --- retention ------------------------------------------------------------- */

static int put_removed(ash_ledger *l, const char *name, bool first, ash_error *err)
{
    char path[4500], hex[2 * ASH_SHA256_SIZE + 1];
    ash_digest d;
    int rc = ash_digest_file(&d, ash_case_path(l->c, name, path, sizeof path), UINT64_MAX, false, err);
    if (rc < 0)
        return rc;
    ash_buf_add_z(&l->line, first ? "{\"name\":" : ",{\"name\":");
    ash_json_quote(&l->line, ash_view_z(name), false);
    ash_buf_addf(&l->line, ",\"bytes\":%" PRIu64 ",\"sha256\":\"%s\"}", d.bytes,
                 ash_hex(hex, d.sha256, sizeof d.sha256));
    ash_digest_free(&d);
    return 0;
}

int ash_ledger_retain(ash_ledger *l, const ash_removal *r, ash_error *err)
{
    char until[ASH_TIME_TEXT] = "";
    ash_zone utc = ash_zone_fixed(0);
    int64_t entry = (int64_t)ash_book_size(&l->book);
    ash_buf *b = ash_ledger_begin(l, "retain");
    ash_ledger_text(l, "rule", r->rule);
    if (r->until != ASH_TIME_NONE) {
        char *zone = strchr(ash_time_text(until, r->until, &utc, 6), '+'); /* as all times of the ledger */
        snprintf(zone == NULL ? until : zone, 2, "%s", zone == NULL ? "" : "Z");
    }
    ash_ledger_text(l, "until", until);
    ash_buf_addf(b, ",\"accesses\":%" PRId64 ",\"segments\":[", r->accesses);
    for (size_t i = 0; i < r->n_segments; i++)
        ash_buf_addf(b, "%s%u", i > 0 ? "," : "", r->segments[i]);
    ash_buf_add_z(b, "],\"removed\":[");
    int rc = 0;
    for (size_t i = 0; i < r->n_files && rc == 0; i++)
        rc = put_removed(l, r->files[i], i == 0, err);
    ash_buf_add_c(b, ']');
    if (rc == 0)
        rc = ash_ledger_end(l, err);
    return rc == 0 ? ash_case_set(l->c, TO_REMOVE, entry, err) : rc;
}

/* Files of the store and kept copies: nothing else is ever removed by an entry. */
static bool may_go(const char *name)
{
    return ash_inventory_is_inside(name) &&
           (strncmp(name, "store/", 6) == 0 || strncmp(name, "inputs/", 7) == 0);
}

static int remove_files(ash_ledger *l, const json_t *list, ash_error *err)
{
    char path[4500], folder[4500] = "";
    const json_t *f;
    size_t i;
    int rc = 0;
    json_array_foreach(list, i, f) {
        const char *name = json_string_value(json_object_get(f, "name"));
        if (name == NULL || !may_go(name))
            return ash_fail(err, ASH_E_CHANGED, "ledger", "the ledger names something that no case may lose");
        ash_case_path(l->c, name, path, sizeof path);
        bool was_gone = unlink(path) != 0;
        if (was_gone && errno != ENOENT)
            return ash_io_fail(err, path, "file cannot be removed");
        /* Files of one folder stand together. */
        size_t n = (size_t)(strrchr(path, '/') - path);
        bool same = strlen(folder) == n && memcmp(folder, path, n) == 0;
        if (!same && folder[0] != '\0')
            rmdir(folder); /* if nothing is left in it */
        snprintf(folder, sizeof folder, "%.*s", (int)n, path);
        /* A run that was cut short may have removed the folder, too. */
        rc = was_gone && access(folder, F_OK) != 0 ? 0 : ash_io_sync_folder_of(path, err);
        if (rc < 0)
            return rc;
    }
    if (folder[0] != '\0')
        rmdir(folder);
    return 0;
}

int ash_ledger_removed(ash_ledger *l, ash_error *err)
{
    int64_t entry;
    ash_buf line;
    json_error_t ignored;
    int rc = ash_case_get(l->c, TO_REMOVE, &entry, 0, err);
    if (rc < 0 || entry <= 0)
        return rc;
    ash_buf_init(&line, ASH_LEDGER_ENTRY_MAX);
    rc = ash_book_entry(&l->book, (uint64_t)entry, &line, err);
    json_t *o = rc == 0 ? json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &ignored) : NULL;
    if (rc == 0)
        rc = remove_files(l, json_object_get(o, "removed"), err);
    json_decref(o);
    ash_buf_free(&line);
    return rc == 0 ? ash_case_set(l->c, TO_REMOVE, 0, err) : rc;
}

/* --- holds and copies -------------------------------------------------------- */

int ash_ledger_hold(ash_ledger *l, const char *reason, ash_error *err)
{
    ash_buf_addf(ash_ledger_begin(l, "hold"), ",\"held\":%s", reason == NULL ? "false" : "true");
    ash_ledger_text(l, "reason", reason == NULL ? "" : reason);
    return ash_ledger_end(l, err);
}

int ash_ledger_export(ash_ledger *l, const ash_handover *h, ash_error *err)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    ash_ledger_begin(l, "export");
    ash_ledger_text(l, "bundle", h->bundle);
    ash_ledger_text(l, "sha256", ash_hex(hex, h->sha256, ASH_SHA256_SIZE));
    ash_buf_addf(&l->line, ",\"bytes\":%" PRIu64 ",\"entries\":%" PRIu64 ",\"inputs\":%s", h->bytes,
                 h->entries, h->inputs ? "true" : "false");
    int rc = ash_ledger_end(l, err);
    return rc == 0 ? ash_ledger_seal(l, err) : rc;
}
