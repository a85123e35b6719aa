/* journalctl -o export and -o json. */
#include "base/buf.h"
#include "base/limits.h"
#include "base/time.h"
#include "decode.h"

#define MESSAGE "kato|10.0.0.5|pc|data|pread_recv|ok|/s/"
#define HEAD(us)                                                                          \
    "__CURSOR=s=1;i=3d\n__REALTIME_TIMESTAMP=" us "\n_HOSTNAME=fs01\nPRIORITY=5\n"        \
    "SYSLOG_IDENTIFIER=smbd_audit\n"
#define ENTRY(us, message) HEAD(us) "MESSAGE=" message "\n\n"

/* A field whose value may hold anything. */
static void add_binary(ash_buf *b, const char *name, const void *p, size_t n)
{
    ash_buf_addf(b, "%s\n", name);
    for (int i = 0; i < 8; i++)
        ash_buf_add_c(b, (char)((uint64_t)n >> 8 * i & 0xff));
    ash_buf_add(b, p, n);
    ash_buf_add_c(b, '\n');
}

static void decode_export(decoder *d, ash_view v)
{
    decoder_open(d, "journal-export", v, NULL);
    assert_int_equal(decoder_feed(d, v, 0, true), v.n);
}

static void export_entries(void **state)
{
    (void)state;
    static const char text[] = ENTRY("1795453904226256", MESSAGE "a") ENTRY("1795453905000000",
                                                                           MESSAGE "b");
    decoder d;
    char when[ASH_TIME_TEXT];
    ash_zone utc = ash_zone_fixed(0);
    decode_export(&d, ASH_VIEW_LIT(text));
    assert_int_equal(d.batch.n, 2);
    assert_int_equal(d.batch.records, 2);
    const ash_event *e = &d.batch.events[0];
    assert_string_equal(ash_time_text(when, e->time, &utc, 6), "2026-11-23T17:11:44.226256+00:00");
    assert_int_equal(e->flags, ASH_EVENT_TWIN);
    assert_int_equal(e->op, ASH_OP_READ);
    EXPECT_VIEW(e->path, "/s/a");
    EXPECT_VIEW(origin_of(&d, 0)->server, "fs01");
    assert_int_equal(e->offset, 0);
    assert_int_equal(e->length + d.batch.events[1].length, sizeof text - 1);
    assert_int_equal(d.batch.events[1].offset, e->length);
    decoder_close(&d);
}

static void binary_values_may_hold_anything(void **state)
{
    (void)state;
    static const char message[] = MESSAGE "new\nline\n\n__CURSOR=fake\nMESSAGE=x\n\n\x1b\0end";
    decoder d;
    ash_buf b;
    ash_buf_init(&b, 65536);
    ash_buf_add_z(&b, HEAD("1795453904226256"));
    add_binary(&b, "MESSAGE", message, sizeof message - 1);
    ash_buf_add_z(&b, "\n" ENTRY("1795453905000000", MESSAGE "b"));
    decode_export(&d, ash_buf_view(&b));
    assert_int_equal(d.batch.n, 2);
    assert_int_equal(d.batch.events[0].path.n, sizeof message - 1 - (sizeof MESSAGE - 4));
    EXPECT_VIEW(d.batch.events[1].path, "/s/b");
    decoder_close(&d);
    ash_buf_free(&b);
}

static void the_last_entry_may_lack_its_empty_line(void **state)
{
    (void)state;
    decoder d;
    decode_export(&d, ASH_VIEW_LIT(HEAD("1795453904226256") "MESSAGE=" MESSAGE "a\n"));
    assert_int_equal(d.batch.n, 1);
    decoder_close(&d);
}

