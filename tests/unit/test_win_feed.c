/* Sources win-xml and win-json from the bytes of an input: what is a record,
 * what is made of damaged ones, what is whose. */
#include "base/buf.h"
#include "base/limits.h"
#include "decode.h"

#define XML(name)                                                                              \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"            \
    "<EventID>5145</EventID><TimeCreated SystemTime='2021-05-18T04:51:56.9165638Z'/>"          \
    "<EventRecordID>1</EventRecordID><Channel>Security</Channel><Computer>fs1</Computer>"      \
    "</System><EventData><Data Name='SubjectUserName'>kato</Data>"                             \
    "<Data Name='ShareName'>\\\\*\\data</Data><Data Name='RelativeTargetName'>" name "</Data>" \
    "<Data Name='AccessMask'>0x1</Data></EventData></Event>"
#define JSON(name)                                                                             \
    "{\"EventID\":5145,\"Channel\":\"Security\",\"EventTime\":\"2021-05-18 04:51:56\","        \
    "\"Hostname\":\"fs1\",\"SubjectUserName\":\"kato\",\"ShareName\":\"\\\\\\\\*\\\\data\","   \
    "\"RelativeTargetName\":\"" name "\",\"AccessMask\":\"0x1\"}"
#define PRETTY(name)                                                                           \
    "  {\n    \"Event\": {\n      \"System\": {\n        \"EventID\": 5145,\n"                 \
    "        \"TimeCreated\": {\n          \"#attributes\": {\n"                               \
    "            \"SystemTime\": \"2021-05-18T04:51:56Z\"\n          }\n        },\n"          \
    "        \"Channel\": \"Security\"\n      },\n      \"EventData\": {\n"                    \
    "        \"ShareName\": \"\\\\\\\\*\\\\data\",\n        \"AccessMask\": \"0x1\",\n"        \
    "        \"RelativeTargetName\": \"" name "\"\n      }\n    }\n  }"

/* Paths of the events and the counts that are not 0: "a b bad-xml=1". */
static void outcome(const decoder *d, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < d->batch.n; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%.*s", n > 0 ? " " : "",
                              (int)d->batch.events[i].path.n, d->batch.events[i].path.p);
    for (int r = 0; r < ASH_REASON_COUNT; r++)
        if (d->batch.counts[r] > 0)
            n += (size_t)snprintf(out + n, size - n, "%s%s=%llu", n > 0 ? " " : "",
                                  ash_reason_name((ash_reason)r),
                                  (unsigned long long)d->batch.counts[r]);
}

typedef struct feed_case {
    const char *text, *want;
    uint64_t records;
} feed_case;

static void run(const char *source, const char *sample, const feed_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        decoder d;
        char got[512];
        ash_view v = ash_view_z(cases[i].text);
        decoder_open(&d, source, ash_view_z(sample), NULL);
        assert_int_equal(decoder_feed(&d, v, 1000, true), v.n);
        outcome(&d, got, sizeof got);
        if (strcmp(got, cases[i].want) != 0 || d.batch.records != cases[i].records)
            fail_msg("%s\ngot %s, %llu records; expected %s", cases[i].text, got,
                     (unsigned long long)d.batch.records, cases[i].want);
        /* An event's place is that of its own text. */
        for (size_t k = 0; k < d.batch.n; k++) {
            const ash_event *e = &d.batch.events[k];
            ash_view own = ash_view_first(ash_view_skip(v, e->offset - 1000), e->length);
            bool xml = source[4] == 'x';
            assert_true(ash_view_starts(own, ash_view_z(xml ? "<Event" : "{")));
            assert_true(ash_view_ends(own, ash_view_z(xml ? "</Event>" : "}")));
        }
        decoder_close(&d);
    }
}

