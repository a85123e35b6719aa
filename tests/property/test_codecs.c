/* What is written is what is read back: durations, names, evidence, actors,
 * segments. (The fold's state: test_pipeline. The detectors': test_burst.) */
#include "base/limits.h"
#include "fold/actors.h"
#include "folding.h"
#include "ingest/input_row.h"
#include "logs.h"
#include "store/store.h"

/* --- how long something lasted ----------------------------------------- */

static void durations(void **state)
{
    rng r = {*(uint64_t *)*state};
    int64_t before = -1;
    for (int64_t cs = 0; cs < 30000; cs++) {
        int64_t back = ash_lasting_cs(ash_lasting_encode(cs));
        assert_true(back <= cs && back >= before);
        assert_true(cs - back < (cs < 100 ? 1 : cs < 10000 ? 10 : 100));
        before = back;
    }
    for (int i = 0; i < 100000; i++) {
        uint32_t code = (uint32_t)(rng_next(&r) >> rng_below(&r, 32));
        assert_int_equal(ash_lasting_encode(ash_lasting_cs(code)), code);
    }
    assert_int_equal(ash_lasting_encode(INT64_MAX), UINT32_MAX);
}

/* --- names ------------------------------------------------------------- */

/* Any bytes but NUL, few different folders. */
static ash_view random_path(rng *r, char *buf)
{
    static const char *const tops[] = {"", "/", "/srv/a", "/srv/a/b", "x", "/srv/\xe8\xb3\x87",
                                       "/srv/\xff\xfe", "/srv/a|b", "/srv/'\"\\", "/srv/a\nb"};
    int n = snprintf(buf, 200, "%s", tops[rng_below(r, COUNT(tops))]);
    if (rng_below(r, 8) != 0)
        n += snprintf(buf + n, 20, "/%u", rng_below(r, 500));
    for (unsigned k = rng_below(r, 3); k > 0; k--)
        buf[n++] = (char)(1 + rng_below(r, 255));
    if (n == 0)
        buf[n++] = 'z';
    return ash_view_of(buf, (size_t)n);
}

typedef struct named {
    char text[256];
    size_t n;
    uint32_t path, dir;
} named;

/* The text of new name `id`; empty if it is not among them. */
static ash_view text_of(const ash_new_names *names, uint32_t id)
{
    for (uint32_t i = 0, at = 0; i < names->n; at = names->ends[i++])
        if (names->ids[i] == id)
            return ash_view_of(names->bytes.p + at, names->ends[i] - at);
    return (ash_view){0};
}

static void path_dictionary(void **state)
{
    rng r = {*(uint64_t *)*state};
    static const uint8_t key[ASH_SIPKEY_SIZE] = {1, 2, 3};
    enum { N = 2000 };
    named *all = calloc(N, sizeof *all);
    ash_error err = {0};
    ash_pathdict p;
    assert_non_null(all);
    ASSERT_OK(ash_pathdict_init(&p, key, 1, 1000, 50, &err));
    for (size_t i = 0; i < N; i++) {
        ash_view v = random_path(&r, all[i].text);
        all[i].n = v.n;
        ASSERT_OK(ash_pathdict_id(&p, v, &all[i].path, &all[i].dir, &err));
    }
    uint32_t *paths, *dirs, first_path, first_dir;
    ASSERT_OK(ash_pathdict_settle(&p, &paths, &first_path, &dirs, &first_dir, &err));
    assert_int_equal(first_path, 1000);
    assert_int_equal(first_dir, 50);
    for (size_t i = 0; i < N; i++) {
        uint32_t path = paths[all[i].path - first_path];
        ash_view name = text_of(&p.new_paths, path), whole = ash_view_of(all[i].text, all[i].n);
        if (all[i].dir == ASH_PATH_NONE) {
            assert_true(ash_view_eq(name, whole));
        } else {
            char joined[300];
            ash_view dir = text_of(&p.new_dirs, dirs[all[i].dir - first_dir]);
            int n = snprintf(joined, sizeof joined, "%.*s/%.*s", (int)dir.n,
                             dir.n == 0 ? "" : dir.p, (int)name.n, name.n == 0 ? "" : name.p);
            assert_true(ash_view_eq(ash_view_of(joined, (size_t)n), whole));
        }
    }
    /* Known ones keep their ids from now on. */
    for (size_t i = 0; i < N; i++) {
        uint32_t path, dir;
        ASSERT_OK(ash_pathdict_id(&p, ash_view_of(all[i].text, all[i].n), &path, &dir, &err));
        assert_int_equal(path, paths[all[i].path - first_path]);
    }
    free(paths);
    free(dirs);
    free(all);
    ash_pathdict_free(&p);
}

/* --- the case's small tables ------------------------------------------- */

