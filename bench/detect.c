/* What the detectors cost: all of them on made-up accesses of many actors.
 *
 *   detect [--accesses N] [--actors N]
 *
 * The accesses are made before the clock starts. Prints accesses a second of one core,
 * and the bytes the suite takes: resident memory after, less that before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "detect/engine.h"

/* Few: a path that was just folded is in the cache. */
#define PATHS 20000u
#define START (INT64_C(1795392000) * ASH_NS_PER_S)

typedef struct step {
    uint32_t actor, path;
    uint32_t share;
    unsigned grew;
    int64_t time;
} step;

static uint64_t next(uint64_t *x)
{
    *x += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *x;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void on_finding(void *user, const ash_detector *by, const ash_finding *f)
{
    (void)by;
    (void)f;
    ++*(uint64_t *)user;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double resident_mb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f != NULL)
        fclose(f);
    return (double)pages * 4096 / (1 << 20);
}

static void make_actors(ash_actors *a, uint32_t n)
{
    ash_ids ids;
    bool overflow = false;
    ash_error err;
    for (uint32_t i = 0; i < n; i++) {
        char account[24], client[24], ws[24];
        snprintf(account, sizeof account, "user%u", i);
        snprintf(client, sizeof client, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        snprintf(ws, sizeof ws, "PC%u", i);
        const ash_origin o = {.server = ASH_VIEW_LIT("fs01"), .share = ASH_VIEW_LIT("data"),
                              .account = ash_view_z(account), .client = ash_view_z(client),
                              .workstation = ash_view_z(ws)};
        if (ash_actors_intern(a, &o, &ids, &overflow, &err) < 0)
            exit(1);
    }
}

/* People work in turns: a few hundred accesses a session, most of them in folders of
 * their own. */
static step *make_steps(size_t n, uint32_t actors)
{
    static const unsigned grew[] = {ASH_GREW_READ,   ASH_GREW_READ,    ASH_GREW_READ,  ASH_GREW_LISTED,
                                    ASH_GREW_OPENED, ASH_GREW_WRITTEN, ASH_GREW_DENIED, ASH_GREW_LISTED};
    step *s = malloc(n * sizeof *s);
    uint64_t rng = 7;
    int64_t t = START;
    for (size_t i = 0; s != NULL && i < n; i++) {
        uint64_t x = next(&rng);
        uint32_t actor = (uint32_t)((i / 4096 * 512 + x % 512) % actors);
        uint32_t path = x >> 40 & 7 ? actor * 29u + (uint32_t)(x >> 20 & 63) : (uint32_t)(x >> 12);
        t += ASH_NS_PER_S / 20;
        s[i] = (step){actor, path % PATHS, path % 3, grew[x >> 9 & 7], t};
    }
    return s;
}

static size_t option(int argc, char **argv, const char *name, size_t fallback)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return (size_t)strtoull(argv[i + 1], NULL, 10);
    return fallback;
}

int main(int argc, char **argv)
{
    size_t n = option(argc, argv, "--accesses", 5000000);
    uint32_t actors = (uint32_t)option(argc, argv, "--actors", 100000);
    ash_actors *a = ash_actors_new();
    char (*paths)[48] = malloc(PATHS * sizeof *paths);
    step *steps = make_steps(n, actors);
    ash_engine *e;
    ash_error err;
    uint64_t reports = 0;
    if (a == NULL || paths == NULL || steps == NULL)
        return 1;
    for (uint32_t i = 0; i < PATHS; i++)
        snprintf(paths[i], sizeof paths[i], "/srv/data/dept%02u/project%04u/file%06u.docx", i % 40, i / 50, i);
    make_actors(a, actors);
    double before = resident_mb();
    if (ash_engine_new(&e, a, on_finding, &reports, &err) < 0)
        return 1;
    double begun = seconds();
    for (size_t i = 0; i < n; i++) {
        const step *s = &steps[i];
        const ash_access x = {.actor = s->actor, .principal = s->actor, .share = s->share, .input = 1,
                              .path = ash_view_z(paths[s->path]), .first = s->time, .last = s->time,
                              .offset = i, .records = 1, .object = ASH_OBJECT_FILE,
                              .grade = s->grew & ASH_GREW_READ ? ASH_GRADE_READ : ASH_GRADE_OPENED,
                              .changes = s->grew & ASH_GREW_WRITTEN ? ASH_CHANGE_WRITTEN : 0};
        ash_engine_access(e, &x, s->grew, true);
    }
    double took = seconds() - begun;
    printf("%zu accesses of %u actors, %zu detectors: %.2f M/s, %.0f ns each; %.0f MB; %llu reports\n", n, actors,
           ash_n_detectors, (double)n / took / 1e6, took * 1e9 / (double)n, resident_mb() - before,
           (unsigned long long)reports);
    ash_engine_free(e);
    ash_actors_free(a);
    free(steps);
    free(paths);
    return 0;
}