static void xml_records(void **state)
{
    (void)state;
    static const feed_case cases[] = {
        {"", "", 0},
        {"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Events>" XML("a") XML("b") "\n</Events>\n",
         "a b", 2},
        {"evtxexport 20181227\n\n" XML("a") "\n\n" XML("b") "\n\n", "a b", 2},
        {"Record 1\n<?xml version=\"1.0\"?>\n" XML("a") "\nRecord 2\n" XML("b") "\n", "a b", 2},
        {"<EventsX/><Event.x><Eventx>" XML("a"), "a", 1},
        /* a log that was cut: its beginning, its end, a hole in it */
        {"ame='x'>a</Data></EventData></Event>" XML("b"), "b cut-off=1", 2},
        {XML("a") "<Event xmlns='x'><System><EventID>", "a cut-off=1", 2},
        {XML("a") "<Event>", "a cut-off=1", 2},
        {XML("a") "<Event xmlns='x'><System>" XML("b"), "a b cut-off=1", 3},
        {"</Event></Event>" XML("a") "</Event>", "a cut-off=3", 4},
        {XML("a") "<Event><a></b></Event>" XML("c"), "a c bad-xml=1", 3},
        {XML("a\x02"), "a\xef\xbf\xbd bad-text=1", 1},
        {XML("a") "<Event><System><EventID>1</EventID><Channel>System</Channel></System></Event>",
         "a foreign=1", 2},
        /* An event of ours without what it should have. */
        {"<Event><System><EventID>5145</EventID><Channel>Security</Channel></System></Event>",
         "no-time=1", 1},
        /* Names cannot begin or end an event. */
        {XML("x&lt;/Event&gt;&lt;Event&gt;y"), "x</Event><Event>y", 1},
    };
    run("win-xml", XML("sample"), cases, COUNT(cases));
}

static void json_lines(void **state)
{
    (void)state;
    static const feed_case cases[] = {
        {"", "", 0},
        {JSON("a") "\n" JSON("b") "\r\n\n" JSON("c"), "a b c", 3},
        {"\xef\xbb\xbf[\n" JSON("a") ",\n  " JSON("b") "\n]\n", "a b", 2},
        {"[" JSON("a") "\n," JSON("b") "]", "a b", 2},
        {JSON("a") "," JSON("b") JSON("c") "\n", "a b c", 3},
        /* A line takes no other with it. */
        {JSON("a") "\n{\"EventID\":5145,\"x\":\"\n" JSON("b") "\n", "a b cut-off=1", 3},
        {JSON("a") "\n{\"EventID\":5145,\"x\":}\n" JSON("b") "\n", "a b bad-json=1", 3},
        {JSON("a") "\nName\":\"x\"}\n" JSON("b") "\n", "a b foreign=1", 3},
        {JSON("a") "\n{\"EventID\":5145", "a cut-off=1", 2},
        {JSON("a") "\n{\"a\":1}\n[1,2]\nnull\n", "a foreign=3", 4},
        {"{\"a\":" JSON("a") "}\n", "foreign=1", 1},
        {JSON("a") " {\"b\":,} " JSON("c") "\n", "a c bad-json=1", 3},
        {JSON("a") ",{\"b\":,}," JSON("c") "\n", "a c bad-json=1", 3},
        /* A name cannot begin or end an event. */
        {JSON("x\\\"},{\\\"EventID\\\":5145}"), "x\"},{\"EventID\":5145}", 1},
    };
    run("win-json", JSON("sample") "\n", cases, COUNT(cases));
}

static void json_objects_over_lines(void **state)
{
    (void)state;
    static const feed_case cases[] = {
        {"[\n" PRETTY("a") ",\n" PRETTY("b") "\n]\n", "a b", 2},
        {"[" JSON("a") "," JSON("b") ", " JSON("c") "]", "a b c", 3},
        {PRETTY("a") "\n" PRETTY("b"), "a b", 2},
        {PRETTY("a") ",\n  {\n    \"x\": tru,\n    \"y\": {\"z\":1}\n  },\n" PRETTY("b"), "a b bad-json=1", 3},
        {PRETTY("a") ",\n  {\n    \"x\": \"torn\n" PRETTY("b"), "a b bad-json=1", 3},
        {PRETTY("a") ",\n  {\n    \"x\": 1,\n" PRETTY("b"), "a b bad-json=1", 3},
        {"      }\n    }\n  },\n" PRETTY("b"), "b foreign=1", 2},
        {PRETTY("a") ",\n  {\n    \"x\": {", "a cut-off=1", 2},
        {"[" JSON("a") ",{\"b\":,}," JSON("c") "]", "a c bad-json=1", 3},
        {"[" JSON("a") ",{\"b\":,}", "a bad-json=1", 2},
    };
    run("win-json", "[\n" PRETTY("sample") "\n]\n", cases, COUNT(cases));
    run("win-json", "[" JSON("x") "," JSON("y") "]\n", cases, COUNT(cases));
}

/* --- size -------------------------------------------------------------- */

