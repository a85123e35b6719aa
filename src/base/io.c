#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAIN_AT (1u << 20)

int ash_io_fail(ash_error *err, const char *path, const char *what)
{
    return ash_fail_at(err, ASH_E_IO, "io", path, ASH_NO_OFFSET,
                       errno == ENOSPC || errno == EDQUOT || errno == EFBIG
                           ? "%s; free some space and run the same command again, it goes on "
                             "where it stopped"
                           : "%s",
                       what);
}

int ash_io_sync_folder_of(const char *path, ash_error *err)
{
    char dir[4096];
    snprintf(dir, sizeof dir, "%s", path);
    char *slash = strrchr(dir, '/');
    if (slash == NULL)
        snprintf(dir, sizeof dir, ".");
    else
        slash[slash == dir] = '\0';
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ash_io_fail(err, dir, "folder cannot be opened");
    int rc = fsync(fd) == 0 ? 0 : ash_io_fail(err, dir, "folder cannot be made durable");
    close(fd);
    return rc;
}

static int put_in_place(const char *tmp, const char *path, bool only_new, ash_error *err)
{
    int rc = only_new ? renameat2(AT_FDCWD, tmp, AT_FDCWD, path, RENAME_NOREPLACE) : rename(tmp, path);
    /* Some file systems (NFS) cannot say "only if there is none". */
    if (rc != 0 && only_new && errno == EINVAL)
        rc = access(path, F_OK) == 0 ? (errno = EEXIST, -1) : rename(tmp, path);
    if (rc != 0 && errno == EEXIST)
        return ash_fail_at(err, ASH_E_STATE, "io", path, ASH_NO_OFFSET, "is there already, and is not overwritten");
    return rc == 0 ? 0 : ash_io_fail(err, path, "file cannot be put in place");
}

static int publish(const char *tmp, const char *path, bool only_new, ash_error *err)
{
    int fd = open(tmp, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ash_io_fail(err, tmp, "file cannot be opened");
    int rc = fsync(fd) == 0 ? 0 : ash_io_fail(err, tmp, "file cannot be made durable");
    close(fd);
    if (rc == 0)
        rc = put_in_place(tmp, path, only_new, err);
    return rc == 0 ? ash_io_sync_folder_of(path, err) : rc;
}

int ash_io_publish(const char *tmp, const char *path, ash_error *err)
{
    return publish(tmp, path, false, err);
}

int ash_io_mkdirs(const char *path, ash_error *err)
{
    char part[4096];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return ash_fail(err, ASH_E_USAGE, "io", "folder name is empty or too long");
    memcpy(part, path, n + 1);
    for (char *p = part + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        bool last = *p == '\0';
        *p = '\0';
        bool made = mkdir(part, 0700) == 0;
        if (!made && errno != EEXIST)
            return ash_io_fail(err, part, "folder cannot be made");
        int rc = made ? ash_io_sync_folder_of(part, err) : 0;
        if (rc < 0)
            return rc;
        if (last)
            break;
        *p = '/';
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return ash_io_fail(err, path, "is not a folder");
    }
    return 0;
}

int ash_io_read_file(const char *path, size_t max, ash_buf *out, ash_error *err)
{
    char chunk[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ash_io_fail(err, path, "file cannot be opened");
    int rc = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = ash_io_fail(err, path, "file cannot be read");
        if (n <= 0)
            break;
        if (out->n + (size_t)n > max) {
            rc = ash_fail_at(err, ASH_E_LIMIT, "io", path, ASH_NO_OFFSET,
                             "file is larger than %zu bytes", max);
            break;
        }
        ash_buf_add(out, chunk, (size_t)n);
    }
    close(fd);
    if (rc == 0 && out->failed)
        rc = ash_fail(err, ASH_E_NOMEM, "io", "out of memory");
    return rc;
}

int ash_out_open(ash_out *o, const char *path, ash_error *err)
{
    *o = (ash_out){.fd = -1};
    if (strlen(path) >= sizeof o->path)
        return ash_fail(err, ASH_E_USAGE, "io", "file name is too long");
    snprintf(o->path, sizeof o->path, "%s", path);
    snprintf(o->tmp, sizeof o->tmp, "%s.tmp", path);
    ash_buf_init(&o->buf, 64u << 20);
    o->fd = open(o->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return o->fd < 0 ? ash_io_fail(err, o->tmp, "file cannot be created") : 0;
}

static void flush(ash_out *o)
{
    for (size_t at = 0; at < o->buf.n && o->os_errno == 0;) {
        ssize_t n = write(o->fd, o->buf.p + at, o->buf.n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            o->os_errno = errno;
        else
            at += (size_t)n;
    }
    o->written += o->buf.n;
    if (o->buf.failed && o->os_errno == 0)
        o->os_errno = ENOMEM;
    ash_buf_clear(&o->buf);
}

bool ash_out_flush(ash_out *o)
{
    flush(o);
    return o->os_errno == 0;
}

void ash_out_drain(ash_out *o)
{
    if (o->buf.n >= DRAIN_AT || o->buf.failed)
        flush(o);
}

void ash_out_write(ash_out *o, ash_view v)
{
    ash_buf_add_view(&o->buf, v);
    ash_out_drain(o);
}

void ash_out_abandon(ash_out *o)
{
    if (o->fd < 0)
        return;
    close(o->fd);
    o->fd = -1;
    unlink(o->tmp);
    ash_buf_free(&o->buf);
}

static int out_publish(ash_out *o, bool only_new, ash_error *err)
{
    flush(o);
    if (o->os_errno == 0 && close(o->fd) != 0)
        o->os_errno = errno;
    else if (o->os_errno != 0)
        close(o->fd);
    o->fd = -1;
    ash_buf_free(&o->buf);
    errno = o->os_errno;
    int rc = o->os_errno == 0 ? publish(o->tmp, o->path, only_new, err)
                              : ash_io_fail(err, o->path, "file cannot be written");
    if (rc < 0)
        unlink(o->tmp);
    return rc;
}

int ash_out_publish(ash_out *o, ash_error *err)
{
    return out_publish(o, false, err);
}

int ash_out_publish_new(ash_out *o, ash_error *err)
{
    return out_publish(o, true, err);
}
