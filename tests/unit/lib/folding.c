#include "folding.h"

#include <math.h>

#include "base/time.h"
#include "fold/grade.h"

static void add_flags(ash_buf *b, const ash_access *a)
{
    static const char *const changes[] = {"written", "renamed", "deleted", "security", "linked"};
    static const char *const flags[] = {"cut", "name-lost", "new", "half-read", "unsure", "step", "saved"};
    for (unsigned i = 0; i < COUNT(changes); i++)
        if (a->changes & 1u << i)
            ash_buf_addf(b, "+%s", changes[i]);
    ash_buf_add_c(b, ' ');
    ash_buf_add_view(b, a->path);
    if (a->new_path.n > 0) {
        ash_buf_add_z(b, " -> ");
        ash_buf_add_view(b, a->new_path);
    }
    if (a->entries > 0)
        ash_buf_addf(b, " names=%u", a->entries);
    for (unsigned i = 0; i < COUNT(flags); i++)
        if (a->flags & 1u << i)
            ash_buf_addf(b, " %s", flags[i]);
    if (a->object == ASH_OBJECT_DIR)
        ash_buf_add_z(b, " dir");
    if (a->object == ASH_OBJECT_PIPE)
        ash_buf_add_z(b, " pipe");
}

static void on_grew(void *user, const ash_access *a, unsigned what)
{
    folding *f = user;
    ash_buf_add_view(&f->grown, a->path);
    ash_buf_addf(&f->grown, ":%x\n", what);
}

static int on_closed(void *user, const ash_access *a, ash_error *err)
{
    folding *f = user;
    if (f->fail_after == 0)
        return ash_fail(err, ASH_E_LIMIT, "test", "the sink fails");
    f->fail_after -= f->fail_after > 0;
    ash_buf_add_z(&f->accesses, ash_grade_name((ash_grade)a->grade));
    add_flags(&f->accesses, a);
    if (f->who)
        /* Late, since the client of an actor may still be found. */
        ash_buf_addf(&f->accesses, " @%u/%u *%u", a->actor, a->share, a->records);
    if (f->times)
        ash_buf_addf(&f->accesses, " [%u %u %u %lld %lld %u %llu-%llu]", a->actor, a->share,
                     a->session, (long long)a->first, (long long)a->last, a->records,
                     (unsigned long long)a->offset, (unsigned long long)a->end);
    ash_buf_add_c(&f->accesses, '\n');
    return 0;
}

static int on_session(void *user, const ash_session *s, ash_error *err)
{
    folding *f = user;
    (void)err;
    f->n_sessions++;
    f->session_records += s->records;
    return 0;
}

static int on_logon(void *user, const ash_event *e, int64_t time, uint32_t actor, uint32_t input,
                    ash_error *err)
{
    folding *f = user;
    (void)time, (void)actor, (void)input, (void)err;
    assert_non_null(e->logon);
    f->n_logons++;
    return 0;
}

static void on_admin(void *user, const ash_event *e, int64_t time, ash_ids ids)
{
    folding *f = user;
    (void)time, (void)ids;
    f->n_admin++;
    f->last_admin = e->windows->id;
}

static void new_fold(folding *f)
{
    ash_error err = {0};
    const ash_fold_sink sink = {.user = f,
                                .grew = on_grew,
                                .closed = on_closed,
                                .session = on_session,
                                .logon = on_logon,
                                .admin = on_admin};
    ASSERT_OK(ash_fold_new(&f->fold, f->actors, &sink, TEST_SEED, &err));
}

void folding_open(folding *f)
{
    ash_zone zone = ash_zone_fixed(0);
    memset(f, 0, sizeof *f);
    f->fail_after = -1;
    f->actors = ash_actors_new();
    assert_non_null(f->actors);
    ash_buf_init(&f->accesses, 256u << 20);
    ash_buf_init(&f->grown, 256u << 20);
    ash_clock_init(&f->clock, &zone, 2026, ASH_TIME_NONE);
    ash_hours_init(&f->hours);
    new_fold(f);
}

