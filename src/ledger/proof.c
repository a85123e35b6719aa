#include "ledger/proof.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/limits.h"
#include "ledger/inventory.h"
#include "ledger/scan.h"

#define NOTE_MAX 4096u

/* --- opening ----------------------------------------------------------------- */

/* The case's id, from the first entry. */
static int read_id(ash_ledger_reader *r, ash_error *err)
{
    ash_inventory v;
    ash_buf line;
    ash_inventory_init(&v);
    ash_buf_init(&line, ASH_LEDGER_ENTRY_MAX);
    int rc = ash_book_entry(&r->book, 0, &line, err);
    if (rc == 0 && ash_inventory_add(&v, ash_buf_view(&line), (ash_entry_place){0}) != NULL)
        rc = ash_fail(err, ASH_E_CHANGED, "ledger", "the ledger's first entry is damaged");
    if (rc == 0)
        memcpy(r->case_id, v.case_id, sizeof r->case_id);
    ash_buf_free(&line);
    ash_inventory_free(&v);
    return rc;
}

int ash_ledger_read(ash_ledger_reader *r, const char *case_dir, ash_error *err)
{
    ash_node root;
    if (!ash_book_exists(case_dir))
        return ash_fail_at(err, ASH_E_NOTFOUND, "ledger", case_dir, ASH_NO_OFFSET,
                           "the case has no ledger");
    int rc = ash_book_open(&r->book, case_dir, false, err);
    if (rc < 0)
        return rc;
    const ash_head *h = &r->book.last;
    if (h->counter == 0)
        rc = ash_fail_at(err, ASH_E_NOTFOUND, "ledger", case_dir, ASH_NO_OFFSET, "the ledger is empty");
    if (rc == 0)
        rc = read_id(r, err);
    if (rc == 0 && (!ash_head_check(h, r->case_id) || !ash_book_root(&r->book, h->size, &root) ||
                    !ash_node_eq(&root, &h->root)))
        rc = ash_fail_at(err, ASH_E_CHANGED, "ledger", r->book.dir, ASH_NO_OFFSET,
                         "the ledger is damaged; `ashiato verify` says where");
    if (rc < 0)
        ash_book_close(&r->book);
    return rc;
}

void ash_ledger_read_end(ash_ledger_reader *r)
{
    ash_book_close(&r->book);
}

/* --- making ------------------------------------------------------------------- */

static int finish(const ash_ledger_reader *r, ash_buf *out, ash_error *err)
{
    ash_buf note;
    ash_buf_init(&note, NOTE_MAX);
    ash_buf_add_z(out, ",\"head\":");
    ash_head_line(&r->book.last, out);
    ash_head_note(&r->book.last, r->case_id, &note);
    ash_buf_add_z(out, ",\"note\":");
    ash_json_quote(out, ash_buf_view(&note), false);
    ash_buf_clear(&note);
    ash_head_vkey(&r->book.last, r->case_id, &note);
    ash_buf_add_z(out, ",\"vkey\":");
    ash_json_quote(out, ash_buf_view(&note), false);
    ash_buf_add_z(out, "}\n");
    ash_buf_free(&note);
    return out->failed ? ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory") : 0;
}

static void put_proof(ash_buf *out, const ash_proof *p)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    ash_buf_add_z(out, ",\"proof\":[");
    for (size_t i = 0; i < p->n; i++)
        ash_buf_addf(out, "%s\"%s\"", i > 0 ? "," : "", ash_hex(hex, p->nodes[i].b, sizeof p->nodes[i].b));
    ash_buf_add_c(out, ']');
}

int ash_proof_head(ash_ledger_reader *r, ash_buf *out, ash_error *err)
{
    ash_buf_addf(out, "{\"kind\":\"head\",\"case\":\"%s\"", r->case_id);
    return finish(r, out, err);
}

static int damaged(ash_error *err)
{
    return ash_fail(err, ASH_E_CHANGED, "ledger", "the ledger is damaged; `ashiato verify` says where");
}

