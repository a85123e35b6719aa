#include "input/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/time.h"
#include "input/gunzip.h"
#include "input/widetext.h"
#include "input/zip.h"

#define RAW_CHUNK (256u << 10)
/* How long a pipe is waited for until it is seen that the user wants to stop. */
#define WAIT_MS 200

struct ash_stream {
    char *path;
    int fd;
    bool regular;
    struct stat st;
    uint64_t raw;       /* raw bytes read */
    bool from_start, at_end, hashing;
    bool nothing; /* compressed, but of nothing */
    bool member;  /* of a ZIP file: its bytes are the raw ones */
    ash_sha256 *sha;
    ash_gunzip *gunzip;      /* gzip */
    struct archive *archive; /* other compression; both NULL: plain */
    unsigned char *chunk;    /* raw bytes to decompress; also what was sniffed */
    size_t sniffed, sniffed_at;
    ash_widetext *wide;      /* UTF-16, compressed or not; NULL: as it is */
    bool looked;             /* it is known whether it is that */
    unsigned char *head;     /* decompressed bytes that were read to know it */
    size_t n_head, head_at;
    unsigned char *ahead; /* decompressed bytes to be delivered again */
    size_t n_ahead, ahead_at;
    char last_byte;
    void (*tee)(void *user, const void *p, uint64_t n);
    void *tee_user;
};

static bool is_plain(const ash_stream *s)
{
    return s->archive == NULL && s->gunzip == NULL && s->wide == NULL;
}

static bool looks_gzipped(const unsigned char *p, size_t n)
{
    return n >= 2 && p[0] == 0x1f && p[1] == 0x8b; /* RFC 1952 */
}

static bool looks_compressed(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char magic[6];
        size_t n;
    } magics[] = {
        {{'B', 'Z', 'h'}, 3},                      /* bzip2 */
        {{0xfd, '7', 'z', 'X', 'Z', 0}, 6},        /* xz */
        {{0x28, 0xb5, 0x2f, 0xfd}, 4},             /* zstd, RFC 8878 */
        {{0x04, 0x22, 0x4d, 0x18}, 4},             /* lz4 */
        {{0x1f, 0x9d}, 2},                         /* compress(1) */
    };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (n >= magics[i].n && memcmp(p, magics[i].magic, magics[i].n) == 0)
            return true;
    return false;
}

static const atomic_bool *_Atomic stop_flag;

void ash_stream_stop_on(const atomic_bool *stop)
{
    stop_flag = stop;
}

static bool stopped(void)
{
    const atomic_bool *stop = stop_flag;
    return stop != NULL && atomic_load_explicit(stop, memory_order_relaxed);
}

/* A pipe may have nothing to read for hours; a signal may reach another thread. */
static bool wait_for(const ash_stream *s)
{
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    while (!s->regular && !stopped() && poll(&p, 1, WAIT_MS) <= 0)
        ;
    if (s->regular || !stopped())
        return true;
    errno = EINTR;
    return false;
}

/* Raw bytes: what was sniffed first, then the file. */
static ssize_t read_raw(ash_stream *s, void *buf, size_t n)
{
    ssize_t got;
    if (s->sniffed_at < s->sniffed) {
        got = (ssize_t)(s->sniffed - s->sniffed_at < n ? s->sniffed - s->sniffed_at : n);
        memcpy(buf, s->chunk + s->sniffed_at, (size_t)got);
        s->sniffed_at += (size_t)got;
    } else {
        do
            got = wait_for(s) ? read(s->fd, buf, n) : -1;
        while (got < 0 && errno == EINTR && !stopped());
        if (got > 0)
            s->raw += (uint64_t)got;
        if (got == 0)
            s->at_end = true;
    }
    if (got > 0 && s->hashing)
        ash_sha256_update(s->sha, buf, (size_t)got);
    return got;
}

static ssize_t pull(void *user, const void **ret)
{
    ash_stream *s = user;
    /* The sniffed bytes lie in chunk themselves: they are handed out in place. */
    if (s->sniffed_at < s->sniffed) {
        size_t n = s->sniffed - s->sniffed_at;
        *ret = s->chunk + s->sniffed_at;
        if (s->hashing)
            ash_sha256_update(s->sha, *ret, n);
        s->sniffed_at = s->sniffed;
        return (ssize_t)n;
    }
    *ret = s->chunk;
    return read_raw(s, s->chunk, RAW_CHUNK);
}

