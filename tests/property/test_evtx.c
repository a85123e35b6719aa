/* Real .evtx files: how many records are read of each, and that no cut and no
 * flipped bit costs a record of another chunk. */
#include <dirent.h>

#include "decode.h"
#include "evtx_build.h"
#include "input/stream.h"
#include "logs.h"
#include "source/evtx_extract.h"

#define CHUNKS_MAX 64u

typedef struct counts {
    unsigned good, bad;    /* records that are decoded, and that are not */
    unsigned damage, cut;  /* pieces between records; records cut off at the end */
    unsigned doubt, other; /* chunks with wrong checksums; spans that hold nothing */
} counts;

/* Of the chunks in order, and all together. */
typedef struct tally {
    counts all, chunks[CHUNKS_MAX];
    uint64_t offsets[CHUNKS_MAX];
    size_t n;
} tally;

static ash_evtx_extract extract;

static bool same_event(const ash_win_event *a, const ash_win_event *b)
{
    bool same = a->id == b->id && a->time == b->time && a->record == b->record && a->audit == b->audit;
    for (int i = -2; i < ASH_WIN_DATA_COUNT; i++) {
        const ash_win_value *u = i == -2 ? &a->channel : i == -1 ? &a->computer : &a->data[i];
        const ash_win_value *v = i == -2 ? &b->channel : i == -1 ? &b->computer : &b->data[i];
        same &= u->kind == v->kind && u->number == v->number &&
                (u->kind == ASH_WIN_NONE || ash_view_eq(u->bytes, v->bytes));
    }
    return same;
}

static void count_record(counts *c, const ash_evtx_record *r, bool compare)
{
    ash_win_event e, walked;
    ash_arena arena;
    ash_arena_init(&arena, 0);
    int rc = ash_evtx_extract_record(&extract, r, &arena, &e);
    assert_true(rc == 0 || rc == ASH_E_FORMAT);
    if (compare && (rc != 0 || ash_win_wanted(e.id))) {
        assert_int_equal(ash_evtx_extract_walking(&extract, r, &arena, &walked), rc);
        if (rc == 0 && !same_event(&e, &walked))
            fail_msg("record %llu differs", (unsigned long long)r->id);
    }
    c->good += rc == 0;
    c->bad += rc != 0;
    ash_arena_free(&arena);
}

static void count_chunk(counts *c, const ash_evtx_span *span, bool live, bool compare)
{
    ash_evtx_chunk chunk;
    ash_evtx_record r;
    ash_evtx_found found;
    ash_evtx_chunk_open(&chunk, span, live);
    ash_evtx_extract_chunk(&extract, chunk.bytes);
    c->doubt = (chunk.doubt & ~ASH_EVTX_SHORT) != 0;
    while ((found = ash_evtx_chunk_next(&chunk, &r)) != ASH_EVTX_FOUND_END) {
        c->damage += found == ASH_EVTX_FOUND_DAMAGE;
        c->cut += found == ASH_EVTX_FOUND_CUT;
        if (found == ASH_EVTX_FOUND_RECORD)
            count_record(c, &r, compare);
    }
}

/* compare: each record both ways. */
static tally count(ash_view bytes, bool compare)
{
    tally t = {0};
    bool live = false;
    ash_evtx_spans s = {.rest = bytes, .eof = true};
    ash_evtx_span span;
    while (ash_evtx_spans_next(&s, &span)) {
        bool dirty = false;
        if (span.kind == ASH_EVTX_SPAN_HEADER)
            live |= ash_evtx_header_check(span.bytes, &dirty) != NULL || dirty;
        t.all.other += span.kind == ASH_EVTX_SPAN_OTHER;
        if (span.kind != ASH_EVTX_SPAN_CHUNK)
            continue;
        assert_true(t.n < CHUNKS_MAX);
        counts *c = &t.chunks[t.n];
        t.offsets[t.n++] = span.offset;
        count_chunk(c, &span, live, compare);
        t.all.good += c->good;
        t.all.bad += c->bad;
        t.all.damage += c->damage;
        t.all.cut += c->cut;
        t.all.doubt += c->doubt;
    }
    return t;
}