int ash_proof_entry(ash_ledger_reader *r, uint64_t n, ash_buf *out, ash_error *err)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    ash_proof p;
    ash_buf line;
    const ash_head *h = &r->book.last;
    ash_buf_init(&line, ASH_LEDGER_ENTRY_MAX);
    int rc = ash_book_entry(&r->book, n, &line, err);
    if (rc == 0) {
        ash_node leaf = ash_tree_leaf(r->book.hash, ash_buf_view(&line));
        if (!ash_tree_inclusion(ash_book_node, &r->book, r->book.hash, n, h->size, &p) ||
            !ash_tree_check_inclusion(r->book.hash, &leaf, n, h->size, &p, &h->root))
            rc = damaged(err);
        ash_buf_addf(out, "{\"kind\":\"inclusion\",\"case\":\"%s\",\"entry\":%" PRIu64 ",\"leaf\":\"%s\"",
                     r->case_id, n, ash_hex(hex, leaf.b, sizeof leaf.b));
        ash_buf_add_z(out, ",\"text\":");
        ash_json_quote(out, ash_buf_view(&line), false);
    }
    ash_buf_free(&line);
    if (rc < 0)
        return rc;
    put_proof(out, &p);
    return finish(r, out, err);
}

int ash_proof_name(ash_ledger_reader *r, const char *name, ash_buf *out, ash_error *err)
{
    ash_scan scan;
    ash_view line;
    uint64_t offset, n = 0, found = UINT64_MAX;
    ash_buf marks[2];
    for (int i = 0; i < 2; i++) {
        ash_buf_init(&marks[i], 64u << 10);
        ash_buf_add_z(&marks[i], i == 0 ? "\"name\":" : "\"path\":");
        ash_json_quote(&marks[i], ash_view_z(name), false);
    }
    bool memory = ash_scan_open(&scan, r->book.entries, 0, r->book.last.bytes);
    for (; memory && ash_scan_next(&scan, &line, &offset) == 1; n++)
        for (int i = 0; i < 2; i++)
            if (ash_view_find_str(line, ash_buf_view(&marks[i])) >= 0)
                found = n;
    ash_scan_close(&scan);
    for (int i = 0; i < 2; i++)
        ash_buf_free(&marks[i]);
    if (!memory)
        return ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    return found == UINT64_MAX
               ? ash_fail(err, ASH_E_NOTFOUND, "ledger", "no entry of the ledger names '%.300s'", name)
               : ash_proof_entry(r, found, out, err);
}

int ash_proof_since(ash_ledger_reader *r, uint64_t from, ash_buf *out, ash_error *err)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    const ash_head *h = &r->book.last;
    ash_node root;
    ash_proof p;
    if (from == 0 || from > h->size)
        return ash_fail(err, ASH_E_USAGE, "ledger", "--from needs a size from 1 to %" PRIu64, h->size);
    if (!ash_book_root(&r->book, from, &root) ||
        !ash_tree_consistency(ash_book_node, &r->book, r->book.hash, from, h->size, &p) ||
        !ash_tree_check_consistency(r->book.hash, from, &root, h->size, &h->root, &p))
        return damaged(err);
    ash_buf_addf(out, "{\"kind\":\"consistency\",\"case\":\"%s\",\"from\":%" PRIu64 ",\"from_root\":\"%s\"",
                 r->case_id, from, ash_hex(hex, root.b, sizeof root.b));
    put_proof(out, &p);
    return finish(r, out, err);
}

/* --- checking -------------------------------------------------------------------- */

typedef struct checked {
    ash_proof_checked out;
    char case_id[ASH_CASE_ID_SIZE];
    bool note; /* the key is not in it */
} checked;

static bool number_of(const json_t *o, const char *key, uint64_t *ret)
{
    const json_t *n = json_object_get(o, key);
    bool good = json_is_integer(n) && json_integer_value(n) >= 0;
    if (good)
        *ret = (uint64_t)json_integer_value(n);
    return good;
}

