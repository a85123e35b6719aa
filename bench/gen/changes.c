#include "changes.h"

#include "mem.h"

void changes_add(struct changes *c, struct change item)
{
    if (c->count == c->cap) {
        c->cap = c->cap * 2 + 1024;
        c->items = mem_realloc(c->items, c->cap, sizeof *c->items);
    }
    c->items[c->count++] = item;
}

void changes_trim(struct changes *c)
{
    size_t done = c->backed_up < c->indexed ? c->backed_up : c->indexed;
    if (done == 0)
        return;
    memmove(c->items, c->items + done, (c->count - done) * sizeof *c->items);
    c->count -= done;
    c->backed_up -= done;
    c->indexed -= done;
}

void changes_free(struct changes *c)
{
    free(c->items);
    *c = (struct changes){0};
}