/* Of a record that is too long, of every kind there is. */
static void long_records_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *source, *sample, *begin, *end, *next;
        unsigned bad, next_events;
    } cases[] = {
        {"win-xml", XML("x"), "<Event><System>", "</System></Event>", XML("b"), 1, 1},
        {"win-json", JSON("x") "\n", "{\"a\":\"", "\"}\n", JSON("b") "\n", 1, 1},
        {"win-json", "[" JSON("x") "," JSON("y") "]", "{\"a\":\"", "\"},", JSON("b"), 1, 1},
        {"win-json", PRETTY("x"), "{\n\"a\":\"", "\"}\n", PRETTY("b"), 1, 1},
    };
    size_t lengths[] = {ASH_RECORD_MAX - 64, ASH_RECORD_MAX + 1, 10u << 20};
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t k = 0; k < COUNT(lengths); k++) {
            decoder d;
            ash_buf b;
            ash_buf_init(&b, 32u << 20);
            ash_buf_add_z(&b, cases[i].begin);
            for (size_t n = 0; n < lengths[k]; n += 8)
                ash_buf_add(&b, "&<[{\\\\,}", 8);
            /* Only XML minds what is inside. */
            for (size_t n = strlen(cases[i].begin); cases[i].source[4] == 'x' && n < b.n; n++)
                b.p[n] = 'x';
            ash_buf_add_z(&b, cases[i].end);
            ash_buf_add_z(&b, cases[i].next);
            decoder_open(&d, cases[i].source, ash_view_z(cases[i].sample), NULL);
            assert_int_equal(decoder_feed(&d, ash_buf_view(&b), 0, true), b.n);
            assert_int_equal(d.batch.n, 1);
            assert_int_equal(d.batch.records, 2);
            bool is_long = lengths[k] > ASH_RECORD_MAX;
            assert_int_equal(d.batch.counts[ASH_REASON_TOO_LONG], is_long);
            assert_int_equal(d.batch.counts[ASH_REASON_FOREIGN], !is_long);
            /* Where a block ends in it, the next record is found again. */
            ash_view tail = ash_view_skip(ash_buf_view(&b), b.n / 2);
            size_t at = d.profile.source->resync(&d.profile, tail);
            assert_true(at > 0);
            decoder_feed(&d, ash_view_skip(tail, at), 0, true);
            assert_int_equal(d.batch.n, 1);
            assert_int_equal(d.batch.records, 1);
            decoder_close(&d);
            ash_buf_free(&b);
        }
}

/* Time must not grow faster than the input: many beginnings without an end. */
static void nothing_takes_long(void **state)
{
    (void)state;
    static const struct {
        const char *source, *sample, *unit;
    } cases[] = {
        {"win-xml", XML("x"), "<Event>"},
        {"win-xml", XML("x"), "<Event"},
        {"win-xml", XML("x"), "<"},
        {"win-xml", XML("x"), "</Event>"},
        {"win-xml", XML("x"), "</Event"},
        {"win-json", PRETTY("x"), "{"},
        {"win-json", PRETTY("x"), "{\"a\":"},
        {"win-json", PRETTY("x"), "{\"a\":},"},
        {"win-json", PRETTY("x"), "}"},
        {"win-json", PRETTY("x"), "\n{"},
        {"win-json", PRETTY("x"), "\n{\"a\":\""},
        {"win-json", PRETTY("x"), "},{"},
        {"win-json", PRETTY("x"), " ,"},
        {"win-json", PRETTY("x"), "\""},
        {"win-json", PRETTY("x"), "\\"},
        {"win-json", JSON("x") "\n", "{\"a\":["},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        decoder d;
        ash_buf b;
        ash_buf_init(&b, 8u << 20);
        while (b.n < (SLOW ? 1u << 18 : 1u << 20))
            ash_buf_add_z(&b, cases[i].unit);
        decoder_open(&d, cases[i].source, ash_view_z(cases[i].sample), NULL);
        assert_int_equal(decoder_feed(&d, ash_buf_view(&b), 0, true), b.n);
        assert_int_equal(d.batch.n, 0);
        size_t cut = d.profile.source->cut(&d.profile, ash_buf_view(&b));
        size_t next = d.profile.source->resync(&d.profile, ash_buf_view(&b));
        assert_true(cut <= b.n && next < b.n);
        decoder_close(&d);
        ash_buf_free(&b);
    }
}

