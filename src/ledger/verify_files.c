#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "case/case.h"
#include "ledger/book.h"
#include "ledger/digest.h"
#include "ledger/verify_internal.h"

/* Damaged blocks of one file told one by one. */
#define BLOCKS_TOLD 64u

/* --- one file ----------------------------------------------------------------- */

/* The sealed file that has this content; NULL if none. */
static const ash_sealed_file *same_content(const ash_inventory *v, const ash_digest *d)
{
    for (size_t i = 0; i < v->n_files; i++)
        if (v->files[i].bytes == d->bytes && memcmp(v->files[i].sha256, d->sha256, sizeof d->sha256) == 0)
            return &v->files[i];
    return NULL;
}

/* The sealed hashes of a file's blocks, from its entry. */
static bool sealed_blocks(const ash_verifier *v, const ash_sealed_file *f, ash_node **ret, size_t *ret_n)
{
    char *line = f->entry.bytes > ASH_LEDGER_ENTRY_MAX ? NULL : malloc((size_t)f->entry.bytes + 1);
    bool good = line != NULL && pread(v->entries, line, (size_t)f->entry.bytes, (off_t)f->entry.offset) ==
                                    (ssize_t)f->entry.bytes;
    good = good && ash_inventory_blocks(ash_view_of(line, (size_t)f->entry.bytes), f->name, ret, ret_n);
    free(line);
    return good;
}

/* Which of its blocks are not what they were. */
static void place_change(ash_verifier *v, const ash_sealed_file *f, const char *path, uint64_t now)
{
    ash_node *sealed = NULL;
    size_t n_sealed = 0, told = 0;
    uint64_t both = now < f->bytes ? now : f->bytes;
    ash_digest d = {0};
    if (!sealed_blocks(v, f, &sealed, &n_sealed) ||
        ash_digest_file(&d, path, UINT64_MAX, true, NULL) < 0) {
        ash_damage_add(v, "changed", f->name, 0, both, "%s", _("is not what was sealed"));
        free(sealed);
        return;
    }
    for (size_t i = 0; i < n_sealed && i < d.n_blocks && told < BLOCKS_TOLD; i++) {
        uint64_t at = (uint64_t)i * ASH_LEDGER_BLOCK, left = both > at ? both - at : 0;
        /* The last block of a file that was cut or has grown is another one. */
        if (ash_node_eq(&sealed[i], &d.blocks[i]) || (now != f->bytes && left < ASH_LEDGER_BLOCK))
            continue;
        ash_damage_add(v, "changed", f->name, at, left < ASH_LEDGER_BLOCK ? left : ASH_LEDGER_BLOCK, "%s",
                       _("this block is not what was sealed"));
        told++;
    }
    if (told == 0 && now == f->bytes)
        ash_damage_add(v, "changed", f->name, 0, both, "%s", _("is not what was sealed"));
    free(sealed);
    ash_digest_free(&d);
}

static void compare(ash_verifier *v, const ash_sealed_file *f, const ash_digest *d, const char *path)
{
    if (d->bytes == f->bytes && memcmp(d->sha256, f->sha256, sizeof d->sha256) == 0)
        return;
    if (strcmp(f->name, "case.sqlite") == 0)
        v->database_changed = true;
    const ash_sealed_file *other = same_content(&v->inventory, d);
    if (other != NULL) {
        ash_damage_add(v, "moved", f->name, 0, d->bytes, _("holds what was sealed as %s"), other->name);
        return;
    }
    if (d->bytes < f->bytes)
        ash_damage_add(v, "truncated", f->name, d->bytes, f->bytes - d->bytes,
                       _("is %" PRIu64 " bytes long, %" PRIu64 " were sealed"), d->bytes, f->bytes);
    else if (d->bytes > f->bytes)
        ash_damage_add(v, "added", f->name, f->bytes, d->bytes - f->bytes,
                       _("is %" PRIu64 " bytes long, %" PRIu64 " were sealed"), d->bytes, f->bytes);
    place_change(v, f, path, d->bytes);
}

