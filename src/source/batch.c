#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ashiato/source.h"
#include "base/arena.h"
#include "base/i18n.h"
#include "base/limits.h"

static const struct {
    ash_reason_kind kind;
    const char *name;
    const char *text;
} reasons[] = {
#define ASH_REASON(id, kind, name, text) {ASH_KIND_##kind, name, text},
#include "ashiato/reasons.def"
#undef ASH_REASON
};

ash_reason_kind ash_reason_kind_of(ash_reason r)
{
    return reasons[r].kind;
}

const char *ash_reason_name(ash_reason r)
{
    return reasons[r].name;
}

const char *ash_reason_text(ash_reason r)
{
    return _(reasons[r].text);
}

ash_event *ash_batch_event(ash_batch *b)
{
    if (b->n == b->cap) {
        size_t cap = b->cap == 0 ? 1024 : b->cap * 2;
        ash_event *p = realloc(b->events, cap * sizeof *p);
        if (p == NULL)
            return NULL;
        b->events = p;
        b->cap = cap;
    }
    ash_event *e = &b->events[b->n++];
    memset(e, 0, sizeof *e);
    return e;
}

static ash_note *add_note(ash_batch *b, ash_reason r, uint64_t offset, const char *detail)
{
    ash_note *n = &b->notes[b->n_notes++];
    *n = (ash_note){
        .reason = r,
        .line = (uint32_t)b->lines,
        .offset = offset,
        .count = 1,
        .time = ASH_NOTE_NO_TIME,
        .time_end = ASH_NOTE_NO_TIME,
    };
    snprintf(n->detail, sizeof n->detail, "%s", detail);
    return n;
}

void ash_batch_note(ash_batch *b, ash_reason r, uint64_t offset, const char *detail)
{
    b->counts[r]++;
    /* Lines of other programs are normal; only their number matters. The last
     * place is kept for losses. */
    if (b->n_notes + 1 < ASH_BATCH_NOTES && ash_reason_kind_of(r) != ASH_KIND_FOREIGN)
        add_note(b, r, offset, detail);
}

void ash_batch_loss(ash_batch *b, ash_reason r, uint64_t offset, uint64_t count, int64_t time,
                    uint8_t time_flags, const char *detail)
{
    ash_note *last = b->n_notes > 0 ? &b->notes[b->n_notes - 1] : NULL;
    b->counts[r]++;
    if (b->n_notes == ASH_BATCH_NOTES) {
        last->count += count;
        last->time_end = time > last->time_end ? time : last->time_end;
        return;
    }
    ash_note *n = add_note(b, r, offset, detail);
    n->count = count;
    n->time = n->time_end = time;
    n->time_flags = time_flags;
}

bool ash_batch_number(ash_batch *b, uint32_t origin, uint64_t number, int64_t t, int64_t *ret_back)
{
    *ret_back = 0;
    ash_batch_span *last = b->n_spans > 0 ? &b->spans[b->n_spans - 1] : NULL;
    if (last != NULL && last->origin == origin &&
        (number == last->span.last + 1 || number + 1 == last->span.first)) {
        ash_span *s = &last->span;
        if (number == s->last + 1)
            *ret_back = last->last_time - t;
        last->last_time = t;
        s->last = number > s->last ? number : s->last;
        s->first = number < s->first ? number : s->first;
        s->from = t < s->from ? t : s->from;
        s->to = t > s->to ? t : s->to;
        return true;
    }
    if (b->n_spans == b->cap_spans) {
        size_t cap = b->cap_spans == 0 ? 64 : b->cap_spans * 2;
        ash_batch_span *p = realloc(b->spans, cap * sizeof *p);
        if (p == NULL)
            return false;
        b->spans = p;
        b->cap_spans = cap;
    }
    b->spans[b->n_spans++] = (ash_batch_span){{number, number, t, t}, t, origin};
    return true;
}

void ash_batch_reset(ash_batch *b)
{
    b->n = 0;
    b->n_spans = 0;
    b->records = 0;
    b->lines = 0;
    memset(b->counts, 0, sizeof b->counts);
    b->n_notes = 0;
    b->longest = 0;
    b->longest_count = 0;
    if (b->arena != NULL)
        ash_arena_reset(b->arena);
}

void ash_batch_free(ash_batch *b)
{
    free(b->events);
    free(b->spans);
    b->events = NULL;
    b->spans = NULL;
    b->n = b->cap = b->n_spans = b->cap_spans = 0;
}
