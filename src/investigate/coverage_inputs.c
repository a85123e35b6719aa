#include "investigate/coverage_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ashiato/source.h"
#include "base/arena.h"
#include "base/i18n.h"
#include "base/text.h"
#include "fold/likeness.h"

static int add_reason(ash_coverage *c, ash_reason reason, int64_t count, int64_t offset,
                      int64_t line, const char *detail, const char *input, int64_t input_id,
                      ash_error *err)
{
    ash_reason_kind kind = ash_reason_kind_of(reason);
    if (kind == ASH_KIND_FOREIGN || kind == ASH_KIND_LOSS)
        return 0;
    char place[64] = "";
    if (line > 0)
        snprintf(place, sizeof place, _(", first at line %lld"), LL(line));
    else if (offset >= 0)
        snprintf(place, sizeof place, _(", first at offset %lld"), LL(offset));
    const char *outcome = kind == ASH_KIND_SKIPPED ? _("skipped") : _("kept");
    ash_cover *row = ash_cover_add(c, ASH_COVER_DEGRADED, ash_reason_name(reason), (ash_view){0},
                         _("%lld records: %s%s%s%s; %s"), LL(count), ash_reason_text(reason), place,
                         detail[0] != '\0' ? ": " : "", detail, outcome);
    if (row == NULL)
        return ash_cover_nomem(err);
    row->count = count;
    row->offset = offset;
    row->input = strdup(input);
    row->input_id = input_id;
    return 0;
}

static int load_reasons(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT x.reason, x.count, x.offset, x.line, x.detail, i.name, i.id FROM "
                          "reasons x JOIN inputs i ON i.id = x.input ORDER BY i.id, x.count DESC",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        const char *name = ash_db_z(st, 0);
        for (int k = 0; k < ASH_REASON_COUNT && rc >= 0; k++)
            if (strcmp(name, ash_reason_name((ash_reason)k)) == 0)
                rc = add_reason(c, (ash_reason)k, sqlite3_column_int64(st, 1),
                                sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3),
                                ash_db_z(st, 4),
                                ash_db_z(st, 5),
                                sqlite3_column_int64(st, 6), err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int load_bad_inputs(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT name, state, coalesce(problem, ''), raw, id FROM inputs WHERE state "
                          "IN ('damaged', 'unreadable', 'partial') ORDER BY id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        const char *state = ash_db_z(st, 1);
        bool unreadable = strcmp(state, "unreadable") == 0;
        bool damaged = strcmp(state, "damaged") == 0;
        char name[256];
        ash_text_escape(name, sizeof name, ash_db_view(st, 0));
        ash_cover *row = ash_cover_add(c, unreadable ? ASH_COVER_UNKNOWN : ASH_COVER_DEGRADED,
                             unreadable ? "unreadable" : damaged ? "damaged" : "partial",
                             (ash_view){0}, "%s: %s", name,
                             unreadable || damaged ? ash_db_z(st, 2)
                                                   : _("was not read to its end"));
        if (row == NULL) {
            rc = ash_cover_nomem(err);
            break;
        }
        row->input = strdup(ash_db_z(st, 0));
        row->input_id = sqlite3_column_int64(st, 4);
        row->offset = damaged ? sqlite3_column_int64(st, 3) : -1;
    }
    sqlite3_finalize(st);
    return rc;
}

/* --- the same records twice ---------------------------------------------- */

/* Two inputs of which one holds at least this share of the other's records. */
#define TWICE 0.5

typedef struct kept_hash {
    uint64_t hash;
    uint32_t input;
} kept_hash;

typedef struct pair {
    uint32_t a, b;
} pair;

typedef struct exports {
    ash_likeness *sketches;
    ash_view *names; /* in the arena */
    size_t n, cap;
    ash_arena arena;
} exports;

static int compare_hash(const void *a, const void *b)
{
    const kept_hash *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->input < y->input ? -1 : x->input > y->input;
}

