/* A helper: reads one file after the other for as long as it lives. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "extract/jail.h"
#include "extract/pool.h"
#include "extract/wire.h"

struct helper {
    const ash_text_use *use;
    void *state;
    int programs;
};

static int ask_pdf(void *user, int fd)
{
    struct helper *h = user;
    char answer[8];
    int fds[ASH_WIRE_FDS];
    unsigned n_fds;
    if (!ash_wire_send(h->programs, "p", 1, &fd, 1) ||
        ash_wire_receive(h->programs, answer, sizeof answer, fds, &n_fds) <= 0)
        return -1;
    if (n_fds == 2)
        close(fds[1]);
    return n_fds > 0 ? fds[0] : -1;
}

static bool answer(int jobs, const ash_buf *body)
{
    unsigned char head[4];
    for (unsigned i = 0; i < 4; i++)
        head[i] = (unsigned char)(body->n >> 8 * i);
    return ash_wire_write(jobs, head, sizeof head) && ash_wire_write(jobs, body->p, body->n);
}

static void read_file(struct helper *h, int fd, ash_view job, ash_buf *results, ash_buf *body)
{
    ash_cursor c = ash_cursor_of(job);
    ash_file_hint hint = {.size = ash_get_u64(&c)};
    ash_extract_limits limits = {0};
    ash_extract_result r;
    hint.name = ash_view_skip(job, c.at);
    ash_extract_ops ops = {.piece = h->use->piece,
                           .member = h->use->member,
                           .user = h->state,
                           .pdf = ask_pdf,
                           .pdf_user = h};
    h->use->begin(h->state, &hint);
    ash_extract(fd, &limits, &ops, &r);
    ash_buf_clear(results);
    h->use->end(h->state, &r, results);
    ash_buf_clear(body);
    ash_wire_put_result(body, &r);
    if (!results->failed)
        ash_buf_add_view(body, ash_buf_view(results));
}

_Noreturn void ash_helper_run(int jobs, int programs, const ash_pool_options *o, ash_view setup)
{
    struct helper h = {.use = o->use, .programs = programs};
    char job[ASH_WIRE_MESSAGE];
    ash_buf results, body;
    ash_error err;
    ash_buf_init(&results, ASH_RESULT_MAX);
    ash_buf_init(&body, ASH_WIRE_FRAME_MAX);
    if (ash_extract_prepare(&err) < 0 || o->use->open(&h.state, o->shared, setup, &err) < 0 ||
        !ash_jail_helper(ASH_HELPER_MEMORY))
        _exit(1);
    if (!ash_wire_write(jobs, "r", 1))
        _exit(1);
    for (;;) {
        int fds[ASH_WIRE_FDS];
        unsigned n_fds;
        ssize_t n = ash_wire_receive(jobs, job, sizeof job, fds, &n_fds);
        if (n < 8 || n_fds != 1)
            _exit(n == 0 ? 0 : 1);
        read_file(&h, fds[0], ash_view_of(job, (size_t)n), &results, &body);
        close(fds[0]);
        if (!answer(jobs, &body))
            _exit(1);
    }
}
