#include "live/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/time.h"

/* A spool file is done when it has so many bytes, or its day is over. */
#define SPOOL_BYTES (256u << 20)
/* Datagrams taken at one go, and bytes of a connection. */
#define GO_DATAGRAMS 4096
#define GO_BYTES (1u << 20)
#define RECEIVE_BUFFER (8 << 20)
/* Nothing more is read while so many bytes wait for the spool. One more message or
 * read may come on top, each control character as four. */
#define WAITING_MAX (16u << 20)
#define OUT_MAX (WAITING_MAX + 4 * (ASH_MESSAGE_MAX + (64u << 10)) + 4096u)
/* A connection that has said nothing for so long makes room for another, in seconds. */
#define SILENT_GRACE 10

typedef struct connection {
    int fd;
    ash_buf in;
    time_t opened;   /* monotonic seconds */
    bool said;       /* a message has come */
    size_t skip;     /* bytes of a message too long still to come */
    bool skip_line;  /* ... up to the line's end */
} connection;

struct ash_listener {
    char spec[256], dir[4000];
    char unix_path[108]; /* to be removed at the end */
    bool stream;
    int fd;
    connection *connections[ASH_CONNECTIONS_MAX];
    unsigned n;
    int spool;
    char spool_path[ASH_SPOOL_PATH];
    uint64_t spool_bytes;
    int64_t spool_day;
    ash_buf out;
    char *message; /* ASH_MESSAGE_MAX + 1 */
    bool unsynced;
    uint32_t overflow; /* the kernel's counter when last seen */
    char problem[256]; /* why the spool cannot be written at present */
    ash_listener_counts counts;
};

/* --- opening ----------------------------------------------------------- */

static int bad_spec(const char *spec, ash_error *err)
{
    return ash_fail(err, ASH_E_USAGE, "listen",
                    "'%.200s' is no place to listen at: udp:PORT, udp:HOST:PORT, tcp:PORT, "
                    "tcp:HOST:PORT or unix:PATH",
                    spec);
}

static int open_unix(ash_listener *l, const char *path, ash_error *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    struct stat st;
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof a.sun_path)
        return bad_spec(l->spec, err);
    memcpy(a.sun_path, path, n + 1);
    l->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* What a run that was killed has left answers nobody; what answers is in use. */
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) && l->fd >= 0) {
        if (connect(l->fd, (struct sockaddr *)&a, sizeof a) == 0 || errno != ECONNREFUSED)
            return ash_fail_at(err, ASH_E_USAGE, "listen", path, ASH_NO_OFFSET,
                               _("another program listens there"));
        unlink(path);
    }
    if (l->fd < 0 || bind(l->fd, (struct sockaddr *)&a, sizeof a) < 0)
        return ash_io_fail(err, path, "cannot be listened at");
    memcpy(l->unix_path, path, n + 1);
    return 0;
}

static int open_inet(ash_listener *l, const char *where, ash_error *err)
{
    char host[256] = "127.0.0.1";
    const char *colon = strrchr(where, ':'), *port = colon == NULL ? where : colon + 1;
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                             .ai_socktype = l->stream ? SOCK_STREAM : SOCK_DGRAM},
                    *list;
    if (colon != NULL) {
        bool brackets = where[0] == '[' && colon > where + 1 && colon[-1] == ']';
        snprintf(host, sizeof host, "%.*s", (int)(colon - where) - 2 * brackets, where + brackets);
    }
    if (getaddrinfo(host, port, &hints, &list) != 0)
        return bad_spec(l->spec, err);
    int rc = bad_spec(l->spec, err);
    for (struct addrinfo *a = list; a != NULL && rc < 0; a = a->ai_next) {
        l->fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (l->fd < 0)
            continue;
        setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
        if (bind(l->fd, a->ai_addr, a->ai_addrlen) == 0 && (!l->stream || listen(l->fd, 64) == 0)) {
            rc = 0;
            break;
        }
        rc = ash_io_fail(err, l->spec, "cannot be listened at");
        close(l->fd);
        l->fd = -1;
    }
    freeaddrinfo(list);
    return rc;
}

