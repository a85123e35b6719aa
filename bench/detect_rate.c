/* How fast all detectors together take accesses, and how much memory they hold: made-up
 * accesses through the engine, nothing else. Prints a row of a table.
 *
 *   detect_rate ACTORS ACCESSES
 *
 * Each actor makes about forty accesses a day, in working hours. What making them up
 * costs is measured first and taken off. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "detect/engine.h"
#include "simulate/rng.h"

enum { FOLDERS = 50000, HOMES = 24, A_DAY = 40, BEGIN = 1767571200 /* 2026-01-05 */ };

typedef struct stream {
    uint64_t rng, n, findings;
    uint32_t actors;
    uint32_t *ids; /* of the engine's */
    uint32_t share;
    char path[64];
    uint64_t sum; /* keeps the floor from being optimised away */
} stream;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double resident_mb(void)
{
    unsigned long all, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%lu %lu", &all, &resident) != 2)
        resident = 0;
    if (f != NULL)
        fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

/* The i-th access: ten hours of a day hold all of it. */
static int64_t time_of(const stream *s, uint64_t i)
{
    uint64_t each = (uint64_t)s->actors * A_DAY, day = i / each;
    uint64_t ns = (i % each) * (10 * 3600 * UINT64_C(1000000000) / each);
    return ((int64_t)BEGIN + (int64_t)day * 86400) * ASH_NS_PER_S + (int64_t)ns;
}

static unsigned put_number(char *p, unsigned v, unsigned digits)
{
    for (unsigned i = digits; i > 0; i--, v /= 10)
        p[i - 1] = (char)('0' + v % 10);
    return digits;
}

/* Folders and files of the actor's own, mostly. */
static unsigned next_access(stream *s, uint64_t i, ash_access *a)
{
    uint32_t who = ash_rng_below(&s->rng, s->actors), r = ash_rng_below(&s->rng, 1000);
    uint32_t folder = (uint32_t)(ash_mix64((uint64_t)who * HOMES + ash_rng_skewed(&s->rng, HOMES)) %
                                 FOLDERS);
    bool listing = r < 450;
    unsigned n = 12;
    if (r % 25 == 0)
        folder = ash_rng_below(&s->rng, FOLDERS);
    n += put_number(s->path + n, folder, 5);
    if (!listing) {
        memcpy(s->path + n, "/report-", 8);
        n += 8 + put_number(s->path + n + 8, ash_rng_skewed(&s->rng, 60), 3);
        memcpy(s->path + n, ".docx", 5);
        n += 5;
    }
    *a = (ash_access){
        .actor = s->ids[who],
        .principal = s->ids[who],
        .share = s->share,
        .session = who,
        .path = {s->path, n},
        .first = time_of(s, i),
        .last = time_of(s, i),
        .offset = i * 150,
        .end = i * 150 + 150,
        .records = 1,
        .grade = listing   ? ASH_GRADE_LISTED
                 : r < 900 ? ASH_GRADE_READ
                           : ASH_GRADE_OPENED,
        .changes = r >= 900 && r < 980 ? ASH_CHANGE_WRITTEN : 0,
        .object = listing ? ASH_OBJECT_DIR : ASH_OBJECT_FILE,
    };
    return listing   ? ASH_GREW_LISTED
           : r < 900 ? ASH_GREW_READ
           : r < 980 ? ASH_GREW_WRITTEN
                     : ASH_GREW_MISSING;
}

static double run(stream *s, ash_engine *e)
{
    s->rng = 1;
    double begin = now_s();
    for (uint64_t i = 0; i < s->n; i++) {
        ash_access a;
        unsigned grew = next_access(s, i, &a);
        s->sum += a.path.n + grew;
        if (e != NULL)
            ash_engine_access(e, &a, grew, true);
    }
    return now_s() - begin;
}

static void on_finding(void *user, const ash_detector *by, const ash_finding *f)
{
    stream *s = user;
    (void)by;
    (void)f;
    s->findings++;
}

/* False: no memory. */
static bool make_actors(stream *s, ash_actors *actors)
{
    for (uint32_t i = 0; i < s->actors; i++) {
        char account[16], client[16];
        bool overflow = false;
        ash_ids ids;
        snprintf(account, sizeof account, "user%u", i);
        snprintf(client, sizeof client, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        const ash_origin o = {.server = {"fs01", 4},
                              .share = {"kyoyu", 5},
                              .account = {account, strlen(account)},
                              .client = {client, strlen(client)},
                              .workstation = {account, strlen(account)}};
        if (ash_actors_intern(actors, &o, &ids, &overflow, NULL) < 0)
            return false;
        s->ids[i] = ids.actor;
        s->share = ids.share;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 3 || atoi(argv[1]) <= 0 || atoll(argv[2]) <= 0) {
        fprintf(stderr, "usage: detect_rate ACTORS ACCESSES\n");
        return 2;
    }
    stream s = {.actors = (uint32_t)atoi(argv[1]), .n = (uint64_t)atoll(argv[2])};
    ash_actors *actors = ash_actors_new();
    ash_engine *e = NULL;
    memcpy(s.path, "/srv/kyoyu/d", 12);
    s.ids = calloc(s.actors, sizeof *s.ids);
    if (actors == NULL || s.ids == NULL || !make_actors(&s, actors)) {
        fprintf(stderr, "detect_rate: out of memory\n");
        return 1;
    }
    double floor_s = run(&s, NULL), before = resident_mb();
    if (ash_engine_new(&e, actors, on_finding, &s, NULL) < 0) {
        fprintf(stderr, "detect_rate: no engine\n");
        return 1;
    }
    double all_s = run(&s, e), held = resident_mb() - before;
    printf("| %u | %llu | %.2f | %.0f | %.0f | %llu |\n", s.actors, (unsigned long long)s.n,
           (double)s.n / (all_s - floor_s) / 1e6, (all_s - floor_s) * 1e9 / (double)s.n, held,
           (unsigned long long)s.findings);
    ash_engine_free(e);
    ash_actors_free(actors);
    free(s.ids);
    return s.sum == 0;
}
