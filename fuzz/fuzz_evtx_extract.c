/* Records of one .evtx chunk: compiled templates give what the walker gives. */
#include <string.h>

#include "fuzz.h"
#include "source/evtx_extract.h"

static bool same(const ash_win_value *a, const ash_win_value *b)
{
    return a->kind == b->kind && a->number == b->number &&
           (a->kind == ASH_WIN_NONE || ash_view_eq(a->bytes, b->bytes));
}

static void check_record(ash_evtx_extract *x, const ash_evtx_record *r)
{
    ash_arena arena;
    ash_win_event a, b;
    ash_arena_init(&arena, 0);
    int compiled = ash_evtx_extract_record(x, r, &arena, &a);
    MUST(compiled == 0 || (compiled == ASH_E_FORMAT && x->why != NULL));
    int walked = ash_evtx_extract_walking(x, r, &arena, &b);
    /* The walker also looks at what nobody wants, and may find that broken. */
    MUST(walked == 0 || walked == ASH_E_FORMAT);
    MUST(walked != 0 || compiled == 0);
    if (walked == 0) {
        MUST(a.id == b.id && a.time == b.time && a.record == b.record && a.audit == b.audit);
        MUST(same(&a.computer, &b.computer) && same(&a.channel, &b.channel));
        for (int i = 0; i < ASH_WIN_DATA_COUNT && ash_win_wanted(a.id); i++)
            MUST(same(&a.data[i], &b.data[i]));
    }
    ash_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ash_evtx_span span = {.kind = ASH_EVTX_SPAN_CHUNK, .bytes = ash_view_of(data, size)};
    ash_evtx_chunk c;
    ash_evtx_record r;
    ash_evtx_found found;
    if (size > ASH_EVTX_CHUNK_SIZE)
        return 0;
    ash_evtx_extract *x = malloc(sizeof *x);
    MUST(x != NULL);
    ash_evtx_extract_init(x);
    ash_evtx_extract_chunk(x, span.bytes);
    ash_evtx_chunk_open(&c, &span, true);
    while ((found = ash_evtx_chunk_next(&c, &r)) != ASH_EVTX_FOUND_END) {
        MUST(r.at <= size && r.length <= size - r.at && r.length > 0);
        if (found == ASH_EVTX_FOUND_RECORD)
            check_record(x, &r);
    }
    ash_evtx_extract_free(x);
    free(x);
    return 0;
}
