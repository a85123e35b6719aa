#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "extract/job.h"

int64_t ash_bytes_read(const ash_bytes *b, uint64_t offset, void *buf, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t k = pread(b->fd, (char *)buf + got, n - got, (off_t)(offset + got));
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        if (k == 0)
            break;
        got += (size_t)k;
    }
    return (int64_t)got;
}

const char *ash_bytes_map(const ash_bytes *b)
{
    if (b->n == 0 || b->n > ASH_EXTRACT_MAP_MAX)
        return NULL;
    /* Private and writable: nothing that is changed in it reaches the file. */
    void *p = mmap(NULL, b->n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, b->fd, 0);
    return p == MAP_FAILED ? NULL : p;
}

void ash_bytes_unmap(const ash_bytes *b, const char *p)
{
    if (p != NULL)
        munmap((void *)(uintptr_t)p, b->n);
}

bool ash_bytes_each(const ash_bytes *b, bool (*fn)(void *user, const char *p, size_t n), void *user)
{
    static _Thread_local char block[ASH_EXTRACT_BLOCK];
    uint64_t at = 0;
    while (at < b->n) {
        int64_t got = ash_bytes_read(b, at, block, sizeof block);
        if (got < 0)
            return false;
        if (got == 0 || !fn(user, block, (size_t)got))
            break;
        at += (uint64_t)got;
    }
    return true;
}

bool ash_job_unpacked(ash_job *j, uint64_t n)
{
    j->r->inner_bytes += n;
    if (j->r->inner_bytes > j->limits.inner_bytes && ash_job_goes(j))
        j->halt = ASH_READOUT_BOMB;
    return ash_job_goes(j);
}

void ash_hold_begin(ash_hold *s, ash_job *j)
{
    *s = (ash_hold){.job = j, .fd = memfd_create("member", MFD_CLOEXEC)};
    if (s->fd < 0)
        s->outcome = ASH_READOUT_NO_MEMORY;
}

bool ash_hold_add(ash_hold *s, const void *p, size_t n)
{
    if (s->outcome != ASH_READOUT_OK)
        return false;
    if (!ash_job_unpacked(s->job, n)) {
        s->outcome = s->job->halt;
        return false;
    }
    if (n > ASH_EXTRACT_SPOOL_MAX - s->job->spooled) {
        s->outcome = ASH_READOUT_TOO_LARGE;
        return false;
    }
    while (n > 0) {
        ssize_t k = write(s->fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0) {
            s->outcome = ASH_READOUT_NO_MEMORY;
            return false;
        }
        p = (const char *)p + k;
        n -= (size_t)k;
        s->n += (uint64_t)k;
        s->job->spooled += (uint64_t)k;
    }
    return true;
}

void ash_hold_end(ash_hold *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->job->spooled -= s->n;
    s->fd = -1;
    s->n = 0;
}
