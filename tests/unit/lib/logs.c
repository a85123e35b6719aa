#include "logs.h"

static const char *const what[] = {
    "openat|ok|r|",
    "openat|ok|r|",
    "openat|ok|r|",
    "openat|fail (No such file or directory)|r|",
    "openat|fail (Permission denied)|r|",
    "create_file|ok|0x81|dir|open|",
    "create_file|ok|0x120089|file|open|",
    "create_file|ok|0x12019f|file|overwrite_if|",
    "create_file|fail (x)|0x1|file|open|",
    "fdopendir|ok|",
    "pread_send|ok|",
    "pread_recv|ok|",
    "pread_recv|ok|",
    "pwrite_recv|ok|",
    "unlinkat|ok|",
    "connect|ok|data",
    "frobnicate|ok|",
};

void random_script(rng *r, unsigned n, ash_buf *script)
{
    double t = 0;
    for (unsigned i = 0; i < n; i++) {
        unsigned k = rng_below(r, COUNT(what));
        /* Now and then a pause that ends accesses, now and then a step back. */
        unsigned move = rng_below(r, 200);
        t += move == 0 ? 1000 : move == 1 ? -300 : move == 2 ? 30 : rng_below(r, 100) / 50.0;
        t = t < 0 ? 0 : t;
        ash_buf_addf(script, "%.3f@%s ", t, rng_below(r, 3) == 0 ? "suzuki" : "kato");
        if (rng_below(r, 30) == 0) {
            ash_buf_addf(script, "renameat|ok|/s/d%u/f%u|/s/d%u/f%u\n", rng_below(r, 4),
                         rng_below(r, 9), rng_below(r, 4), rng_below(r, 9));
            continue;
        }
        ash_buf_addf(script, "%s/s/d%u", what[k], rng_below(r, 4));
        if (rng_below(r, 4) != 0)
            ash_buf_addf(script, "/f%u", rng_below(r, 9));
        ash_buf_add_c(script, '\n');
    }
    assert_false(script->failed);
}

uint64_t property_seed(void)
{
    const char *given = getenv("ASHIATO_SEED");
    uint64_t seed = given == NULL ? UINT64_C(20211108) : strtoull(given, NULL, 10);
    print_message("# seed %llu\n", (unsigned long long)seed);
    return seed == 0 ? 1 : seed;
}
