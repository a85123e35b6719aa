#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "ledger/bundle.h"
#include "ledger/digest.h"
#include "ledger/inventory.h"

#define READ_AT_ONCE (1u << 16)
#define SUMS_MAX (1u << 30)

typedef struct reader {
    const char *file, *dir;
    struct archive *a;
    char top[256]; /* the one folder all is in */
    uint64_t left; /* bytes it may still unpack to */
    const atomic_bool *stop;
    ash_error *err;
} reader;

static int refuse(reader *r, const char *what)
{
    return ash_fail_at(r->err, ASH_E_FORMAT, "ledger", r->file, ASH_NO_OFFSET, "%s", _(what));
}

/* NAME/file below the folder, with its folders made; everything in one NAME. */
static int place(reader *r, const struct archive_entry *e, char path[4500])
{
    struct archive_entry *entry = (struct archive_entry *)(uintptr_t)e;
    const char *name = archive_entry_pathname(entry), *slash = name == NULL ? NULL : strchr(name, '/');
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL)
        return refuse(r, N_("is no bundle of a case: it holds something else than files"));
    if (slash == NULL || (size_t)(slash - name) >= sizeof r->top || !ash_inventory_is_inside(name))
        return refuse(r, N_("is no bundle of a case: a name in it leads elsewhere"));
    size_t n = (size_t)(slash - name);
    if (r->top[0] == '\0')
        snprintf(r->top, sizeof r->top, "%.*s", (int)n, name);
    if (strlen(r->top) != n || memcmp(r->top, name, n) != 0)
        return refuse(r, N_("is no bundle of a case: it holds several folders"));
    snprintf(path, 4500, "%s/%s", r->dir, name);
    char *last = strrchr(path, '/');
    *last = '\0';
    int rc = ash_io_mkdirs(path, r->err);
    *last = '/';
    return rc;
}

static int unpack_file(reader *r, const struct archive_entry *e)
{
    char path[4500], chunk[READ_AT_ONCE];
    int rc = place(r, e, path), fd = -1;
    if (rc == 0 && (fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) < 0)
        rc = errno == EEXIST ? refuse(r, N_("is no bundle of a case: it holds a file twice"))
                             : ash_io_fail(r->err, path, "file cannot be created");
    la_ssize_t n = 1;
    while (rc == 0 && (n = archive_read_data(r->a, chunk, sizeof chunk)) > 0) {
        if (r->stop != NULL && atomic_load(r->stop))
            rc = ash_fail(r->err, ASH_E_INTERRUPTED, "ledger", "stopped");
        else if ((uint64_t)n > r->left)
            rc = ash_fail_at(r->err, ASH_E_LIMIT, "ledger", r->file, ASH_NO_OFFSET,
                             _("unpacks to more than %u times its size; it was not read on"), ASH_BUNDLE_GROWTH);
        else if (write(fd, chunk, (size_t)n) != n)
            rc = ash_io_fail(r->err, path, "file cannot be written");
        r->left -= rc == 0 ? (uint64_t)n : 0;
    }
    if (rc == 0 && n < 0)
        rc = refuse(r, N_("is damaged: it cannot be unpacked to its end"));
    if (fd >= 0)
        close(fd);
    return rc;
}

static int unpack(reader *r)
{
    struct archive_entry *e;
    uint64_t files = 0;
    int got = ARCHIVE_OK, rc = 0;
    while (rc == 0 && (got = archive_read_next_header(r->a, &e)) == ARCHIVE_OK)
        rc = ++files > ASH_BUNDLE_FILES_MAX ? refuse(r, N_("is no bundle of a case: it holds too many files"))
                                            : unpack_file(r, e);
    if (rc == 0 && got != ARCHIVE_EOF)
        rc = refuse(r, N_("is damaged, or no bundle of a case"));
    return rc == 0 && files == 0 ? refuse(r, N_("is damaged, or no bundle of a case")) : rc;
}

/* Lines "SHA256  NAME". */
static int check_sums(reader *r, char wrong[512])
{
    char path[4500];
    ash_buf b;
    ash_buf_init(&b, SUMS_MAX);
    snprintf(path, sizeof path, "%s/%s/SHA256SUMS", r->dir, r->top);
    int rc = ash_io_read_file(path, SUMS_MAX, &b, r->err);
    if (rc < 0)
        rc = refuse(r, N_("is no bundle of a case: it has no SHA256SUMS"));
    ash_view rest = ash_buf_view(&b);
    while (rc == 0 && rest.n > 0 && wrong[0] == '\0') {
        uint8_t sha256[ASH_SHA256_SIZE];
        char name[512];
        ash_digest d = {0};
        ptrdiff_t nl = ash_view_find(rest, '\n');
        ash_view line = ash_view_first(rest, nl < 0 ? rest.n : (size_t)nl);
        rest = ash_view_skip(rest, line.n + (nl >= 0));
        size_t hex = 2 * ASH_SHA256_SIZE;
        bool good = line.n > hex + 2 && line.n - hex - 2 < sizeof name &&
                    ash_unhex(sha256, sizeof sha256, ash_view_first(line, hex)) == 0;
        snprintf(name, sizeof name, "%.*s", good ? (int)(line.n - hex - 2) : 0, line.p + (good ? hex + 2 : 0));
        snprintf(path, sizeof path, "%s/%s/%s", r->dir, r->top, name);
        good = good && ash_inventory_is_inside(name) && ash_digest_file(&d, path, UINT64_MAX, false, NULL) == 0 &&
               memcmp(d.sha256, sha256, sizeof sha256) == 0;
        if (!good)
            snprintf(wrong, 512, "%s", name[0] == '\0' ? "SHA256SUMS" : name);
        ash_digest_free(&d);
    }
    ash_buf_free(&b);
    return rc;
}

int ash_bundle_unpack(const char *file, const char *dir, char case_dir[4000], char wrong[512],
                      const atomic_bool *stop, ash_error *err)
{
    reader r = {.file = file, .dir = dir, .stop = stop, .err = err};
    struct stat st;
    if (stat(file, &st) != 0)
        return ash_io_fail(err, file, "file cannot be opened");
    r.left = (uint64_t)st.st_size * ASH_BUNDLE_GROWTH + ASH_BUNDLE_GROWTH_BASE;
    r.a = archive_read_new();
    wrong[0] = '\0';
    if (r.a == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    archive_read_support_filter_zstd(r.a);
    archive_read_support_format_tar(r.a);
    int rc = archive_read_open_filename(r.a, file, READ_AT_ONCE) == ARCHIVE_OK
                 ? unpack(&r)
                 : refuse(&r, N_("is damaged, or no bundle of a case"));
    archive_read_free(r.a);
    if (rc == 0)
        rc = check_sums(&r, wrong);
    snprintf(case_dir, 4000, "%s/%s/case", dir, r.top);
    return rc;
}
