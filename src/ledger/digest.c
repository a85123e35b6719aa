#include "ledger/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"

#define CHUNK (16 * ASH_LEDGER_BLOCK)

static bool add_block(ash_digest *d, size_t *cap, ash_sha256 *h, const char *p, size_t n)
{
    if (d->n_blocks == *cap) {
        size_t more = *cap == 0 ? 16 : *cap * 2;
        ash_node *q = realloc(d->blocks, more * sizeof *q);
        if (q == NULL)
            return false;
        d->blocks = q;
        *cap = more;
    }
    ash_sha256_update(h, p, n);
    ash_sha256_take(h, d->blocks[d->n_blocks++].b);
    return true;
}

/* As much as there is, up to n: blocks must not depend on how read() cuts. */
static ssize_t read_full(int fd, char *p, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t k = read(fd, p + got, n - got);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        if (k == 0)
            break;
        got += (size_t)k;
    }
    return (ssize_t)got;
}

static int digest(ash_digest *d, int fd, uint64_t limit, bool blocks, const char *path,
                  ash_error *err)
{
    ash_sha256 *whole = NULL, *piece = NULL;
    char *chunk = malloc(CHUNK);
    size_t cap = 0;
    int rc = chunk == NULL ? ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory")
                           : ash_sha256_new(&whole, err);
    if (rc == 0 && blocks)
        rc = ash_sha256_new(&piece, err);
    while (rc == 0 && d->bytes < limit) {
        uint64_t left = limit - d->bytes;
        ssize_t n = read_full(fd, chunk, left < CHUNK ? (size_t)left : CHUNK);
        if (n < 0)
            rc = ash_io_fail(err, path, "file cannot be read");
        if (n <= 0)
            break;
        ash_sha256_update(whole, chunk, (size_t)n);
        for (size_t at = 0; blocks && at < (size_t)n && rc == 0; at += ASH_LEDGER_BLOCK) {
            size_t left_in = (size_t)n - at;
            if (!add_block(d, &cap, piece, chunk + at,
                           left_in < ASH_LEDGER_BLOCK ? left_in : ASH_LEDGER_BLOCK))
                rc = ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
        }
        d->bytes += (uint64_t)n;
    }
    if (rc == 0)
        ash_sha256_take(whole, d->sha256);
    ash_sha256_free(whole);
    ash_sha256_free(piece);
    free(chunk);
    return rc;
}

int ash_digest_file(ash_digest *ret, const char *path, uint64_t limit, bool blocks, ash_error *err)
{
    struct stat st;
    ash_digest d = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ash_fail_at(err, ASH_E_NOTFOUND, "ledger", path, ASH_NO_OFFSET, "file is not there");
    if (fd < 0)
        return ash_io_fail(err, path, "file cannot be opened");
    int rc = 0;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        rc = ash_fail_at(err, ASH_E_FORMAT, "ledger", path, ASH_NO_OFFSET, "is not a regular file");
    if (rc == 0)
        rc = digest(&d, fd, limit, blocks, path, err);
    close(fd);
    if (rc < 0)
        ash_digest_free(&d);
    else
        *ret = d;
    return rc;
}

void ash_digest_free(ash_digest *d)
{
    free(d->blocks);
    d->blocks = NULL;
    d->n_blocks = 0;
}

void ash_digest_put(ash_buf *out, const char *name, const ash_digest *d)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    ash_buf_add_z(out, "{\"name\":");
    ash_json_quote(out, ash_view_z(name), false);
    ash_buf_addf(out, ",\"bytes\":%" PRIu64 ",\"sha256\":\"%s\",\"blocks\":[", d->bytes,
                 ash_hex(hex, d->sha256, sizeof d->sha256));
    for (size_t i = 0; i < d->n_blocks; i++)
        ash_buf_addf(out, "%s\"%s\"", i > 0 ? "," : "", ash_hex(hex, d->blocks[i].b, sizeof d->blocks[i].b));
    ash_buf_add_z(out, "]}");
}