void folding_close(folding *f)
{
    ash_fold_free(f->fold);
    ash_actors_free(f->actors);
    ash_hours_free(&f->hours);
    ash_buf_free(&f->accesses);
    ash_buf_free(&f->grown);
}

void folding_batch(folding *f, const ash_batch *b)
{
    ash_error err = {0};
    ash_tally tally = {.clock = &f->clock, .hours = &f->hours, .likeness = &f->likeness};
    ASSERT_OK(ash_fold_batch(f->fold, 1, b, &tally, &err));
}

void folding_flush(folding *f)
{
    ash_error err = {0};
    ASSERT_OK(ash_fold_flush(f->fold, &err));
}

void folding_reload(folding *f)
{
    ash_error err = {0};
    ash_buf state;
    ash_buf_init(&state, 256u << 20);
    ash_fold_save(f->fold, &state);
    assert_false(state.failed);
    ash_fold_free(f->fold);
    new_fold(f);
    ash_cursor c = ash_cursor_of(ash_buf_view(&state));
    ASSERT_OK(ash_fold_load(f->fold, &c, &err));
    assert_int_equal(c.at, c.n);
    ash_buf_free(&state);
}

/* --- scripts ----------------------------------------------------------- */

static void script_line(const char *line, size_t n, ash_buf *out)
{
    char *end, text[ASH_TIME_TEXT];
    ash_zone utc = ash_zone_fixed(0);
    double seconds = strtod(line, &end);
    int64_t base = ash_days_from_civil(2026, 11, 23) * 86400 * ASH_NS_PER_S;
    const char *who = "kato", *client = "10.0.0.5";
    int who_n = 4;
    if (*end == '@') {
        who = ++end;
        end += strcspn(end, " ");
        who_n = (int)(end - who);
        client = strncmp(who, "kato ", 5) == 0 ? client : "10.0.0.6";
    }
    assert_int_equal(*end, ' ');
    ash_time_text(text, base + llround(seconds * 1e6) * 1000, &utc, 6);
    ash_buf_addf(out, "%s fs01 smbd_audit: %.*s|%s|pc01|data|%.*s\n", text, who_n, who, client,
                 (int)(line + n - end - 1), end + 1);
}

void script_log(const char *script, ash_buf *out)
{
    for (const char *p = script; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        script_line(p, n, out);
        p += n + (p[n] == '\n');
    }
    assert_false(out->failed);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *sorted_lines(const char *text)
{
    size_t n = 0, size = strlen(text) + 2;
    for (const char *p = text; *p != '\0'; p++)
        n += *p == '\n';
    char *copy = strdup(text), *out = malloc(size);
    char **lines = malloc((n + 1) * sizeof *lines);
    assert_true(copy != NULL && out != NULL && lines != NULL);
    size_t k = 0;
    for (char *p = copy, *nl; (nl = strchr(p, '\n')) != NULL; p = nl + 1) {
        *nl = '\0';
        lines[k++] = p;
    }
    qsort(lines, k, sizeof *lines, compare_lines);
    char *at = out;
    for (size_t i = 0; i < k; i++, *at++ = '\n')
        at = stpcpy(at, lines[i]);
    *at = '\0';
    free(lines);
    free(copy);
    return out;
}

void expect_accesses(const char *name, const char *script, const char *expected)
{
    folding f;
    decoder d;
    ash_buf log;
    ash_buf_init(&log, 16u << 20);
    script_log(script, &log);
    folding_open(&f);
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    folding_flush(&f);
    char *got = sorted_lines(ash_buf_z(&f.accesses)), *want = sorted_lines(expected);
    if (strcmp(got, want) != 0)
        fail_msg("%s\nscript:\n%sgot:\n%sexpected:\n%s", name, script, got, want);
    free(got);
    free(want);
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
}
