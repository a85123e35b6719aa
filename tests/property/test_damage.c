/* A damaged byte costs the line it is in, and is counted; nothing before or
 * after it is lost. */
#include "decode.h"
#include "logs.h"

typedef struct sums {
    size_t events;
    uint64_t records, lost, none; /* of the records: no event, with and without loss */
} sums;

static sums sums_of(const ash_batch *b)
{
    sums s = {.events = b->n, .records = b->records};
    for (int r = 0; r < ASH_REASON_COUNT; r++) {
        ash_reason_kind k = ash_reason_kind_of((ash_reason)r);
        if (r == ASH_REASON_ONLY_NULS || r == ASH_REASON_NO_PATH)
            continue; /* no record; an event after all */
        s.lost += k == ASH_KIND_SKIPPED ? b->counts[r] : 0;
        s.none += k == ASH_KIND_FOREIGN || k == ASH_KIND_LOSS ? b->counts[r] : 0;
    }
    return s;
}

static bool same_event(const ash_event *a, const ash_event *b)
{
    return a->time == b->time && a->op == b->op && a->outcome == b->outcome &&
           a->offset == b->offset && a->length == b->length && ash_view_eq(a->path, b->path) &&
           ash_view_eq(a->new_path, b->new_path);
}

/* Where the line with byte i begins and ends, in the text without damage and in
 * the damaged one together: a damaged line end joins or parts lines. */
static void span_of(ash_view text, ash_view damaged, size_t i, size_t *ret_begin, size_t *ret_end)
{
    size_t begin = i, end = i;
    while (begin > 0 && text.p[begin - 1] != '\n')
        begin--;
    while (end < text.n && (text.p[end] != '\n' || damaged.p[end] != '\n'))
        end++;
    *ret_begin = begin;
    *ret_end = end < text.n ? end + 1 : end;
}

/* Decodes `damaged`, which differs from `text` in byte i, and compares. */
static void expect_only_that_line(const decoder *good, decoder *bad, ash_view text,
                                  ash_view damaged, size_t i, const char *name)
{
    size_t begin, end, used;
    ash_error err = {0};
    ash_batch_reset(&bad->batch);
    ASSERT_OK(bad->profile.source->feed(bad->state, damaged, 0, true, &bad->batch, &used, &err));
    assert_int_equal(used, damaged.n);
    sums s = sums_of(&bad->batch);
    if (s.records != s.events + s.lost + s.none)
        fail_msg("%s, byte %zu: %llu records, %zu events, %llu lost, %llu without", name, i,
                 (unsigned long long)s.records, s.events, (unsigned long long)s.lost,
                 (unsigned long long)s.none);
    span_of(text, damaged, i, &begin, &end);
    for (size_t k = 0; k < good->batch.n; k++) {
        const ash_event *e = &good->batch.events[k];
        if (e->offset + e->length > begin)
            break;
        if (k >= bad->batch.n || !same_event(e, &bad->batch.events[k]))
            fail_msg("%s, byte %zu: event %zu before it is lost", name, i, k);
    }
    for (size_t k = 1; k <= good->batch.n; k++) {
        const ash_event *e = &good->batch.events[good->batch.n - k];
        if (e->offset < end)
            break;
        if (k > bad->batch.n || !same_event(e, &bad->batch.events[bad->batch.n - k]))
            fail_msg("%s, byte %zu: event %zu from the end is lost", name, i, k);
    }
}

typedef struct capture {
    const char *file, *source;
} capture;

static const capture captures[] = {
    {"lean/audit.log", "samba"},         {"typical/audit.log", "samba"},
    {"kv-prefix/audit.log", "samba"},    {"rfc3164/audit.log", "samba"},
    {"rfc5424/audit.log", "samba"},      {"raw/audit.log", "samba"},
    {"guest/audit.log", "samba"},        {"spray/auth_audit.json", "samba"},
    {"unicode-prefix/audit.log", "samba"}, {"repeated/audit.log", "samba"},
    {"journald-json/part.json", "journal-json"},
};

static void a_flipped_bit_costs_one_line(void **state)
{
    rng r = {*(uint64_t *)*state};
    for (size_t c = 0; c < COUNT(captures); c++) {
        size_t n;
        char path[512];
        decoder good, bad;
        snprintf(path, sizeof path, ASH_SOURCE_DIR "/tests/captures/%s", captures[c].file);
        char *text = read_file(path, &n), *damaged = malloc(n);
        assert_non_null(damaged);
        memcpy(damaged, text, n);
        decoder_open(&good, captures[c].source, ash_view_of(text, n), NULL);
        decoder_open(&bad, captures[c].source, ash_view_of(text, n), NULL);
        assert_int_equal(decoder_feed(&good, ash_view_of(text, n), 0, true), n);
        for (unsigned i = 0; i < (SLOW ? 30 : 300); i++) {
            size_t at = rng_below(&r, (uint32_t)n);
            damaged[at] = (char)(text[at] ^ 1 << rng_below(&r, 8));
            expect_only_that_line(&good, &bad, ash_view_of(text, n), ash_view_of(damaged, n), at,
                                  captures[c].file);
            damaged[at] = text[at];
        }
        decoder_close(&good);
        decoder_close(&bad);
        free(damaged);
        free(text);
    }
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(a_flipped_bit_costs_one_line, &seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
