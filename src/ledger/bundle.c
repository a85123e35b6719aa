#include "ledger/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "input/zip.h"

#define COPY_AT_ONCE (1u << 20)
#define LEVEL "3" /* the store is packed already */

typedef struct writer {
    ash_case *c;
    const ash_bundle_options *o;
    ash_bundle_result *r;
    ash_ledger_reader ledger;
    const char *file;
    char name[256];       /* the folder in it */
    time_t time;          /* of all files */
    struct archive *a;
    ash_out *out;
    ash_sha256 *whole, *one;
    ash_buf sums;         /* SHA256SUMS */
    char *chunk;
    ash_error *err;
} writer;

/* --- the archive ------------------------------------------------------------- */

static int archive_failed(writer *w)
{
    if (w->out->os_errno != 0)
        return 0; /* publishing tells */
    return ash_fail_at(w->err, ASH_E_IO, "ledger", w->file, ASH_NO_OFFSET, "the bundle cannot be made: %s",
                       archive_error_string(w->a) == NULL ? "out of memory" : archive_error_string(w->a));
}

static la_ssize_t on_packed(struct archive *a, void *user, const void *p, size_t n)
{
    writer *w = user;
    (void)a;
    ash_sha256_update(w->whole, p, n);
    w->r->packed += n;
    ash_out_write(w->out, ash_view_of(p, n));
    return (la_ssize_t)n;
}

static int begin_file(writer *w, const char *name, uint64_t bytes)
{
    char path[1024];
    struct archive_entry *e = archive_entry_new();
    if (e == NULL)
        return ash_fail(w->err, ASH_E_NOMEM, "ledger", "out of memory");
    snprintf(path, sizeof path, "%s/%s", w->name, name);
    archive_entry_set_pathname(e, path);
    archive_entry_set_size(e, (la_int64_t)bytes);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0600);
    archive_entry_set_mtime(e, w->time, 0);
    int rc = archive_write_header(w->a, e);
    archive_entry_free(e);
    return rc == ARCHIVE_OK ? 0 : archive_failed(w);
}

static int add_bytes(writer *w, const void *p, size_t n)
{
    ash_sha256_update(w->one, p, n);
    w->r->bytes += n;
    if (w->o->stop != NULL && atomic_load(w->o->stop))
        return ash_fail(w->err, ASH_E_INTERRUPTED, "ledger", "stopped");
    return archive_write_data(w->a, p, n) == (la_ssize_t)n ? 0 : archive_failed(w);
}

static void end_file(writer *w, const char *name, uint8_t sha256[ASH_SHA256_SIZE])
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    ash_sha256_take(w->one, sha256);
    ash_buf_addf(&w->sums, "%s  %s\n", ash_hex(hex, sha256, ASH_SHA256_SIZE), name);
    w->r->files++;
}

static int add_text(writer *w, const char *name, const ash_buf *text)
{
    uint8_t ignored[ASH_SHA256_SIZE];
    int rc = text->failed ? ash_fail(w->err, ASH_E_NOMEM, "ledger", "out of memory")
                          : begin_file(w, name, text->n);
    if (rc == 0)
        rc = add_bytes(w, text->p, text->n);
    if (rc == 0)
        end_file(w, name, ignored);
    return rc;
}

/* --- bytes from files and ZIP files -------------------------------------------- */

typedef struct raw_bytes {
    int fd;
    struct archive *zip; /* NULL: a plain file */
} raw_bytes;

