/* full_audit prefixes: as configured, and inferred from what stands in the log. */
#include "decode.h"
#include "base/buf.h"
#include "source/samba_prefix.h"

/* --- addresses --------------------------------------------------------- */

static void addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"10.0.0.5", "255.255.255.255", "::1", "fe80::1",
                                       "fe80::1%eth0", "::ffff:10.0.0.5",
                                       "2001:0db8:0000:0000:0000:ff00:0042:8329"};
    static const char *const bad[] = {"", "1", "10.0.0", "10.0.0.256", "10.0.0.5 ", "kato", "fe80",
                                      "ipv4:10.0.0.5", "10.0.0.5:445", "1.2.3.4.5", ":::",
                                      "2001:0db8:0000:0000:0000:ff00:0042:8329:1:1:1:1:1:1:1:1"};
    for (size_t i = 0; i < COUNT(good); i++)
        if (!ash_is_address(ash_view_z(good[i])))
            fail_msg("no address: %s", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (ash_is_address(ash_view_z(bad[i])))
            fail_msg("an address: %s", bad[i]);
}

/* --- configured -------------------------------------------------------- */

static void expect_match(const char *template, const char *prefix, const char *account,
                         const char *client, const char *workstation, const char *share)
{
    ash_prefix_template t;
    ash_error err = {0};
    ash_origin o;
    ASSERT_OK(ash_prefix_parse(template, &t, &err));
    assert_true(t.configured);
    if (!ash_prefix_match(&t, ash_view_z(prefix), &o))
        fail_msg("%s does not fit %s", prefix, template);
    EXPECT_VIEW(o.account, account);
    EXPECT_VIEW(o.client, client);
    EXPECT_VIEW(o.workstation, workstation);
    EXPECT_VIEW(o.share, share);
}

static void configured_prefixes_match(void **state)
{
    (void)state;
    expect_match("%u|%I|%m|%S", "kato|10.0.0.5|pc01|data", "kato", "10.0.0.5", "pc01", "data");
    expect_match("%u|%I|%m|%S", "kato|10.0.0.5||data", "kato", "10.0.0.5", "", "data");
    expect_match("%u|%I|%m|%S", "|10.0.0.5||", "", "10.0.0.5", "", "");
    expect_match("%u|%I|%m|%S", "kato|10.0.0.5|pc01|IPC_", "kato", "10.0.0.5", "pc01", "IPC$");
    expect_match("%u|%I", "EXAMPLE\\kato|fe80::1", "EXAMPLE\\kato", "fe80::1", "", "");
    expect_match("IP=%I|USER=%u|MACHINE=%m|VOLUME=%S", "IP=10.0.0.5|USER=a b|MACHINE=x|VOLUME=d",
                 "a b", "10.0.0.5", "x", "d");
    expect_match("user=%u ip=%I share=%S", "user=kato ip=10.0.0.5 share=data", "kato", "10.0.0.5", "",
                 "data");
    expect_match("監査|%u|%I", "監査|加藤|10.0.0.5", "加藤", "10.0.0.5", "", "");
    expect_match("%T|%u|%I", "2026/11/24 02:07:12|kato|10.0.0.5", "kato", "10.0.0.5", "", "");
    expect_match("[%u]", "[kato]", "kato", "", "", "");
    /* %u is the account in effect, %U the one asked for: the first counts. */
    expect_match("%U|%u|%I", "guest|nobody|10.0.0.5", "nobody", "10.0.0.5", "", "");
    expect_match("%U|%I", "guest|10.0.0.5", "guest", "10.0.0.5", "", "");
    /* %M stands for the client where there is no %I. */
    expect_match("%u|%M", "kato|pc01.example.jp", "kato", "pc01.example.jp", "", "");
    expect_match("%u|%M|%I", "kato|pc01.example.jp|10.0.0.5", "kato", "10.0.0.5", "", "");
}