static int compare_pair(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static bool exports_grow(exports *x)
{
    if (x->n < x->cap)
        return true;
    size_t cap = x->cap == 0 ? 64 : x->cap * 2;
    ash_likeness *s = realloc(x->sketches, cap * sizeof *s);
    if (s != NULL)
        x->sketches = s;
    ash_view *v = realloc(x->names, cap * sizeof *v);
    if (v != NULL)
        x->names = v;
    if (s == NULL || v == NULL)
        return false;
    x->cap = cap;
    return true;
}

static int load_exports(exports *x, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT name, likeness FROM inputs WHERE length(likeness) > 0 ORDER BY id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        ash_view v = ash_db_view(st, 1);
        if (v.n > sizeof x->sketches->least)
            continue;
        if (!exports_grow(x)) {
            rc = ash_cover_nomem(err);
            break;
        }
        x->sketches[x->n].n = (uint32_t)(v.n / sizeof x->sketches->least[0]);
        memcpy(x->sketches[x->n].least, v.p, v.n);
        x->names[x->n++] = ash_arena_copy(&x->arena, ash_db_view(st, 0));
    }
    sqlite3_finalize(st);
    return rc;
}

/* Pairs that have at least one hash in common, each once. */
static pair *candidate_pairs(const exports *x, size_t *ret_n)
{
    size_t n = 0, pairs = 0, unique = 0;
    kept_hash *all = malloc((x->n * ASH_LIKENESS_SIZE + 1) * sizeof *all);
    if (all == NULL)
        return NULL;
    for (uint32_t i = 0; i < x->n; i++)
        for (uint32_t k = 0; k < x->sketches[i].n; k++)
            all[n++] = (kept_hash){x->sketches[i].least[k], i};
    qsort(all, n, sizeof *all, compare_hash);
    pair *out = malloc((n + 1) * sizeof *out);
    for (size_t i = 1; out != NULL && i < n; i++)
        if (all[i].hash == all[i - 1].hash)
            out[pairs++] = (pair){all[i - 1].input, all[i].input};
    free(all);
    if (out == NULL)
        return NULL;
    qsort(out, pairs, sizeof *out, compare_pair);
    for (size_t i = 0; i < pairs; i++)
        if (i == 0 || compare_pair(&out[i], &out[i - 1]) != 0)
            out[unique++] = out[i];
    *ret_n = unique;
    return out;
}

/* Another export of a log whose records are in the case already: every record
 * of it counts twice, though no path does. */
static int add_doubles(ash_coverage *c, ash_reader *r, ash_error *err)
{
    exports x = {0};
    size_t n = 0;
    pair *pairs = NULL;
    ash_arena_init(&x.arena, 0);
    int rc = load_exports(&x, r, err);
    if (rc == 0 && (pairs = candidate_pairs(&x, &n)) == NULL)
        rc = ash_cover_nomem(err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const ash_likeness *a = &x.sketches[pairs[i].a], *b = &x.sketches[pairs[i].b];
        double ab = ash_likeness_within(a, b), ba = ash_likeness_within(b, a);
        if (ab < TWICE && ba < TWICE)
            continue;
        bool second = ba >= ab;
        char small[256], large[256];
        ash_text_escape(small, sizeof small, x.names[second ? pairs[i].b : pairs[i].a]);
        ash_text_escape(large, sizeof large, x.names[second ? pairs[i].a : pairs[i].b]);
        ash_cover *row = ash_cover_add(
            c, ASH_COVER_DEGRADED, "same-records", (ash_view){0},
            _("about %.0f%% of the records of %s are in %s too: numbers of records and accesses "
              "count them twice, numbers of files do not"),
            100 * (second ? ba : ab), small, large);
        if (row == NULL || (row->input = strdup(small)) == NULL)
            rc = ash_cover_nomem(err);
    }
    free(pairs);
    free(x.sketches);
    free(x.names);
    ash_arena_free(&x.arena);
    return rc;
}

int ash_coverage_add_inputs(ash_coverage *c, ash_reader *r, ash_error *err)
{
    int rc = load_reasons(c, r, err);
    if (rc >= 0)
        rc = load_bad_inputs(c, r, err);
    return rc < 0 ? rc : add_doubles(c, r, err);
}
