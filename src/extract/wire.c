#include "extract/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"

bool ash_wire_send(int socket, const void *p, size_t n, const int *fds, unsigned n_fds)
{
    union {
        char room[CMSG_SPACE(ASH_WIRE_FDS * sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec iov = {.iov_base = (void *)(uintptr_t)p, .iov_len = n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (n_fds > 0) {
        m.msg_control = control.room;
        m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &m, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)n;
}

static void take_fds(struct msghdr *m, int fds[ASH_WIRE_FDS], unsigned *ret)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (*ret < ASH_WIRE_FDS)
                fds[(*ret)++] = fd;
            else
                close(fd);
        }
    }
}

ssize_t ash_wire_receive(int socket, void *p, size_t n, int fds[ASH_WIRE_FDS], unsigned *ret_n_fds)
{
    union {
        char room[CMSG_SPACE(ASH_WIRE_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = {.iov_base = p, .iov_len = n};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control.room,
                       .msg_controllen = sizeof control.room};
    ssize_t got;
    *ret_n_fds = 0;
    do
        got = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got >= 0)
        take_fds(&m, fds, ret_n_fds);
    return got;
}

bool ash_wire_write(int socket, const void *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(socket, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p = (const char *)p + k;
        n -= (size_t)k;
    }
    return true;
}

void ash_wire_put_result(ash_buf *b, const ash_extract_result *r)
{
    ash_put_u8(b, (uint8_t)r->kind);
    ash_put_u8(b, (uint8_t)r->outcome);
    ash_put_u8(b, r->partly);
    ash_put_u64(b, r->text_bytes);
    ash_put_u64(b, r->inner_bytes);
    ash_put_u64(b, r->members);
    for (unsigned i = 0; i < ASH_READOUTS; i++)
        ash_put_u64(b, r->lost[i]);
    ash_buf_add(b, r->encoding, sizeof r->encoding);
}

bool ash_wire_get_result(ash_view v, ash_extract_result *ret, ash_view *ret_rest)
{
    ash_cursor c = ash_cursor_of(v);
    ash_extract_result r = {0};
    unsigned kind = ash_get_u8(&c), outcome = ash_get_u8(&c), partly = ash_get_u8(&c);
    r.kind = (ash_kind)kind;
    r.outcome = (ash_readout)outcome;
    r.partly = partly == 1;
    r.text_bytes = ash_get_u64(&c);
    r.inner_bytes = ash_get_u64(&c);
    r.members = ash_get_u64(&c);
    for (unsigned i = 0; i < ASH_READOUTS; i++)
        r.lost[i] = ash_get_u64(&c);
    const unsigned char *name = ash_cursor_take(&c, sizeof r.encoding);
    if (c.failed || kind >= ASH_KINDS || outcome >= ASH_READOUTS || partly > 1)
        return false;
    memcpy(r.encoding, name, sizeof r.encoding);
    for (size_t i = 0; i < sizeof r.encoding && r.encoding[i] != '\0'; i++)
        if (r.encoding[i] < ' ' || r.encoding[i] > '~')
            return false;
    r.encoding[sizeof r.encoding - 1] = '\0';
    *ret = r;
    *ret_rest = ash_view_skip(v, c.at);
    return true;
}
