/* Preloaded into ashiato by the torture tests: counts the calls that change
 * files, and lets the N-th of them go wrong.
 *
 *   FAULT_AT=N      the call, counted from 1; 0: none
 *   FAULT_DO=kill   the process is killed in front of it
 *            full   from it on, whatever takes space fails with ENOSPC
 *            io     it fails with EIO
 *            short  from it on, writes of more than 16 bytes take one less than
 *                   they were given
 *   FAULT_COUNT=F   at exit, the number of calls is written to F
 *   FAULT_CLOCK=K   the monotonic clock runs K times as fast: checkpoints come
 *                   every few milliseconds
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;
static long fault_at, clock_factor = 1;
static char fault_do = ' ';

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAULT_AT"), *what = getenv("FAULT_DO"), *clock = getenv("FAULT_CLOCK");
    fault_at = at == NULL ? 0 : atol(at);
    fault_do = what == NULL ? ' ' : what[0];
    clock_factor = clock == NULL ? 1 : atol(clock);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *f = path == NULL ? NULL : fopen(path, "w");
    if (f == NULL)
        return;
    fprintf(f, "%ld\n", atomic_load(&calls));
    fclose(f);
}

/* 0, or the errno this call is to fail with. */
static int fault(bool takes_space)
{
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (fault_at == 0 || n < fault_at)
        return 0;
    if (n == fault_at && fault_do == 'k')
        kill(getpid(), SIGKILL);
    if (n == fault_at && fault_do == 'i')
        return EIO;
    return fault_do == 'f' && takes_space ? ENOSPC : 0;
}

static size_t shortened(size_t n)
{
    return fault_do == 's' && atomic_load(&calls) >= fault_at && n > 16 ? n - 1 : n;
}

#define FAIL_IF(takes_space)            \
    do {                                \
        int e_ = fault(takes_space);    \
        if (e_ != 0) {                  \
            errno = e_;                 \
            return -1;                  \
        }                               \
    } while (0)

ssize_t write(int fd, const void *p, size_t n)
{
    if (fd > 2)
        FAIL_IF(true);
    return REAL(ssize_t(*)(int, const void *, size_t), "write")(fd, p, fd > 2 ? shortened(n) : n);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    FAIL_IF(true);
    return REAL(ssize_t(*)(int, const void *, size_t, off_t), "pwrite")(fd, p, shortened(n), at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
    FAIL_IF(true);
    return REAL(ssize_t(*)(int, const void *, size_t, off_t), "pwrite64")(fd, p, shortened(n), at);
}

int ftruncate(int fd, off_t n)
{
    FAIL_IF(n > 0);
    return REAL(int (*)(int, off_t), "ftruncate")(fd, n);
}

int ftruncate64(int fd, off_t n)
{
    FAIL_IF(n > 0);
    return REAL(int (*)(int, off_t), "ftruncate64")(fd, n);
}

int fsync(int fd)
{
    FAIL_IF(true);
    return REAL(int (*)(int), "fsync")(fd);
}

int fdatasync(int fd)
{
    FAIL_IF(true);
    return REAL(int (*)(int), "fdatasync")(fd);
}

int rename(const char *from, const char *to)
{
    FAIL_IF(false);
    return REAL(int (*)(const char *, const char *), "rename")(from, to);
}

int unlink(const char *path)
{
    FAIL_IF(false);
    return REAL(int (*)(const char *), "unlink")(path);
}

int mkdir(const char *path, mode_t mode)
{
    FAIL_IF(access(path, F_OK) != 0);
    return REAL(int (*)(const char *, mode_t), "mkdir")(path, mode);
}

static int open_as(const char *name, const char *path, int flags, va_list ap)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        mode = va_arg(ap, mode_t);
        FAIL_IF(access(path, F_OK) != 0);
    }
    return REAL(int (*)(const char *, int, ...), name)(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    int fd = open_as("open", path, flags, ap);
    va_end(ap);
    return fd;
}

int open64(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    int fd = open_as("open64", path, flags, ap);
    va_end(ap);
    return fd;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
    int rc = REAL(int (*)(clockid_t, struct timespec *), "clock_gettime")(id, t);
    if (rc == 0 && id == CLOCK_MONOTONIC && clock_factor > 1) {
        long long ns = (t->tv_sec % 100000 * 1000000000LL + t->tv_nsec) * clock_factor;
        t->tv_sec = ns / 1000000000;
        t->tv_nsec = ns % 1000000000;
    }
    return rc;
}
