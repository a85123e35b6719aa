/* What the order of records may decide, and what not. */
#include "folding.h"
#include "logs.h"

typedef struct lines {
    char **line;
    size_t n;
} lines;

static lines split(char *text)
{
    lines l = {.line = calloc(strlen(text) + 1, sizeof(char *))};
    assert_non_null(l.line);
    for (char *p = text, *nl; (nl = strchr(p, '\n')) != NULL; p = nl + 1) {
        *nl = '\0';
        l.line[l.n++] = p;
    }
    return l;
}

static char *folded(const char *script, bool times)
{
    folding f;
    decoder d;
    ash_buf log;
    ash_buf_init(&log, 64u << 20);
    script_log(script, &log);
    folding_open(&f);
    f.times = times;
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    folding_flush(&f);
    char *out = sorted_lines(ash_buf_z(&f.accesses));
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
    return out;
}

/* --- several people at once -------------------------------------------- */

/* One person's script on a share that has recorded all kinds from the start. */
static void script_of(rng *r, const char *who, unsigned n, ash_buf *b)
{
    double t = 0;
    for (unsigned i = 0; i < n; i++) {
        static const char *const what[] = {
            "openat|ok|r|",  "openat|ok|r|",   "openat|fail (No such file or directory)|r|",
            "fdopendir|ok|", "pread_send|ok|", "pread_recv|ok|",
            "unlinkat|ok|",  "create_file|ok|0x81|dir|open|", "create_file|ok|0x120089|file|open|"};
        t += rng_below(r, 50) == 0 ? 1000 : rng_below(r, 3000) / 1000.0;
        ash_buf_addf(b, "%.3f@%s %s/%s/d%u/f%u\n", t, who, what[rng_below(r, COUNT(what))], who,
                     rng_below(r, 3), rng_below(r, 5));
    }
}

#define SEEN_BEFORE "0@zz create_file|ok|0x1|file|open|/z\n0@zz pread_recv|ok|/z\n"

/* A server's log has everybody's records between each other. What one person did
 * does not depend on who else was there. */
static void people_do_not_disturb_each_other(void **state)
{
    rng r = {*(uint64_t *)*state};
    for (int round = 0; round < (SLOW ? 3 : 20); round++) {
        static const char *const who[] = {"kato", "suzuki", "mori"};
        ash_buf each[3], together, all;
        size_t at[3] = {0};
        ash_buf_init(&together, 64u << 20);
        ash_buf_init(&all, 64u << 20);
        ash_buf_add_z(&together, SEEN_BEFORE);
        for (int i = 0; i < 3; i++) {
            ash_buf script;
            ash_buf_init(&each[i], 64u << 20);
            ash_buf_init(&script, 64u << 20);
            script_of(&r, who[i], 300, &each[i]);
            ash_buf_addf(&script, "%s%s", SEEN_BEFORE, ash_buf_z(&each[i]));
            char *alone = folded(ash_buf_z(&script), false);
            /* The one who only makes the share known is in each. */
            ash_buf_add_z(&all, i == 0 ? alone : "");
            for (const char *p = alone; i > 0 && *p != '\0'; p += strcspn(p, "\n") + 1)
                if (strncmp(p, "read /z\n", 8) != 0)
                    ash_buf_add(&all, p, strcspn(p, "\n") + 1);
            free(alone);
            ash_buf_free(&script);
        }
        /* Merged by time, as the server writes them. */
        for (;;) {
            int next = -1;
            double first = 0;
            for (int i = 0; i < 3; i++) {
                double t = strtod(ash_buf_z(&each[i]) + at[i], NULL);
                if (at[i] < each[i].n && (next < 0 || t < first)) {
                    next = i;
                    first = t;
                }
            }
            if (next < 0)
                break;
            const char *p = ash_buf_z(&each[next]) + at[next];
            size_t n = strcspn(p, "\n") + 1;
            ash_buf_add(&together, p, n);
            at[next] += n;
        }
        char *got = folded(ash_buf_z(&together), false), *want = sorted_lines(ash_buf_z(&all));
        assert_string_equal(got, want);
        free(got);
        free(want);
        for (int i = 0; i < 3; i++)
            ash_buf_free(&each[i]);
        ash_buf_free(&together);
        ash_buf_free(&all);
    }
}

/* --- one person's records in disorder ---------------------------------- */

/* Records of one session that say what was done to a file, in any order: the
 * same accesses, with the same grades, times and numbers. Listings are left out;
 * they are about what follows what. */
static void deeds_of_a_session_have_no_order(void **state)
{
    static const char *const what[] = {"pread_recv|ok|",   "pread_send|ok|",
                                       "pwrite_recv|ok|",  "unlinkat|ok|",
                                       "create_file|ok|0x120089|file|open|",
                                       "create_file|ok|0x12019f|file|overwrite_if|",
                                       "openat|fail (Permission denied)|r|",
                                       "openat|ok|r|"};
    rng r = {*(uint64_t *)*state};
    for (int round = 0; round < (SLOW ? 5 : 40); round++) {
        ash_buf script;
        ash_buf_init(&script, 1u << 20);
        for (int i = 0; i < 100; i++)
            ash_buf_addf(&script, "%u.%03u %s/s/d%u/f%u\n", rng_below(&r, 600), rng_below(&r, 1000),
                         what[rng_below(&r, COUNT(what))], rng_below(&r, 3), rng_below(&r, 8));
        char *in_order = folded(ash_buf_z(&script), true), *text = strdup(ash_buf_z(&script));
        lines l = split(text);
        for (int shuffle = 0; shuffle < 3; shuffle++) {
            ash_buf other;
            ash_buf_init(&other, 1u << 20);
            for (size_t i = l.n; i > 1; i--) {
                size_t k = rng_below(&r, (uint32_t)i);
                char *t = l.line[i - 1];
                l.line[i - 1] = l.line[k];
                l.line[k] = t;
            }
            for (size_t i = 0; i < l.n; i++)
                ash_buf_addf(&other, "%s\n", l.line[i]);
            char *got = folded(ash_buf_z(&other), true);
            /* But for the places in the log: they are last, in "[...]". */
            char *p = got, *q = in_order;
            while (*p != '\0' && *q != '\0') {
                size_t n = strcspn(p, "\n"), m = strcspn(q, "\n");
                size_t a = n, b = m;
                while (a > 0 && p[a - 1] != ' ')
                    a--;
                while (b > 0 && q[b - 1] != ' ')
                    b--;
                if (a != b || memcmp(p, q, a) != 0)
                    fail_msg("got      %.*s\nexpected %.*s", (int)n, p, (int)m, q);
                p += n + 1;
                q += m + 1;
            }
            assert_int_equal(*p, *q); /* both at their end */
            free(got);
            ash_buf_free(&other);
        }
        free(in_order);
        free(l.line);
        free(text);
        ash_buf_free(&script);
    }
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(people_do_not_disturb_each_other, &seed),
        cmocka_unit_test_prestate(deeds_of_a_session_have_no_order, &seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
