/* Preloaded into ashiato by the torture tests: writes down every change of the
 * files below a folder in the order it happened, so that the disk can be made
 * again as a power cut would have left it (power.py).
 *
 *   POWER_ROOT=D   changes below D (an absolute path) are recorded
 *   POWER_LOG=F    into this file
 *
 * A record: kind (1 byte), three numbers (8 bytes each, little-endian), two
 * lengths (4 bytes each), then as many bytes.
 *
 *   'o' ino 0 0      path          a file was made, or opened for writing
 *   'w' ino offset 0 bytes         written
 *   't' ino length 0               cut, or lengthened
 *   's' ino 0 0                    fsync, fdatasync of a file
 *   'S' 0 0 0        path          fsync of a folder
 *   'd' 0 0 0        path          a folder was made
 *   'r' 0 0 0        from, to      renamed
 *   'l' 0 0 0        from, to      given another name
 *   'u' 0 0 0        path          unlinked
 *   'x' 0 0 0        path          a folder was removed
 *   'p' 0 0 0        bytes         printed on standard error: what was told to people
 *
 * Checkpoints come faster with faults.c in front of it (FAULT_CLOCK). */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 4096

typedef struct opened {
    char *path; /* owned; NULL: not below the root */
    int folder;
} opened;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static opened fds[FDS];
static const char *root;
static int out = -1;

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("POWER_LOG");
    root = getenv("POWER_ROOT");
    if (path == NULL || root == NULL)
        return;
    out = REAL(int (*)(const char *, int, ...), "open")(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        abort();
}

static int below(const char *path)
{
    return out >= 0 && path != NULL && strncmp(path, root, strlen(root)) == 0;
}

/* All of a record or none of the run: a log with a hole would prove nothing. */
static void put(char kind, uint64_t a, uint64_t b, const void *p, size_t n, const void *q, size_t m)
{
    uint64_t numbers[3] = {a, b, 0};
    uint32_t lengths[2] = {(uint32_t)n, (uint32_t)m};
    const struct iovec parts[] = {
        {&kind, 1}, {numbers, sizeof numbers}, {lengths, sizeof lengths},
        {(void *)(uintptr_t)p, n}, {(void *)(uintptr_t)q, m}};
    size_t want = 1 + sizeof numbers + sizeof lengths + n + m;
    if (writev(out, parts, 5) != (ssize_t)want)
        abort();
}

static void put_path(char kind, const char *path)
{
    put(kind, 0, 0, path, strlen(path), NULL, 0);
}

static uint64_t ino_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? (uint64_t)st.st_ino : 0;
}

static int recorded(int fd)
{
    return fd >= 0 && fd < FDS && fds[fd].path != NULL && !fds[fd].folder;
}

/* --- files ---------------------------------------------------------------- */

static int open_as(const char *name, const char *path, int flags, mode_t mode)
{
    pthread_mutex_lock(&lock);
    int fd = REAL(int (*)(const char *, int, ...), name)(path, flags, mode);
    if (fd >= 0 && fd < FDS && below(path)) {
        struct stat st;
        fds[fd].path = strdup(path);
        fds[fd].folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
        if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT))
            put('o', ino_of(fd), 0, path, strlen(path), NULL, 0);
        if (flags & O_TRUNC)
            put('t', ino_of(fd), 0, NULL, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name)                               \
    int name(const char *path, int flags, ...)   \
    {                                            \
        mode_t mode = 0;                         \
        va_list ap;                              \
        va_start(ap, flags);                     \
        if (flags & O_CREAT)                     \
            mode = va_arg(ap, mode_t);           \
        va_end(ap);                              \
        return open_as(#name, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int fd)
{
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd < FDS) {
        free(fds[fd].path);
        fds[fd].path = NULL;
    }
    int rc = REAL(int (*)(int), "close")(fd);
    pthread_mutex_unlock(&lock);
    return rc;
}

ssize_t write(int fd, const void *p, size_t n)
{
    pthread_mutex_lock(&lock);
    ssize_t done = REAL(ssize_t(*)(int, const void *, size_t), "write")(fd, p, n);
    if (done > 0 && recorded(fd))
        put('w', ino_of(fd), (uint64_t)(lseek(fd, 0, SEEK_CUR) - done), p, (size_t)done, NULL, 0);
    else if (done > 0 && fd == 2 && out >= 0)
        put('p', 0, 0, p, (size_t)done, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

#define PWRITE(name)                                                                              \
    ssize_t name(int fd, const void *p, size_t n, off_t at)                                       \
    {                                                                                             \
        pthread_mutex_lock(&lock);                                                                \
        ssize_t done = REAL(ssize_t(*)(int, const void *, size_t, off_t), #name)(fd, p, n, at);   \
        if (done > 0 && recorded(fd))                                                             \
            put('w', ino_of(fd), (uint64_t)at, p, (size_t)done, NULL, 0);                         \
        pthread_mutex_unlock(&lock);                                                              \
        return done;                                                                              \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define TRUNCATE(name)                                            \
    int name(int fd, off_t n)                                     \
    {                                                             \
        pthread_mutex_lock(&lock);                                \
        int rc = REAL(int (*)(int, off_t), #name)(fd, n);         \
        if (rc == 0 && recorded(fd))                              \
            put('t', ino_of(fd), (uint64_t)n, NULL, 0, NULL, 0);  \
        pthread_mutex_unlock(&lock);                              \
        return rc;                                                \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

/* What is written down before the call would count as durable too early. */
#define SYNC(name)                                                          \
    int name(int fd)                                                        \
    {                                                                       \
        pthread_mutex_lock(&lock);                                          \
        int rc = REAL(int (*)(int), #name)(fd);                             \
        if (rc == 0 && fd >= 0 && fd < FDS && fds[fd].path != NULL) {       \
            if (fds[fd].folder)                                             \
                put_path('S', fds[fd].path);                                \
            else                                                            \
                put('s', ino_of(fd), 0, NULL, 0, NULL, 0);                  \
        }                                                                   \
        pthread_mutex_unlock(&lock);                                        \
        return rc;                                                          \
    }
SYNC(fsync)
SYNC(fdatasync)

/* --- names ---------------------------------------------------------------- */

#define ON_TWO(name, kind)                                                            \
    int name(const char *from, const char *to)                                        \
    {                                                                                 \
        pthread_mutex_lock(&lock);                                                    \
        int rc = REAL(int (*)(const char *, const char *), #name)(from, to);          \
        if (rc == 0 && below(to))                                                     \
            put(kind, 0, 0, from, strlen(from), to, strlen(to));                      \
        pthread_mutex_unlock(&lock);                                                  \
        return rc;                                                                    \
    }
ON_TWO(rename, 'r')
ON_TWO(link, 'l')

#define ON_PATH(name, kind)                                   \
    int name(const char *path)                                \
    {                                                         \
        pthread_mutex_lock(&lock);                            \
        int rc = REAL(int (*)(const char *), #name)(path);    \
        if (rc == 0 && below(path))                           \
            put_path(kind, path);                             \
        pthread_mutex_unlock(&lock);                          \
        return rc;                                            \
    }
ON_PATH(unlink, 'u')
ON_PATH(rmdir, 'x')

int mkdir(const char *path, mode_t mode)
{
    pthread_mutex_lock(&lock);
    int rc = REAL(int (*)(const char *, mode_t), "mkdir")(path, mode);
    if (rc == 0 && below(path))
        put_path('d', path);
    pthread_mutex_unlock(&lock);
    return rc;
}
