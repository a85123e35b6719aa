#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define CHUNK_SIZE 1u
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK_SIZE 1u
#endif
#endif
#ifndef CHUNK_SIZE
#define CHUNK_SIZE (64u << 10)
#endif

struct ash_arena_chunk {
    struct ash_arena_chunk *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

void ash_arena_init(ash_arena *a, size_t max)
{
    *a = (ash_arena){.max = max};
}

void *ash_arena_alloc(ash_arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);
    if (n > SIZE_MAX / 2)
        return NULL;
    size_t need = (n + align - 1) & ~(align - 1);
    if (need == 0)
        need = align;
    if (a->max != 0 && (need > a->max || a->used > a->max - need))
        return NULL;
    struct ash_arena_chunk *c = a->chunks;
    if (c == NULL || c->size - c->used < need) {
        size_t size = need > CHUNK_SIZE ? need : CHUNK_SIZE;
        c = malloc(sizeof *c + size);
        if (c == NULL)
            return NULL;
        c->size = size;
        c->used = 0;
        c->next = a->chunks;
        a->chunks = c;
    }
    void *p = c->bytes + c->used;
    c->used += need;
    a->used += need;
    return p;
}

ash_view ash_arena_copy(ash_arena *a, ash_view v)
{
    if (v.n == 0)
        return (ash_view){0};
    char *p = ash_arena_alloc(a, v.n);
    if (p == NULL)
        return (ash_view){0};
    memcpy(p, v.p, v.n);
    return ash_view_of(p, v.n);
}

void ash_arena_reset(ash_arena *a)
{
    struct ash_arena_chunk *keep = a->chunks;
    if (keep == NULL)
        return;
    struct ash_arena_chunk *c = keep->next;
    while (c != NULL) {
        struct ash_arena_chunk *next = c->next;
        free(c);
        c = next;
    }
    if (keep->size > CHUNK_SIZE) {
        free(keep);
        a->chunks = NULL;
    } else {
        keep->next = NULL;
        keep->used = 0;
    }
    a->used = 0;
}

void ash_arena_free(ash_arena *a)
{
    struct ash_arena_chunk *c = a->chunks;
    while (c != NULL) {
        struct ash_arena_chunk *next = c->next;
        free(c);
        c = next;
    }
    *a = (ash_arena){.max = a->max};
}