static void evidence_index(void **state)
{
    rng r = {*(uint64_t *)*state};
    char *dir = temp_dir_make();
    ash_error err = {0};
    ash_case c;
    ASSERT_OK(ash_case_open(&c, temp_path(dir, "case"), ASH_CASE_CREATE, &err));
    ash_input *in = ash_input_new("/x/a.log");
    ash_evidence written[300];
    size_t n = 0;
    uint64_t bytes = 0;
    assert_non_null(in);
    ASSERT_OK(ash_case_begin(&c, &err));
    while (n < COUNT(written)) {
        for (unsigned k = rng_below(&r, 40); k > 0 && n < COUNT(written); k--, n++) {
            written[n] = (ash_evidence){.length = (uint32_t)rng_next(&r),
                                        .first = (int64_t)rng_next(&r),
                                        .last = (int64_t)rng_next(&r),
                                        .hash = {rng_next(&r), rng_next(&r)}};
            bytes += written[n].length;
            ASSERT_OK(ash_input_add_evidence(in, &written[n], &err));
        }
        ASSERT_OK(ash_input_store(in, &c, &err)); /* as checkpoints do */
    }
    ASSERT_OK(ash_case_commit(&c, &err));
    ash_evidence *got;
    size_t n_got;
    ASSERT_OK(ash_evidence_load(&got, &n_got, &c, in->id, &err));
    assert_int_equal(n_got, n);
    for (size_t i = 0; i < n; i++)
        assert_true(got[i].length == written[i].length && got[i].first == written[i].first &&
                    got[i].last == written[i].last && got[i].hash.lo == written[i].hash.lo &&
                    got[i].hash.hi == written[i].hash.hi);
    free(got);
    ash_input *again;
    ASSERT_OK(ash_input_load(&again, &c, in->id, &err));
    assert_non_null(again);
    assert_int_equal(again->blocks, n);
    assert_int_equal(again->blocks_offset, bytes);
    ash_input_free(again);
    ash_input_free(in);
    ash_case_close(&c);
    temp_dir_remove(dir);
}

/* Names as hostile as can be keep their bytes and their ids. */
static void actors(void **state)
{
    rng r = {*(uint64_t *)*state};
    char *dir = temp_dir_make();
    ash_error err = {0};
    ash_case c;
    ASSERT_OK(ash_case_open(&c, temp_path(dir, "case"), ASH_CASE_CREATE, &err));
    ash_actors *a = ash_actors_new(), *b = ash_actors_new();
    assert_true(a != NULL && b != NULL);
    uint32_t stored_actors = 0, stored_shares = 0;
    for (int i = 0; i < 200; i++) {
        char parts[5][8];
        ash_view v[5];
        for (int k = 0; k < 5; k++) {
            v[k] = ash_view_of(parts[k], rng_below(&r, 6));
            for (size_t q = 0; q < v[k].n; q++)
                parts[k][q] = (char)rng_next(&r);
        }
        const ash_origin o = {v[0], v[1], v[2], v[3], v[4]};
        ash_ids ids;
        bool overflow = false;
        ASSERT_OK(ash_actors_intern(a, &o, &ids, &overflow, &err));
        if (i % 50 == 49) {
            ASSERT_OK(ash_case_begin(&c, &err));
            ASSERT_OK(ash_case_store_actors(&c, a, stored_actors, stored_shares, &err));
            ASSERT_OK(ash_case_commit(&c, &err));
            stored_actors = ash_actors_count(a);
            stored_shares = ash_shares_count(a);
        }
    }
    ASSERT_OK(ash_case_load_actors(&c, b, &err));
    assert_int_equal(ash_actors_count(b), ash_actors_count(a));
    assert_int_equal(ash_shares_count(b), ash_shares_count(a));
    assert_int_equal(ash_servers_count(b), ash_servers_count(a));
    for (uint32_t i = 0; i < ash_actors_count(a); i++) {
        ash_actor x = ash_actors_at(a, i), y = ash_actors_at(b, i);
        assert_true(ash_view_eq(x.account, y.account) && ash_view_eq(x.client, y.client) &&
                    ash_view_eq(x.server, y.server) && ash_view_eq(x.workstation, y.workstation));
    }
    for (uint32_t i = 0; i < ash_shares_count(a); i++) {
        ash_share x = ash_shares_at(a, i), y = ash_shares_at(b, i);
        assert_true(ash_view_eq(x.name, y.name) && ash_view_eq(x.server, y.server));
    }
    ash_actors_free(a);
    ash_actors_free(b);
    ash_case_close(&c);
    temp_dir_remove(dir);
}

/* --- segments ---------------------------------------------------------- */

static void add_hex(ash_buf *b, ash_view v)
{
    for (size_t i = 0; i < v.n; i++)
        ash_buf_addf(b, "%02X", (unsigned char)v.p[i]);
    ash_buf_add_c(b, ' ');
}

