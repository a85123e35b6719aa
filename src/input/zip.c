#include "input/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/i18n.h"
#include "base/limits.h"

#define BLOCK 65536u

static bool named_zip(const char *path, size_t n)
{
    return n > 4 && strncasecmp(path + n - 4, ".zip", 4) == 0;
}

static bool is_file(const char *path, size_t n)
{
    char name[4096];
    struct stat st;
    if (n >= sizeof name)
        return false;
    memcpy(name, path, n);
    name[n] = '\0';
    return stat(name, &st) == 0 && S_ISREG(st.st_mode);
}

bool ash_zip_split(const char *path, size_t *ret_n)
{
    for (const char *p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
        size_t n = (size_t)(p - path);
        if (named_zip(path, n) && p[1] != '\0' && is_file(path, n)) {
            *ret_n = n;
            return true;
        }
    }
    return false;
}

bool ash_zip_is(const char *path)
{
    unsigned char head[4] = {0};
    if (!named_zip(path, strlen(path)))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
    if (fd >= 0)
        close(fd);
    return n == sizeof head && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0);
}

/* --- its directory ----------------------------------------------------- */

/* Sizes of APPNOTE.TXT 4.3.12 to 4.3.16, without what may be longer. */
#define ENTRY_SIZE 46u
#define END_SIZE 22u
#define END_COMMENT_MAX 65535u
#define END64_SIZE 56u
#define LOCATOR64_SIZE 20u

static ash_cursor read_at(int fd, uint64_t at, char *buf, size_t n)
{
    ssize_t got = at > INT64_MAX ? -1 : pread(fd, buf, n, (off_t)at);
    return ash_cursor_of(ash_view_of(buf, got < 0 ? 0 : (size_t)got));
}

static bool signature(ash_cursor *c, const char *what)
{
    const unsigned char *p = ash_cursor_take(c, 4);
    return p != NULL && memcmp(p, what, 4) == 0;
}

/* Where the directory begins, by the record at `end` of the file. */
static bool directory_of(int fd, uint64_t end, uint64_t *ret)
{
    char buf[END64_SIZE];
    ash_cursor c = read_at(fd, end, buf, END_SIZE);
    ash_cursor_take(&c, 16);
    *ret = ash_get_u32(&c);
    if (c.failed || *ret != UINT32_MAX)
        return !c.failed;
    c = read_at(fd, end < LOCATOR64_SIZE ? UINT64_MAX : end - LOCATOR64_SIZE, buf, LOCATOR64_SIZE);
    bool sound = signature(&c, "PK\6\7");
    ash_cursor_take(&c, 4);
    c = read_at(fd, ash_get_u64(&c), buf, END64_SIZE);
    sound = sound && signature(&c, "PK\6\6");
    ash_cursor_take(&c, 44);
    *ret = ash_get_u64(&c);
    return sound && !c.failed;
}

static bool find_directory(int fd, uint64_t *ret)
{
    struct stat st;
    bool found = false;
    size_t most = END_SIZE + END_COMMENT_MAX;
    char *tail = malloc(most);
    if (tail == NULL || fstat(fd, &st) != 0) {
        free(tail);
        return false;
    }
    uint64_t from = (uint64_t)st.st_size > most ? (uint64_t)st.st_size - most : 0;
    ssize_t n = pread(fd, tail, most, (off_t)from);
    for (ssize_t at = n - (ssize_t)END_SIZE; at >= 0 && !found; at--)
        found = memcmp(tail + at, "PK\5\6", 4) == 0 && directory_of(fd, from + (uint64_t)at, ret);
    free(tail);
    return found;
}

/* libarchive holds the whole directory in memory, whatever its end says of how
 * many there are: so they are counted first. */