/* --- samples -------------------------------------------------------------- */

static ash_buf read_sample(const char *path)
{
    char part[1 << 16];
    ash_buf out;
    ash_error err = {0};
    ash_stream *s;
    int64_t n;
    ash_buf_init(&out, 16u << 20);
    ASSERT_OK(ash_stream_open(&s, path, 0, &err));
    while ((n = ash_stream_read(s, part, sizeof part, &err)) > 0)
        ash_buf_add(&out, part, (size_t)n);
    assert_int_equal(n, 0);
    assert_false(out.failed);
    ash_stream_close(s);
    return out;
}

static ash_buf bundled(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, ASH_SOURCE_DIR "/tests/samples/evtx/%s.evtx.xz", name);
    return read_sample(path);
}

static void expect_counts(const char *name, ash_view bytes, counts expected)
{
    counts got = count(bytes, true).all;
    if (memcmp(&got, &expected, sizeof got) != 0)
        fail_msg("%s: {%u, %u, %u, %u, %u, %u}", name, got.good, got.bad, got.damage, got.cut,
                 got.doubt, got.other);
}

static const struct {
    const char *name;
    counts expected;
} samples[] = {
    {"Security_short_selected", {7, 0, 0, 0, 0, 0}},
    {"Security_with_size_t", {636, 0, 0, 0, 0, 0}},
    {"new-user-security", {4, 0, 0, 0, 0, 0}},
    {"post-Security", {126, 0, 0, 0, 0, 0}},
    {"sample-with-irregular-bool-values", {3028, 0, 0, 0, 0, 0}},
    /* a record of length 0: libevtx calls what follows it recovered */
    {"sample-with-zero-data-size-event", {449, 0, 1, 0, 1, 0}},
    /* holes of zeros, two of them over the beginnings of chunks with their templates */
    {"sample_with_a_bad_chunk_magic", {298, 82, 7, 0, 5, 0}},
    {"security", {2261, 0, 0, 0, 0, 0}},
};

static void every_record_of_the_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        ash_buf b = bundled(samples[i].name);
        expect_counts(samples[i].name, ash_buf_view(&b), samples[i].expected);
        ash_buf_free(&b);
    }
}

/* A chunk's table of names leads nowhere: nothing depends on it. */
static void a_bad_table_of_names(void **state)
{
    (void)state;
    ash_buf b = bundled("security");
    b.p[4244] = b.p[4245] = 0;
    expect_counts("security", ash_buf_view(&b), (counts){.good = 2261, .doubt = 1});
    ash_buf_free(&b);
}