int ash_listener_open(ash_listener **ret, const char *spec, const char *dir, ash_error *err)
{
    ash_listener *l = calloc(1, sizeof *l);
    char *message = malloc(ASH_MESSAGE_MAX + 1);
    if (l == NULL || message == NULL) {
        free(l);
        free(message);
        return ash_fail(err, ASH_E_NOMEM, "listen", "out of memory");
    }
    l->fd = l->spool = -1;
    l->message = message;
    ash_buf_init(&l->out, OUT_MAX);
    snprintf(l->dir, sizeof l->dir, "%s", dir);
    snprintf(l->spec, sizeof l->spec, "%s", spec);
    int rc = ash_io_mkdirs(dir, err);
    if (rc == 0) {
        l->stream = strncmp(spec, "tcp:", 4) == 0;
        rc = strncmp(spec, "unix:", 5) == 0 ? open_unix(l, spec + 5, err)
             : l->stream || strncmp(spec, "udp:", 4) == 0 ? open_inet(l, spec + 4, err)
                                                          : bad_spec(spec, err);
    }
    if (rc < 0) {
        ash_listener_close(l);
        return rc;
    }
    if (!l->stream) {
        int want = RECEIVE_BUFFER;
        if (setsockopt(l->fd, SOL_SOCKET, SO_RCVBUFFORCE, &want, sizeof want) < 0)
            setsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof want);
        setsockopt(l->fd, SOL_SOCKET, SO_RXQ_OVFL, &(int){1}, sizeof(int));
    }
    *ret = l;
    return 0;
}

static void drop_connection(ash_listener *l, unsigned i)
{
    close(l->connections[i]->fd);
    ash_buf_free(&l->connections[i]->in);
    free(l->connections[i]);
    l->connections[i] = l->connections[--l->n];
}

void ash_listener_close(ash_listener *l)
{
    if (l == NULL)
        return;
    while (l->n > 0)
        drop_connection(l, 0);
    if (l->fd >= 0)
        close(l->fd);
    if (l->unix_path[0] != '\0')
        unlink(l->unix_path);
    if (l->spool >= 0)
        close(l->spool);
    ash_buf_free(&l->out);
    free(l->message);
    free(l);
}

/* --- the spool --------------------------------------------------------- */

static void add_message(ash_listener *l, const char *p, size_t n)
{
    while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r' || p[n - 1] == '\0'))
        n--;
    if (n == 0)
        return;
    l->counts.messages++;
    l->counts.bytes += n;
    for (size_t i = 0; i < n;) {
        size_t from = i;
        while (i < n && ((unsigned char)p[i] >= 0x20 || p[i] == '\t'))
            i++;
        ash_buf_add(&l->out, p + from, i - from);
        for (; i < n && (unsigned char)p[i] < 0x20 && p[i] != '\t'; i++)
            ash_buf_addf(&l->out, "#%03o", (unsigned char)p[i]);
    }
    ash_buf_add_c(&l->out, '\n');
}

static int begin_spool(ash_listener *l, ash_error *err)
{
    char name[64], what[16];
    struct timespec t;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &tm);
    strftime(name, sizeof name, "%Y%m%dT%H%M%S", &tm);
    snprintf(what, sizeof what, "%.*s", (int)strcspn(l->spec, ":"), l->spec);
    /* Two listeners of a kind, or two turns in a second: the first free number. */
    for (int i = 0; i < 1000; i++) {
        snprintf(l->spool_path, sizeof l->spool_path, "%s/%s-%sZ-%03d.log", l->dir, what, name, i);
        l->spool = open(l->spool_path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        if (l->spool >= 0 || errno != EEXIST)
            break;
    }
    if (l->spool < 0) {
        int rc = ash_io_fail(err, l->spool_path, "cannot be written");
        l->spool_path[0] = '\0';
        return rc;
    }
    l->spool_bytes = 0;
    l->spool_day = t.tv_sec / 86400;
    return ash_io_sync_folder_of(l->spool_path, err);
}

