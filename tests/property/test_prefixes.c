/* An inferred prefix gives the same actors as the one that was set. */
#include "decode.h"
#include "logs.h"

/* What is set, and what its parts must be on their own for inference to have a
 * chance: the rest is for --samba-prefix. */
static const char *const prefixes[] = {
    "%u|%I",
    "%u|%I|%S",
    "%u|%I|%m|%S",
    "%I|%u|%S",
    "%S|%u|%I|%m",
    "USER=%u|IP=%I|MACHINE=%m|VOLUME=%S",
    "user=%u ip=%I share=%S",
    "%T|%u|%I|%S",
    "audit|%u|%I|%m|%S",
    "%u|%I|%R|%S",
};

static const char *const users[] = {"kato", "suzuki", "EXAMPLE\\tanaka", "a.b-c", "nobody",
                                    "\xe5\xb1\xb1\xe7\x94\xb0"};
static const char *const addresses[] = {"10.0.0.5", "192.168.100.250", "fe80::1", "2001:db8::9"};
static const char *const machines[] = {"pc01", "desktop-7", "", "nb-kato"};
static const char *const shares[] = {"data", "archive", "home"};

static void expand(const char *prefix, rng *r, ash_buf *b, const char **ret_share)
{
    const char *share = shares[rng_below(r, COUNT(shares))];
    unsigned who = rng_below(r, COUNT(users));
    for (const char *p = prefix; *p != '\0'; p++) {
        if (*p != '%') {
            ash_buf_add_c(b, *p);
            continue;
        }
        switch (*++p) {
        case 'u': ash_buf_add_z(b, users[who]); break;
        case 'I': ash_buf_add_z(b, addresses[who % COUNT(addresses)]); break;
        case 'm': ash_buf_add_z(b, machines[who % COUNT(machines)]); break;
        case 'S': ash_buf_add_z(b, share); break;
        case 'T': ash_buf_addf(b, "2026/11/23 10:%02u:00", rng_below(r, 60)); break;
        case 'R': ash_buf_add_z(b, "SMB3_11"); break;
        default: fail_msg("%%%c", *p);
        }
    }
    *ret_share = share;
}

static void make_log(const char *prefix, rng *r, unsigned n, ash_buf *log)
{
    static const char *const what[] = {"openat|ok|r", "pread_recv|ok", "create_file|ok|0x81|dir|open"};
    for (unsigned i = 0; i < n; i++) {
        const char *share;
        ash_buf_addf(log, "2026-11-23T10:%02u:%02u.000000+09:00 fs01 smbd_audit: ", i / 60 % 60,
                     i % 60);
        expand(prefix, r, log, &share);
        if (rng_below(r, 4) == 0)
            ash_buf_addf(log, "|connect|ok|%s\n", share);
        else
            ash_buf_addf(log, "|%s|/srv/%s/f%u\n", what[rng_below(r, COUNT(what))], share,
                         rng_below(r, 100));
    }
    assert_false(log->failed);
}

static void what_is_inferred_is_what_was_set(void **state)
{
    rng r = {*(uint64_t *)*state};
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        for (unsigned round = 0; round < 20; round++) {
            decoder given, inferred;
            ash_buf log;
            ash_buf_init(&log, 16u << 20);
            make_log(prefixes[i], &r, 50 + rng_below(&r, 400), &log);
            decode_bytes(&given, ash_buf_view(&log), prefixes[i]);
            decode_bytes(&inferred, ash_buf_view(&log), NULL);
            assert_int_equal(inferred.batch.n, given.batch.n);
            for (size_t k = 0; k < given.batch.n; k++) {
                const ash_origin *a = origin_of(&given, k), *b = origin_of(&inferred, k);
                if (!ash_view_eq(a->account, b->account) || !ash_view_eq(a->client, b->client) ||
                    !ash_view_eq(a->share, b->share) ||
                    !ash_view_eq(a->workstation, b->workstation))
                    fail_msg("%s: taken for %s; record %zu: account %.*s for %.*s", prefixes[i],
                             inferred.profile.remarks, k, (int)b->account.n, b->account.p,
                             (int)a->account.n, a->account.p);
            }
            decoder_close(&given);
            decoder_close(&inferred);
            ash_buf_free(&log);
        }
    }
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(what_is_inferred_is_what_was_set, &seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