static la_ssize_t archive_pull(struct archive *a, void *user, const void **ret)
{
    ssize_t n = pull(user, ret);
    if (n < 0)
        archive_set_error(a, errno, "%s", strerror(errno));
    return n;
}

static int open_archive(ash_stream *s, ash_error *err)
{
    struct archive_entry *e;
    s->archive = archive_read_new();
    if (s->archive == NULL)
        return ash_fail(err, ASH_E_NOMEM, "input", "out of memory");
    archive_read_support_filter_bzip2(s->archive);
    archive_read_support_filter_xz(s->archive);
    archive_read_support_filter_zstd(s->archive);
    archive_read_support_filter_lz4(s->archive);
    archive_read_support_filter_compress(s->archive);
    archive_read_support_format_raw(s->archive);
    archive_read_support_format_empty(s->archive);
    int rc = archive_read_open(s->archive, s, NULL, archive_pull, NULL);
    if (rc == ARCHIVE_OK)
        rc = archive_read_next_header(s->archive, &e);
    s->nothing = rc == ARCHIVE_EOF;
    if (rc != ARCHIVE_OK && rc != ARCHIVE_EOF)
        return ash_fail_at(err, ASH_E_FORMAT, "input", s->path, s->raw,
                           "compressed data cannot be read: %s", archive_error_string(s->archive));
    return 0;
}

static int64_t read_bytes(void *user, void *buf, uint64_t n, ash_error *err);

static int open_wide(ash_stream *s, ash_error *err)
{
    s->wide = ash_widetext_new(read_bytes, s);
    return s->wide == NULL ? ash_fail(err, ASH_E_NOMEM, "input", "out of memory") : 0;
}

static int open_member(ash_stream *s, const char *member, ash_error *err)
{
    struct archive_entry *e;
    const char *why;
    s->archive = ash_zip_open(s->fd, member, &e, &why);
    if (s->archive == NULL)
        return ash_fail_at(err, ASH_E_FORMAT, "input", s->path, ASH_NO_OFFSET, "%s", _(why));
    s->member = true;
    s->st.st_size = archive_entry_size_is_set(e) ? archive_entry_size(e) : 0;
    if (archive_entry_mtime_is_set(e))
        s->st.st_mtim = (struct timespec){archive_entry_mtime(e), archive_entry_mtime_nsec(e)};
    return 0;
}

static int sniff(ash_stream *s, ash_error *err)
{
    /* A pipe may deliver less than asked for; six bytes decide. */
    while (s->sniffed < 6) {
        ssize_t n = wait_for(s) ? read(s->fd, s->chunk + s->sniffed, RAW_CHUNK - s->sniffed) : -1;
        if (n < 0 && errno == EINTR && !stopped())
            continue;
        if (n < 0)
            return ash_fail_at(err, ASH_E_IO, "input", s->path, 0, "cannot be read");
        if (n == 0)
            break;
        s->sniffed += (size_t)n;
        s->raw += (uint64_t)n;
    }
    return 0;
}

static int skip(ash_stream *s, uint64_t from, ash_error *err)
{
    char waste[65536];
    if (from == 0)
        return 0;
    if (is_plain(s) && s->regular) {
        if (lseek(s->fd, (off_t)from, SEEK_SET) < 0)
            return ash_fail_at(err, ASH_E_IO, "input", s->path, from, "cannot be positioned");
        s->sniffed = s->sniffed_at = 0;
        s->raw = from;
        s->from_start = false;
        return 0;
    }
    for (uint64_t at = 0; at < from;) {
        uint64_t want = from - at < sizeof waste ? from - at : sizeof waste;
        int64_t n = ash_stream_read(s, waste, want, err);
        if (n < 0)
            return (int)n;
        if (n == 0)
            return ash_fail_at(err, ASH_E_CHANGED, "input", s->path, at,
                               "is shorter than when it was first read");
        at += (uint64_t)n;
    }
    return 0;
}

static int open_filters(ash_stream *s, ash_error *err)
{
    int rc = sniff(s, err);
    if (rc < 0)
        return rc;
    if (looks_gzipped(s->chunk, s->sniffed)) {
        s->gunzip = ash_gunzip_new(pull, s);
        return s->gunzip == NULL ? ash_fail(err, ASH_E_NOMEM, "input", "out of memory") : 0;
    }
    if (looks_compressed(s->chunk, s->sniffed))
        return open_archive(s, err);
    s->looked = true;
    return ash_widetext_looks(s->chunk, s->sniffed) ? open_wide(s, err) : 0;
}