/* Samples that cannot be part of this repository. */
static void every_record_of_other_samples(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        counts expected;
    } others[] = {
        {"Credential Access/CA_chrome_firefox_opera_4663", {.good = 5}},
        {"Credential Access/CA_hashdump_4663_4656_lsass_access", {.good = 2}},
        {"Credential Access/CA_protectedstorage_5145_rpc_masterkey", {.good = 1}},
        {"Credential Access/remote_pwd_reset_rpc_mimikatz_postzerologon_target_DC", {.good = 7}},
        {"Credential Access/remote_sam_registry_access_via_backup_operator_priv", {.good = 31}},
        {"Defense Evasion/DE_1102_security_log_cleared", {.good = 112}},
        {"Defense Evasion/DE_suspicious_remote_eventlog_svc_access_5145", {.good = 8}},
        {"Discovery/dicovery_4661_net_group_domain_admins_target", {.good = 63}},
        {"Discovery/discovery_bloodhound", {.good = 10}},
        {"Discovery/discovery_psloggedon", {.good = 4}},
        {"Lateral Movement/ImpersonateUser-via local Pass The Hash Sysmon and Security", {.good = 14}},
        {"Lateral Movement/LM_5145_Remote_FileCopy", {.good = 869}},
        {"Lateral Movement/LM_REMCOM_5145_TargetHost", {.good = 30}},
        {"Lateral Movement/LM_Remote_Service01_5145_svcctl", {.good = 1}},
        {"Lateral Movement/LM_ScheduledTask_ATSVC_target_host", {.good = 34}},
        {"Lateral Movement/LM_renamed_psexecsvc_5145", {.good = 22}},
        {"Lateral Movement/net_share_drive_5142", {.good = 2}},
        {"Lateral Movement/spoolsample_5145", {.good = 1}},
        {"Other/maldoc_mshta_via_shellbrowserwind_rundll32", {.good = 11}},
        /* behind its end stand 78 records of before, with greater numbers: it is no open log */
        {"Privilege Escalation/PrivEsc_NetSvc_SessionToken_Retrival_via_localSMB_Auth_5145", {.good = 1}},
    };
    const char *root = getenv("ASHIATO_SAMPLES");
    char dir[512], path[1024];
    snprintf(dir, sizeof dir, "%s/evtx/EVTX-ATTACK-SAMPLES",
             root != NULL ? root : ASH_SOURCE_DIR "/../shared/data");
    DIR *d = opendir(dir);
    if (d == NULL) {
        print_message("# skipped: no samples in %s\n", dir);
        return;
    }
    closedir(d);
    for (size_t i = 0; i < COUNT(others); i++) {
        snprintf(path, sizeof path, "%s/%s.evtx", dir, others[i].path);
        ash_buf b = read_sample(path);
        expect_counts(others[i].path, ash_buf_view(&b), others[i].expected);
        ash_buf_free(&b);
    }
}

/* --- damage --------------------------------------------------------------- */

/* Feeds bytes, which have an allocation of their own, through the source; what it
 * says must add up. */
static void feed(decoder *d, ash_view bytes)
{
    assert_int_equal(decoder_feed(d, bytes, 0, true), bytes.n);
    assert_true(d->batch.n <= d->batch.records);
    for (size_t i = 0; i < d->batch.n; i++)
        assert_true(d->batch.events[i].offset + d->batch.events[i].length <= bytes.n);
    for (size_t i = 0; i < d->batch.n_notes; i++)
        assert_true(d->batch.notes[i].offset < bytes.n);
}

static void expect_prefix(decoder *d, ash_view whole, const tally *full, size_t n)
{
    char *copy = malloc(n);
    memcpy(copy, whole.p, n);
    ash_view v = ash_view_of(copy, n);
    tally t = count(v, false);
    feed(d, v);
    for (size_t i = 0; i < full->n; i++) {
        if (full->offsets[i] + ASH_EVTX_CHUNK_SIZE > n)
            break;
        assert_int_equal(t.offsets[i], full->offsets[i]);
        assert_int_equal(t.chunks[i].good, full->chunks[i].good);
    }
    free(copy);
}

/* Every length up to the end of the second record, and on with steps. */
static void expect_prefixes(const char *name, size_t bytes, size_t step)
{
    decoder d;
    ash_buf b = bundled(name);
    ash_view v = ash_view_first(ash_buf_view(&b), bytes);
    tally full = count(v, false);
    ash_evtx_record r;
    const uint32_t first = ASH_EVTX_FILE_HEADER + ASH_EVTX_CHUNK_HEADER;
    assert_true(ash_evtx_record_at(v, first, &r));
    size_t dense = first + r.length;
    assert_true(ash_evtx_record_at(v, (uint32_t)dense, &r));
    dense += r.length;
    decoder_open(&d, "evtx", v, NULL);
    for (size_t n = 1; n <= v.n; n += n < dense ? 1 : step)
        expect_prefix(&d, v, &full, n);
    decoder_close(&d);
    ash_buf_free(&b);
}

static void every_prefix(void **state)
{
    (void)state;
    expect_prefixes("new-user-security", SIZE_MAX, SLOW ? 397 : 97);
    expect_prefixes("Security_short_selected", SIZE_MAX, SLOW ? 397 : 97);
    expect_prefixes("Security_with_size_t", ASH_EVTX_FILE_HEADER + 4 * ASH_EVTX_CHUNK_SIZE,
                    SLOW ? 1999 : 499);
}