static void prefixes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"%u|%I|%m|%S", "kato|10.0.0.5|pc01"},       {"%u|%I|%m|%S", "10.0.0.5|kato|pc01|data"},
        {"%u|%I|%m|%S", ""},                         {"%u|%I|%m|%S", "kato"},
        {"IP=%I|USER=%u", "USER=kato|IP=10.0.0.5"},  {"監査|%u|%I", "kansa|kato|10.0.0.5"},
        {"[%u]", "[kato"},                           {"[%u]", "[kato] "},
        {"%u|%I", "kato|pc01"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        ash_prefix_template t;
        ash_error err = {0};
        ash_origin o = {.account = ASH_VIEW_LIT("untouched")};
        ASSERT_OK(ash_prefix_parse(wrong[i][0], &t, &err));
        if (ash_prefix_match(&t, ash_view_z(wrong[i][1]), &o))
            fail_msg("%s fits %s", wrong[i][1], wrong[i][0]);
        EXPECT_VIEW(o.account, "untouched");
    }
}

static void impossible_prefixes_are_refused(void **state)
{
    (void)state;
    char many[3 * 25 + 1] = "", longest[300];
    for (int i = 0; i < 25; i++)
        memcpy(many + 3 * i, "%u|", 3);
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "%u|", 3);
    longest[sizeof longest - 1] = '\0';
    const char *const bad[] = {"", "kato", "|", "%", "100%", "%u%I", "%u|%I%m", many, longest};
    for (size_t i = 0; i < COUNT(bad); i++) {
        ash_prefix_template t = {.n_vars = 77};
        ash_error err = {0};
        if (ash_prefix_parse(bad[i], &t, &err) != ASH_E_USAGE)
            fail_msg("taken: %s", bad[i]);
        assert_true(strlen(err.msg) > 0);
        assert_int_equal(t.n_vars, 77);
    }
}

/* --- inferred ---------------------------------------------------------- */

static const struct person {
    const char *account, *client, *workstation, *share, *id;
} people[] = {
    {"kato", "10.0.0.5", "pc01", "data", "57"},
    {"suzuki", "10.0.0.6", "note-7", "data", "61"},
    {"watanabe.t", "10.0.0.66", "", "archive", "62"},
    {"svc_backup", "10.0.0.9", "bk01", "data", "63"},
};

static void add_substitution(ash_buf *b, char c, const struct person *p, bool ipc)
{
    switch (c) {
    case 'u':
    case 'U': ash_buf_add_z(b, p->account); break;
    case 'I':
    case 'M': ash_buf_add_z(b, p->client); break;
    case 'i': ash_buf_add_z(b, "10.0.0.1"); break;
    case 'm': ash_buf_add_z(b, p->workstation); break;
    case 'S': ash_buf_add_z(b, ipc ? "IPC_" : p->share); break;
    case 'P': ash_buf_add_z(b, ipc ? "/tmp" : "/srv/share"); break;
    case 'p': ash_buf_add_z(b, "/srv/share"); break;
    case 'L':
    case 'h': ash_buf_add_z(b, "fs01"); break;
    case 'R': ash_buf_add_z(b, "SMB3_11"); break;
    case 'a': ash_buf_add_z(b, "Vista"); break;
    case 'T': ash_buf_add_z(b, "2026/11/24 02:07:12"); break;
    case 'D': ash_buf_add_z(b, "EXAMPLE"); break;
    case 'G': ash_buf_add_z(b, "shain"); break;
    case 'd': ash_buf_add_z(b, p->id); break;
    default: fail_msg("no substitution %%%c", c);
    }
}

static void add_prefix(ash_buf *b, const char *template, const struct person *p, bool ipc)
{
    for (const char *c = template; *c != '\0'; c++) {
        if (*c == '%')
            add_substitution(b, *++c, p, ipc);
        else
            ash_buf_add_c(b, *c);
    }
}

static void add_record(ash_buf *b, const char *template, const struct person *p, bool ipc,
                       const char *what)
{
    ash_buf_add_z(b, "2026-11-24T02:07:12.809893+09:00 fs01 smbd_audit: ");
    add_prefix(b, template, p, ipc);
    ash_buf_addf(b, "|%s\n", what);
}

static void make_log(ash_buf *log, const char *template, bool connects)
{
    char connect[64];
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(people); i++) {
            const struct person *p = &people[i];
            snprintf(connect, sizeof connect, "connect|ok|%s", p->share);
            if (connects)
                add_record(log, template, p, true, "connect|ok|IPC$");
            if (connects)
                add_record(log, template, p, false, connect);
            add_record(log, template, p, false, "openat|ok|r|/srv/share/a");
            add_record(log, template, p, false, "pread_recv|ok|/srv/share/a");
        }
    }
}

typedef struct shape_case {
    const char *template;
    bool account, client, workstation, share; /* must be found */
    bool without_connects;                    /* also from a log without connect records */
} shape_case;

