/* Samba's authentication log: what a logon record says, and records that are
 * damaged or made to hurt. */
#include "base/buf.h"
#include "base/limits.h"
#include "base/time.h"
#include "decode.h"

/* An Authentication record with some members replaced. */
static const char *auth(const char *timestamp, const char *members)
{
    static char text[4][2048];
    static unsigned next;
    char *p = text[next++ % 4];
    snprintf(p, sizeof text[0],
             "  {\"timestamp\": \"%s\", \"type\": \"Authentication\", \"Authentication\": "
             "{\"version\": {\"major\": 1, \"minor\": 2}, \"logonId\": \"0\", %s}}\n",
             timestamp, members);
    return p;
}

#define WHEN "2026-11-24T02:09:29.024566+0900"
#define FAILED                                                                                    \
    "\"eventId\": 4625, \"status\": \"NT_STATUS_WRONG_PASSWORD\", \"remoteAddress\": "            \
    "\"ipv4:127.0.0.111:43101\", \"serviceDescription\": \"SMB2\", \"clientDomain\": \"CORP\", "  \
    "\"clientAccount\": \"Tanaka\", \"workstation\": \"DESKTOP-1\", \"becameAccount\": null, "    \
    "\"mappedAccount\": \"tanaka\", \"passwordType\": \"NTLMv2\""

static void a_failure(void **state)
{
    (void)state;
    decoder d;
    decode(&d, auth(WHEN, FAILED));
    assert_int_equal(d.batch.n, 1);
    const ash_event *e = &d.batch.events[0];
    char text[ASH_TIME_TEXT];
    ash_zone utc = ash_zone_fixed(0);
    assert_int_equal(e->op, ASH_OP_LOGON);
    assert_int_equal(e->outcome, ASH_OUTCOME_DENIED);
    assert_string_equal(ash_time_text(text, e->time, &utc, 6), "2026-11-23T17:09:29.024566+00:00");
    assert_int_equal(e->flags, 0);
    assert_non_null(e->logon);
    EXPECT_VIEW(e->logon->domain, "CORP");
    EXPECT_VIEW(e->logon->service, "SMB2");
    EXPECT_VIEW(e->logon->status, "NT_STATUS_WRONG_PASSWORD");
    assert_false(e->logon->anonymous);
    assert_false(e->logon->unknown_account);
    EXPECT_VIEW(origin_of(&d, 0)->account, "tanaka"); /* as the server mapped it */
    EXPECT_VIEW(origin_of(&d, 0)->client, "127.0.0.111");
    EXPECT_VIEW(origin_of(&d, 0)->workstation, "DESKTOP-1");
    EXPECT_VIEW(origin_of(&d, 0)->share, "");
    decoder_close(&d);
}

static void a_success_names_who_it_became(void **state)
{
    (void)state;
    decoder d;
    decode(&d, auth(WHEN, "\"eventId\": 4624, \"status\": \"NT_STATUS_OK\", \"remoteAddress\": "
                          "\"ipv4:10.0.0.5:1\", \"clientAccount\": \"x\", \"mappedAccount\": \"y\", "
                          "\"becameAccount\": \"kato\", \"passwordType\": \"NTLMv2\""));
    assert_int_equal(d.batch.events[0].outcome, ASH_OUTCOME_OK);
    EXPECT_VIEW(origin_of(&d, 0)->account, "kato");
    decoder_close(&d);
}

static void an_unknown_account_is_told_from_a_wrong_password(void **state)
{
    (void)state;
    decoder d;
    decode(&d, auth(WHEN, "\"status\": \"NT_STATUS_NO_SUCH_USER\", \"clientAccount\": \"nosuch\", "
                          "\"passwordType\": \"NTLMv2\", \"remoteAddress\": \"ipv4:10.0.0.5:1\""));
    assert_true(d.batch.events[0].logon->unknown_account);
    EXPECT_VIEW(origin_of(&d, 0)->account, "nosuch");
    decoder_close(&d);
}

static void anonymous_attempts_are_marked(void **state)
{
    (void)state;
    decoder d;
    decode(&d, auth(WHEN, "\"status\": \"NT_STATUS_NO_SUCH_USER\", \"mappedAccount\": \"root\", "
                          "\"passwordType\": \"No-Password\", \"remoteAddress\": \"ipv4:1.2.3.4:1\""));
    assert_true(d.batch.events[0].logon->anonymous);
    decoder_close(&d);
}

static void ipv6_addresses_lose_their_port_only(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"ipv6:fe80::1:445", "fe80::1"},       {"ipv6:2001:db8::5:50000", "2001:db8::5"},
        {"ipv4:10.0.0.5:445", "10.0.0.5"},     {"unix::/run/samba/x", "unix:"},
        {"ipv6:::1:445", "::1"},               {"", ""},
        {"ipv4:", ""},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        char members[512];
        decoder d;
        snprintf(members, sizeof members,
                 "\"status\": \"NT_STATUS_OK\", \"remoteAddress\": \"%s\"", pairs[i][0]);
        decode(&d, auth(WHEN, members));
        EXPECT_VIEW(origin_of(&d, 0)->client, pairs[i][1]);
        decoder_close(&d);
    }
}

