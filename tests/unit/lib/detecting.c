#include "detecting.h"

#include <math.h>

/* Of detectors that go by what is usual for an account. */
static bool is_slow(ash_finding_kind k)
{
    return k == ASH_FINDING_SLOW_COLLECTION || k == ASH_FINDING_BREADTH || k == ASH_FINDING_INSIDER ||
           (k >= ASH_FINDING_NEW_CLIENT && k <= ASH_FINDING_BEACON);
}

static void on_finding(void *user, const ash_detector *by, const ash_finding *f)
{
    detecting *d = user;
    size_t i = 0;
    assert_non_null(by);
    assert_true(f->number > 0);
    if (is_slow((ash_finding_kind)f->kind) != d->slow)
        return;
    d->reports++;
    while (i < d->n && i < FOUND_MAX && d->found[i].number != f->number)
        i++;
    if (i < FOUND_MAX)
        d->found[i] = *f; /* what it has grown to */
    d->n = i + 1 > d->n ? i + 1 : d->n;
}

detecting *detecting_open(void)
{
    ash_error err = {0};
    detecting *d = calloc(1, sizeof *d);
    assert_non_null(d);
    d->actors = ash_actors_new();
    assert_non_null(d->actors);
    ASSERT_OK(ash_engine_new(&d->engine, d->actors, on_finding, d, &err));
    return d;
}

void detecting_close(detecting *d)
{
    ash_engine_free(d->engine);
    ash_actors_free(d->actors);
    free(d);
}

uint32_t actor_at(detecting *d, const char *account, const char *client, const char *workstation)
{
    ash_error err = {0};
    ash_ids ids;
    bool overflow = false;
    const ash_origin o = {.server = ASH_VIEW_LIT("fs01"),
                          .share = ASH_VIEW_LIT("data"),
                          .account = ash_view_z(account),
                          .client = ash_view_z(client),
                          .workstation = ash_view_z(workstation)};
    ASSERT_OK(ash_actors_intern(d->actors, &o, &ids, &overflow, &err));
    return ids.actor;
}

uint32_t actor_of(detecting *d, const char *account, const char *client)
{
    return actor_at(d, account, client, "ws");
}

static int64_t ns_of(double second)
{
    return DAY0 * ASH_NS_PER_S + llround(second * 1e6) * 1000;
}

static void deliver(detecting *d, uint32_t actor, double second, unsigned grew, bool reads_logged)
{
    /* Every access is of a folder, or of a file in one, that no other is of. */
    char path[32];
    snprintf(path, sizeof path, "/srv/%llu/f", (unsigned long long)++d->path);
    const ash_access a = {.actor = actor,
                          .path = ash_view_z(path),
                          .first = ns_of(second),
                          .last = ns_of(second),
                          .offset = d->path,
                          .input = 1,
                          .records = 1};
    ash_engine_access(d->engine, &a, grew, reads_logged);
}

void touch_path(detecting *d, uint32_t actor, double second, unsigned grew, const char *path)
{
    const ash_access a = {.actor = actor,
                          .path = ash_view_z(path),
                          .first = ns_of(second),
                          .last = ns_of(second),
                          .offset = ++d->path,
                          .input = 1,
                          .object = grew & ASH_GREW_LISTED ? ASH_OBJECT_DIR : ASH_OBJECT_FILE,
                          .records = 1};
    ash_engine_access(d->engine, &a, grew, true);
}

void hit(detecting *d, uint32_t actor, double second, unsigned grew)
{
    deliver(d, actor, second, grew, true);
}

void hit_opened(detecting *d, uint32_t actor, double second, bool reads_logged)
{
    deliver(d, actor, second, ASH_GREW_OPENED, reads_logged);
}

double hits(detecting *d, uint32_t actor, double second, unsigned n, double gap, unsigned grew)
{
    for (unsigned i = 0; i < n; i++, second += gap)
        hit(d, actor, second, grew);
    return second;
}

void logon(detecting *d, uint32_t actor, double second, bool ok, bool anonymous)
{
    const ash_logon l = {.anonymous = anonymous};
    const ash_event e = {.op = ASH_OP_LOGON,
                         .outcome = ok ? ASH_OUTCOME_OK : ASH_OUTCOME_DENIED,
                         .logon = &l};
    ash_engine_logon(d->engine, &e, ns_of(second), actor, 1);
}

void detecting_finish(detecting *d)
{
    ash_engine_finish(d->engine);
}

void detecting_reload(detecting *d)
{
    ash_error err = {0};
    ash_buf state;
    ash_buf_init(&state, 256u << 20);
    ash_engine_save(d->engine, &state);
    assert_false(state.failed);
    ash_engine_free(d->engine);
    ASSERT_OK(ash_engine_new(&d->engine, d->actors, on_finding, d, &err));
    ash_cursor c = ash_cursor_of(ash_buf_view(&state));
    ASSERT_OK(ash_engine_load(d->engine, &c, &err));
    assert_int_equal(c.at, c.n);
    ash_buf_free(&state);
}

size_t found(const detecting *d, ash_finding_kind kind, const ash_finding **ret)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n && i < FOUND_MAX; i++) {
        if (d->found[i].kind != kind)
            continue;
        n++;
        if (ret != NULL)
            *ret = &d->found[i];
    }
    return n;
}