/* prefixes found in public repositories, and those of tests/captures */
static const shape_case shapes[] = {
    {"%u|%I|%m|%S", true, true, true, true, true},
    {"%u|%I|%S", true, true, false, true, true},
    {"%u|%I", true, true, false, false, true},
    {"%U|%I|%S", true, true, false, true, true},
    {"%u|%S", true, false, false, true, false},
    {"%u|%U|%S|%P", true, false, false, true, false},
    {"%u|%I|%m|%p|%P|%S", true, true, true, true, true},
    {"%U|%I|%i|%m|%S|%L|%R|%a|%T|%D", true, true, true, true, false},
    {"IP=%I|USER=%u|MACHINE=%m|VOLUME=%S", true, true, true, true, true},
    {"%I|%u|%S", true, true, false, true, true},
    {"user=%u ip=%I share=%S", true, true, false, true, true},
    {"監査|%u|%I|%S", true, true, false, true, true},
    {"%T|%u|%U|%G|%I|%i|%m|%M|%S|%P|%d|%R|%a|%D", true, true, true, true, false},
};

static void expect_inferred(const shape_case *s, bool connects)
{
    ash_buf log;
    decoder d;
    ash_buf_init(&log, 1u << 20);
    make_log(&log, s->template, connects);
    decode_bytes(&d, ash_buf_view(&log), NULL);
    size_t per_person = connects ? 4 : 2;
    assert_int_equal(d.batch.n, 3 * COUNT(people) * per_person);
    for (size_t i = 0; i < d.batch.n; i++) {
        const struct person *p = &people[i / per_person % COUNT(people)];
        const ash_origin *o = origin_of(&d, i);
        bool ipc = connects && i % 4 == 0;
        if ((s->account && !ash_view_is(o->account, p->account)) ||
            (s->client && !ash_view_is(o->client, p->client)) ||
            (s->workstation && !ash_view_is(o->workstation, p->workstation)) ||
            (s->share && !ash_view_is(o->share, ipc ? "IPC$" : p->share)))
            fail_msg("%s, %s connects: record %zu: account %.*s client %.*s workstation %.*s share "
                     "%.*s; %s",
                     s->template, connects ? "with" : "without", i, (int)o->account.n,
                     o->account.p, (int)o->client.n, o->client.p, (int)o->workstation.n,
                     o->workstation.p, (int)o->share.n, o->share.p, d.profile.remarks);
    }
    decoder_close(&d);
    ash_buf_free(&log);
}

static void prefixes_in_the_wild_are_inferred(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++)
        expect_inferred(&shapes[i], true);
}

static void they_are_inferred_without_connect_records_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++)
        if (shapes[i].without_connects)
            expect_inferred(&shapes[i], false);
}

/* "%I|%m|%S" has no account: nothing tells it from "%I|%u|%S", so it is said. */
static void a_prefix_with_two_readings_is_called_ambiguous(void **state)
{
    (void)state;
    ash_buf log;
    decoder d;
    ash_buf_init(&log, 1u << 20);
    make_log(&log, "%I|%m|%S", true);
    decode_bytes(&d, ash_buf_view(&log), NULL);
    assert_non_null(strstr(d.profile.remarks, "could also be a workstation"));
    decoder_close(&d);
    decode_bytes(&d, ash_buf_view(&log), "%I|%m|%S");
    assert_null(strstr(d.profile.remarks, "could also be a workstation"));
    EXPECT_VIEW(origin_of(&d, 2)->account, "");
    EXPECT_VIEW(origin_of(&d, 2)->workstation, "pc01");
    decoder_close(&d);
    ash_buf_free(&log);
}

static void a_constant_prefix_is_no_reason_to_lose_records(void **state)
{
    (void)state;
    ash_buf log;
    decoder d;
    ash_buf_init(&log, 1u << 20);
    make_log(&log, "P1-06", false);
    decode_bytes(&d, ash_buf_view(&log), NULL);
    assert_int_equal(d.batch.n, 24);
    EXPECT_VIEW(d.batch.events[1].path, "/srv/share/a");
    EXPECT_VIEW(origin_of(&d, 1)->client, "");
    EXPECT_VIEW(origin_of(&d, 1)->share, "");
    decoder_close(&d);
    ash_buf_free(&log);
}