/* The file of the first n bytes of path. */
static int open_file(const char *path, size_t n)
{
    if (strcmp(path, "-") == 0)
        return dup(STDIN_FILENO);
    char *name = strndup(path, n);
    int fd = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    free(name);
    return fd;
}

int ash_stream_open(ash_stream **ret, const char *path, uint64_t from, ash_error *err)
{
    ash_stream *s = calloc(1, sizeof *s);
    if (s == NULL || (s->path = strdup(path)) == NULL) {
        free(s);
        return ash_fail(err, ASH_E_NOMEM, "input", "out of memory");
    }
    s->from_start = s->hashing = true;
    size_t n = strlen(path);
    bool member = ash_zip_split(path, &n);
    s->fd = -1;
    s->chunk = malloc(RAW_CHUNK);
    int rc = s->chunk == NULL ? ash_fail(err, ASH_E_NOMEM, "input", "out of memory")
                              : ash_sha256_new(&s->sha, err);
    if (rc == 0 && ((s->fd = open_file(path, n)) < 0 || fstat(s->fd, &s->st) != 0))
        rc = ash_fail_at(err, ASH_E_IO, "input", path, ASH_NO_OFFSET, "cannot be opened");
    s->regular = rc == 0 && S_ISREG(s->st.st_mode);
    if (!s->regular)
        clock_gettime(CLOCK_REALTIME, &s->st.st_mtim);
    if (rc == 0)
        rc = member ? open_member(s, path + n + 1, err) : open_filters(s, err);
    if (rc == 0)
        rc = skip(s, from, err);
    if (rc < 0) {
        ash_stream_close(s);
        return rc;
    }
    if (s->regular)
        posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *ret = s;
    return 0;
}

void ash_stream_close(ash_stream *s)
{
    if (s == NULL)
        return;
    ash_gunzip_free(s->gunzip);
    ash_widetext_free(s->wide);
    if (s->archive != NULL)
        archive_read_free(s->archive);
    if (s->fd >= 0)
        close(s->fd);
    ash_sha256_free(s->sha);
    free(s->chunk);
    free(s->head);
    free(s->ahead);
    free(s->path);
    free(s);
}

static int64_t fail_damaged(const ash_stream *s, const char *why, ash_error *err)
{
    return ash_fail_at(err, ASH_E_FORMAT, "input", s->path, s->raw,
                       "compressed data is damaged or cut off (%s); what came before was read", why);
}

/* Decompressed, but still in the encoding it has. */
static int64_t read_bytes(void *user, void *buf, uint64_t n, ash_error *err)
{
    ash_stream *s = user;
    la_ssize_t got;
    const char *why = "";
    if (s->head_at < s->n_head) {
        size_t k = s->n_head - s->head_at < n ? s->n_head - s->head_at : (size_t)n;
        memcpy(buf, s->head + s->head_at, k);
        s->head_at += k;
        return (int64_t)k;
    }
    if (s->gunzip != NULL) {
        int64_t out = ash_gunzip_read(s->gunzip, buf, n, &why);
        return out < 0 ? fail_damaged(s, why, err) : out;
    }
    if (s->archive == NULL) {
        got = read_raw(s, buf, n);
        if (got < 0)
            return ash_fail_at(err, ASH_E_IO, "input", s->path, s->raw, "cannot be read");
        return got;
    }
    if (s->nothing)
        return 0;
    do
        got = archive_read_data(s->archive, buf, n);
    while (got == ARCHIVE_RETRY);
    if (got < 0)
        return fail_damaged(s, archive_error_string(s->archive), err);
    if (s->member) {
        s->raw += (uint64_t)got;
        s->at_end = got == 0;
        if (s->hashing)
            ash_sha256_update(s->sha, buf, (size_t)got);
    }
    return got;
}

/* What is compressed shows only when it is read whether it is UTF-16. As much is
 * read as is asked for, so that damage is met as without this. */
static int64_t read_first(ash_stream *s, void *buf, uint64_t n, ash_error *err)
{
    unsigned char little[ASH_WIDETEXT_HEAD];
    unsigned char *p = n < sizeof little ? little : buf;
    uint64_t room = n < sizeof little ? sizeof little : n, have = 0;
    int64_t got = 1;
    while (have < sizeof little && got > 0) {
        got = read_bytes(s, p + have, room - have, err);
        have += got > 0 ? (uint64_t)got : 0;
    }
    if (have == 0)
        return got;
    s->looked = true;
    bool wide = ash_widetext_looks(p, have);
    if (!wide && p == buf)
        return (int64_t)have;
    s->head = malloc(have);
    if (s->head == NULL || (wide && open_wide(s, err) < 0))
        return ash_fail(err, ASH_E_NOMEM, "input", "out of memory");
    memcpy(s->head, p, have);
    s->n_head = have;
    return wide ? ash_widetext_read(s->wide, buf, n, err) : read_bytes(s, buf, n, err);
}

