#include "ledger/inventory.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ledger/seal.h"

void ash_inventory_init(ash_inventory *v)
{
    memset(v, 0, sizeof *v);
    ash_arena_init(&v->arena, 0);
    v->acknowledged = UINT64_MAX;
}

void ash_inventory_free(ash_inventory *v)
{
    ash_arena_free(&v->arena);
    free(v->keys);
    free(v->files);
    free(v->inputs);
    free(v->segments);
    free(v->removed);
    free(v->dropped);
    free(v->retentions);
}

static bool grow(void **p, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    size_t more = *cap == 0 ? 64 : *cap * 2;
    void *q = realloc(*p, more * size);
    if (q == NULL)
        return false;
    *p = q;
    *cap = more;
    return true;
}

/* A place for one more element of a list, NULL without memory. */
#define ADD(v, list) \
    (grow((void **)&(v)->list, (v)->n_##list, &(v)->cap_##list, sizeof *(v)->list) \
         ? &(v)->list[(v)->n_##list++]                                              \
         : ((v)->failed = true, NULL))

/* --- values ---------------------------------------------------------------- */

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static bool number_of(const json_t *o, const char *key, uint64_t *ret)
{
    const json_t *n = json_object_get(o, key);
    if (!json_is_integer(n) || json_integer_value(n) < 0)
        return false;
    *ret = (uint64_t)json_integer_value(n);
    return true;
}

static bool hex_of(const json_t *o, const char *key, void *out, size_t n)
{
    const char *z = text_of(o, key);
    return z != NULL && ash_unhex(out, n, ash_view_z(z)) == 0;
}

static const char *keep(ash_inventory *v, const char *z)
{
    size_t n = strlen(z) + 1;
    char *p = ash_arena_alloc(&v->arena, n);
    if (p == NULL) {
        v->failed = true;
        return "";
    }
    memcpy(p, z, n);
    return p;
}

bool ash_inventory_is_inside(const char *name)
{
    if (name == NULL || name[0] == '\0' || name[0] == '/' || strlen(name) > 300)
        return false;
    for (const char *p = name;; p++) {
        size_t n = strcspn(p, "/");
        if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
            return false;
        p += n;
        if (*p == '\0')
            return true;
    }
}

/* --- types ------------------------------------------------------------------- */

static const char *add_files(ash_inventory *v, const json_t *o, ash_entry_place place, bool snapshot)
{
    const json_t *list = json_object_get(o, "files"), *f;
    size_t i;
    if (list != NULL && !json_is_array(list))
        return N_("an entry's files are not a list");
    json_array_foreach(list, i, f) {
        ash_sealed_file s = {.entry = place, .snapshot = snapshot};
        const char *name = text_of(f, "name");
        if (!ash_inventory_is_inside(name) || !number_of(f, "bytes", &s.bytes) ||
            !hex_of(f, "sha256", s.sha256, sizeof s.sha256))
            return N_("a file of an entry is not described");
        s.name = keep(v, name);
        ash_sealed_file *at = ADD(v, files);
        if (at != NULL)
            *at = s;
    }
    return NULL;
}

static const char *add_key(ash_inventory *v, const json_t *o, ash_entry_place place)
{
    uint8_t key[ASH_PUBLIC_KEY_SIZE], previous[ASH_PUBLIC_KEY_SIZE], signature[ASH_SIGNATURE_SIZE];
    if (!hex_of(o, "public", key, sizeof key))
        return N_("a key is not stated");
    if (v->n_keys > 0) {
        ash_buf text;
        ash_buf_init(&text, 1024);
        ash_ledger_rotation_text(&text, v->case_id, place.n, key);
        bool good = hex_of(o, "previous", previous, sizeof previous) &&
                    hex_of(o, "signature", signature, sizeof signature) &&
                    memcmp(previous, v->key, sizeof previous) == 0 &&
                    ash_key_check(previous, ash_buf_view(&text), signature);
        ash_buf_free(&text);
        if (!good)
            return N_("a new key is not signed by the one before it");
    }
    uint8_t(*at)[ASH_PUBLIC_KEY_SIZE] = ADD(v, keys);
    if (at != NULL)
        memcpy(at, key, sizeof key);
    memcpy(v->key, key, sizeof key);
    return NULL;
}

static const char *add_input(ash_inventory *v, const json_t *o, ash_entry_place place)
{
    ash_sealed_input s = {.entry = place};
    uint64_t id;
    const char *name = text_of(o, "name"), *path = text_of(o, "path"), *sha = text_of(o, "sha256");
    if (name == NULL || path == NULL || sha == NULL || !number_of(o, "input", &id) ||
        !number_of(o, "raw", &s.raw) || !number_of(o, "bytes", &s.bytes) ||
        !number_of(o, "blocks", &s.blocks) || !hex_of(o, "root", s.root.b, sizeof s.root.b))
        return N_("an input is not described");
    s.id = (int64_t)id;
    s.has_sha256 = sha[0] != '\0';
    if (s.has_sha256 && ash_unhex(s.sha256, sizeof s.sha256, ash_view_z(sha)) < 0)
        return N_("an input is not described");
    s.name = keep(v, name);
    s.path = keep(v, path);
    ash_sealed_input *at = ADD(v, inputs);
    if (at != NULL)
        *at = s;
    return add_files(v, o, place, false);
}

static const char *add_segment(ash_inventory *v, const json_t *o, ash_entry_place place)
{
    uint64_t number;
    if (!number_of(o, "segment", &number) || number == 0 || number > UINT32_MAX)
        return N_("a segment has no number");
    ash_sealed_segment *at = ADD(v, segments);
    if (at != NULL)
        *at = (ash_sealed_segment){.number = (uint32_t)number, .entry = place.n};
    return add_files(v, o, place, false);
}

static const char *add_void(ash_inventory *v, const json_t *o, ash_entry_place place)
{
    uint64_t from, to;
    if (!number_of(o, "from", &from) || !number_of(o, "to", &to) || from >= to || to > place.n)
        return N_("entries are declared void that do not exist");
    for (size_t i = v->n_files; i > 0 && v->files[i - 1].entry.n >= from; i--)
        v->files[i - 1].gone |= !v->files[i - 1].snapshot && v->files[i - 1].entry.n < to;
    for (size_t i = v->n_inputs; i > 0 && v->inputs[i - 1].entry.n >= from; i--)
        v->inputs[i - 1].gone |= v->inputs[i - 1].entry.n < to;
    for (size_t i = v->n_segments; i > 0 && v->segments[i - 1].entry >= from; i--)
        v->segments[i - 1].gone |= v->segments[i - 1].entry < to;
    for (size_t i = v->n_dropped; i > 0 && v->dropped[i - 1].entry >= from; i--)
        v->dropped[i - 1].gone |= v->dropped[i - 1].entry < to;
    for (size_t i = v->n_removed; i > 0 && v->removed[i - 1].entry >= from; i--)
        v->removed[i - 1].gone |= v->removed[i - 1].entry < to;
    for (size_t i = v->n_retentions; i > 0 && v->retentions[i - 1].entry >= from; i--)
        v->retentions[i - 1].gone |= v->retentions[i - 1].entry < to;
    v->voids++;
    return NULL;
}

/* Segments are only found gone when all is known: the removal may turn out void. */
static const char *add_retain(ash_inventory *v, const json_t *o, ash_entry_place place)
{
    ash_retention t = {.entry = place.n};
    const json_t *files = json_object_get(o, "removed"), *segments = json_object_get(o, "segments"), *f;
    const char *rule = text_of(o, "rule"), *until = text_of(o, "until"), *time = text_of(o, "time");
    size_t i;
    if (rule == NULL || until == NULL || time == NULL || !number_of(o, "accesses", &t.accesses) ||
        !json_is_array(files) || !json_is_array(segments))
        return N_("a removal is not described");
    json_array_foreach(files, i, f) {
        ash_removed_file r = {.entry = place.n};
        const char *name = text_of(f, "name");
        if (!ash_inventory_is_inside(name) || !number_of(f, "bytes", &r.bytes) ||
            !hex_of(f, "sha256", r.sha256, sizeof r.sha256))
            return N_("a file of an entry is not described");
        r.name = keep(v, name);
        ash_removed_file *at = ADD(v, removed);
        if (at != NULL)
            *at = r;
    }
    json_array_foreach(segments, i, f) {
        int64_t number = json_integer_value(f);
        if (number <= 0 || number > UINT32_MAX)
            return N_("a segment has no number");
        ash_removed_segment *at = ADD(v, dropped);
        if (at != NULL)
            *at = (ash_removed_segment){.number = (uint32_t)number, .entry = place.n};
    }
    t.files = json_array_size(files);
    t.segments = json_array_size(segments);
    t.rule = keep(v, rule);
    t.until = keep(v, until);
    t.time = keep(v, time);
    ash_retention *at = ADD(v, retentions);
    if (at != NULL)
        *at = t;
    return NULL;
}

static const char *add_hold(ash_inventory *v, const json_t *o)
{
    const json_t *held = json_object_get(o, "held");
    const char *reason = text_of(o, "reason");
    if (!json_is_boolean(held) || reason == NULL)
        return N_("a hold is not described");
    v->hold = json_is_true(held) ? keep(v, reason) : NULL;
    return NULL;
}

static const char *add_snapshot(ash_inventory *v, const json_t *o, ash_entry_place place)
{
    for (size_t i = v->snapshot; i < v->n_files; i++)
        v->files[i].gone |= v->files[i].snapshot;
    v->snapshot = v->n_files;
    v->has_snapshot = true;
    v->run_open = false;
    return add_files(v, o, place, true);
}

static const char *add_run(ash_inventory *v, const json_t *o)
{
    const char *time = text_of(o, "time");
    v->unfinished += v->run_open;
    v->runs++;
    v->run_open = true;
    snprintf(v->run_time, sizeof v->run_time, "%s", time == NULL ? "" : time);
    return NULL;
}

static const char *add(ash_inventory *v, const json_t *o, ash_entry_place place)
{
    uint64_t n;
    uint8_t id[(ASH_CASE_ID_SIZE - 1) / 2];
    const char *type = text_of(o, "type");
    if (!number_of(o, "n", &n) || n != place.n || type == NULL)
        return N_("an entry has not the number of its place");
    if (strcmp(type, "case") == 0) {
        if (place.n != 0 || !hex_of(o, "case", id, sizeof id))
            return N_("the first entry does not name the case");
        ash_hex(v->case_id, id, sizeof id);
        return NULL;
    }
    if (strcmp(type, "key") == 0)
        return add_key(v, o, place);
    if (strcmp(type, "input") == 0)
        return add_input(v, o, place);
    if (strcmp(type, "segment") == 0)
        return add_segment(v, o, place);
    if (strcmp(type, "void") == 0)
        return add_void(v, o, place);
    if (strcmp(type, "snapshot") == 0)
        return add_snapshot(v, o, place);
    if (strcmp(type, "run") == 0)
        return add_run(v, o);
    if (strcmp(type, "retain") == 0)
        return add_retain(v, o, place);
    if (strcmp(type, "hold") == 0)
        return add_hold(v, o);
    if (strcmp(type, "export") == 0)
        return NULL;
    return N_("an entry is of a kind that this version does not know");
}

const char *ash_inventory_add(ash_inventory *v, ash_view line, ash_entry_place place)
{
    json_error_t ignored;
    json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &ignored);
    if (o == NULL)
        return N_("an entry is not JSON");
    const char *wrong = add(v, o, place);
    json_decref(o);
    return wrong;
}

bool ash_inventory_blocks(ash_view line, const char *name, ash_node **ret, size_t *ret_n)
{
    json_error_t ignored;
    json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &ignored), *f, *blocks = NULL;
    size_t i;
    json_array_foreach(json_object_get(o, "files"), i, f) {
        const char *z = text_of(f, "name");
        if (z != NULL && strcmp(z, name) == 0)
            blocks = json_object_get(f, "blocks");
    }
    size_t n = json_array_size(blocks);
    ash_node *nodes = n == 0 ? NULL : malloc(n * sizeof *nodes);
    bool good = nodes != NULL;
    for (i = 0; good && i < n; i++) {
        const char *hex = json_string_value(json_array_get(blocks, i));
        good = hex != NULL && ash_unhex(nodes[i].b, sizeof nodes[i].b, ash_view_z(hex)) == 0;
    }
    json_decref(o);
    if (!good) {
        free(nodes);
        return false;
    }
    *ret = nodes;
    *ret_n = n;
    return true;
}