static size_t chunk_of(size_t at)
{
    return at < ASH_EVTX_FILE_HEADER ? SIZE_MAX : (at - ASH_EVTX_FILE_HEADER) / ASH_EVTX_CHUNK_SIZE;
}

/* Random bytes of a file of four chunks become others, one at a time. */
static void expect_flips(const char *name, rng *r, unsigned rounds)
{
    decoder d;
    ash_buf b = bundled(name);
    size_t n = ASH_EVTX_FILE_HEADER + 4 * ASH_EVTX_CHUNK_SIZE;
    n = n < b.n ? n : b.n;
    char *bytes = malloc(n);
    memcpy(bytes, b.p, n);
    ash_view v = ash_view_of(bytes, n);
    tally full = count(v, false);
    decoder_open(&d, "evtx", v, NULL);
    for (unsigned round = 0; round < rounds; round++) {
        size_t at = rng_below(r, (uint32_t)n);
        /* Half of them where records are, not in empty room. */
        at = round % 2 == 0 ? at : ASH_EVTX_FILE_HEADER + rng_below(r, 12000);
        bytes[at] = (char)(bytes[at] ^ (1 + rng_below(r, 255)));
        tally t = count(v, false);
        feed(&d, v);
        assert_int_equal(t.n, full.n);
        for (size_t i = 0; i < full.n; i++)
            if (i != chunk_of(at) && t.chunks[i].good != full.chunks[i].good)
                fail_msg("%s, byte %zu: %u records of chunk %zu, not %u", name, at, t.chunks[i].good,
                         i, full.chunks[i].good);
        bytes[at] = b.p[at];
    }
    decoder_close(&d);
    free(bytes);
    ash_buf_free(&b);
}

static void ten_thousand_flips(void **state)
{
    rng r = {*(uint64_t *)*state};
    const unsigned rounds = 2500;
    expect_flips("Security_with_size_t", &r, rounds);
    expect_flips("new-user-security", &r, rounds);
    expect_flips("sample-with-irregular-bool-values", &r, rounds);
    expect_flips("sample_with_a_bad_chunk_magic", &r, rounds);
}

/* One flip in each byte of a short log, with checksums made right again: nothing
 * but the decoder itself stands in the way. */
static void flips_behind_right_checksums(void **state)
{
    (void)state;
    evtx_build b;
    decoder d;
    evtx_init(&b);
    evtx_file_header(&b, false);
    evtx_chunk_begin(&b);
    for (unsigned i = 1; i < 3; i++)
        evtx_add_share_access(&b, i);
    size_t end = b.out.n;
    evtx_chunk_header(&b);
    decoder_open(&d, "evtx", ash_buf_view(&b.out), NULL);
    feed(&d, ash_buf_view(&b.out));
    assert_int_equal(d.batch.n, 2);
    static const char with[] = {1, (char)0x80, (char)0xff};
    for (size_t at = ASH_EVTX_FILE_HEADER + ASH_EVTX_CHUNK_HEADER; at < end; at++)
        for (size_t k = 0; k < COUNT(with); k++) {
            b.out.p[at] = (char)(b.out.p[at] ^ with[k]);
            evtx_chunk_header(&b);
            char *copy = malloc(end);
            memcpy(copy, b.out.p, end);
            count(ash_view_of(copy, end), true);
            feed(&d, ash_view_of(copy, end));
            free(copy);
            b.out.p[at] = (char)(b.out.p[at] ^ with[k]);
        }
    decoder_close(&d);
    evtx_free(&b);
}

int main(void)
{
    uint64_t seed = property_seed();
    ash_evtx_extract_init(&extract);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_of_the_samples),
        cmocka_unit_test(a_bad_table_of_names),
        cmocka_unit_test(every_record_of_other_samples),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test_prestate(ten_thousand_flips, &seed),
        cmocka_unit_test(flips_behind_right_checksums),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ash_evtx_extract_free(&extract);
    return failed;
}