static void shares_with_different_prefixes_may_stand_in_one_log(void **state)
{
    (void)state;
    ash_buf log;
    decoder d;
    ash_buf_init(&log, 1u << 20);
    make_log(&log, "%u|%I|%m|%S", true);
    make_log(&log, "IP=%I|USER=%u|MACHINE=%m|VOLUME=%S", true);
    decode_bytes(&d, ash_buf_view(&log), NULL);
    assert_int_equal(d.batch.n, 96);
    for (size_t i = 0; i < 48; i++) {
        EXPECT_VIEW(origin_of(&d, i)->account, people[i / 4 % 4].account);
        EXPECT_VIEW(origin_of(&d, i + 48)->account, people[i / 4 % 4].account);
        /* one actor, whichever share's prefix names it */
        assert_int_equal(d.batch.events[i].origin, d.batch.events[i + 48].origin);
    }
    decoder_close(&d);
    ash_buf_free(&log);
}

/* --- a wrong configuration --------------------------------------------- */

static void a_wrong_configured_prefix_is_counted_not_believed(void **state)
{
    (void)state;
    ash_buf log;
    decoder d;
    ash_buf_init(&log, 1u << 20);
    make_log(&log, "%u|%I|%m|%S", true);
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%S");
    assert_int_equal(d.batch.n, 48);
    assert_int_equal(d.batch.counts[ASH_REASON_PREFIX_MISMATCH], 48); /* every record, not once */
    EXPECT_VIEW(origin_of(&d, 0)->account, "kato");
    EXPECT_VIEW(origin_of(&d, 0)->client, "10.0.0.5");
    assert_string_equal(d.batch.notes[0].detail, "prefix has 4 fields, configured 3");
    decoder_close(&d);
    /* As many fields, other order: the address is where no address can be. */
    decode_bytes(&d, ash_buf_view(&log), "%I|%u|%m|%S");
    assert_int_equal(d.batch.counts[ASH_REASON_PREFIX_MISMATCH], 48);
    EXPECT_VIEW(origin_of(&d, 0)->account, "kato");
    decoder_close(&d);
    ash_buf_free(&log);
}

static void a_single_prefix_is_inferred_as_well_as_can_be(void **state)
{
    (void)state;
    static const char *const prefixes[] = {"kato|10.0.0.5|pc|data", "", "|", "||||", "=", "=|=",
                                           "a=b c=d", "10.0.0.5", "10.0.0.5|10.0.0.6"};
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        ash_prefix_template t;
        ash_origin o;
        ash_prefix_infer_one(ash_view_z(prefixes[i]), &t);
        if (!ash_prefix_match(&t, ash_view_z(prefixes[i]), &o))
            fail_msg("%s does not fit what was inferred from it: %s", prefixes[i], t.text);
    }
}

/* 24 fields with 30 characters of key do not fit a template's text. */
static void a_huge_prefix_keeps_to_its_bounds(void **state)
{
    (void)state;
    char prefix[2048] = "";
    ash_prefix_template t;
    ash_origin o;
    for (int i = 0; i < 24; i++)
        sprintf(prefix + strlen(prefix), "%sabcdefghijklmnopqrstuvwxyz0%02d=value%d",
                i == 0 ? "" : "|", i, i);
    ash_prefix_infer_one(ash_view_z(prefix), &t);
    assert_true(strlen(t.text) < sizeof t.text);
    assert_true(t.n_vars <= ASH_PREFIX_FIELDS_MAX);
    (void)ash_prefix_match(&t, ash_view_z(prefix), &o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(configured_prefixes_match),
        cmocka_unit_test(prefixes_that_do_not_fit_are_refused),
        cmocka_unit_test(impossible_prefixes_are_refused),
        cmocka_unit_test(prefixes_in_the_wild_are_inferred),
        cmocka_unit_test(they_are_inferred_without_connect_records_too),
        cmocka_unit_test(a_prefix_with_two_readings_is_called_ambiguous),
        cmocka_unit_test(a_constant_prefix_is_no_reason_to_lose_records),
        cmocka_unit_test(shares_with_different_prefixes_may_stand_in_one_log),
        cmocka_unit_test(a_wrong_configured_prefix_is_counted_not_believed),
        cmocka_unit_test(a_single_prefix_is_inferred_as_well_as_can_be),
        cmocka_unit_test(a_huge_prefix_keeps_to_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
