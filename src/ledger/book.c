#include "ledger/book.h"

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
#include "ledger/scan.h"

#define NODES_AT_ONCE (256u << 10)
#define NODE ASH_SHA256_SIZE

static const char *file_of(const ash_book *b, const char *name, char buf[4200])
{
    snprintf(buf, 4200, "%s/%s", b->dir, name);
    return buf;
}

static int changed(const ash_book *b, const char *name, uint64_t offset, ash_error *err,
                   const char *what)
{
    char path[4200];
    return ash_fail_at(err, ASH_E_CHANGED, "ledger", file_of(b, name, path), offset, "%s", _(what));
}

bool ash_book_exists(const char *case_dir)
{
    char path[4200];
    struct stat st;
    snprintf(path, sizeof path, "%s/ledger", case_dir);
    return lstat(path, &st) == 0;
}

/* --- opening ------------------------------------------------------------- */

static int open_file(const ash_book *b, const char *name, bool write, int *ret, ash_error *err)
{
    char path[4200];
    int flags = write ? O_RDWR | O_CREAT : O_RDONLY;
    *ret = open(file_of(b, name, path), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    return *ret < 0 ? ash_io_fail(err, path, "the ledger cannot be opened") : 0;
}

static uint64_t size_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static int cut(const ash_book *b, int fd, const char *name, uint64_t size, ash_error *err)
{
    char path[4200];
    if (size_of(fd) > size && ftruncate(fd, (off_t)size) != 0)
        return ash_io_fail(err, file_of(b, name, path), "the ledger cannot be written");
    return 0;
}

/* The last whole line of heads.jsonl; whole: how many bytes whole lines take. */
static int read_last_head(ash_book *b, uint64_t *ret_whole, ash_error *err)
{
    char text[2 * ASH_HEAD_LINE_MAX];
    uint64_t size = size_of(b->heads), from = size > sizeof text ? size - sizeof text : 0;
    ssize_t n = pread(b->heads, text, sizeof text, (off_t)from);
    if (n < 0)
        return changed(b, "heads.jsonl", ASH_NO_OFFSET, err, N_("the ledger's heads cannot be read"));
    ash_view v = ash_view_of(text, (size_t)n);
    while (v.n > 0 && v.p[v.n - 1] != '\n')
        v.n--;
    *ret_whole = from + v.n;
    if (v.n == 0 && from == 0)
        return 0; /* none yet */
    v.n -= v.n > 0;
    const char *before = v.n == 0 ? NULL : memrchr(v.p, '\n', v.n);
    uint64_t at = before == NULL ? from : from + (uint64_t)(before + 1 - text);
    ash_view line = ash_view_skip(v, (size_t)(at - from));
    return ash_head_parse(&b->last, line)
               ? 0
               : changed(b, "heads.jsonl", at, err, N_("the ledger's last head is damaged"));
}

/* The peaks of the tree of n leaves, from tree.bin. */
static bool load_peaks(ash_book *b, uint64_t n)
{
    b->peaks.n = n;
    for (unsigned level = 0; level < 64; level++)
        if ((n >> level & 1) &&
            !ash_book_node(b, level, n >> level >> 1 << 1, &b->peaks.at[level]))
            return false;
    ash_node root = ash_tree_root(&b->peaks, b->hash);
    return ash_node_eq(&root, &b->last.root);
}

static void on_node(void *user, const ash_node *node)
{
    ash_buf_add(user, node->b, sizeof node->b);
}

static bool write_all(int fd, const void *p, size_t n, uint64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t k = pwrite(fd, (const char *)p + done, n - done, (off_t)(at + done));
        if (k < 0 && errno != EINTR)
            return false;
        done += k > 0 ? (size_t)k : 0;
    }
    return true;
}

