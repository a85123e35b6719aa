/* The process that makes helpers, and runs pdftotext for them. It never sees a
 * byte of a hostile file. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "extract/jail.h"
#include "extract/pool.h"
#include "extract/wire.h"

struct nursery {
    const ash_pool_options *o;
    int parent;
    int helpers[ASH_HELPERS_MAX * 2]; /* asking for programs; also those that are just ending */
    unsigned n;
    char pdftotext[256]; /* "": not installed */
};

static void find_program(struct nursery *s)
{
    static const char *const places[] = {"/usr/bin/pdftotext", "/usr/local/bin/pdftotext", "/bin/pdftotext"};
    for (size_t i = 0; i < sizeof places / sizeof places[0] && s->pdftotext[0] == '\0'; i++)
        if (access(places[i], X_OK) == 0)
            snprintf(s->pdftotext, sizeof s->pdftotext, "%s", places[i]);
}

/* 0, 1 and 2 lead nowhere, so that nothing a library prints reaches anybody. */
static void quiet(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd < 3; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
}

static bool make_pair(int type, int pair[2])
{
    return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) == 0;
}

static void die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

static _Noreturn void be_helper(struct nursery *s, int jobs, int programs, ash_view setup)
{
    /* Only its two sockets stay open: they become 3 and 4. */
    int a = fcntl(jobs, F_DUPFD_CLOEXEC, 100), b = fcntl(programs, F_DUPFD_CLOEXEC, 100);
    if (a < 0 || b < 0 || dup2(a, 3) < 0 || dup2(b, 4) < 0 || close_range(5, ~0u, 0) != 0)
        _exit(1);
    ash_helper_run(3, 4, s->o, setup);
}

static void on_parent(struct nursery *s, ash_view setup)
{
    int jobs[2] = {-1, -1}, programs[2] = {-1, -1}, fds[2];
    pid_t me = getpid();
    pid_t pid = s->n < sizeof s->helpers / sizeof s->helpers[0] && make_pair(SOCK_STREAM, jobs) &&
                        make_pair(SOCK_SEQPACKET, programs)
                    ? fork()
                    : -1;
    if (pid == 0) {
        die_with(me);
        be_helper(s, jobs[1], programs[1], setup);
    }
    int pidfd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
    fds[0] = jobs[0];
    fds[1] = pidfd;
    if (pidfd >= 0) {
        ash_wire_send(s->parent, "+", 1, fds, 2);
        s->helpers[s->n++] = programs[0];
        programs[0] = -1;
    } else {
        ash_wire_send(s->parent, "-", 1, NULL, 0);
    }
    int rest[] = {jobs[0], jobs[1], programs[0], programs[1], pidfd};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        if (rest[i] >= 0)
            close(rest[i]);
}

static _Noreturn void be_pdftotext(const char *program, int file, int out, pid_t nursery)
{
    static char argv[][12] = {"pdftotext", "-q", "-enc", "UTF-8", "-eol", "unix", "-", "-"};
    char *args[9] = {NULL};
    static char env[][24] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent"};
    char *vars[] = {env[0], env[1], env[2], NULL};
    die_with(nursery);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    /* It reads the file as a stream from where it stands. */
    if (lseek(file, 0, SEEK_SET) != 0 || dup2(file, 0) < 0 || dup2(out, 1) < 0 ||
        close_range(3, ~0u, 0) != 0 ||
        !ash_jail_program(ASH_HELPER_MEMORY, ASH_PROGRAM_CPU_S, ASH_PROGRAM_WALL_S))
        _exit(1);
    for (size_t i = 0; i < 8; i++)
        args[i] = argv[i];
    execve(program, args, vars);
    _exit(1);
}

/* A helper wants a PDF's text. */
static void on_helper(struct nursery *s, int socket, int file)
{
    int pair[2];
    pid_t me = getpid();
    if (s->pdftotext[0] == '\0' || pipe2(pair, O_CLOEXEC) != 0) {
        ash_wire_send(socket, "-", 1, NULL, 0);
        return;
    }
    pid_t pid = fork();
    if (pid == 0)
        be_pdftotext(s->pdftotext, file, pair[1], me);
    ash_wire_send(socket, pid < 0 ? "-" : "+", 1, pair, pid < 0 ? 0 : 1);
    close(pair[0]);
    close(pair[1]);
}

/* False: the other side is gone. */
static bool serve(struct nursery *s, int socket, bool parent)
{
    char message[ASH_WIRE_MESSAGE];
    int fds[ASH_WIRE_FDS];
    unsigned n_fds;
    ssize_t n = ash_wire_receive(socket, message, sizeof message, fds, &n_fds);
    if (n > 0 && parent)
        on_parent(s, ash_view_of(message + 1, (size_t)n - 1));
    else if (n > 0 && n_fds == 1)
        on_helper(s, socket, fds[0]);
    for (unsigned i = 0; i < n_fds; i++)
        close(fds[i]);
    return n > 0;
}

_Noreturn void ash_nursery_run(int socket, const ash_pool_options *o)
{
    static struct nursery s;
    s = (struct nursery){.o = o, .parent = socket};
    find_program(&s);
    quiet();
    signal(SIGCHLD, SIG_IGN); /* nobody waits for helpers: their sockets tell */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* the parent is asked, and ends its helpers */
    signal(SIGTERM, SIG_IGN);
    for (;;) {
        struct pollfd p[ASH_HELPERS_MAX * 2 + 1];
        p[0] = (struct pollfd){.fd = s.parent, .events = POLLIN};
        for (unsigned i = 0; i < s.n; i++)
            p[i + 1] = (struct pollfd){.fd = s.helpers[i], .events = POLLIN};
        unsigned n = s.n;
        if (poll(p, n + 1, -1) < 0 && errno != EINTR)
            _exit(1);
        for (unsigned i = n; i-- > 0;)
            if (p[i + 1].revents != 0 && !serve(&s, s.helpers[i], false)) {
                close(s.helpers[i]);
                s.helpers[i] = s.helpers[--s.n];
            }
        if (p[0].revents != 0 && !serve(&s, s.parent, true))
            _exit(0);
    }
}
