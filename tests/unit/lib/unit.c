#include "unit.h"

#include <ftw.h>
#include <sys/resource.h>
#include <unistd.h>

#define MINUTES_MAX (SLOW ? 5 : 1)
#define MEMORY_MAX (UINT64_C(6) << 30)

/* A test that hangs or eats memory fails, and does not take the machine along.
 * Sanitizers reserve address space by the terabyte: there their own limit counts. */
__attribute__((constructor)) static void set_limits(void)
{
    alarm(MINUTES_MAX * 60);
#if !SLOW
    const struct rlimit memory = {MEMORY_MAX, MEMORY_MAX};
    setrlimit(RLIMIT_AS, &memory);
#endif
}

#if SLOW
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "hard_rss_limit_mb=6144:allocator_may_return_null=1";
}
#endif

void expect_view(ash_view got, const char *expected)
{
    if (!ash_view_is(got, expected))
        fail_msg("got \"%.*s\", expected \"%s\"", (int)got.n, got.n == 0 ? "" : got.p, expected);
}

uint64_t rng_next(rng *r)
{
    r->s ^= r->s >> 12;
    r->s ^= r->s << 25;
    r->s ^= r->s >> 27;
    return r->s * UINT64_C(2685821657736338717);
}

uint32_t rng_below(rng *r, uint32_t n)
{
    return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

char *temp_dir_make(void)
{
    const char *base = getenv("TMPDIR");
    char *dir = malloc(4096);
    assert_non_null(dir);
    snprintf(dir, 4096, "%s/ashiato-unit-XXXXXX", base == NULL ? "/tmp" : base);
    assert_non_null(mkdtemp(dir));
    return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void temp_dir_remove(char *dir)
{
    if (dir != NULL)
        nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

const char *temp_path(const char *dir, const char *name)
{
    static char paths[8][4200];
    static unsigned next;
    char *p = paths[next++ % 8];
    snprintf(p, sizeof paths[0], "%s/%s", dir, name);
    return p;
}

void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

char *read_file(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s cannot be opened", path);
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *p = malloc((size_t)n + 1);
    assert_non_null(p);
    assert_int_equal(fread(p, 1, (size_t)n, f), n);
    fclose(f);
    p[n] = '\0';
    if (ret_n != NULL)
        *ret_n = (size_t)n;
    return p;
}

void shell(const char *fmt, ...)
{
    char command[9000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}
