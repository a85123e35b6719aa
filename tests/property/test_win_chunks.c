/* Windows events in text form: wherever the bytes are cut, the same events and
 * the same counts come of them. */
#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "decode.h"
#include "logs.h"

#define ROUNDS (SLOW ? 20u : 150u)

/* --- random inputs ----------------------------------------------------- */

static void add_name(rng *r, ash_buf *b, bool xml)
{
    static const char *const any[] = {"a", "\\\\", "日本", "\xff", " ", "[x],"};
    static const char *const in_xml[] = {"&lt;/Event&gt;", "&#x1;", "\x02", "&amp;", "{", "'"};
    static const char *const in_json[] = {"\\\"},{\\\"", "\\u0041", "\\ud800", "},{", "<Event>", "\\n"};
    for (unsigned n = 1 + rng_below(r, 6); n > 0; n--) {
        if (rng_below(r, 3) != 0)
            ash_buf_add_z(b, any[rng_below(r, COUNT(any))]);
        else
            ash_buf_add_z(b, (xml ? in_xml : in_json)[rng_below(r, COUNT(in_json))]);
    }
    if (rng_below(r, 40) == 0)
        for (unsigned n = rng_below(r, 3000); n > 0; n--)
            ash_buf_add_z(b, "long ");
}

static void add_xml(rng *r, ash_buf *b)
{
    static const char *const space[] = {"", "\n", "\r\n\r\n", "Record 7\n", "<Events>", "</Events>\n", "<"};
    static const char *const bad[] = {
        "<Event><System>",        "</Data></Event>", "<Event><a></b></Event>", "<Event><!-- </Event>",
        "<Event><System><EventID>1</EventID><Channel>System</Channel></System></Event>",
        "<Event></Event>",        "<Event",          "<EventX>",               "</Event",
    };
    ash_buf_add_z(b, space[rng_below(r, COUNT(space))]);
    if (rng_below(r, 5) == 0) {
        ash_buf_add_z(b, bad[rng_below(r, COUNT(bad))]);
        return;
    }
    ash_buf_addf(b,
                 "<Event xmlns='x'><System><EventID>5145</EventID><TimeCreated SystemTime="
                 "'2021-05-18T04:51:%02u.5Z'/><EventRecordID>%u</EventRecordID>%s<Channel>Security"
                 "</Channel></System><EventData><Data Name='ShareName'>d</Data><Data Name="
                 "'AccessMask'>1</Data><Data Name='RelativeTargetName'>",
                 rng_below(r, 60), rng_below(r, 1000), rng_below(r, 2) ? "\n  " : "");
    add_name(r, b, true);
    ash_buf_add_z(b, "</Data></EventData></Event>");
}

static void add_json(rng *r, ash_buf *b, bool lines)
{
    static const char *const bad[] = {"{\"a\":tru}", "{\"a\":1", "{\"a\":\"", "x", "}", "]", "{}", "null", "\"},{",
                                      "{\"EventID\":1,\"EventTime\":\"x\",\"Channel\":\"System\"}"};
    const char *in = lines || rng_below(r, 3) != 0 ? "" : "\n    ";
    if (rng_below(r, 5) == 0) {
        ash_buf_add_z(b, bad[rng_below(r, COUNT(bad))]);
    } else {
        ash_buf_addf(b,
                     "{%s\"EventID\":5145,%s\"EventTime\":\"2021-05-18 04:51:%02u\",%s\"Channel\":\"Security\","
                     "%s\"ShareName\":\"d\",\"AccessMask\":1,\"x\":{%s\"y\":[1,{}]},%s\"RelativeTargetName\":\"",
                     in, in, rng_below(r, 60), in, in, in, in);
        add_name(r, b, false);
        ash_buf_addf(b, "\"%s}", in);
    }
    ash_buf_add_z(b, lines ? "\n" : rng_below(r, 4) != 0 ? ",\n" : rng_below(r, 2) ? ", " : "");
}

/* --- what comes of them ------------------------------------------------- */

typedef struct outcome {
    uint64_t hash, events, records;
    uint64_t counts[ASH_REASON_COUNT];
} outcome;

static void add_outcome(outcome *o, const ash_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const ash_event *e = &b->events[i];
        const uint64_t n[] = {(uint64_t)e->time, e->offset, e->length, e->access_mask, e->op};
        o->hash = ash_hash64(n, sizeof n, o->hash);
        o->hash = ash_hash64(e->path.p, e->path.n, o->hash);
    }
    o->events += b->n;
    o->records += b->records;
    for (int r = 0; r < ASH_REASON_COUNT; r++)
        o->counts[r] += b->counts[r];
}

/* As the pipeline does: blocks that end where the source says. */
static void in_blocks(decoder *d, ash_view v, size_t block, outcome *o)
{
    const ash_source *s = d->profile.source;
    for (size_t at = 0; at < v.n;) {
        size_t n = 0;
        for (size_t want = block; n == 0 && want < v.n - at; want += block)
            n = s->cut(&d->profile, ash_view_of(v.p + at, want));
        n = n == 0 ? v.n - at : n;
        assert_int_equal(decoder_feed(d, ash_view_of(v.p + at, n), at, true), n);
        add_outcome(o, &d->batch);
        at += n;
    }
}