static void damaged_entries_are_counted_and_the_next_is_found(void **state)
{
    (void)state;
    static const char good[] = ENTRY("1795453904226256", MESSAGE "a");
    static const struct {
        const char *text;
        size_t n;
    } damages[] = {
#define BAD(t) {t, sizeof(t) - 1}
        BAD("MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffxxxxxxxx\n\n"),   /* longer than anything */
        BAD("MESSAGE\n\x05\0\0\0\0\0\0\0abcdeX\n\n"),                   /* no newline behind */
        BAD("MESSAGE\n\x01\0\0\0\xff\xff\xff\x7f" "a\n\n"),
#undef BAD
    };
    for (size_t i = 0; i < COUNT(damages); i++) {
        decoder d;
        ash_buf b;
        ash_buf_init(&b, 65536);
        ash_buf_add_z(&b, good);
        ash_buf_add_z(&b, HEAD("1795453904226256"));
        ash_buf_add(&b, damages[i].text, damages[i].n);
        ash_buf_add_z(&b, good);
        decode_export(&d, ash_buf_view(&b));
        assert_int_equal(d.batch.counts[ASH_REASON_BAD_ENTRY], 1);
        assert_int_equal(d.batch.notes[0].offset, sizeof good - 1);
        assert_int_equal(d.batch.n, 2);
        assert_int_equal(d.batch.records, 3);
        decoder_close(&d);
        ash_buf_free(&b);
    }
}

static void a_cut_off_entry_is_counted(void **state)
{
    (void)state;
    static const char good[] = ENTRY("1795453904226256", MESSAGE "a");
    static const char half[] = "__CURSOR=s=1;i=3d\n__REALTIME_TI";
    decoder d;
    ash_buf b;
    ash_buf_init(&b, 65536);
    ash_buf_add_z(&b, good);
    ash_buf_add_z(&b, half);
    decode_export(&d, ash_buf_view(&b));
    assert_int_equal(d.batch.n, 1);
    assert_int_equal(d.batch.counts[ASH_REASON_BAD_ENTRY], 1);
    decoder_close(&d);
    ash_buf_free(&b);
}

static void times_are_checked(void **state)
{
    (void)state;
    static const char *const times[] = {"", "12a", "-5", "99999999999999999", "9999999999999999"};
    for (size_t i = 0; i < COUNT(times); i++) {
        decoder d;
        char text[1024];
        snprintf(text, sizeof text,
                 "%s__CURSOR=1\n__REALTIME_TIMESTAMP=%s\n_HOSTNAME=fs01\n"
                 "SYSLOG_IDENTIFIER=smbd_audit\nMESSAGE=" MESSAGE "b\n\n",
                 ENTRY("1795453904226256", MESSAGE "a"), times[i]);
        decode_export(&d, ash_view_z(text));
        assert_int_equal(d.batch.n, 1);
        assert_int_equal(d.batch.counts[ASH_REASON_NO_TIME], 1);
        decoder_close(&d);
    }
}

static void cut_is_at_the_end_of_the_last_whole_entry(void **state)
{
    (void)state;
    static const char one[] = ENTRY("1795453904226256", MESSAGE "a");
    static const char two[] = ENTRY("1795453904226256", MESSAGE "a") ENTRY("1795453905000000",
                                                                          MESSAGE "b");
    decoder d;
    decoder_open(&d, "journal-export", ASH_VIEW_LIT(two), NULL);
    for (size_t n = 0; n <= sizeof two - 1; n++) {
        size_t at = d.profile.source->cut(&d.profile, ash_view_of(two, n));
        size_t whole = n >= sizeof two - 1 ? sizeof two - 1 : n >= sizeof one - 1 ? sizeof one - 1 : 0;
        assert_int_equal(at, whole);
    }
    decoder_close(&d);
}

/* journalctl writes null for a field above 4,096 bytes unless told --all: that
 * is a lost audit record, not a line of another program. */
