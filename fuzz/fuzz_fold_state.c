/* A saved state of the fold: refused, or as good as one the fold made itself. */
#include <string.h>

#include "fold/fold.h"
#include "fuzz.h"
#include "source/origins.h"

#define ACTORS 4u

static void on_grew(void *user, const ash_access *a, unsigned what)
{
    (void)user, (void)what;
    MUST(a->path.n > 0);
}

static int on_closed(void *user, const ash_access *a, ash_error *err)
{
    (void)user, (void)err;
    MUST(a->path.n > 0 && a->actor < ACTORS);
    return 0;
}

static int on_session(void *user, const ash_session *s, ash_error *err)
{
    (void)user, (void)err;
    MUST(s->actor < ACTORS);
    return 0;
}

static ash_fold *load(ash_actors *actors, ash_view state)
{
    static const ash_fold_sink sink = {
        .grew = on_grew, .closed = on_closed, .session = on_session};
    ash_error err;
    ash_fold *f;
    MUST(ash_fold_new(&f, actors, &sink, 1, &err) == 0);
    ash_cursor c = ash_cursor_of(state);
    int rc = ash_fold_load(f, &c, &err);
    MUST(rc == 0 || rc == ASH_E_FORMAT);
    if (rc == 0)
        return f;
    ash_fold_free(f);
    return NULL;
}

/* What is loaded is what was saved. */
static void check_round_trip(ash_actors *actors, const ash_fold *f)
{
    ash_buf once, twice;
    ash_buf_init(&once, 16u << 20);
    ash_buf_init(&twice, 16u << 20);
    ash_fold_save(f, &once);
    ash_fold *again = load(actors, ash_buf_view(&once));
    MUST(again != NULL);
    ash_fold_save(again, &twice);
    MUST(ash_view_eq(ash_buf_view(&once), ash_buf_view(&twice)));
    ash_fold_free(again);
    ash_buf_free(&once);
    ash_buf_free(&twice);
}

static void go_on(ash_fold *f, const ash_origins *origins)
{
    ash_error err;
    ash_event events[2 * ACTORS];
    ash_batch b = {.events = events, .n = 2 * ACTORS};
    memset(events, 0, sizeof events);
    for (uint32_t i = 0; i < b.n; i++)
        events[i] = (ash_event){.time = INT64_C(1795449600) * ASH_NS_PER_S,
                                .origin = i % ACTORS,
                                .length = 1,
                                .op = i < ACTORS ? ASH_OP_LOOKUP : ASH_OP_READ,
                                .path = ASH_VIEW_LIT("/s/a")};
    /* Only compared; the fold adds to it nowhere. */
    union {
        const ash_origins *in;
        ash_origins *out;
    } o = {.in = origins};
    b.origins = o.out;
    ash_clock clock;
    ash_hours hours;
    ash_likeness likeness = {0};
    const ash_zone zone = ash_zone_fixed(0);
    ash_clock_init(&clock, &zone, 2026, ASH_TIME_NONE);
    ash_hours_init(&hours);
    ash_tally tally = {.clock = &clock, .hours = &hours, .likeness = &likeness};
    MUST(ash_fold_batch(f, 1, &b, &tally, &err) == 0);
    MUST(ash_fold_flush(f, &err) == 0);
    ash_hours_free(&hours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ash_error err;
    ash_actors *actors = ash_actors_new();
    ash_origins *origins = ash_origins_new();
    MUST(actors != NULL && origins != NULL);
    for (char name = 'a'; name < (char)('a' + ACTORS); name++) {
        const ash_origin o = {.account = ash_view_of(&name, 1), .share = ash_view_of(&name, 1)};
        ash_ids ids;
        bool overflow = false;
        MUST(ash_origins_intern(origins, &o, &overflow) == (uint32_t)(name - 'a'));
        MUST(ash_actors_intern(actors, &o, &ids, &overflow, &err) == 0);
    }
    ash_fold *f = load(actors, ash_view_of(data, size));
    if (f != NULL) {
        check_round_trip(actors, f);
        go_on(f, origins);
        ash_fold_free(f);
    }
    ash_origins_free(origins);
    ash_actors_free(actors);
    return 0;
}
