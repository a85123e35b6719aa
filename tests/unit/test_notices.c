/* What the logging services write when they lost records. */
#include "decode.h"

#define AUDIT "2026-11-24T02:08:57+09:00 fs01 smbd_audit: kato|10.0.0.5|pread|ok|/s/a\n"

typedef struct notice {
    const char *tag, *text;
    ash_reason reason;
    uint64_t count;
} notice;

static const notice notices[] = {
    {"rsyslogd",
     "imuxsock[pid: 57, name: smbd] from <fs01:smbd_audit>: begin to drop messages due to "
     "rate-limiting",
     ASH_REASON_RATE_LIMIT, 0},
    {"rsyslogd",
     "imuxsock[pid: 57, name: smbd]: 189 messages lost due to rate-limiting (60 allowed within 5 "
     "seconds)",
     ASH_REASON_RATE_LIMIT, 189},
    {"rsyslogd", "imjournal: 3450 messages lost due to rate-limiting (20000 allowed within 600 "
                 "seconds)",
     ASH_REASON_RATE_LIMIT, 3450},
    {"systemd-journald", "Suppressed 13312 messages from smbd.service", ASH_REASON_RATE_LIMIT, 13312},
    {"rsyslogd", "action 'fwd' queue: 77 messages discarded", ASH_REASON_BACKLOG, 77},
    {"rsyslogd", "imudp: 5 messages lost", ASH_REASON_BACKLOG, 5},
    /* More digits than can be right: still a loss. */
    {"rsyslogd", "99999999999999999999999999999999 messages lost due to rate-limiting",
     ASH_REASON_RATE_LIMIT, 999999999999999},
    {"rsyslogd", "messages lost due to rate-limiting", ASH_REASON_RATE_LIMIT, 0},
};

static void losses_are_noted_with_their_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(notices); i++) {
        char text[512];
        decoder d;
        snprintf(text, sizeof text, "%s2026-11-24T02:08:58+09:00 fs01 %s: %s\n", AUDIT,
                 notices[i].tag, notices[i].text);
        decode(&d, text);
        assert_int_equal(d.batch.n, 1);
        assert_int_equal(d.batch.counts[notices[i].reason], 1);
        assert_int_equal(d.batch.n_notes, 1);
        const ash_note *n = &d.batch.notes[0];
        assert_int_equal(n->count, notices[i].count);
        assert_int_equal(n->reason, notices[i].reason);
        assert_int_equal(n->offset, sizeof AUDIT - 1);
        assert_true(n->time != ASH_NOTE_NO_TIME);
        assert_int_equal(n->time - d.batch.events[0].time, 1000000000);
        decoder_close(&d);
    }
}

static void notices_without_year_and_zone_say_so(void **state)
{
    (void)state;
    decoder d;
    decode(&d, "Nov 24 02:08:57 fs01 smbd_audit: kato|10.0.0.5|pread|ok|/s/a\n"
               "Nov 24 02:08:58 fs01 rsyslogd: imuxsock: 5 messages lost due to rate-limiting\n");
    assert_int_equal(d.batch.notes[0].time_flags, ASH_EVENT_NO_ZONE | ASH_EVENT_NO_YEAR);
    decoder_close(&d);
}

/* A name may hold any words: it is a record of what a client did, no notice. */
static void a_file_name_is_no_notice(void **state)
{
    (void)state;
    decoder d;
    decode(&d, AUDIT "2026-11-24T02:08:58+09:00 fs01 smbd_audit: "
                     "kato|10.0.0.5|pread|ok|/s/9 messages lost due to rate-limiting\n");
    assert_int_equal(d.batch.n, 2);
    assert_int_equal(d.batch.counts[ASH_REASON_RATE_LIMIT], 0);
    decoder_close(&d);
}

static void hostile_notices_are_escaped(void **state)
{
    (void)state;
    decoder d;
    decode(&d, AUDIT "2026-11-24T02:08:58+09:00 fs01 x: \x1b[2J 3 messages lost due to "
                     "rate-limiting \xff\n");
    assert_int_equal(d.batch.counts[ASH_REASON_RATE_LIMIT], 1);
    assert_null(strchr(d.batch.notes[0].detail, '\x1b'));
    decoder_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_noted_with_their_number),
        cmocka_unit_test(notices_without_year_and_zone_say_so),
        cmocka_unit_test(a_file_name_is_no_notice),
        cmocka_unit_test(hostile_notices_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