static int write_out(ash_listener *l, ash_error *err)
{
    if (l->out.n == 0)
        return 0;
    int rc = l->spool < 0 ? begin_spool(l, err) : 0;
    size_t at = 0;
    while (rc == 0 && at < l->out.n) {
        ssize_t n = write(l->spool, l->out.p + at, l->out.n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = ash_io_fail(err, l->spool_path, "cannot be written");
        else
            at += (size_t)n;
    }
    l->spool_bytes += at;
    l->unsynced |= at > 0;
    snprintf(l->problem, sizeof l->problem, "%s", rc < 0 ? err->msg : "");
    /* What did not fit on the disk is tried again. */
    memmove(l->out.p, l->out.p + at, l->out.n - at);
    l->out.n -= at;
    return rc;
}

int ash_listener_sync(ash_listener *l, ash_error *err)
{
    int rc = write_out(l, err);
    if (rc == 0 && l->unsynced && fdatasync(l->spool) < 0)
        rc = ash_io_fail(err, l->spool_path, "cannot be made durable");
    l->unsynced = l->unsynced && rc < 0;
    return rc;
}

bool ash_listener_turn(ash_listener *l, int64_t now, char *ret_old)
{
    ash_error err;
    if (l->spool < 0 || (l->spool_bytes < SPOOL_BYTES && now / ASH_NS_PER_S / 86400 == l->spool_day))
        return false;
    if (ash_listener_sync(l, &err) < 0)
        return false;
    memcpy(ret_old, l->spool_path, sizeof l->spool_path);
    close(l->spool);
    l->spool = -1;
    l->spool_path[0] = '\0';
    return true;
}

/* --- receiving --------------------------------------------------------- */

static bool is_full(const ash_listener *l)
{
    return l->out.n >= WAITING_MAX;
}

static void take_datagrams(ash_listener *l)
{
    char control[CMSG_SPACE(sizeof(uint32_t))];
    for (int i = 0; i < GO_DATAGRAMS && !is_full(l); i++) {
        struct iovec v = {l->message, ASH_MESSAGE_MAX};
        struct msghdr m = {
            .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        ssize_t n = recvmsg(l->fd, &m, 0);
        if (n < 0)
            return;
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
            uint32_t seen;
            if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
                continue;
            memcpy(&seen, CMSG_DATA(c), sizeof seen);
            l->counts.dropped += seen - l->overflow;
            l->overflow = seen;
        }
        l->counts.cut += (m.msg_flags & MSG_TRUNC) != 0;
        add_message(l, l->message, (size_t)n);
    }
}

static time_t seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* Whoever opens connections and says nothing keeps nobody else out for long. */
static void make_room(ash_listener *l)
{
    unsigned oldest = l->n;
    for (unsigned i = 0; i < l->n; i++)
        if (!l->connections[i]->said &&
            (oldest == l->n || l->connections[i]->opened < l->connections[oldest]->opened))
            oldest = i;
    if (oldest < l->n && seconds() - l->connections[oldest]->opened >= SILENT_GRACE) {
        drop_connection(l, oldest);
        l->counts.refused++;
    }
}

static void accept_all(ash_listener *l)
{
    for (;;) {
        int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        if (l->n == ASH_CONNECTIONS_MAX)
            make_room(l);
        connection *c = l->n < ASH_CONNECTIONS_MAX ? calloc(1, sizeof *c) : NULL;
        if (c == NULL) {
            l->counts.refused++;
            close(fd);
            continue;
        }
        c->fd = fd;
        c->opened = seconds();
        ash_buf_init(&c->in, GO_BYTES + ASH_MESSAGE_MAX);
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
        l->connections[l->n++] = c;
    }
}

/* "123 <14>...": the length of a message and where it begins; 0 if the frame is a
 * line, -1 if more bytes are needed to tell. */
static int frame_length(const char *p, size_t n, size_t *ret_begin, size_t *ret_length)
{
    size_t i = 0, length = 0;
    while (i < n && i < 7 && p[i] >= '0' && p[i] <= '9')
        length = length * 10 + (size_t)(p[i++] - '0');
    if (i == n && i < 7)
        return -1;
    if (i == 0 || i >= 7 || p[i] != ' ' || p[0] == '0')
        return 0;
    *ret_begin = i + 1;
    *ret_length = length;
    return 1;
}

/* Takes one message off the front of p; returns the bytes used, 0: not all there. */
static size_t take_message(ash_listener *l, connection *c, const char *p, size_t n)
{
    size_t begin = 0, length = 0;
    if (c->skip > 0) {
        size_t use = c->skip < n ? c->skip : n;
        c->skip -= use;
        return use;
    }
    int framed = c->skip_line ? 0 : frame_length(p, n, &begin, &length);
    if (framed < 0)
        return 0;
    if (framed > 0) {
        size_t keep = length < ASH_MESSAGE_MAX ? length : ASH_MESSAGE_MAX;
        if (n - begin < keep)
            return 0;
        add_message(l, p + begin, keep);
        l->counts.cut += keep < length;
        c->skip = length - keep;
        return begin + keep;
    }
    const char *nl = memchr(p, '\n', n);
    if (nl == NULL && n < ASH_MESSAGE_MAX)
        return 0;
    size_t use = nl == NULL ? n : (size_t)(nl - p) + 1;
    if (!c->skip_line) {
        l->counts.cut += nl == NULL || use > ASH_MESSAGE_MAX;
        add_message(l, p, use < ASH_MESSAGE_MAX ? use : ASH_MESSAGE_MAX);
    }
    c->skip_line = nl == NULL;
    return use;
}

/* A sender that goes before the end of its message has still said what it said. */
static void take_rest(ash_listener *l, const connection *c)
{
    size_t begin = 0, length;
    if (c->in.n == 0 || c->skip > 0 || c->skip_line)
        return;
    l->counts.cut += frame_length(c->in.p, c->in.n, &begin, &length) > 0;
    size_t n = c->in.n - begin;
    add_message(l, c->in.p + begin, n < ASH_MESSAGE_MAX ? n : ASH_MESSAGE_MAX);
}

/* False: the other side has closed. */
static bool take_stream(ash_listener *l, connection *c)
{
    bool open = true;
    size_t taken = 0;
    while (open && taken < GO_BYTES && !is_full(l)) {
        char *room = ash_buf_room(&c->in, 64u << 10);
        ssize_t n = room == NULL ? 0 : read(c->fd, room, 64u << 10);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (n <= 0) {
            open = false;
            break;
        }
        ash_buf_wrote(&c->in, room + n);
        taken += (size_t)n;
        size_t at = 0, use;
        while (at < c->in.n && (use = take_message(l, c, c->in.p + at, c->in.n - at)) > 0)
            at += use;
        c->said |= at > 0;
        memmove(c->in.p, c->in.p + at, c->in.n - at);
        c->in.n -= at;
    }
    if (!open)
        take_rest(l, c);
    return open;
}

int ash_listener_take(ash_listener *l, ash_error *err)
{
    if (!is_full(l)) {
        if (l->stream)
            accept_all(l);
        else
            take_datagrams(l);
        for (unsigned i = l->n; i > 0; i--)
            if (!take_stream(l, l->connections[i - 1]))
                drop_connection(l, i - 1);
    }
    /* A full disk is no reason to end: what was received waits in memory, what comes on
     * top at the senders. Only running out of memory is an error. */
    ash_error why;
    if (write_out(l, &why) < 0)
        return why.code == ASH_E_NOMEM ? (*err = why, why.code) : 0;
    return 0;
}

const char *ash_listener_problem(const ash_listener *l)
{
    return l->problem;
}

const char *ash_listener_spec(const ash_listener *l)
{
    return l->spec;
}

const char *ash_listener_spool(const ash_listener *l)
{
    return l->spool_path;
}

ash_listener_counts ash_listener_counts_of(const ash_listener *l)
{
    return l->counts;
}

unsigned ash_listener_polls(const ash_listener *l, struct pollfd *p, unsigned max)
{
    unsigned n = 0;
    if (is_full(l))
        return 0; /* nothing is read, so that waiting for it would be no waiting */
    if (max > 0)
        p[n++] = (struct pollfd){.fd = l->fd, .events = POLLIN};
    for (unsigned i = 0; i < l->n && n < max; i++)
        p[n++] = (struct pollfd){.fd = l->connections[i]->fd, .events = POLLIN};
    return n;
}
