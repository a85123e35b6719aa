/* Taking the wrapping off a line: every form, and lines that only look like one. */
#include "ashiato/event.h"
#include "base/time.h"
#include "source/envelope.h"
#include "unit.h"

typedef struct wrapped {
    const char *line;
    ash_envelope_kind kind;
    const char *utc; /* of the time as stated, 6 digits */
    int32_t zone_s;
    const char *host, *tag, *message;
} wrapped;

#define Z ASH_ZONE_UNKNOWN

static const wrapped good[] = {
    {"2026-11-23T10:36:23.662552+09:00 fs01 smbd_audit: kato|x", ASH_ENVELOPE_ISO,
     "2026-11-23T01:36:23.662552+00:00", 32400, "fs01", "smbd_audit", "kato|x"},
    {"2026-11-23T10:36:23+09:00 fs01 smbd_audit[991]: m", ASH_ENVELOPE_ISO,
     "2026-11-23T01:36:23.000000+00:00", 32400, "fs01", "smbd_audit", "m"},
    {"2026-11-23T10:36:23+0900 fs01 smbd[7]: m n", ASH_ENVELOPE_ISO,
     "2026-11-23T01:36:23.000000+00:00", 32400, "fs01", "smbd", "m n"},
    {"2026-11-23T10:36:23.5Z fs01 tag: m", ASH_ENVELOPE_ISO, "2026-11-23T10:36:23.500000+00:00", 0,
     "fs01", "tag", "m"},
    {"2026-11-23T10:36:23-05:30 h t: m", ASH_ENVELOPE_ISO, "2026-11-23T16:06:23.000000+00:00",
     -19800, "h", "t", "m"},
    {"2026-11-23T10:36:23.123456789+00:00 h t: m", ASH_ENVELOPE_ISO,
     "2026-11-23T10:36:23.123456+00:00", 0, "h", "t", "m"},
    {"2026-11-23T10:36:23.+09:00 h t: m", ASH_ENVELOPE_ISO, "2026-11-23T01:36:23.000000+00:00",
     32400, "h", "t", "m"},
    {"2026-11-23 10:36:23,125 h t: m", ASH_ENVELOPE_ISO, "2026-11-23T10:36:23.125000+00:00", Z, "h",
     "t", "m"},
    {"Nov 23 10:36:23 fs01 smbd_audit: kato|x", ASH_ENVELOPE_RFC3164,
     "1972-11-23T10:36:23.000000+00:00", Z, "fs01", "smbd_audit", "kato|x"},
    {"Feb  9 00:00:00 fs01 smbd_audit[12]: m", ASH_ENVELOPE_RFC3164,
     "1972-02-09T00:00:00.000000+00:00", Z, "fs01", "smbd_audit", "m"},
    {"Feb 29 23:59:60 fs01 t: m", ASH_ENVELOPE_RFC3164, "1972-03-01T00:00:00.000000+00:00", Z,
     "fs01", "t", "m"},
    {"Nov 23 10:36:23 smbd_audit: m", ASH_ENVELOPE_RFC3164, "1972-11-23T10:36:23.000000+00:00", Z,
     "", "smbd_audit", "m"},
    {"<173>Nov 23 10:54:21 smbd_audit: kato|x", ASH_ENVELOPE_RAW,
     "1972-11-23T10:54:21.000000+00:00", Z, "", "smbd_audit", "kato|x"},
    {"<5>2026-11-23T10:54:21Z fs01 smbd_audit: m", ASH_ENVELOPE_RAW,
     "2026-11-23T10:54:21.000000+00:00", 0, "fs01", "smbd_audit", "m"},
    {"<173>1 2026-11-23T10:36:23.662552+09:00 fs01 smbd_audit - - - kato|x", ASH_ENVELOPE_RFC5424,
     "2026-11-23T01:36:23.662552+00:00", 32400, "fs01", "smbd_audit", "kato|x"},
    {"<173>1 2026-11-23T10:36:23Z fs01 smbd_audit - - -   kato|x", ASH_ENVELOPE_RFC5424,
     "2026-11-23T10:36:23.000000+00:00", 0, "fs01", "smbd_audit", "kato|x"},
    {"<13>1 2026-11-23T10:36:23Z - app 12 ID [a@1 k=\"v]\\\"\"][b@1] text", ASH_ENVELOPE_RFC5424,
     "2026-11-23T10:36:23.000000+00:00", 0, "", "app", "text"},
    {"[2026/11/23 10:35:46.837812,  1] ../../source3/modules/vfs_full_audit.c:643(do_log)",
     ASH_ENVELOPE_SMBD_DEBUG, "2026-11-23T10:35:46.837812+00:00", Z, "", "smbd", ""},
    {"[2026/11/23 10:35:46,  1] ../../source3/x.c:1(f)", ASH_ENVELOPE_SMBD_DEBUG,
     "2026-11-23T10:35:46.000000+00:00", Z, "", "smbd", ""},
};

static void expect_wrapped(ash_envelope_cache *c, const wrapped *w)
{
    ash_envelope e;
    char text[ASH_TIME_TEXT];
    ash_zone utc = ash_zone_fixed(0);
    if (!ash_envelope_parse(c, ash_view_z(w->line), &e))
        fail_msg("not taken: %s", w->line);
    assert_int_equal(e.kind, w->kind);
    assert_string_equal(ash_time_text(text, e.time, &utc, 6), w->utc);
    assert_int_equal(e.zone_s, w->zone_s);
    EXPECT_VIEW(e.host, w->host);
    EXPECT_VIEW(e.tag, w->tag);
    EXPECT_VIEW(e.message, w->message);
    assert_int_equal((e.time_flags & ASH_EVENT_NO_ZONE) != 0, w->zone_s == Z);
    assert_int_equal((e.time_flags & ASH_EVENT_NO_YEAR) != 0, strncmp(w->utc, "1972", 4) == 0);
}