/* As something that grows: what was not used is given again, with more. */
static void in_pieces(decoder *d, ash_view v, rng *r, uint32_t most, outcome *o)
{
    size_t have = 0;
    for (size_t at = 0; at < v.n;) {
        have += 1 + rng_below(r, most);
        have = have < v.n - at ? have : v.n - at;
        bool eof = have == v.n - at;
        size_t used = decoder_feed(d, ash_view_of(v.p + at, have), at, eof);
        add_outcome(o, &d->batch);
        assert_true(!eof || used == have);
        at += used;
        have -= used;
    }
}

static void expect_same(const char *how, const outcome *a, const outcome *b)
{
    for (int r = 0; r < ASH_REASON_COUNT; r++)
        if (a->counts[r] != b->counts[r])
            fail_msg("%s: %s: %llu, then %llu", how, ash_reason_name((ash_reason)r),
                     (unsigned long long)a->counts[r], (unsigned long long)b->counts[r]);
    assert_int_equal(a->records, b->records);
    assert_int_equal(a->events, b->events);
    assert_true(a->hash == b->hash);
}

static void cuts_decide_nothing(void **state)
{
    rng r = {*(uint64_t *)*state};
    uint64_t events = 0, bad = 0;
    ash_buf b;
    ash_buf_init(&b, 64u << 20);
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned kind = i % 3; /* XML, JSON lines, JSON over lines */
        decoder d;
        outcome whole = {0};
        ash_buf_clear(&b);
        /* What is recognised by: a good record, of the kind. */
        ash_buf_add_z(&b, kind == 2 ? "[\n{\n\"EventID\":1,\"EventTime\":\"x\"\n}\n,\n" : "");
        ash_buf_add_z(&b, kind == 1 ? "{\"EventID\":1,\"EventTime\":\"x\"}\n" : "");
        for (unsigned n = 1 + rng_below(&r, 300); n > 0; n--)
            kind == 0 ? add_xml(&r, &b) : add_json(&r, &b, kind == 1);
        if (kind == 0)
            ash_buf_add_z(&b, "<Event><System><EventID>1</EventID><TimeCreated SystemTime="
                              "'2021-05-18T04:51:00Z'/></System></Event>");
        ash_view v = ash_buf_view(&b);
        decoder_open(&d, kind == 0 ? "win-xml" : "win-json", v, NULL);
        assert_int_equal(decoder_feed(&d, v, 0, true), v.n);
        add_outcome(&whole, &d.batch);
        events += whole.events;
        bad += whole.counts[ASH_REASON_BAD_XML] + whole.counts[ASH_REASON_BAD_JSON] +
               whole.counts[ASH_REASON_CUT_OFF];
        for (unsigned k = 0; k < 6; k++) {
            outcome parts = {0}, pieces = {0};
            in_blocks(&d, v, 1 + rng_below(&r, (uint32_t)v.n), &parts);
            expect_same("blocks", &whole, &parts);
            in_pieces(&d, v, &r, k < 2 ? 700 : 20000, &pieces);
            expect_same("pieces", &whole, &pieces);
        }
        decoder_close(&d);
    }
    assert_true(events > ROUNDS * 50 && bad > ROUNDS * 3); /* otherwise this compared nothing */
    ash_buf_free(&b);
}

/* Cut off anywhere: no crash, and what is whole is there. */
static void every_beginning_is_read(void **state)
{
    rng r = {*(uint64_t *)*state};
    ash_buf b;
    ash_buf_init(&b, 64u << 20);
    for (unsigned kind = 0; kind < 3; kind++) {
        decoder d;
        uint64_t before = 0;
        ash_buf_clear(&b);
        ash_buf_add_z(&b, kind == 2 ? "[\n" : "");
        while (b.n < 6000)
            kind == 0 ? add_xml(&r, &b) : add_json(&r, &b, kind == 1);
        ash_buf_add_z(&b, kind == 0 ? "<Event><System><EventID>1</EventID><TimeCreated SystemTime="
                                      "'2021-05-18T04:51:00Z'/></System></Event>"
                                    : "{\"EventID\":1,\"EventTime\":\"x\"}\n");
        decoder_open(&d, kind == 0 ? "win-xml" : "win-json", ash_buf_view(&b), NULL);
        for (size_t n = 0; n <= b.n; n++) {
            char *copy = malloc(n == 0 ? 1 : n); /* a sanitizer sees what is read beyond */
            assert_non_null(copy);
            memcpy(copy, b.p, n);
            assert_int_equal(decoder_feed(&d, ash_view_of(copy, n), 0, true), n);
            assert_true(d.batch.n >= before);
            before = d.batch.n;
            free(copy);
        }
        assert_true(before > 3);
        decoder_close(&d);
    }
    ash_buf_free(&b);
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(cuts_decide_nothing, &seed),
        cmocka_unit_test_prestate(every_beginning_is_read, &seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
