#include "extract/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "extract/wire.h"

typedef struct helper {
    int socket;    /* -1: there is none */
    int pidfd;
    bool ready, busy;
    uint64_t id;       /* of the file it has */
    uint64_t jobs;     /* files it had */
    double deadline;
    ash_buf in;
} helper;

struct ash_pool {
    ash_pool_options o;
    int nursery;
    helper *helpers;
    unsigned n, stillborn; /* helpers that ended before they were ready, in a row */
    uint64_t lost;
    char setup[ASH_WIRE_MESSAGE];
    size_t setup_n;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > (long)ASH_HELPERS_MAX ? ASH_HELPERS_MAX : (unsigned)n;
}

int ash_pool_start(ash_pool **ret, const ash_pool_options *o, ash_error *err)
{
    int pair[2];
    ash_pool *p = calloc(1, sizeof *p);
    unsigned n = o->helpers == 0 ? cores() : o->helpers > ASH_HELPERS_MAX ? ASH_HELPERS_MAX : o->helpers;
    if (p != NULL)
        p->helpers = calloc(n, sizeof *p->helpers);
    if (p == NULL || p->helpers == NULL) {
        free(p);
        return ash_fail(err, ASH_E_NOMEM, "extract", "%s", _("out of memory"));
    }
    p->o = *o;
    p->n = n;
    if (p->o.timeout_s == 0)
        p->o.timeout_s = ASH_HELPER_TIMEOUT_S;
    for (unsigned i = 0; i < n; i++) {
        p->helpers[i].socket = p->helpers[i].pidfd = -1;
        ash_buf_init(&p->helpers[i].in, ASH_WIRE_FRAME_MAX + 4);
    }
    pid_t me = getpid(), pid = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0)
        pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != me)
            _exit(1);
        close(pair[0]);
        ash_nursery_run(pair[1], &p->o);
    }
    if (pid < 0) {
        free(p->helpers);
        free(p);
        return ash_fail(err, ASH_E_IO, "extract", "%s", _("the helper processes cannot be started"));
    }
    close(pair[1]);
    p->nursery = pair[0];
    *ret = p;
    return 0;
}

void ash_pool_setup(ash_pool *p, ash_view setup)
{
    p->setup_n = setup.n < sizeof p->setup - 1 ? setup.n : sizeof p->setup - 1;
    memcpy(p->setup, setup.p, p->setup_n);
}

static void end_helper(helper *h)
{
    if (h->socket >= 0)
        close(h->socket);
    if (h->pidfd >= 0) {
        syscall(SYS_pidfd_send_signal, h->pidfd, SIGKILL, NULL, 0);
        close(h->pidfd);
    }
    h->socket = h->pidfd = -1;
    h->ready = h->busy = false;
    h->jobs = 0;
    ash_buf_clear(&h->in);
}

static int begin_helper(ash_pool *p, helper *h, ash_error *err)
{
    char message[ASH_WIRE_MESSAGE + 1], answer[8];
    int fds[ASH_WIRE_FDS];
    unsigned n_fds = 0;
    message[0] = 'h';
    memcpy(message + 1, p->setup, p->setup_n);
    if (p->stillborn > ASH_HELPERS_MAX || !ash_wire_send(p->nursery, message, p->setup_n + 1, NULL, 0) ||
        ash_wire_receive(p->nursery, answer, sizeof answer, fds, &n_fds) <= 0 || n_fds != 2) {
        if (n_fds == 1)
            close(fds[0]);
        return ash_fail(err, ASH_E_STATE, "extract", "%s",
                        _("the helper processes that read files cannot be started; is seccomp allowed here?"));
    }
    h->socket = fds[0];
    h->pidfd = fds[1];
    h->ready = h->busy = false;
    h->deadline = now() + p->o.timeout_s;
    return 0;
}

/* --- results ------------------------------------------------------------------------ */

static void tell(ash_pool *p, helper *h, const ash_pool_result *r)
{
    uint64_t id = h->id;
    h->busy = false;
    p->o.done(p->o.user, id, r);
}

/* The helper is gone, or has to be: the file it had is lost. */
static void lose(ash_pool *p, helper *h, ash_readout why)
{
    ash_pool_result r = {.extract = {.outcome = why}};
    bool busy = h->busy;
    p->stillborn = h->ready ? 0 : p->stillborn + 1;
    p->lost++;
    end_helper(h);
    if (busy) {
        h->busy = true;
        tell(p, h, &r);
    }
}