static bool node_of(const json_t *n, ash_node *ret)
{
    const char *hex = json_string_value(n);
    return hex != NULL && ash_unhex(ret->b, sizeof ret->b, ash_view_z(hex)) == 0;
}

static bool proof_of(const json_t *o, ash_proof *ret)
{
    const json_t *list = json_object_get(o, "proof");
    if (!json_is_array(list) || json_array_size(list) > ASH_PROOF_MAX)
        return false;
    ret->n = json_array_size(list);
    for (size_t i = 0; i < ret->n; i++)
        if (!node_of(json_array_get(list, i), &ret->nodes[i]))
            return false;
    return true;
}

static bool head_of(const json_t *o, ash_head *ret)
{
    char *line = json_dumps(json_object_get(o, "head"), JSON_COMPACT);
    bool good = line != NULL && ash_head_parse(ret, ash_view_z(line));
    free(line);
    return good;
}

static bool holds(const json_t *o, checked *c, ash_sha256 *h)
{
    ash_proof p;
    ash_node leaf, root;
    const char *kind = c->out.kind, *text = json_string_value(json_object_get(o, "text"));
    if (strcmp(kind, "inclusion") == 0) {
        if (text == NULL || !number_of(o, "entry", &c->out.entry) || !proof_of(o, &p))
            return false;
        leaf = ash_tree_leaf(h, ash_view_z(text));
        return node_of(json_object_get(o, "leaf"), &root) && ash_node_eq(&leaf, &root) &&
               ash_tree_check_inclusion(h, &leaf, c->out.entry, c->out.head.size, &p, &c->out.head.root);
    }
    if (strcmp(kind, "consistency") == 0)
        return number_of(o, "from", &c->out.from) && node_of(json_object_get(o, "from_root"), &root) &&
               proof_of(o, &p) &&
               ash_tree_check_consistency(h, c->out.from, &root, c->out.head.size, &c->out.head.root, &p);
    return true;
}

static int does_not_hold(ash_error *err, const char *what)
{
    return ash_fail(err, ASH_E_CHANGED, "ledger", "%s", _(what));
}

/* Reads the text and checks what needs no key. */
static int read_text(checked *c, ash_view text, ash_sha256 *h, ash_error *err)
{
    static const char *const kinds[] = {"head", "inclusion", "consistency"};
    json_error_t ignored;
    if (ash_head_from_note(&c->out.head, c->case_id, text)) {
        c->out.kind = kinds[0];
        c->note = true;
        return 0;
    }
    json_t *o = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &ignored);
    const char *kind = json_string_value(json_object_get(o, "kind"));
    const char *id = json_string_value(json_object_get(o, "case"));
    for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0)
            c->out.kind = kinds[i];
    int rc = 0;
    if (c->out.kind == NULL || id == NULL || strlen(id) != ASH_CASE_ID_SIZE - 1 ||
        !head_of(o, &c->out.head))
        rc = ash_fail(err, ASH_E_FORMAT, "ledger",
                      "this is neither a head nor a proof as `ashiato ledger` prints them");
    if (rc == 0) {
        snprintf(c->case_id, sizeof c->case_id, "%s", id);
        if (!holds(o, c, h))
            rc = does_not_hold(err, N_("the proof does not lead to its head"));
    }
    json_decref(o);
    return rc;
}

/* The head is one of this ledger: its tree goes on to the newest. */
static int check_against(const checked *c, ash_ledger_reader *r, ash_error *err)
{
    const ash_head *h = &c->out.head, *newest = &r->book.last;
    ash_node root;
    ash_proof p;
    if (strcmp(c->case_id, r->case_id) != 0)
        return does_not_hold(err, N_("it is of another case"));
    if (h->size > newest->size || h->counter > newest->counter)
        return does_not_hold(err, N_("the case's ledger is older than this head: it was rolled back"));
    if (h->size == 0 || !ash_book_root(&r->book, h->size, &root) || !ash_node_eq(&root, &h->root) ||
        !ash_tree_consistency(ash_book_node, &r->book, r->book.hash, h->size, newest->size, &p) ||
        !ash_tree_check_consistency(r->book.hash, h->size, &root, newest->size, &newest->root, &p))
        return does_not_hold(err, N_("the case's ledger does not contain this head: it was rewritten"));
    return 0;
}

