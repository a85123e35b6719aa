/* Helpers: what they find comes back; one that dies or hangs costs its file. */
#include "unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "extract/pool.h"

#define FILES 40u

static struct {
    char found[FILES][32];
    ash_readout outcome[FILES];
    unsigned done[FILES];
} got;

static char key[32];

static int use_open(void **ret, void *shared, ash_view setup, ash_error *err)
{
    (void)err;
    if (setup.n != 3)
        return -1;
    memcpy(key, setup.p, 3);
    *ret = shared;
    return 0;
}

static void use_begin(void *state, const ash_file_hint *f)
{
    (void)state;
    if (ash_view_is(f->name, "first"))
        key[2] = '!';
}

/* What a hostile document might make its reader do. */
static bool use_piece(void *state, const ash_piece *p)
{
    (void)state;
    if (ash_view_starts(p->text, ASH_VIEW_LIT("die")))
        raise(SIGKILL);
    if (ash_view_starts(p->text, ASH_VIEW_LIT("hang")))
        for (;;)
            pause();
    if (ash_view_starts(p->text, ASH_VIEW_LIT("memory"))) {
        for (size_t i = 0; i < 64; i++) {
            char *m = malloc(64u << 20);
            if (m == NULL)
                break;
            memset(m, 1, 64u << 20);
        }
        key[1] = 'M';
    }
    if (ash_view_starts(p->text, ASH_VIEW_LIT("break out"))) {
        key[0] = open("/etc/passwd", O_RDONLY) < 0 ? 'f' : 'F';
        key[1] = socket(AF_INET, SOCK_STREAM, 0) < 0 ? 'n' : 'N';
        key[2] = fork() < 0 ? 'p' : 'P';
    }
    return true;
}

static void use_end(void *state, const ash_extract_result *r, ash_buf *out)
{
    (void)state;
    ash_buf_addf(out, "%s %llu", key, (unsigned long long)r->text_bytes);
    memcpy(key, "abc", 3);
}

static const ash_text_use use = {.open = use_open, .begin = use_begin, .piece = use_piece, .end = use_end};

static void on_done(void *user, uint64_t id, const ash_pool_result *r)
{
    (void)user;
    assert_true(id < FILES);
    got.done[id]++;
    got.outcome[id] = r->extract.outcome;
    snprintf(got.found[id], sizeof got.found[id], "%.*s", (int)r->bytes.n, r->bytes.n == 0 ? "" : r->bytes.p);
}

static ash_pool *start(unsigned helpers, unsigned timeout_s)
{
    ash_error err;
    ash_pool *p;
    memset(&got, 0, sizeof got);
    ash_pool_options o = {.helpers = helpers, .use = &use, .timeout_s = timeout_s, .done = on_done};
    ASSERT_OK(ash_pool_start(&p, &o, &err));
    ash_pool_setup(p, ASH_VIEW_LIT("abc"));
    return p;
}

static void give(ash_pool *p, const char *text, const char *name, uint64_t id)
{
    ash_error err;
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    ash_file_hint hint = {.name = ash_view_z(name), .size = strlen(text)};
    ASSERT_OK(ash_pool_give(p, fd, &hint, id, &err));
    close(fd);
}

static void results_come_back(void **state)
{
    (void)state;
    ash_error err;
    ash_pool *p = start(2, 20);
    for (uint64_t i = 0; i < FILES; i++)
        give(p, "hello\n", i == 0 ? "first" : "other", i);
    ASSERT_OK(ash_pool_finish(p, &err));
    for (uint64_t i = 0; i < FILES; i++) {
        assert_int_equal(got.done[i], 1);
        assert_int_equal(got.outcome[i], ASH_READOUT_OK);
        assert_string_equal(got.found[i], i == 0 ? "ab! 6" : "abc 6");
    }
    assert_int_equal(ash_pool_lost(p), 0);
    ash_pool_stop(p);
}

static void a_dead_helper_costs_its_file(void **state)
{
    (void)state;
    ash_error err;
    ash_pool *p = start(2, 20);
    for (uint64_t i = 0; i < FILES; i++)
        give(p, i % 10 == 3 ? "die" : "hello\n", "x", i);
    ASSERT_OK(ash_pool_finish(p, &err));
    for (uint64_t i = 0; i < FILES; i++) {
        assert_int_equal(got.done[i], 1);
        assert_int_equal(got.outcome[i], i % 10 == 3 ? ASH_READOUT_KILLED : ASH_READOUT_OK);
    }
    assert_int_equal(ash_pool_lost(p), FILES / 10);
    ash_pool_stop(p);
}

static void a_hanging_helper_costs_its_file(void **state)
{
    (void)state;
    ash_error err;
    ash_pool *p = start(1, 2);
    give(p, "hello\n", "x", 0);
    give(p, "hang", "x", 1);
    give(p, "hello\n", "x", 2);
    ASSERT_OK(ash_pool_finish(p, &err));
    assert_int_equal(got.outcome[0], ASH_READOUT_OK);
    assert_int_equal(got.outcome[1], ASH_READOUT_TIMEOUT);
    assert_int_equal(got.outcome[2], ASH_READOUT_OK);
    ash_pool_stop(p);
}

static void no_way_out(void **state)
{
    (void)state;
    ash_error err;
    ash_pool *p = start(1, 20);
    give(p, "break out", "x", 0);
    if (!SLOW) /* a sanitizer needs more address space than a helper has */
        give(p, "memory", "x", 1);
    ASSERT_OK(ash_pool_finish(p, &err));
    assert_string_equal(got.found[0], "fnp 9");
    if (!SLOW)
        assert_string_equal(got.found[1], "aMc 6");
    ash_pool_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_back),
        cmocka_unit_test(a_dead_helper_costs_its_file),
        cmocka_unit_test(a_hanging_helper_costs_its_file),
        cmocka_unit_test(no_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