/* What has come: a mark that it is ready, then one frame for each file. */
static bool take_frames(ash_pool *p, helper *h)
{
    if (!h->ready && h->in.n > 0) {
        if (h->in.p[0] != 'r')
            return false;
        h->ready = true;
        p->stillborn = 0;
        memmove(h->in.p, h->in.p + 1, --h->in.n);
    }
    if (h->in.n < 4)
        return true;
    ash_cursor c = ash_cursor_of(ash_buf_view(&h->in));
    uint32_t n = ash_get_u32(&c);
    if (n > ASH_WIRE_FRAME_MAX || !h->busy)
        return false;
    if (h->in.n < 4 + (size_t)n)
        return true;
    ash_pool_result r;
    if (!ash_wire_get_result(ash_view_of(h->in.p + 4, n), &r.extract, &r.bytes) || h->in.n != 4 + (size_t)n)
        return false;
    tell(p, h, &r);
    ash_buf_clear(&h->in);
    if (++h->jobs >= ASH_HELPER_JOBS)
        end_helper(h); /* what libraries leaked goes with it */
    return true;
}

static void hear(ash_pool *p, helper *h)
{
    char *room = ash_buf_room(&h->in, 64u << 10);
    ssize_t n = room == NULL ? 0 : recv(h->socket, room, 64u << 10, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        ash_buf_wrote(&h->in, room + n);
    if (n <= 0 || !take_frames(p, h))
        lose(p, h, ASH_READOUT_KILLED);
}

/* Waits until something comes or a deadline passes. */
static void wait_some(ash_pool *p)
{
    struct pollfd fds[ASH_HELPERS_MAX];
    helper *of[ASH_HELPERS_MAX];
    nfds_t n = 0;
    double next = now() + 1;
    for (unsigned i = 0; i < p->n; i++) {
        helper *h = &p->helpers[i];
        if (h->socket < 0)
            continue;
        of[n] = h;
        fds[n++] = (struct pollfd){.fd = h->socket, .events = POLLIN};
        if ((h->busy || !h->ready) && h->deadline < next)
            next = h->deadline;
    }
    double wait = next - now();
    if (poll(fds, n, wait > 0 ? (int)(wait * 1000) + 1 : 0) > 0)
        for (nfds_t i = 0; i < n; i++)
            if (fds[i].revents != 0)
                hear(p, of[i]);
    for (nfds_t i = 0; i < n; i++)
        if (of[i]->socket >= 0 && (of[i]->busy || !of[i]->ready) && now() > of[i]->deadline)
            lose(p, of[i], ASH_READOUT_TIMEOUT);
}

/* --- files --------------------------------------------------------------------------- */

static int free_helper(ash_pool *p, helper **ret, ash_error *err)
{
    for (;;) {
        for (unsigned i = 0; i < p->n; i++) {
            helper *h = &p->helpers[i];
            if (!h->busy) {
                *ret = h;
                return h->socket < 0 ? begin_helper(p, h, err) : 0;
            }
        }
        wait_some(p);
    }
}

int ash_pool_give(ash_pool *p, int fd, const ash_file_hint *hint, uint64_t id, ash_error *err)
{
    char message[1024];
    size_t name = hint->name.n < sizeof message - 8 ? hint->name.n : sizeof message - 8;
    for (unsigned i = 0; i < 8; i++)
        message[i] = (char)(hint->size >> 8 * i);
    if (name > 0)
        memcpy(message + 8, hint->name.p, name);
    for (;;) {
        helper *h;
        int rc = free_helper(p, &h, err);
        if (rc < 0)
            return rc;
        if (ash_wire_send(h->socket, message, 8 + name, &fd, 1)) {
            h->busy = true;
            h->id = id;
            h->deadline = now() + p->o.timeout_s + (double)(hint->size >> 20);
            return 0;
        }
        lose(p, h, ASH_READOUT_KILLED); /* it died idle: the file is given to another */
    }
}

int ash_pool_finish(ash_pool *p, ash_error *err)
{
    (void)err;
    while (ash_pool_busy(p) > 0)
        wait_some(p);
    return 0;
}

unsigned ash_pool_busy(const ash_pool *p)
{
    unsigned busy = 0;
    for (unsigned i = 0; i < p->n; i++)
        busy += p->helpers[i].busy;
    return busy;
}

uint64_t ash_pool_lost(const ash_pool *p)
{
    return p->lost;
}

void ash_pool_stop(ash_pool *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < p->n; i++) {
        end_helper(&p->helpers[i]);
        ash_buf_free(&p->helpers[i].in);
    }
    close(p->nursery);
    free(p->helpers);
    free(p);
}