static void check_file(ash_verifier *v, const ash_sealed_file *f)
{
    char path[4500];
    ash_error err;
    ash_digest d;
    /* The files that change are other ones after a run that was not finished. */
    if (f->snapshot && v->inventory.run_open)
        return;
    snprintf(path, sizeof path, "%s/%s", v->dir, f->name);
    int rc = ash_digest_file(&d, path, UINT64_MAX, false, &err);
    if (rc == ASH_E_NOTFOUND) {
        ash_damage_add(v, "missing", f->name, ASH_NO_OFFSET, f->bytes, "%s", _("is gone"));
        return;
    }
    if (rc < 0) {
        ash_damage_add(v, "unreadable", f->name, ASH_NO_OFFSET, f->bytes, "%s%s%s", err.msg,
                       err.os_errno != 0 ? ": " : "", err.os_errno != 0 ? strerror(err.os_errno) : "");
        return;
    }
    compare(v, f, &d, path);
    pthread_mutex_lock(&v->lock);
    v->r->files++;
    v->r->bytes += d.bytes;
    pthread_mutex_unlock(&v->lock);
    ash_digest_free(&d);
}

/* --- all of them, on threads ----------------------------------------------------- */

typedef struct work {
    ash_verifier *v;
    atomic_size_t next; /* files, then inputs */
} work;

static void *work_main(void *arg)
{
    work *w = arg;
    const ash_inventory *i = &w->v->inventory;
    size_t n = i->n_files + i->n_inputs;
    for (size_t k; (k = atomic_fetch_add(&w->next, 1)) < n && !ash_verify_stopped(w->v);) {
        if (k < i->n_files)
            check_file(w->v, &i->files[k]);
        else
            ash_verify_input(w->v, &i->inputs[k - i->n_files]);
    }
    return NULL;
}

/* --- what is there and should not be ----------------------------------------------- */

/* A file that was to be removed, and is what was: the run that removed it was cut
 * short. */
static bool is_leftover(ash_verifier *v, const char *name)
{
    char path[4500];
    ash_digest d;
    const ash_removed_file *r = ash_inventory_removed(&v->inventory, name);
    snprintf(path, sizeof path, "%s/%s", v->dir, name);
    if (r == NULL || ash_digest_file(&d, path, UINT64_MAX, false, NULL) < 0)
        return false;
    bool same = d.bytes == r->bytes && memcmp(d.sha256, r->sha256, sizeof d.sha256) == 0;
    if (same)
        ash_gap_add(v, "unfinished", name,
                    _("was to be removed by a rule of retention (entry %" PRIu64 "); the next run removes it"),
                    r->entry);
    ash_digest_free(&d);
    return same;
}

static void check_unlisted(ash_verifier *v, const char *name, bool strict)
{
    char path[4500];
    ash_digest d;
    const ash_sealed_file *other = NULL;
    if (ash_inventory_file(&v->inventory, name) != NULL)
        return;
    if (is_leftover(v, name))
        return;
    if (v->inventory.run_open) {
        if (strict)
            ash_gap_add(v, "unfinished", name, "%s",
                        _("is not sealed: left by the run that was not finished"));
        return;
    }
    snprintf(path, sizeof path, "%s/%s", v->dir, name);
    if (ash_digest_file(&d, path, UINT64_MAX, false, NULL) == 0)
        other = same_content(&v->inventory, &d);
    if (other != NULL)
        ash_damage_add(v, "moved", name, 0, d.bytes, _("holds what was sealed as %s"), other->name);
    else
        ash_damage_add(v, "added", name, ASH_NO_OFFSET, 0, "%s", _("was never sealed"));
}

