/* entries.jsonl: any lines, taken as signed. What is gathered of them is consistent. */
#include <string.h>

#include "fuzz.h"
#include "ledger/inventory.h"

static void check_files(const ash_inventory *v)
{
    for (size_t i = 0; i < v->n_files; i++) {
        const ash_sealed_file *f = &v->files[i];
        MUST(!f->gone && ash_inventory_is_inside(f->name));
        MUST(strstr(f->name, "..") == NULL || strstr(f->name, "../") != f->name);
        MUST(i == 0 || strcmp(v->files[i - 1].name, f->name) < 0);
        MUST(ash_inventory_file(v, f->name) == f);
    }
    for (size_t i = 0; i < v->n_removed; i++) {
        const ash_removed_file *r = ash_inventory_removed(v, v->removed[i].name);
        MUST(v->removed[i].gone || (r != NULL && strcmp(r->name, v->removed[i].name) == 0));
    }
}

static void check_inputs(const ash_inventory *v)
{
    for (size_t i = 0; i < v->n_inputs; i++) {
        MUST(!v->inputs[i].gone && (i == 0 || v->inputs[i - 1].id < v->inputs[i].id));
        MUST(ash_inventory_input(v, v->inputs[i].id) == &v->inputs[i]);
    }
    for (size_t i = 0; i < v->n_segments; i++) {
        const ash_sealed_segment *s = ash_inventory_segment(v, v->segments[i].number);
        MUST(v->segments[i].gone || (s != NULL && !s->gone));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ash_inventory v;
    ash_view rest = ash_view_of((const char *)data, size);
    uint64_t n = 0, offset = 0;
    ash_inventory_init(&v);
    /* The first byte: how many entries the case has acknowledged. */
    if (size > 0 && data[0] < 0x20) {
        v.acknowledged = data[0];
        rest = ash_view_skip(rest, 1);
    }
    while (rest.n > 0) {
        ptrdiff_t nl = ash_view_find(rest, '\n');
        ash_view line = ash_view_first(rest, nl < 0 ? rest.n : (size_t)nl);
        ash_node *blocks = NULL;
        size_t n_blocks = 0;
        const char *wrong = ash_inventory_add(&v, line, (ash_entry_place){n, offset, line.n});
        MUST(wrong == NULL || wrong[0] != '\0');
        if (ash_inventory_blocks(line, "case.sqlite", &blocks, &n_blocks))
            MUST(n_blocks > 0 && n_blocks * 64 < line.n);
        free(blocks);
        n += wrong == NULL;
        offset += line.n + 1;
        rest = ash_view_skip(rest, line.n + (nl >= 0));
    }
    ash_inventory_settle(&v);
    MUST(v.unfinished <= v.runs);
    check_files(&v);
    check_inputs(&v);
    ash_inventory_free(&v);
    return 0;
}