/* Makes tree.bin from the first last.bytes of entries.jsonl. */
static int rebuild(ash_book *b, ash_error *err)
{
    char path[4200];
    ash_scan lines;
    ash_view line;
    uint64_t at, placed = 0;
    int got = 1, rc = 0;
    b->peaks.n = 0;
    if (!ash_scan_open(&lines, b->entries, 0, b->last.bytes))
        return ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    while (rc == 0 && (got = ash_scan_next(&lines, &line, &at)) == 1) {
        ash_node leaf = ash_tree_leaf(b->hash, line);
        ash_tree_add(&b->peaks, b->hash, &leaf, on_node, &b->nodes);
        if (b->nodes.n < NODES_AT_ONCE && at + line.n + 1 < b->last.bytes)
            continue;
        if (!write_all(b->tree, b->nodes.p, b->nodes.n, placed * NODE))
            rc = ash_io_fail(err, file_of(b, "tree.bin", path), "the ledger cannot be written");
        placed += b->nodes.n / NODE;
        b->nodes.n = 0;
    }
    ash_scan_close(&lines);
    if (rc < 0)
        return rc;
    ash_node root = ash_tree_root(&b->peaks, b->hash);
    if (got != 0 || b->peaks.n != b->last.size || !ash_node_eq(&root, &b->last.root))
        return changed(b, "entries.jsonl", ASH_NO_OFFSET, err,
                       N_("the ledger's entries are not what was signed"));
    return 0;
}

static int prepare_writing(ash_book *b, uint64_t whole_heads, ash_error *err)
{
    int rc = cut(b, b->heads, "heads.jsonl", whole_heads, err);
    if (rc == 0 && size_of(b->entries) < b->last.bytes)
        rc = changed(b, "entries.jsonl", size_of(b->entries), err,
                     N_("the ledger's entries are fewer than were signed"));
    if (rc == 0)
        rc = cut(b, b->entries, "entries.jsonl", b->last.bytes, err);
    if (rc == 0 && b->last.counter > 0 && !load_peaks(b, b->last.size))
        rc = rebuild(b, err);
    if (rc == 0)
        rc = cut(b, b->tree, "tree.bin", ash_tree_place(b->last.size) * NODE, err);
    return rc;
}

int ash_book_open(ash_book *b, const char *case_dir, bool write, ash_error *err)
{
    uint64_t whole = 0;
    char path[4200];
    *b = (ash_book){.entries = -1, .heads = -1, .tree = -1};
    ash_buf_init(&b->lines, ASH_LEDGER_PENDING_MAX);
    ash_buf_init(&b->nodes, ASH_LEDGER_PENDING_MAX);
    snprintf(b->dir, sizeof b->dir, "%s/ledger", case_dir);
    int rc = write ? ash_io_mkdirs(b->dir, err) : 0;
    if (rc == 0)
        rc = ash_sha256_new(&b->hash, err);
    if (rc == 0)
        rc = open_file(b, "entries.jsonl", write, &b->entries, err);
    if (rc == 0)
        rc = open_file(b, "heads.jsonl", write, &b->heads, err);
    if (rc == 0)
        rc = open_file(b, "tree.bin", write, &b->tree, err);
    if (rc == 0)
        rc = read_last_head(b, &whole, err);
    if (rc == 0 && write)
        rc = prepare_writing(b, whole, err);
    /* All three or none: a head without its tree would look like damage. */
    if (rc == 0 && write && b->last.counter == 0)
        rc = ash_io_sync_folder_of(file_of(b, "heads.jsonl", path), err);
    b->bytes = b->last.bytes;
    if (rc < 0)
        ash_book_close(b);
    return rc;
}

void ash_book_close(ash_book *b)
{
    int fds[] = {b->entries, b->heads, b->tree};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    b->entries = b->heads = b->tree = -1;
    ash_sha256_free(b->hash);
    b->hash = NULL;
    ash_buf_free(&b->lines);
    ash_buf_free(&b->nodes);
}

/* --- writing ------------------------------------------------------------- */

void ash_book_add(ash_book *b, ash_view line)
{
    ash_node leaf = ash_tree_leaf(b->hash, line);
    ash_tree_add(&b->peaks, b->hash, &leaf, on_node, &b->nodes);
    ash_buf_add_view(&b->lines, line);
    ash_buf_add_c(&b->lines, '\n');
    b->bytes += line.n + 1;
}

static int append(ash_book *b, const char *name, int fd, ash_view text, uint64_t at, ash_error *err)
{
    char path[4200];
    if (write_all(fd, text.p, text.n, at) && fsync(fd) == 0)
        return 0;
    b->broken = true;
    return ash_io_fail(err, file_of(b, name, path), "the ledger cannot be written");
}