/* Whether the head is signed with this key; a note's key is tried. */
static bool signed_by(checked *c, const uint8_t *key)
{
    if (c->note)
        memcpy(c->out.head.key, key, sizeof c->out.head.key);
    return memcmp(c->out.head.key, key, sizeof c->out.head.key) == 0 &&
           ash_head_check(&c->out.head, c->case_id);
}

/* A key of the ledger that was in force before the newest one. */
static bool signed_by_former(checked *c, ash_ledger_reader *r)
{
    ash_inventory v;
    ash_scan scan;
    ash_view line;
    uint64_t offset, n = 0;
    bool good = false;
    ash_inventory_init(&v);
    if (ash_scan_open(&scan, r->book.entries, 0, r->book.last.bytes))
        for (; ash_scan_next(&scan, &line, &offset) == 1; n++)
            if (ash_view_find_str(ash_view_first(line, 60), ASH_VIEW_LIT("\"type\":\"key\"")) >= 0 || n == 0)
                (void)(ash_inventory_add(&v, line, (ash_entry_place){.n = n}) == NULL);
    ash_scan_close(&scan);
    for (size_t i = 0; i < v.n_keys && !good; i++)
        good = signed_by(c, v.keys[i]);
    ash_inventory_free(&v);
    return good;
}

int ash_proof_check(ash_proof_checked *ret, ash_view text, ash_ledger_reader *r,
                    const uint8_t *public_key, ash_error *err)
{
    checked c = {0};
    ash_sha256 *h;
    int rc = ash_sha256_new(&h, err);
    if (rc < 0)
        return rc;
    rc = read_text(&c, text, h, err);
    ash_sha256_free(h);
    if (rc == 0 && !(public_key != NULL ? signed_by(&c, public_key)
                                        : signed_by(&c, r->book.last.key) || signed_by_former(&c, r)))
        rc = does_not_hold(err, N_("its head is not signed with that key"));
    if (rc == 0 && r != NULL)
        rc = check_against(&c, r, err);
    if (rc == 0)
        *ret = c.out;
    return rc;
}

/* --- time stamps ------------------------------------------------------------------- */

int ash_timestamp_request(const ash_head *h, const char *case_id, ash_buf *out, ash_error *err)
{
    /* RFC 3161, 2.4.1: TimeStampReq { version 1, messageImprint { { sha256, NULL },
     * OCTET STRING }, nonce, certReq TRUE }, all lengths known. */
    static const uint8_t begin[] = {0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06,
                                    0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
                                    0x05, 0x00, 0x04, 0x20};
    static const uint8_t end[] = {0x01, 0x01, 0xff};
    uint8_t digest[ASH_SHA256_SIZE], nonce[2 + 8] = {0x02, 0x08};
    ash_buf note;
    ash_sha256 *s;
    int rc = ash_random(nonce + 2, 8, err);
    if (rc == 0)
        rc = ash_sha256_new(&s, err);
    if (rc < 0)
        return rc;
    /* A positive INTEGER in its shortest form. */
    nonce[2] = (uint8_t)((nonce[2] & 0x7f) | 0x40);
    ash_buf_init(&note, NOTE_MAX);
    ash_head_note(h, case_id, &note);
    ash_sha256_update(s, note.p, note.n);
    ash_sha256_take(s, digest);
    ash_sha256_free(s);
    ash_buf_free(&note);
    ash_buf_add(out, begin, sizeof begin);
    ash_buf_add(out, digest, sizeof digest);
    ash_buf_add(out, nonce, sizeof nonce);
    ash_buf_add(out, end, sizeof end);
    return out->failed ? ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory") : 0;
}