static void every_form_is_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        ash_envelope_cache c;
        ash_envelope_cache_init(&c);
        expect_wrapped(&c, &good[i]);
        expect_wrapped(&c, &good[i]); /* and again, from the cache */
    }
}

/* Lines of other forms in between must leave nothing behind. */
static void cache_changes_nothing(void **state)
{
    (void)state;
    rng r = {7};
    ash_envelope_cache c;
    ash_envelope_cache_init(&c);
    for (int i = 0; i < 2000; i++)
        expect_wrapped(&c, &good[rng_below(&r, COUNT(good))]);
}

static const char *const bad[] = {
    "",
    "kato|10.0.0.5|pc|data|pread|ok|/srv/share/a",
    "2026-11-23T10:36:23.662552+09:00",
    "2026-11-23T10:36:23.662552+09:00 ",
    "2026-11-23T10:36:23.662552+09:00 fs01",
    "2026-13-23T10:36:23+09:00 h t: m",
    "2026-11-32T10:36:23+09:00 h t: m",
    "2026-11-23T24:36:23+09:00 h t: m",
    "2026-11-23T10:36:61+09:00 h t: m",
    "9999-11-23T10:36:23+09:00 h t: m",
    "2026-11-23x10:36:23+09:00 h t: m",
    "2026-11-23T10:36:23+09:00h t: m",
    "Nov 23 10:36",
    "Nov 32 10:36:23 fs01 t: m",
    "Nov  0 10:36:23 fs01 t: m",
    "Nov 23 25:36:23 fs01 t: m",
    "Nov 23 10-36-23 fs01 t: m",
    "Nox 23 10:36:23 fs01 t: m",
    "<>Nov 23 10:36:23 fs01 t: m",
    "<1734567>Nov 23 10:36:23 fs01 t: m",
    "<173 Nov 23 10:36:23 fs01 t: m",
    "<173>",
    "<173>1 2026-11-23T10:36:23Z fs01 app - -",
    "<173>1 2026-11-23T10:36:23Z fs01 app - - x m",
    "<173>1 not-a-time fs01 app - - - m",
    "[2026/11/23 10:35:46.837812",
    "[2026-11-23 10:35:46.837812,  1] x",
    "[not a time at all, but long enough,  1] x",
    "#################################",
};

static void other_lines_are_left_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        ash_envelope_cache c;
        ash_envelope_cache_init(&c);
        ash_envelope e;
        memset(&e, 0xa5, sizeof e);
        ash_envelope before = e;
        if (ash_envelope_parse(&c, ash_view_z(bad[i]), &e))
            fail_msg("taken: %s", bad[i]);
        assert_memory_equal(&e, &before, sizeof e);
    }
}

/* A cache that was never filled must not match bytes that happen to be zero. */
static void nul_bytes_are_no_time(void **state)
{
    (void)state;
    static const char rfc5424[] = "<13>1 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0Z host app - - - m";
    static const char raw[] = "<13>\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0 host tag: m";
    ash_envelope_cache c;
    ash_envelope e;
    ash_envelope_cache_init(&c);
    assert_false(ash_envelope_parse(&c, ASH_VIEW_LIT(rfc5424), &e));
    assert_false(ash_envelope_parse(&c, ASH_VIEW_LIT(raw), &e));
}

static void no_front_part_of_a_line_is_read_beyond_its_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        size_t whole = strlen(good[i].line);
        for (size_t n = 0; n <= whole; n++) {
            /* Its own allocation: a sanitizer sees the byte behind it. */
            char *copy = malloc(n + (n == 0));
            assert_non_null(copy);
            memcpy(copy, good[i].line, n);
            ash_envelope_cache c;
            ash_envelope e;
            ash_envelope_cache_init(&c);
            if (ash_envelope_parse(&c, ash_view_of(copy, n), &e)) {
                assert_true(e.message.n <= n);
                assert_true(e.host.n + e.tag.n <= n + sizeof "smbd");
            }
            free(copy);
        }
    }
}

/* A message that looks like a wrapping stays a message. */
static void only_the_outer_wrapping_is_taken_off(void **state)
{
    (void)state;
    const wrapped twice = {"2026-11-23T10:36:23+09:00 fs01 smbd_audit: "
                           "2020-01-01T00:00:00+00:00 evil t: kato|x",
                           ASH_ENVELOPE_ISO, "2026-11-23T01:36:23.000000+00:00", 32400, "fs01",
                           "smbd_audit", "2020-01-01T00:00:00+00:00 evil t: kato|x"};
    ash_envelope_cache c;
    ash_envelope_cache_init(&c);
    expect_wrapped(&c, &twice);
}

static void kinds_have_names(void **state)
{
    (void)state;
    for (int k = 0; k < ASH_ENVELOPE_KINDS; k++)
        assert_true(strlen(ash_envelope_name((ash_envelope_kind)k)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_taken_apart),
        cmocka_unit_test(cache_changes_nothing),
        cmocka_unit_test(other_lines_are_left_alone),
        cmocka_unit_test(nul_bytes_are_no_time),
        cmocka_unit_test(no_front_part_of_a_line_is_read_beyond_its_end),
        cmocka_unit_test(only_the_outer_wrapping_is_taken_off),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
