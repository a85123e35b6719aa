#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "ledger/book.h"
#include "ledger/scan.h"
#include "ledger/verify_internal.h"

#define ENTRIES "ledger/entries.jsonl"
#define HEADS "ledger/heads.jsonl"
#define TREE "ledger/tree.bin"

/* Entries between two heads: their leaves as the lines are, and as tree.bin has
 * them. Where they differ, the head tells which is right. */
typedef struct range {
    uint64_t from, to;       /* entries */
    uint64_t offset, end;    /* of entries.jsonl */
    ash_node *lines, *nodes; /* leaves; nodes NULL where tree.bin has them not */
    ash_entry_place *places;
} range;

typedef struct walk {
    ash_verifier *v;
    ash_sha256 *hash;
    int tree;
    ash_tree state;   /* of all signed entries so far */
    ash_buf expected; /* tree.bin of the range, as it should be */
    bool tree_told;   /* tree.bin has been reported */
} walk;

static int open_file(const ash_verifier *v, const char *name)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", v->dir, name);
    return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static uint64_t size_of(int fd)
{
    struct stat st;
    return fd >= 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* --- heads ------------------------------------------------------------------ */

static bool add_head(ash_verifier *v, const ash_head *h)
{
    if (v->n_heads == v->cap_heads) {
        size_t cap = v->cap_heads == 0 ? 64 : v->cap_heads * 2;
        ash_head *p = realloc(v->heads, cap * sizeof *p);
        if (p == NULL)
            return false;
        v->heads = p;
        v->cap_heads = cap;
    }
    v->heads[v->n_heads++] = *h;
    return true;
}

/* One line of heads.jsonl; `next`: the counter it should have. */
static void take_head(ash_verifier *v, ash_view line, uint64_t offset, const char *case_id,
                      uint64_t *next)
{
    ash_head h;
    uint64_t n = line.n + 1;
    if (!ash_head_parse(&h, line)) {
        ash_damage_add(v, "head", HEADS, offset, n, "%s", _("a head cannot be read"));
        (*next)++;
        return;
    }
    if (!ash_head_check(&h, case_id)) {
        ash_damage_add(v, "signature", HEADS, offset, n,
                       _("head %" PRIu64 " does not bear a valid signature"), h.counter);
        (*next)++;
        return;
    }
    if (h.counter != *next)
        ash_damage_add(v, "removed", HEADS, offset, n,
                       _("head %" PRIu64 " stands where head %" PRIu64 " should be"), h.counter, *next);
    *next = h.counter + 1;
    const ash_head *last = v->n_heads == 0 ? NULL : &v->heads[v->n_heads - 1];
    if (last != NULL && (h.size < last->size || h.bytes < last->bytes || h.counter <= last->counter)) {
        ash_damage_add(v, "order", HEADS, offset, n,
                       _("head %" PRIu64 " is older than the one before it"), h.counter);
        return;
    }
    if (!add_head(v, &h))
        v->failed = true;
}

static int read_heads(ash_verifier *v, const char *case_id, ash_error *err)
{
    ash_scan scan;
    ash_view line;
    uint64_t offset, next = 1;
    int fd = open_file(v, HEADS), rc = 0;
    if (fd < 0 && v->recorded == 0)
        return 0;
    if (fd < 0) {
        ash_damage_add(v, "missing", HEADS, ASH_NO_OFFSET, 0, _("cannot be opened: %s"), strerror(errno));
        return 0;
    }
    if (!ash_scan_open(&scan, fd, 0, size_of(fd)))
        rc = ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    int got = 0;
    while (rc == 0 && (got = ash_scan_next(&scan, &line, &offset)) == 1)
        take_head(v, line, offset, case_id, &next);
    if (rc == 0 && got == 2)
        ash_damage_add(v, "head", HEADS, offset, line.n, "%s", _("the last line has no end"));
    else if (rc == 0 && got < 0)
        ash_damage_add(v, "head", HEADS, offset, 0, "%s", _("cannot be read"));
    ash_scan_close(&scan);
    close(fd);
    v->r->heads = v->n_heads;
    if (v->n_heads > 0)
        v->r->head = v->heads[v->n_heads - 1];
    return rc;
}

/* --- entries ------------------------------------------------------------------ */

/* The leaves of a range as tree.bin has them; NULL where it is too short. */
static ash_node *stored_leaves(const walk *w, uint64_t from, uint64_t to)
{
    ash_node *leaves = malloc((size_t)(to - from + 1) * sizeof *leaves);
    for (uint64_t i = from; leaves != NULL && i < to; i++) {
        off_t at = (off_t)(ash_tree_place(i) * sizeof *leaves);
        if (pread(w->tree, leaves[i - from].b, sizeof leaves->b, at) != sizeof leaves->b) {
            free(leaves);
            return NULL;
        }
    }
    return leaves;
}

static void on_node(void *user, const ash_node *node)
{
    ash_buf_add(user, node->b, sizeof node->b);
}

/* The root when these leaves follow what is known; with what tree.bin should hold
 * of them in w->expected. */
static ash_node root_with(walk *w, const ash_node *leaves, uint64_t n, ash_tree *ret)
{
    *ret = w->state;
    ash_buf_clear(&w->expected);
    for (uint64_t i = 0; i < n; i++)
        ash_tree_add(ret, w->hash, &leaves[i], on_node, &w->expected);
    return ash_tree_root(ret, w->hash);
}

/* tree.bin of a range against what it should be. */
static void check_tree(walk *w, uint64_t from)
{
    uint64_t at = ash_tree_place(from) * ASH_SHA256_SIZE;
    char chunk[8192];
    for (size_t done = 0; done < w->expected.n && !w->tree_told;) {
        size_t want = w->expected.n - done < sizeof chunk ? w->expected.n - done : sizeof chunk;
        ssize_t n = pread(w->tree, chunk, want, (off_t)(at + done));
        for (size_t k = 0; k < want && !w->tree_told; k += ASH_SHA256_SIZE) {
            bool there = n >= (ssize_t)(k + ASH_SHA256_SIZE);
            if (there && memcmp(chunk + k, w->expected.p + done + k, ASH_SHA256_SIZE) == 0)
                continue;
            ash_damage_add(w->v, there ? "changed" : "truncated", TREE, at + done + k, ASH_SHA256_SIZE,
                           "%s", _("is not the tree of the entries (it can be made again from them: "
                                   "remove it, the next run makes it)"));
            w->tree_told = !there;
        }
        done += want;
    }
}

/* Reads the lines of a range into leaves and the inventory; the number of lines. */
static uint64_t read_range(walk *w, range *g)
{
    ash_verifier *v = w->v;
    ash_scan scan;
    ash_view line;
    uint64_t offset, n = 0, most = g->to - g->from;
    int got;
    if (!ash_scan_open(&scan, v->entries, g->offset, g->end)) {
        v->failed = true;
        return 0;
    }
    while ((got = ash_scan_next(&scan, &line, &offset)) == 1) {
        if (n < most) {
            g->places[n] = (ash_entry_place){g->from + n, offset, line.n};
            g->lines[n] = ash_tree_leaf(w->hash, line);
            const char *wrong = ash_inventory_add(&v->inventory, line, g->places[n]);
            bool as_signed = g->nodes == NULL || ash_node_eq(&g->lines[n], &g->nodes[n]);
            if (wrong != NULL && as_signed)
                ash_damage_add(v, "entry", ENTRIES, offset, line.n + 1, "%s", _(wrong));
        }
        n++;
    }
    if (got == 2 && n < most) { /* a line whose LF is gone */
        g->places[n] = (ash_entry_place){g->from + n, offset, line.n};
        g->lines[n] = ash_tree_leaf(w->hash, line);
    }
    n += got == 2;
    ash_scan_close(&scan);
    return n;
}

/* A range that is not what its head says: the lines that tree.bin remembers
 * otherwise, where that is right, else the range. */
static void place_damage(walk *w, const range *g, uint64_t lines, const ash_head *h)
{
    uint64_t n = g->to - g->from;
    ash_tree next;
    ash_node root = {{0}};
    if (g->nodes != NULL)
        root = root_with(w, g->nodes, n, &next);
    if (g->nodes == NULL || !ash_node_eq(&root, &h->root) || lines != n) {
        ash_damage_add(w->v, lines < n ? "truncated" : "entry", ENTRIES, g->offset, g->end - g->offset,
                       _("entries %" PRIu64 " to %" PRIu64 " are not what head %" PRIu64 " was signed over"),
                       g->from, g->to - 1, h->counter);
        if (g->nodes != NULL && ash_node_eq(&root, &h->root))
            w->state = next;
        return;
    }
    for (uint64_t i = 0; i < n; i++)
        if (!ash_node_eq(&g->lines[i], &g->nodes[i]))
            ash_damage_add(w->v, "entry", ENTRIES, g->places[i].offset, g->places[i].bytes + 1,
                           _("entry %" PRIu64 " is not what was signed"), g->from + i);
    w->state = next;
    check_tree(w, g->from);
}

/* Entries from the last valid head up to this one. False: nothing behind can be
 * checked. */
static bool check_range(walk *w, const ash_head *h, uint64_t offset)
{
    ash_verifier *v = w->v;
    uint64_t n = h->size - w->state.n;
    if (size_of(v->entries) < h->bytes) {
        ash_damage_add(v, "truncated", ENTRIES, size_of(v->entries), h->bytes - size_of(v->entries),
                       _("ends before the %" PRIu64 " entries that head %" PRIu64 " was signed over"),
                       h->size, h->counter);
        return false;
    }
    /* A signed head may state anything, where the key is an intruder's. */
    if (n > h->bytes - offset) {
        ash_damage_add(v, "head", HEADS, ASH_NO_OFFSET, 0,
                       _("head %" PRIu64 " counts more entries than there are bytes"), h->counter);
        return false;
    }
    range g = {.from = w->state.n, .to = h->size, .offset = offset, .end = h->bytes};
    g.lines = malloc((size_t)(n + 1) * sizeof *g.lines);
    g.places = malloc((size_t)(n + 1) * sizeof *g.places);
    g.nodes = stored_leaves(w, g.from, g.to);
    bool good = g.lines != NULL && g.places != NULL;
    if (good) {
        ash_tree next;
        uint64_t lines = read_range(w, &g);
        ash_node root = {{0}};
        if (lines == n)
            root = root_with(w, g.lines, n, &next);
        if (lines == n && ash_node_eq(&root, &h->root)) {
            w->state = next;
            check_tree(w, g.from);
        } else {
            place_damage(w, &g, lines, h);
            good = w->state.n == h->size;
        }
        if (memcmp(h->key, v->inventory.key, sizeof h->key) != 0 && good)
            ash_damage_add(v, "key", HEADS, ASH_NO_OFFSET, 0,
                           _("head %" PRIu64 " is signed with a key that is not the ledger's"), h->counter);
    } else {
        v->failed = true;
    }
    free(g.lines);
    free(g.places);
    free(g.nodes);
    return good;
}

static void check_end(walk *w)
{
    ash_verifier *v = w->v;
    const ash_head *last = &v->heads[v->n_heads - 1];
    uint64_t bytes = size_of(v->entries), nodes = ash_tree_place(last->size) * ASH_SHA256_SIZE;
    if (bytes > last->bytes)
        ash_gap_add(v, "unsigned", ENTRIES,
                    _("%" PRIu64 " bytes behind the last head were never signed: a run was killed here, "
                      "or somebody added or removed something"),
                    bytes - last->bytes);
    if (size_of(w->tree) > nodes && w->tree >= 0 && bytes == last->bytes)
        ash_damage_add(v, "added", TREE, nodes, size_of(w->tree) - nodes, "%s",
                       _("is longer than the tree of the entries"));
}

static void check_pins(ash_verifier *v)
{
    const ash_inventory *i = &v->inventory;
    const ash_head *anchor = v->o->anchor;
    bool pinned = v->o->public_key == NULL, anchored = anchor == NULL;
    for (size_t k = 0; k < i->n_keys && !pinned; k++)
        pinned = memcmp(i->keys[k], v->o->public_key, ASH_PUBLIC_KEY_SIZE) == 0;
    if (!pinned)
        ash_damage_add(v, "key", HEADS, ASH_NO_OFFSET, 0, "%s",
                       _("the ledger is not signed with the public key that was given"));
    for (size_t k = 0; k < v->n_heads && !anchored; k++)
        anchored = v->heads[k].size == anchor->size && v->heads[k].counter == anchor->counter &&
                   ash_node_eq(&v->heads[k].root, &anchor->root);
    if (!anchored)
        ash_damage_add(v, "rolled-back", HEADS, ASH_NO_OFFSET, 0,
                       _("head %" PRIu64 " of %s, kept elsewhere, is not in the ledger"), anchor->counter,
                       anchor->time);
}

int ash_verify_book(ash_verifier *v, const char *case_id, ash_error *err)
{
    walk w = {.v = v, .tree = open_file(v, TREE)};
    ash_buf_init(&w.expected, ASH_LEDGER_PENDING_MAX);
    int rc = ash_sha256_new(&w.hash, err);
    v->entries = open_file(v, ENTRIES);
    if (rc == 0)
        rc = read_heads(v, case_id, err);
    /* A run that was killed while it made the case. */
    bool begun = v->n_heads > 0 || v->recorded > 0;
    if (!begun)
        ash_gap_add(v, "unsealed", HEADS, "%s", _("this case has no signed head yet: nothing can be verified"));
    if (begun && v->entries < 0)
        ash_damage_add(v, "missing", ENTRIES, ASH_NO_OFFSET, 0, "%s", _("cannot be opened"));
    if (begun && w.tree < 0)
        ash_damage_add(v, "missing", TREE, ASH_NO_OFFSET, 0, "%s", _("cannot be opened"));
    if (begun && v->n_heads == 0)
        ash_damage_add(v, "missing", HEADS, ASH_NO_OFFSET, 0, "%s", _("holds no valid head"));
    uint64_t offset = 0;
    bool good = v->entries >= 0;
    for (size_t i = 0; rc == 0 && good && i < v->n_heads && !ash_verify_stopped(v); i++) {
        good = check_range(&w, &v->heads[i], offset);
        offset = v->heads[i].bytes;
    }
    if (rc == 0 && good && v->n_heads > 0)
        check_end(&w);
    if (rc == 0)
        check_pins(v);
    v->r->entries = w.state.n;
    /* A run that was killed between its seal and its transaction removed nothing. */
    if (v->inventory.run_open && v->recorded > 0)
        v->inventory.acknowledged = (uint64_t)v->recorded;
    ash_inventory_settle(&v->inventory);
    for (size_t i = 0; i < v->inventory.n_removed; i++)
        if (v->inventory.removed[i].wrong)
            ash_damage_add(v, "removed", v->inventory.removed[i].name, ASH_NO_OFFSET, v->inventory.removed[i].bytes,
                           _("was removed by a rule of retention (entry %" PRIu64 "), but was not what was sealed"),
                           v->inventory.removed[i].entry);
    if (rc == 0 && v->inventory.failed)
        v->failed = true;
    if (w.tree >= 0)
        close(w.tree);
    ash_sha256_free(w.hash);
    ash_buf_free(&w.expected);
    return rc;
}