static void walk_folder(ash_verifier *v, const char *folder, unsigned depth)
{
    char path[4500];
    struct dirent **list = NULL;
    snprintf(path, sizeof path, "%s/%s", v->dir, folder);
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char name[400];
        struct stat st;
        const char *leaf = list[i]->d_name;
        bool self = strcmp(leaf, ".") == 0 || strcmp(leaf, "..") == 0;
        int used = snprintf(name, sizeof name, "%s/%s", folder, leaf);
        snprintf(path, sizeof path, "%s/%s", v->dir, name);
        if (!self && used < (int)sizeof name && lstat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode) && depth < 4)
                walk_folder(v, name, depth + 1);
            else
                check_unlisted(v, name, true);
        }
        free(list[i]);
    }
    free(list);
}

static bool ends_in(const char *name, const char *end)
{
    return ash_view_ends(ash_view_z(name), ash_view_z(end));
}

/* The case's own folder: other people's files in it are none of the case's. */
static void walk_top(ash_verifier *v)
{
    struct dirent **list = NULL;
    int n = scandir(v->dir, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4500];
        struct stat st;
        const char *name = list[i]->d_name;
        bool own = (strncmp(name, "state-", 6) == 0 && ends_in(name, ".bin")) ||
                   strcmp(name, "report.json") == 0 || strcmp(name, "report.html") == 0;
        snprintf(path, sizeof path, "%s/%s", v->dir, name);
        if (strcmp(name, "case.sqlite-wal") == 0)
            own = stat(path, &st) == 0 && st.st_size > 0;
        if (own)
            check_unlisted(v, name, false);
        free(list[i]);
    }
    free(list);
}

static void walk_ledger(ash_verifier *v)
{
    static const char *const own[] = {".", "..", "entries.jsonl", "heads.jsonl", "tree.bin"};
    char path[4500];
    struct dirent **list = NULL;
    snprintf(path, sizeof path, "%s/ledger", v->dir);
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof own / sizeof own[0]; k++)
            known = known || strcmp(list[i]->d_name, own[k]) == 0;
        snprintf(path, sizeof path, "ledger/%s", list[i]->d_name);
        if (!known)
            ash_damage_add(v, "added", path, ASH_NO_OFFSET, 0, "%s", _("does not belong to the ledger"));
        free(list[i]);
    }
    free(list);
}

/* Inputs that were given along are named by the number of a sealed input. */
static void walk_originals(ash_verifier *v)
{
    char path[4500], name[300];
    struct dirent **list = NULL;
    snprintf(path, sizeof path, "%s/originals", v->dir);
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        bool known = list[i]->d_name[0] == '.' && strspn(list[i]->d_name, ".") == strlen(list[i]->d_name);
        snprintf(name, sizeof name, "originals/%s", list[i]->d_name);
        long long id = strtoll(list[i]->d_name, NULL, 10);
        char original[64];
        snprintf(original, sizeof original, ASH_ORIGINAL_NAME, id);
        known = known || (strcmp(original, name) == 0 && ash_inventory_input(&v->inventory, id) != NULL);
        if (!known)
            ash_damage_add(v, "added", name, ASH_NO_OFFSET, 0, "%s", _("is no input of the case"));
        free(list[i]);
    }
    free(list);
}

int ash_verify_files(ash_verifier *v, ash_error *err)
{
    pthread_t threads[16];
    work w = {.v = v};
    unsigned n = v->o->threads < 1 ? 1 : v->o->threads > 16 ? 16 : v->o->threads, started = 0;
    while (started + 1 < n && pthread_create(&threads[started], NULL, work_main, &w) == 0)
        started++;
    work_main(&w);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (ash_verify_stopped(v))
        return ash_fail(err, ASH_E_INTERRUPTED, "ledger", "stopped");
    walk_folder(v, "store", 0);
    walk_folder(v, "inputs", 0);
    walk_originals(v);
    walk_ledger(v);
    walk_top(v);
    if (v->inventory.run_open)
        ash_gap_add(v, "unfinished", "case.sqlite",
                    _("the run of %s was not finished: case.sqlite, the state and the report are not "
                      "sealed; the next run repairs that"),
                    v->inventory.run_time);
    return 0;
}