static int64_t read_data(ash_stream *s, void *buf, uint64_t n, ash_error *err)
{
    return !s->looked      ? read_first(s, buf, n, err)
           : s->wide != NULL ? ash_widetext_read(s->wide, buf, n, err)
                             : read_bytes(s, buf, n, err);
}

int64_t ash_stream_ahead(ash_stream *s, void *buf, uint64_t n, ash_error *err)
{
    unsigned char *p = buf;
    uint64_t at = s->n_ahead < n ? s->n_ahead : n;
    if (at > 0)
        memcpy(p, s->ahead, at); /* asked before */
    while (at < n) {
        int64_t got = read_data(s, p + at, n - at, err);
        /* Damage is met again, and reported, when the bytes are really read. */
        if (got < 0 && at == 0)
            return got;
        if (got <= 0)
            break;
        at += (uint64_t)got;
    }
    if (at > s->n_ahead) {
        unsigned char *copy = realloc(s->ahead, at);
        if (copy == NULL)
            return ash_fail(err, ASH_E_NOMEM, "input", "out of memory");
        memcpy(copy, buf, at);
        s->ahead = copy;
        s->n_ahead = at;
    }
    return (int64_t)at;
}

int64_t ash_stream_read(ash_stream *s, void *buf, uint64_t n, ash_error *err)
{
    int64_t got;
    if (s->ahead_at < s->n_ahead) {
        size_t left = s->n_ahead - s->ahead_at;
        got = (int64_t)(left < n ? left : n);
        memcpy(buf, s->ahead + s->ahead_at, (size_t)got);
        s->ahead_at += (size_t)got;
    } else {
        got = read_data(s, buf, n, err);
    }
    if (got > 0) {
        s->last_byte = ((const char *)buf)[got - 1];
        if (s->tee != NULL)
            s->tee(s->tee_user, buf, (uint64_t)got);
    }
    return got;
}

bool ash_stream_open_tail(const ash_stream *s)
{
    return is_plain(s) && s->regular && s->raw > 0 && s->last_byte != '\n';
}

void ash_stream_tee(ash_stream *s, void (*fn)(void *, const void *, uint64_t), void *user)
{
    s->tee = fn;
    s->tee_user = user;
}

bool ash_stream_hash_file(const char *path, uint8_t out[ASH_SHA256_SIZE])
{
    char buf[65536];
    ash_stream *s;
    int64_t n;
    if (strcmp(path, "-") == 0 || ash_stream_open(&s, path, 0, NULL) < 0)
        return false;
    while ((n = ash_stream_read(s, buf, sizeof buf, NULL)) > 0)
        ;
    bool whole = n == 0 && ash_stream_sha256(s, out);
    ash_stream_close(s);
    return whole;
}

const char *ash_stream_compression(const ash_stream *s)
{
    return s->member            ? "zip"
           : s->gunzip != NULL  ? "gzip"
           : s->archive != NULL ? archive_filter_name(s->archive, 0)
                                : "plain";
}

int64_t ash_stream_size(const ash_stream *s)
{
    return s->regular ? s->st.st_size : -1;
}

int64_t ash_stream_mtime(const ash_stream *s)
{
    return s->st.st_mtim.tv_sec * ASH_NS_PER_S + s->st.st_mtim.tv_nsec;
}

uint64_t ash_stream_raw(const ash_stream *s)
{
    return s->raw;
}

bool ash_stream_sha256(ash_stream *s, uint8_t out[ASH_SHA256_SIZE])
{
    char rest[65536];
    /* Decompression may stop before trailing bytes of the file. */
    while (!is_plain(s) && !s->at_end &&
           (s->member ? read_bytes(s, rest, sizeof rest, NULL) : read_raw(s, rest, sizeof rest)) > 0)
        ;
    ash_sha256_digest(s->sha, out);
    return s->from_start && s->at_end && s->hashing;
}

int64_t ash_stream_peek(ash_stream *s, void *buf, uint64_t n, uint64_t offset)
{
    if (!is_plain(s) || !s->regular)
        return -1;
    return pread(s->fd, buf, n, (off_t)offset);
}

void ash_stream_set_hashing(ash_stream *s, bool on)
{
    s->hashing = on;
}