int ash_book_seal(ash_book *b, const char *case_id, const ash_key *k, ash_error *err)
{
    ash_buf line;
    if (b->broken)
        return ash_fail_at(err, ASH_E_STATE, "ledger", b->dir, ASH_NO_OFFSET,
                           "the ledger could not be written before; nothing more is");
    if (b->lines.failed || b->nodes.failed) {
        b->broken = true;
        return ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    }
    ash_head h = {.counter = b->last.counter + 1,
                  .size = b->peaks.n,
                  .bytes = b->bytes,
                  .root = ash_tree_root(&b->peaks, b->hash)};
    ash_ledger_now(h.time);
    ash_head_sign(&h, case_id, k);
    int rc = append(b, "entries.jsonl", b->entries, ash_buf_view(&b->lines), b->last.bytes, err);
    /* It can be made again, but until somebody does, a power cut would look like damage. */
    if (rc == 0)
        rc = append(b, "tree.bin", b->tree, ash_buf_view(&b->nodes), ash_tree_place(b->last.size) * NODE, err);
    ash_buf_init(&line, ASH_HEAD_LINE_MAX);
    ash_head_line(&h, &line);
    ash_buf_add_c(&line, '\n');
    if (rc == 0)
        rc = append(b, "heads.jsonl", b->heads, ash_buf_view(&line), size_of(b->heads), err);
    ash_buf_free(&line);
    if (rc < 0)
        return rc;
    b->last = h;
    b->lines.n = b->nodes.n = 0;
    return 0;
}

/* --- reading ------------------------------------------------------------- */

bool ash_book_node(void *book, unsigned level, uint64_t index, ash_node *ret)
{
    ash_book *b = book;
    uint64_t leaf = ((index + 1) << level) - 1;
    return pread(b->tree, ret->b, NODE, (off_t)((ash_tree_place(leaf) + level) * NODE)) == NODE;
}

bool ash_book_root(ash_book *b, uint64_t size, ash_node *ret)
{
    return ash_tree_range(ash_book_node, b, b->hash, 0, size, ret);
}

/* Where the first line that begins at `at` or behind it begins; `end` if none. */
static uint64_t next_line(const ash_book *b, uint64_t at, uint64_t end)
{
    char chunk[8192];
    if (at == 0)
        return 0;
    for (uint64_t from = at - 1; from < end;) {
        ssize_t n = pread(b->entries, chunk, sizeof chunk, (off_t)from);
        if (n <= 0)
            return end;
        ptrdiff_t nl = ash_view_find(ash_view_of(chunk, (size_t)n), '\n');
        if (nl >= 0)
            return from + (uint64_t)nl + 1;
        from += (uint64_t)n;
    }
    return end;
}

/* The number an entry states at its begin; UINT64_MAX if it states none. */
static uint64_t number_at(const ash_book *b, uint64_t at)
{
    static const char prefix[] = "{\"n\":";
    char text[40];
    ssize_t n = pread(b->entries, text, sizeof text - 1, (off_t)at);
    if (n < (ssize_t)sizeof prefix || memcmp(text, prefix, sizeof prefix - 1) != 0)
        return UINT64_MAX;
    text[n] = '\0';
    return strtoull(text + sizeof prefix - 1, NULL, 10);
}

static int read_line(const ash_book *b, uint64_t at, ash_buf *out, ash_error *err)
{
    char chunk[8192];
    out->n = 0;
    for (;;) {
        ssize_t n = pread(b->entries, chunk, sizeof chunk, (off_t)(at + out->n));
        if (n <= 0)
            return changed(b, "entries.jsonl", at, err, N_("the ledger's entries cannot be read"));
        ptrdiff_t nl = ash_view_find(ash_view_of(chunk, (size_t)n), '\n');
        ash_buf_add(out, chunk, nl < 0 ? (size_t)n : (size_t)nl);
        if (out->failed)
            return ash_fail(err, ASH_E_LIMIT, "ledger", "an entry of the ledger is too long");
        if (nl >= 0)
            return 0;
    }
}

int ash_book_entry(ash_book *b, uint64_t n, ash_buf *out, ash_error *err)
{
    uint64_t from = 0, to = b->last.bytes;
    if (n >= b->last.size)
        return ash_fail(err, ASH_E_NOTFOUND, "ledger", "the ledger has %llu entries, from 0 on",
                        (unsigned long long)b->last.size);
    while (from < to) {
        uint64_t middle = from + (to - from) / 2, line = next_line(b, middle, to);
        uint64_t got = line >= to ? UINT64_MAX : number_at(b, line);
        if (got == n)
            return read_line(b, line, out, err);
        if (line < to && got < n)
            from = line + 1;
        else
            to = middle;
    }
    return changed(b, "entries.jsonl", ASH_NO_OFFSET, err,
                   N_("an entry is not where it should be: the ledger is damaged"));
}
