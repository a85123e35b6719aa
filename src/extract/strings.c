#include "extract/strings.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

void ash_emit_flat(ash_job *j, const char *p, size_t n)
{
    while (n > 0) {
        const char *nl = memchr(p, '\n', n);
        size_t k = nl == NULL ? n : (size_t)(nl - p);
        ash_emit(j, p, k);
        if (nl != NULL)
            ash_emit_c(j, ' ');
        k += nl != NULL;
        p += k, n -= k;
    }
}

void ash_strings_add(ash_strings *s, const char *p, size_t n)
{
    if (!s->full && s->n + n > ASH_EXTRACT_STRINGS_MAX)
        s->full = true;
    if (!s->full && s->n + n > s->cap) {
        size_t cap = s->cap == 0 ? 1u << 16 : s->cap;
        while (cap < s->n + n)
            cap *= 2;
        char *q = realloc(s->text, cap);
        if (q == NULL)
            s->full = true;
        else
            s->text = q, s->cap = cap;
    }
    if (s->full) {
        ash_emit(s->job, p, n);
        return;
    }
    memcpy(s->text + s->n, p, n);
    s->n += n;
}

void ash_strings_end(ash_strings *s)
{
    if (!s->full && s->count == s->count_cap) {
        size_t cap = s->count_cap == 0 ? 1024 : s->count_cap * 2;
        uint32_t *q = realloc(s->ends, cap * sizeof *q);
        if (q == NULL)
            s->full = true;
        else
            s->ends = q, s->count_cap = cap;
    }
    if (s->full)
        ash_emit_c(s->job, '\n');
    else
        s->ends[s->count++] = (uint32_t)s->n;
}

void ash_strings_put(ash_job *j, const ash_strings *s, uint64_t i)
{
    if (i >= s->count)
        return;
    size_t from = i == 0 ? 0 : s->ends[i - 1];
    ash_emit_flat(j, s->text + from, s->ends[i] - from);
}

void ash_strings_free(ash_strings *s)
{
    free(s->text);
    free(s->ends);
}