static void a_message_that_journalctl_left_out_is_no_foreign_line(void **state)
{
    (void)state;
    static const char text[] =
        "{\"__REALTIME_TIMESTAMP\":\"1795453904226256\",\"_HOSTNAME\":\"fs01\","
        "\"SYSLOG_IDENTIFIER\":\"smbd_audit\",\"MESSAGE\":\"" MESSAGE "a\"}\n"
        "{\"__REALTIME_TIMESTAMP\":\"1795453904226256\",\"_HOSTNAME\":\"fs01\","
        "\"SYSLOG_IDENTIFIER\":\"smbd_audit\",\"MESSAGE\":null}\n"
        "{\"__REALTIME_TIMESTAMP\":\"1795453904226256\",\"_HOSTNAME\":\"fs01\","
        "\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":null}\n";
    decoder d;
    decoder_open(&d, "journal-json", ASH_VIEW_LIT(text), NULL);
    decoder_feed(&d, ASH_VIEW_LIT(text), 0, true);
    assert_int_equal(d.batch.n, 1);
    assert_int_equal(d.batch.counts[ASH_REASON_FOREIGN], 1);
    uint64_t skipped = 0;
    for (int i = 0; i < ASH_REASON_COUNT; i++)
        if (ash_reason_kind_of((ash_reason)i) == ASH_KIND_SKIPPED)
            skipped += d.batch.counts[i];
    assert_int_equal(skipped, 1);
    decoder_close(&d);
}

static void json_entries(void **state)
{
    (void)state;
    static const char text[] =
        "{\"__REALTIME_TIMESTAMP\":\"1795453904226256\",\"_HOSTNAME\":\"fs01\","
        "\"SYSLOG_IDENTIFIER\":\"smbd_audit\",\"MESSAGE\":\"" MESSAGE "a\"}\n"
        /* not UTF-8: an array of bytes, here "kato|a|pread|ok|/s/" and two more */
        "{\"MESSAGE\":[107,97,116,111,124,49,48,46,48,46,48,46,53,124,112,99,124,100,97,116,97,124,"
        "112,114,101,97,100,124,111,107,124,47,115,47,131,101],\"_HOSTNAME\":\"fs01\","
        "\"__REALTIME_TIMESTAMP\":\"1795453904226256\",\"SYSLOG_IDENTIFIER\":\"smbd_audit\"}\n"
        "{\"MESSAGE\":\n"
        "{\"__REALTIME_TIMESTAMP\":17,\"MESSAGE\":\"" MESSAGE "c\"}\n";
    decoder d;
    decoder_open(&d, "journal-json", ASH_VIEW_LIT(text), NULL);
    assert_int_equal(decoder_feed(&d, ASH_VIEW_LIT(text), 0, true), sizeof text - 1);
    assert_int_equal(d.batch.n, 2);
    assert_int_equal(d.batch.records, 4);
    assert_int_equal(d.batch.lines, 4);
    EXPECT_VIEW(d.batch.events[0].path, "/s/a");
    EXPECT_VIEW(d.batch.events[1].path, "/s/\x83\x65");
    EXPECT_VIEW(origin_of(&d, 1)->account, "kato");
    assert_int_equal(d.batch.counts[ASH_REASON_BAD_JSON], 1);
    assert_int_equal(d.batch.counts[ASH_REASON_NO_TIME], 1);
    decoder_close(&d);
}

static void other_files_are_not_taken(void **state)
{
    (void)state;
    static const char *const others[] = {"", "{}", "[1,2]", "kato|x", "__CURSOR", "\n\n\n",
                                         "{\"MESSAGE\": \"x\"}\n"};
    for (size_t s = 0; s < ash_n_sources; s++) {
        for (size_t i = 0; i < COUNT(others); i++) {
            const ash_view v = ash_view_z(others[i]);
            const ash_source_options options = {.seed = TEST_SEED};
            ash_profile p = {.source = ash_sources[s], .options = options};
            ash_error err = {0};
            int score = ash_sources[s]->probe(&v, 1, &options, &p, &err);
            if (score != 0)
                fail_msg("%s takes \"%s\"", ash_sources[s]->name, others[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_entries),
        cmocka_unit_test(binary_values_may_hold_anything),
        cmocka_unit_test(the_last_entry_may_lack_its_empty_line),
        cmocka_unit_test(damaged_entries_are_counted_and_the_next_is_found),
        cmocka_unit_test(a_cut_off_entry_is_counted),
        cmocka_unit_test(times_are_checked),
        cmocka_unit_test(cut_is_at_the_end_of_the_last_whole_entry),
        cmocka_unit_test(a_message_that_journalctl_left_out_is_no_foreign_line),
        cmocka_unit_test(json_entries),
        cmocka_unit_test(other_files_are_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