static ash_access random_access(rng *r, char *path, char *new_path)
{
    static const uint8_t grades[] = {10, 20, 30, 40, 50, 60};
    int64_t first = (INT64_C(1795449600) + rng_below(r, 10000000)) * ASH_NS_PER_S +
                    rng_below(r, 1000000000);
    ash_access a = {.actor = rng_below(r, 50),
                    .share = rng_below(r, ASH_SHARES_MAX),
                    .session = rng_below(r, UINT32_MAX),
                    .input = rng_below(r, UINT32_MAX),
                    .path = random_path(r, path),
                    .first = first,
                    .last = first + (int64_t)(rng_next(r) >> (24 + rng_below(r, 40))),
                    .records = rng_below(r, UINT32_MAX),
                    .entries = rng_below(r, UINT32_MAX),
                    .grade = grades[rng_below(r, COUNT(grades))],
                    .changes = (uint8_t)rng_below(r, 32),
                    .object = (uint8_t)rng_below(r, 3),
                    .flags = (uint8_t)rng_below(r, 16)};
    if (rng_below(r, 10) == 0)
        a.new_path = random_path(r, new_path);
    return a;
}

static void expect_line(ash_buf *b, const ash_access *a)
{
    int64_t first = ash_cs_of(a->first), last = ash_cs_of(a->last);
    ash_buf_addf(b, "%u %u %u %u %lld %lld %u %u %u ", a->actor, a->share, a->session, a->input,
                 (long long)first,
                 (long long)(first + ash_lasting_cs(ash_lasting_encode(last - first))), a->records,
                 a->entries, ASH_KIND(a->grade, a->changes, a->object, a->flags));
    add_hex(b, a->path);
    add_hex(b, a->new_path);
    ash_buf_add_c(b, '\n');
}

/* The stored accesses, in lines as above. Where bytes are not UTF-8 the raw
 * columns have them. */
static void stored_lines(const char *dir, ash_buf *out)
{
    static const char sql[] =
        "WITH n AS (SELECT path, coalesce(folder_raw, encode(folder)) AS f, "
        "coalesce(name_raw, encode(name)) AS n FROM read_parquet('%s/**/paths-*.parquet') "
        "LEFT JOIN read_parquet('%s/**/dirs-*.parquet') USING (dir)) "
        "SELECT actor, share, session, a.input, first_cs, first_cs + " ASH_SQL_LASTING_CS
        " AS last_cs, records, entries, kind, "
        "coalesce(hex(p.f) || '2F', '') || hex(p.n), coalesce(coalesce(hex(q.f) || '2F', '') || "
        "hex(q.n), '') FROM read_parquet('%s/**/accesses-*.parquet') a JOIN n p ON p.path = a.path "
        "LEFT JOIN n q ON q.path = a.new_path";
    char query[4096];
    ash_error err = {0};
    ash_duck *d;
    ash_rows *rows;
    const ash_duck_options options = {.threads = 2};
    int rc;
    snprintf(query, sizeof query, sql, dir, dir, dir);
    ASSERT_OK(ash_duck_open(&d, &options, &err));
    ASSERT_OK(ash_duck_query(d, query, NULL, 0, &rows, &err));
    while ((rc = ash_rows_next(rows, &err)) == 1) {
        for (size_t i = 0; i < 9; i++)
            ash_buf_addf(out, "%lld ", (long long)ash_rows_int(rows, i));
        for (size_t i = 9; i < 11; i++) {
            ash_buf_add_view(out, ash_rows_text(rows, i));
            ash_buf_add_c(out, ' ');
        }
        ash_buf_add_c(out, '\n');
    }
    ASSERT_OK(rc);
    ash_rows_free(rows);
    ash_duck_close(d);
}

static void segments(void **state)
{
    rng r = {*(uint64_t *)*state};
    static const uint8_t key[ASH_SIPKEY_SIZE] = {9};
    char *dir = temp_dir_make();
    ash_error err = {0};
    ash_store *s;
    ash_buf written, got;
    const ash_store_numbers numbers = {.segment = 1, .volume = 1};
    ash_buf_init(&written, 256u << 20);
    ash_buf_init(&got, 256u << 20);
    ASSERT_OK(ash_store_open(&s, temp_path(dir, "store"), key, numbers, &err));
    for (int segment = 0; segment < 4; segment++) {
        for (unsigned i = rng_below(&r, 3000); i > 0; i--) {
            char path[256], new_path[256];
            ash_access a = random_access(&r, path, new_path);
            ASSERT_OK(ash_store_access(s, &a, &err));
            expect_line(&written, &a);
        }
        ASSERT_OK(ash_store_cut(s, &err));
    }
    ASSERT_OK(ash_store_sync(s, &err));
    ash_store_close(s);
    stored_lines(temp_path(dir, "store"), &got);
    char *want = sorted_lines(ash_buf_z(&written)), *have = sorted_lines(ash_buf_z(&got));
    assert_string_equal(have, want);
    free(want);
    free(have);
    ash_buf_free(&written);
    ash_buf_free(&got);
    temp_dir_remove(dir);
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(durations, &seed),
        cmocka_unit_test_prestate(path_dictionary, &seed),
        cmocka_unit_test_prestate(evidence_index, &seed),
        cmocka_unit_test_prestate(actors, &seed),
        cmocka_unit_test_prestate(segments, &seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