static bool count_entries(int fd, uint64_t *ret)
{
    uint64_t at;
    if (!find_directory(fd, &at))
        return false;
    for (*ret = 0; *ret <= ASH_ZIP_MEMBERS_MAX; ++*ret) {
        char buf[ENTRY_SIZE];
        ash_cursor c = read_at(fd, at, buf, sizeof buf);
        if (!signature(&c, "PK\1\2")) {
            /* Behind the last entry: a signature, or an end. */
            c = read_at(fd, at, buf, 4);
            return c.n == 4 && buf[0] == 'P' && buf[1] == 'K' && (buf[2] == 5 || buf[2] == 6);
        }
        ash_cursor_take(&c, 24);
        at += ENTRY_SIZE;
        for (int i = 0; i < 3; i++) /* name, extra field, comment */
            at += ash_get_u16(&c);
        if (c.failed)
            return false;
    }
    return true;
}

static struct archive *open_directory(int fd, const char **ret_why)
{
    uint64_t entries;
    struct archive *a = archive_read_new();
    *ret_why = N_("the zip file is damaged or cut off; unpack what it has, and give that");
    if (a != NULL && count_entries(fd, &entries)) {
        if (entries == 0)
            *ret_why = N_("there is no file in the zip file");
        else if (entries > ASH_ZIP_MEMBERS_MAX)
            *ret_why = N_("the zip file has more than 10,000 files; unpack it first");
        else if (archive_read_support_format_zip_seekable(a) == ARCHIVE_OK &&
                 archive_read_open_fd(a, fd, BLOCK) == ARCHIVE_OK)
            return a;
    }
    archive_read_free(a);
    return NULL;
}

static const char *name_of(struct archive_entry *e)
{
    const char *name = archive_entry_pathname(e);
    return name != NULL ? name : archive_entry_pathname_utf8(e);
}

static bool next_entry(struct archive *a, struct archive_entry **ret, bool *ret_bad)
{
    int rc = archive_read_next_header(a, ret);
    *ret_bad = rc != ARCHIVE_OK && rc != ARCHIVE_WARN && rc != ARCHIVE_EOF;
    return rc == ARCHIVE_OK || rc == ARCHIVE_WARN;
}

int ash_zip_list(const char *path, int (*fn)(void *user, const char *member, const char *problem),
                 void *user, const char **ret_problem)
{
    int rc = 0;
    bool bad = false;
    struct archive_entry *e;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct archive *a = fd < 0 ? NULL : open_directory(fd, ret_problem);
    if (fd < 0)
        *ret_problem = N_("cannot be read");
    while (a != NULL && rc >= 0 && next_entry(a, &e, &bad)) {
        const char *name = name_of(e);
        mode_t type = archive_entry_filetype(e);
        if (type == AE_IFDIR)
            continue;
        rc = fn(user, name == NULL ? "?" : name,
                name == NULL       ? N_("its name in the zip file cannot be read")
                : type == AE_IFREG ? NULL
                                   : N_("not a regular file"));
    }
    if (a != NULL && !bad)
        *ret_problem = NULL;
    if (a != NULL)
        archive_read_free(a);
    if (fd >= 0)
        close(fd);
    return rc;
}

struct archive *ash_zip_open(int fd, const char *member, struct archive_entry **ret,
                             const char **ret_why)
{
    bool bad = false;
    struct archive *a = open_directory(fd, ret_why);
    while (a != NULL && next_entry(a, ret, &bad)) {
        const char *name = name_of(*ret);
        if (name == NULL || strcmp(name, member) != 0 || archive_entry_filetype(*ret) != AE_IFREG)
            continue;
        if (!archive_entry_is_data_encrypted(*ret))
            return a;
        *ret_why = N_("is encrypted; unpack the zip file first");
        bad = true;
        break;
    }
    if (a != NULL && !bad)
        *ret_why = N_("is not in the zip file");
    archive_read_free(a);
    return NULL;
}

char *ash_zip_realpath(const char *path)
{
    size_t n;
    char *whole = NULL;
    if (!ash_zip_split(path, &n))
        return realpath(path, NULL);
    char *file = strndup(path, n);
    char *real = file == NULL ? NULL : realpath(file, NULL);
    if (real != NULL && asprintf(&whole, "%s%s", real, path + n) < 0)
        whole = NULL;
    free(file);
    free(real);
    return whole;
}