static bool raw_open(raw_bytes *s, const char *path)
{
    size_t n;
    struct archive_entry *e;
    const char *why;
    bool inside = ash_zip_split(path, &n);
    char *file = inside ? strndup(path, n) : NULL;
    *s = (raw_bytes){.fd = open(inside ? (file == NULL ? "" : file) : path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    free(file);
    if (s->fd >= 0 && inside)
        s->zip = ash_zip_open(s->fd, path + n + 1, &e, &why);
    return s->fd >= 0 && (!inside || s->zip != NULL);
}

static void raw_close(raw_bytes *s)
{
    archive_read_free(s->zip);
    if (s->fd >= 0)
        close(s->fd);
}

static ssize_t raw_read(raw_bytes *s, void *p, size_t n)
{
    ssize_t got;
    do
        got = s->zip != NULL ? archive_read_data(s->zip, p, n) : read(s->fd, p, n);
    while (got < 0 && s->zip == NULL && errno == EINTR);
    return got;
}

/* SHA-256 of the first bytes of an input; false if there are not as many. */
static bool raw_digest(writer *w, const char *path, uint64_t bytes, uint8_t sha256[ASH_SHA256_SIZE])
{
    raw_bytes s;
    bool good = raw_open(&s, path);
    while (good && bytes > 0) {
        ssize_t n = raw_read(&s, w->chunk, bytes < COPY_AT_ONCE ? bytes : COPY_AT_ONCE);
        good = n > 0;
        if (good)
            ash_sha256_update(w->one, w->chunk, (size_t)n);
        bytes -= good ? (uint64_t)n : 0;
    }
    ash_sha256_take(w->one, sha256);
    raw_close(&s);
    return good;
}

static int add_raw(writer *w, const char *path, const char *name, uint64_t bytes,
                   uint8_t sha256[ASH_SHA256_SIZE])
{
    raw_bytes s;
    int rc = raw_open(&s, path) ? begin_file(w, name, bytes) : ash_io_fail(w->err, path, "file cannot be opened");
    while (rc == 0 && bytes > 0) {
        ssize_t n = raw_read(&s, w->chunk, bytes < COPY_AT_ONCE ? bytes : COPY_AT_ONCE);
        rc = n > 0 ? add_bytes(w, w->chunk, (size_t)n)
                   : ash_fail_at(w->err, ASH_E_CHANGED, "ledger", path, ASH_NO_OFFSET,
                                 "has become shorter while it was read");
        bytes -= n > 0 ? (uint64_t)n : 0;
    }
    raw_close(&s);
    if (rc == 0)
        end_file(w, name, sha256);
    return rc;
}

/* --- the case's files ------------------------------------------------------------ */

static bool is_own(const char *name)
{
    static const char *const own[] = {"case.sqlite", "case.sqlite-wal", "report.json", "report.html"};
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return strncmp(name, "state-", 6) == 0 && n > 4 && strcmp(name + n - 4, ".bin") == 0;
}

/* What a folder of the case holds, in the order of names; below the top all of it. */
static int add_folder(writer *w, const char *folder, unsigned depth)
{
    char path[4500];
    struct dirent **list = NULL;
    int n = scandir(ash_case_path(w->c, folder, path, sizeof path), &list, NULL, alphasort), rc = 0;
    for (int i = 0; i < n; i++) {
        char name[512], inside[520];
        uint8_t ignored[ASH_SHA256_SIZE];
        struct stat st;
        const char *leaf = list[i]->d_name;
        snprintf(name, sizeof name, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", leaf);
        snprintf(inside, sizeof inside, "case/%s", name);
        bool there = rc == 0 && leaf[0] != '.' && lstat(ash_case_path(w->c, name, path, sizeof path), &st) == 0;
        if (there && S_ISDIR(st.st_mode) && depth > 0 && depth < 3)
            rc = add_folder(w, name, depth + 1);
        else if (there && S_ISREG(st.st_mode) && (depth > 0 || is_own(leaf)))
            rc = add_raw(w, path, inside, (uint64_t)st.st_size, ignored);
        free(list[i]);
    }
    free(list);
    return rc;
}

static int add_input(writer *w, int64_t id, const char *path, const char *sha, uint64_t raw)
{
    char buf[4200], name[80];
    uint8_t sealed[ASH_SHA256_SIZE], now[ASH_SHA256_SIZE];
    path = ash_case_input_path(w->c->dir, id, path, "", buf, sizeof buf);
    if (ash_unhex(sealed, sizeof sealed, ash_view_z(sha)) < 0 || path[0] != '/' ||
        !raw_digest(w, path, raw, now) || memcmp(now, sealed, sizeof now) != 0) {
        w->r->inputs_left++;
        return 0;
    }
    snprintf(name, sizeof name, "case/" ASH_ORIGINAL_NAME, (long long)id);
    int rc = add_raw(w, path, name, raw, now);
    w->r->inputs++;
    if (rc == 0 && memcmp(now, sealed, sizeof now) != 0)
        rc = ash_fail_at(w->err, ASH_E_CHANGED, "ledger", path, ASH_NO_OFFSET, "has changed while it was read");
    return rc;
}

/* Those that came through a pipe are in the case already, as copies. */
static int add_inputs(writer *w)
{
    sqlite3_stmt *st = NULL;
    int rc = ash_db_query(&w->c->db, &st, w->err,
                          "SELECT id, path, coalesce(sha256, ''), raw FROM inputs WHERE bytes > 0 AND "
                          "coalesce(kept, '') = '' ORDER BY id", "");
    while (rc == 0 && (rc = ash_db_step(&w->c->db, st, w->err)) == 1)
        rc = add_input(w, sqlite3_column_int64(st, 0), ash_db_z(st, 1),
                       ash_db_z(st, 2), (uint64_t)sqlite3_column_int64(st, 3));
    sqlite3_finalize(st);
    return rc;
}

/* --- what explains it ---------------------------------------------------------------- */

static void readme(writer *w, ash_buf *b)
{
    const ash_head *h = &w->ledger.book.last;
    char id[ASH_KEY_ID_SIZE];
    ash_buf_addf(b,
                 "A case of Ashiato: what file servers' logs tell about accesses to files, with what seals it.\n\n"
                 "  case      %s\n"
                 "  head      %" PRIu64 " over %" PRIu64 " entries, signed at %s with key %s\n"
                 "  made by   ashiato " ASH_VERSION ", case format %d, %s\n"
                 "  inputs    %s\n\n",
                 w->ledger.case_id, h->counter, h->size, h->time, ash_key_id(h->key, id), ASH_CASE_FORMAT,
                 archive_version_details(),
                 w->o->inputs ? "in case/originals, by their numbers in the case, as far as they were still what was read"
                              : "not in here, but for copies of what came through a pipe (case/inputs)");
    ash_buf_add_z(b, "To check it without Ashiato, and then with it:\n\n"
                     "  sha256sum -c SHA256SUMS\n"
                     "  ashiato verify --case case --public-key KEY\n\n"
                     "KEY is the public key of those who made the case, from them and not from here: ledger.pub says only\n"
                     "which one to expect. head.txt is the newest head; one that was kept elsewhere, earlier, proves more\n"
                     "(--head). `ashiato custody --case case` lists who did what; `ashiato show --case case A1-0` prints the\n"
                     "records behind an access; case/report.html is the report. The format of the ledger, and what it proves,\n"
                     "is described in docs/LEDGER.md of Ashiato, that of the case in docs/STORE.md.\n");
}

static int add_texts(writer *w)
{
    char hex[2 * ASH_PUBLIC_KEY_SIZE + 1];
    ash_buf b;
    ash_buf_init(&b, 1u << 20);
    readme(w, &b);
    int rc = add_text(w, "README.txt", &b);
    ash_buf_clear(&b);
    ash_buf_addf(&b, "public %s\n", ash_hex(hex, w->ledger.book.last.key, ASH_PUBLIC_KEY_SIZE));
    if (rc == 0)
        rc = add_text(w, "ledger.pub", &b);
    ash_buf_clear(&b);
    ash_head_note(&w->ledger.book.last, w->ledger.case_id, &b);
    if (rc == 0)
        rc = add_text(w, "head.txt", &b);
    ash_buf_free(&b);
    return rc;
}

static int add_all(writer *w)
{
    static const char *const folders[] = {"", "ledger", "store", "inputs"};
    int rc = add_texts(w);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && rc == 0; i++)
        rc = add_folder(w, folders[i], folders[i][0] != '\0');
    if (rc == 0 && w->o->inputs)
        rc = add_inputs(w);
    if (rc == 0) {
        ash_buf sums = w->sums; /* its own line would be of a file that is not there yet */
        rc = add_text(w, "SHA256SUMS", &sums);
        w->sums = sums;
    }
    return rc;
}

/* --- the file ---------------------------------------------------------------------- */

/* "bundle" of "/x/bundle.tar.zst"; the time of the newest head. */
static int begin_bundle(writer *w)
{
    struct tm tm = {0};
    const char *leaf = strrchr(w->file, '/');
    leaf = leaf == NULL ? w->file : leaf + 1;
    size_t n = strlen(leaf);
    if (n <= 8 || strcmp(leaf + n - 8, ".tar.zst") != 0 || n - 8 >= sizeof w->name || leaf[0] == '.')
        return ash_fail(w->err, ASH_E_USAGE, "ledger", "the bundle's name must end in .tar.zst");
    snprintf(w->name, sizeof w->name, "%.*s", (int)(n - 8), leaf);
    if (access(w->file, F_OK) == 0)
        return ash_fail_at(w->err, ASH_E_STATE, "ledger", w->file, ASH_NO_OFFSET,
                           "is there already, and is not overwritten");
    if (strptime(w->ledger.book.last.time, "%Y-%m-%dT%H:%M:%S", &tm) != NULL)
        w->time = timegm(&tm);
    w->a = archive_write_new();
    if (w->a == NULL || archive_write_add_filter_zstd(w->a) != ARCHIVE_OK ||
        archive_write_set_filter_option(w->a, "zstd", "compression-level", LEVEL) != ARCHIVE_OK ||
        archive_write_set_format_pax_restricted(w->a) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(w->a, 1) != ARCHIVE_OK)
        return ash_fail(w->err, ASH_E_NOMEM, "ledger", "libarchive cannot write zstd");
    return 0;
}

static int write_bundle(writer *w)
{
    int rc = begin_bundle(w);
    if (rc == 0)
        rc = ash_sha256_new(&w->whole, w->err);
    if (rc == 0)
        rc = ash_sha256_new(&w->one, w->err);
    if (rc == 0)
        rc = ash_out_open(w->out, w->file, w->err);
    if (rc < 0)
        return rc;
    if (archive_write_open(w->a, w, NULL, on_packed, NULL) != ARCHIVE_OK)
        rc = archive_failed(w);
    if (rc == 0)
        rc = add_all(w);
    if (rc == 0 && archive_write_close(w->a) != ARCHIVE_OK)
        rc = archive_failed(w);
    w->r->entries = w->ledger.book.last.size;
    ash_sha256_digest(w->whole, w->r->sha256);
    if (rc == 0)
        rc = ash_out_publish_new(w->out, w->err);
    else
        ash_out_abandon(w->out);
    return rc;
}

int ash_bundle_write(ash_bundle_result *ret, ash_case *c, const char *file, const ash_bundle_options *o,
                     ash_error *err)
{
    ash_bundle_result r = {0};
    writer w = {.c = c, .o = o, .r = &r, .file = file, .err = err};
    int rc = ash_ledger_read(&w.ledger, c->dir, err);
    if (rc < 0)
        return rc;
    ash_buf_init(&w.sums, 1u << 30);
    w.out = calloc(1, sizeof *w.out);
    w.chunk = malloc(COPY_AT_ONCE);
    if (w.out == NULL || w.chunk == NULL)
        rc = ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    else {
        w.out->fd = -1;
        rc = write_bundle(&w);
    }
    archive_write_free(w.a);
    ash_sha256_free(w.whole);
    ash_sha256_free(w.one);
    ash_buf_free(&w.sums);
    free(w.chunk);
    free(w.out);
    ash_ledger_read_end(&w.ledger);
    if (rc == 0)
        *ret = r;
    return rc;
}