/* --- whose it is -------------------------------------------------------- */

static void every_format_is_told_from_the_others(void **state)
{
    (void)state;
    static const struct {
        const char *source, *format, *text;
    } inputs[] = {
        {"win-xml", "Windows event XML", XML("a")},
        {"win-xml", "Windows event XML", "2021-06-08T16:28:31.123Z " XML("a") "\n"},
        {"win-xml", "Windows event XML", "<13>Nov 23 10:00:00 fs1 x: " XML("a") "\n"},
        {"win-xml", "NetApp ONTAP event XML",
         "<Event><System><Provider Name='NetApp-Security-Auditing'/><EventID>4656</EventID></System></Event>"},
        /* all of another channel: still Windows events */
        {"win-xml", "Windows event XML",
         "<Event><System><EventID>1</EventID><TimeCreated SystemTime='2021-05-18T04:51:56Z'/>"
         "<Channel>System</Channel></System></Event>"},
        {"win-json", "Windows events in JSON, NXLog", JSON("a") "\n"},
        {"win-json", "Windows events in JSON, NXLog", JSON("a")},
        {"win-json", "Windows events in JSON, NXLog", "[" JSON("a") "]"},
        {"win-json", "Windows events in JSON, evtx_dump", "[\n" PRETTY("a") "\n]\n"},
        {"win-json", "Windows events in JSON, NXLog", "torn\":1}\n" JSON("a") "\n" JSON("b") "\n"},
        /* XML inside of JSON has JSON's escapes */
        {NULL, NULL, "{\"message\":\"" XML("a") "\"}\n"},
        {NULL, NULL, "[{\"message\":\"" XML("a") "\"}]\n"},
        {NULL, NULL, "<Events><Event/></Events>"},
        {NULL, NULL, "<html><Event >x</Event></html>"},
        {NULL, NULL, "{\"EventID\":1}\n"},
        {"journal-json", NULL,
         "{\"__REALTIME_TIMESTAMP\":\"1795453904226256\",\"_HOSTNAME\":\"fs01\",\"SYSLOG_IDENTIFIER\":"
         "\"smbd_audit\",\"MESSAGE\":\"kato|10.0.0.5|pc|data|pread_recv|ok|/s/a\"}\n"},
        /* names cannot make another source of it */
        {"journal-json", NULL,
         "{\"__REALTIME_TIMESTAMP\":\"1795453904226256\",\"_HOSTNAME\":\"fs01\",\"SYSLOG_IDENTIFIER\":"
         "\"smbd_audit\",\"MESSAGE\":\"kato|10.0.0.5|pc|data|pread_recv|ok|/s/{\\\"EventID\\\":4663,"
         "\\\"EventTime\\\":\\\"2021-05-18 00:51:56\\\"}\"}\n"},
        {"samba", NULL,
         "2026-11-23T10:36:23.662552+09:00 fs01 smbd_audit: kato|10.0.0.5|pc|data|pread_recv|ok|"
         "/s/<Event ><System><EventID>4663\n"},
        {"samba", NULL,
         "{\"timestamp\":\"2026-11-23T10:36:23.662552+0900\",\"type\":\"Authentication\","
         "\"Authentication\":{\"version\":{\"major\":1,\"minor\":2},\"eventId\":4624,\"status\":"
         "\"NT_STATUS_OK\",\"remoteAddress\":\"ipv4:127.0.0.24:39245\",\"clientAccount\":\"kato\"}}\n"},
    };
    for (size_t i = 0; i < COUNT(inputs); i++) {
        ash_error err = {0};
        ash_profile p = {0};
        const ash_source_options options = {0};
        ash_view v = ash_view_z(inputs[i].text);
        int rc = ash_source_probe(&v, 1, &options, &p, &err);
        if (inputs[i].source == NULL ? rc != ASH_E_NOTFOUND
                                     : rc != 0 || strcmp(p.source->name, inputs[i].source) != 0)
            fail_msg("%s: taken by %s", inputs[i].text, rc == 0 ? p.source->name : "none");
        if (inputs[i].format != NULL)
            assert_string_equal(p.format, inputs[i].format);
        ash_profile_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_records),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(json_objects_over_lines),
        cmocka_unit_test(long_records_are_counted),
        cmocka_unit_test(nothing_takes_long),
        cmocka_unit_test(every_format_is_told_from_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