static int compare_files(const void *a, const void *b)
{
    const ash_sealed_file *x = a, *y = b;
    int by_name = x->gone != y->gone ? x->gone - y->gone : strcmp(x->name, y->name);
    return by_name != 0 ? by_name : x->entry.n < y->entry.n ? -1 : x->entry.n > y->entry.n;
}

static int compare_inputs(const void *a, const void *b)
{
    const ash_sealed_input *x = a, *y = b;
    if (x->gone != y->gone)
        return x->gone - y->gone;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->entry.n < y->entry.n ? -1 : x->entry.n > y->entry.n;
}

static ash_sealed_file *find_file(const ash_inventory *v, const char *name)
{
    size_t from = 0, to = v->n_files;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strcmp(name, v->files[middle].name);
        if (order == 0)
            return &v->files[middle];
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

/* Void ones last. */
static int compare_removed(const void *a, const void *b)
{
    const ash_removed_file *x = a, *y = b;
    return x->gone != y->gone ? x->gone - y->gone : strcmp(x->name, y->name);
}

static int compare_dropped(const void *a, const void *b)
{
    const ash_removed_segment *x = a, *y = b;
    if (x->gone != y->gone)
        return x->gone - y->gone;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* What was removed need not be there; but it must have been what was sealed. */
static void apply_removals(ash_inventory *v)
{
    for (size_t i = 0; i < v->n_removed; i++) {
        ash_removed_file *r = &v->removed[i];
        r->gone |= r->entry >= v->acknowledged;
        if (r->gone)
            continue;
        ash_sealed_file *f = find_file(v, r->name);
        r->wrong = f == NULL || f->gone || f->entry.n > r->entry || f->bytes != r->bytes ||
                   memcmp(f->sha256, r->sha256, sizeof f->sha256) != 0;
        if (f != NULL && f->entry.n < r->entry)
            f->gone = true;
    }
    size_t n = 0;
    for (size_t i = 0; i < v->n_files; i++)
        if (!v->files[i].gone)
            v->files[n++] = v->files[i];
    v->n_files = n;
    for (size_t i = 0; i < v->n_dropped; i++)
        v->dropped[i].gone |= v->dropped[i].entry >= v->acknowledged;
    if (v->n_removed > 0)
        qsort(v->removed, v->n_removed, sizeof *v->removed, compare_removed);
    if (v->n_dropped > 0)
        qsort(v->dropped, v->n_dropped, sizeof *v->dropped, compare_dropped);
    for (size_t i = 0; i < v->n_segments && v->n_dropped > 0; i++) {
        const ash_removed_segment key = {.number = v->segments[i].number};
        const ash_removed_segment *d =
            bsearch(&key, v->dropped, v->n_dropped, sizeof key, compare_dropped);
        v->segments[i].gone |= d != NULL && d->entry > v->segments[i].entry;
    }
    for (size_t i = 0; i < v->n_retentions; i++)
        v->retentions[i].gone |= v->retentions[i].entry >= v->acknowledged;
}

void ash_inventory_settle(ash_inventory *v)
{
    if (v->n_files > 0)
        qsort(v->files, v->n_files, sizeof *v->files, compare_files);
    if (v->n_inputs > 0)
        qsort(v->inputs, v->n_inputs, sizeof *v->inputs, compare_inputs);
    size_t n = 0;
    for (size_t i = 0; i < v->n_files && !v->files[i].gone; i++) {
        bool again = n > 0 && strcmp(v->files[n - 1].name, v->files[i].name) == 0;
        v->files[again ? n - 1 : n++] = v->files[i];
    }
    v->n_files = n;
    n = 0;
    for (size_t i = 0; i < v->n_inputs && !v->inputs[i].gone; i++) {
        bool again = n > 0 && v->inputs[n - 1].id == v->inputs[i].id;
        v->inputs[again ? n - 1 : n++] = v->inputs[i];
    }
    v->n_inputs = n;
    apply_removals(v);
}

const ash_removed_file *ash_inventory_removed(const ash_inventory *v, const char *name)
{
    const ash_removed_file key = {.name = name};
    return v->n_removed == 0
               ? NULL
               : bsearch(&key, v->removed, v->n_removed, sizeof key, compare_removed);
}

const ash_sealed_file *ash_inventory_file(const ash_inventory *v, const char *name)
{
    return find_file(v, name);
}

const ash_sealed_segment *ash_inventory_segment(const ash_inventory *v, uint32_t number)
{
    for (size_t i = v->n_segments; i-- > 0;)
        if (v->segments[i].number == number && !v->segments[i].gone)
            return &v->segments[i];
    return NULL;
}

const ash_sealed_input *ash_inventory_input(const ash_inventory *v, int64_t id)
{
    size_t from = 0, to = v->n_inputs;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (v->inputs[middle].id == id)
            return &v->inputs[middle];
        if (id < v->inputs[middle].id)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}