static void members_of_other_types_are_as_good_as_missing(void **state)
{
    (void)state;
    decoder d;
    decode(&d, auth(WHEN, "\"status\": 5, \"remoteAddress\": [], \"clientAccount\": {}, "
                          "\"workstation\": null, \"passwordType\": true"));
    assert_int_equal(d.batch.n, 1);
    assert_int_equal(d.batch.events[0].outcome, ASH_OUTCOME_DENIED);
    EXPECT_VIEW(origin_of(&d, 0)->account, "");
    EXPECT_VIEW(origin_of(&d, 0)->client, "");
    decoder_close(&d);
}

static void times_that_cannot_be_read_are_counted(void **state)
{
    (void)state;
    static const char *const times[] = {"", "yesterday", "2026-11-24", "2026-99-24T02:09:29+0900"};
    for (size_t i = 0; i < COUNT(times); i++) {
        decoder d;
        decode(&d, auth(times[i], FAILED));
        assert_int_equal(d.batch.n, 0);
        assert_int_equal(d.batch.counts[ASH_REASON_NO_TIME], 1);
        decoder_close(&d);
    }
    decoder d;
    decode(&d, auth("2026-11-24T02:09:29.024566", FAILED));
    assert_int_equal(d.batch.events[0].flags, ASH_EVENT_NO_ZONE);
    decoder_close(&d);
}

static void other_json_is_foreign_and_broken_json_is_skipped(void **state)
{
    (void)state;
    decoder d;
    ash_buf b;
    ash_buf_init(&b, 65536);
    ash_buf_add_z(&b, auth(WHEN, FAILED));
    ash_buf_add_z(&b, "{\"type\": \"something else\"}\n");
    ash_buf_add_z(&b, "{\"Authentication\": \"not an object\", \"timestamp\": \"" WHEN "\"}\n");
    ash_buf_add_z(&b, "{\"Authentication\": {\"status\n");
    ash_buf_add_z(&b, "{\"Authentication\": {}} trailing\n");
    ash_buf_add_z(&b, "{\"a\": \"\xff\xfe\"}\n");
    ash_buf_add_z(&b, "{\"timestamp\": \"" WHEN "\", \"Authentication\": {\"clientAccount\": "
                      "\"caf\xe9\"}}\n");
    decode(&d, ash_buf_z(&b));
    assert_int_equal(d.batch.n, 1);
    assert_int_equal(d.batch.records, 7);
    assert_int_equal(d.batch.counts[ASH_REASON_FOREIGN], 2);
    assert_int_equal(d.batch.counts[ASH_REASON_BAD_JSON], 4);
    decoder_close(&d);
    ash_buf_free(&b);
}

/* Nesting as deep as a record can be long, and ten megabytes of it. */
static void deep_nesting_is_skipped(void **state)
{
    (void)state;
    static const size_t depths[] = {100, 3000, 100000, ASH_RECORD_MAX / 2, 10u << 20};
    for (size_t i = 0; i < COUNT(depths); i++) {
        decoder d;
        ash_buf b;
        ash_buf_init(&b, 64u << 20);
        ash_buf_add_z(&b, auth(WHEN, FAILED));
        ash_buf_add_z(&b, "{\"Authentication\": ");
        for (size_t k = 0; k < depths[i]; k++)
            ash_buf_add_c(&b, '[');
        ash_buf_add_c(&b, '\n');
        ash_buf_add_z(&b, auth(WHEN, FAILED));
        decode_bytes(&d, ash_buf_view(&b), NULL);
        assert_int_equal(d.batch.n, 2);
        assert_int_equal(d.batch.counts[ASH_REASON_BAD_JSON] + d.batch.counts[ASH_REASON_TOO_LONG],
                         1);
        decoder_close(&d);
        ash_buf_free(&b);
    }
}

static void hostile_names_stay_as_they_are(void **state)
{
    (void)state;
    decoder d;
    decode(&d, auth(WHEN, "\"status\": \"NT_STATUS_WRONG_PASSWORD\", \"clientAccount\": "
                          "\"a\\u001b[31m\\n|pread|ok|\", \"workstation\": \"\\u202e\", "
                          "\"remoteAddress\": \"ipv4:10.0.0.5:1\""));
    assert_int_equal(d.batch.n, 1);
    EXPECT_VIEW(origin_of(&d, 0)->account, "a\x1b[31m\n|pread|ok|");
    EXPECT_VIEW(origin_of(&d, 0)->workstation, "\xe2\x80\xae");
    decoder_close(&d);
}

static void records_behind_a_syslog_envelope_are_taken_too(void **state)
{
    (void)state;
    char line[4096];
    decoder d;
    snprintf(line, sizeof line, "2026-11-24T02:09:30+09:00 fs07 smbd_auth: %s", auth(WHEN, FAILED));
    decode(&d, line);
    assert_int_equal(d.batch.n, 1);
    EXPECT_VIEW(origin_of(&d, 0)->server, "fs07");
    EXPECT_VIEW(origin_of(&d, 0)->account, "tanaka");
    decoder_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure),
        cmocka_unit_test(a_success_names_who_it_became),
        cmocka_unit_test(an_unknown_account_is_told_from_a_wrong_password),
        cmocka_unit_test(anonymous_attempts_are_marked),
        cmocka_unit_test(ipv6_addresses_lose_their_port_only),
        cmocka_unit_test(members_of_other_types_are_as_good_as_missing),
        cmocka_unit_test(times_that_cannot_be_read_are_counted),
        cmocka_unit_test(other_json_is_foreign_and_broken_json_is_skipped),
        cmocka_unit_test(deep_nesting_is_skipped),
        cmocka_unit_test(hostile_names_stay_as_they_are),
        cmocka_unit_test(records_behind_a_syslog_envelope_are_taken_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
