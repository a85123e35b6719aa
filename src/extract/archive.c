#include "extract/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/charset.h"

static la_ssize_t on_read(struct archive *a, void *user, const void **ret)
{
    (void)a;
    ash_archive_io *io = user;
    int64_t got = ash_bytes_read(io->b, io->at, io->block, sizeof io->block);
    *ret = io->block;
    io->at += got > 0 ? (uint64_t)got : 0;
    return (la_ssize_t)got;
}

static la_int64_t on_skip(struct archive *a, void *user, la_int64_t n)
{
    (void)a;
    ash_archive_io *io = user;
    uint64_t left = io->at < io->b->n ? io->b->n - io->at : 0;
    uint64_t k = n < 0 ? 0 : (uint64_t)n < left ? (uint64_t)n : left;
    io->at += k;
    return (la_int64_t)k;
}

static la_int64_t on_seek(struct archive *a, void *user, la_int64_t offset, int whence)
{
    ash_archive_io *io = user;
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)io->at : (int64_t)io->b->n;
    (void)a;
    if (base + offset < 0)
        return ARCHIVE_FATAL;
    io->at = (uint64_t)(base + offset);
    return (la_int64_t)io->at;
}

/* Only what libarchive unpacks itself: never a program. */
static void support(struct archive *a, bool only_zip)
{
    archive_read_support_format_zip(a);
    if (only_zip)
        return;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lzma(a);
    archive_read_support_filter_lzip(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_filter_compress(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_7zip(a);
    archive_read_support_format_rar(a);
    archive_read_support_format_rar5(a);
    archive_read_support_format_cab(a);
    archive_read_support_format_lha(a);
    archive_read_support_format_cpio(a);
    archive_read_support_format_ar(a);
    archive_read_support_format_iso9660(a);
    archive_read_support_format_raw(a);
}

struct archive *ash_archive_open(ash_archive_io *io, const ash_bytes *b, bool only_zip)
{
    struct archive *a = archive_read_new();
    if (a == NULL)
        return NULL;
    io->b = b;
    io->at = 0;
    support(a, only_zip);
    archive_read_set_read_callback(a, on_read);
    archive_read_set_skip_callback(a, on_skip);
    archive_read_set_seek_callback(a, on_seek);
    archive_read_set_callback_data(a, io);
    if (archive_read_open1(a) != ARCHIVE_OK) {
        archive_read_free(a);
        return NULL;
    }
    return a;
}

int ash_archive_next(struct archive *a, struct archive_entry **ret)
{
    int rc = archive_read_next_header(a, ret);
    if (rc == ARCHIVE_EOF)
        return 0;
    return rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? 1 : -1;
}

struct name_out {
    char *buf;
    size_t n, size;
};

static void add_name(void *user, const char *p, size_t n)
{
    struct name_out *o = user;
    size_t k = n < o->size - o->n ? n : o->size - o->n;
    memcpy(o->buf + o->n, p, k);
    o->n += k;
}

ash_view ash_archive_name(struct archive_entry *e, char *buf, size_t size)
{
    const char *raw = archive_entry_pathname(e);
    if (raw == NULL)
        raw = archive_entry_pathname_utf8(e);
    ash_view v = ash_view_z(raw == NULL ? "?" : raw);
    struct name_out o = {.buf = buf, .size = size};
    char charset[32];
    const char *name = ash_charset_guess(v, true, NULL, charset);
    ash_decoder *d = ash_decoder_new(name, add_name, &o);
    if (d != NULL)
        ash_decoder_feed(d, v.p, v.n, true);
    ash_decoder_free(d);
    return ash_view_of(buf, o.n);
}

ash_readout ash_archive_data(ash_job *j, struct archive *a,
                             bool (*fn)(void *user, const char *p, size_t n), void *user)
{
    const void *p;
    size_t n;
    la_int64_t offset;
    int rc;
    while ((rc = archive_read_data_block(a, &p, &n, &offset)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
        if (!ash_job_unpacked(j, n))
            return j->halt;
        if (n > 0 && !fn(user, p, n))
            return ASH_READOUT_OK;
    }
    if (rc == ARCHIVE_EOF)
        return ASH_READOUT_OK;
    const char *why = archive_error_string(a);
    return why != NULL && (strstr(why, "ncrypt") != NULL || strstr(why, "assphrase") != NULL)
               ? ASH_READOUT_ENCRYPTED
               : ASH_READOUT_DAMAGED;
}

static bool to_spool(void *user, const char *p, size_t n)
{
    ash_hold *s = user;
    /* It was counted where it was unpacked. */
    s->job->r->inner_bytes -= n;
    return ash_hold_add(s, p, n);
}

void ash_archive_member(ash_job *j, struct archive *a, struct archive_entry *e, ash_view name)
{
    ash_hold s;
    if (archive_entry_is_encrypted(e)) {
        ash_read_member(j, name, NULL, ASH_READOUT_ENCRYPTED, NULL);
        return;
    }
    ash_hold_begin(&s, j);
    ash_readout o = ash_archive_data(j, a, to_spool, &s);
    if (o == ASH_READOUT_OK)
        o = s.outcome;
    if (ash_job_goes(j)) {
        ash_bytes b = {.fd = s.fd, .n = s.n};
        ash_read_member(j, name, &b, o, NULL);
    }
    ash_hold_end(&s);
}

static ash_readout at_end(ash_job *j, struct archive *a, int rc)
{
    if (rc == 0 || !ash_job_goes(j))
        return ASH_READOUT_OK;
    return archive_read_has_encrypted_entries(a) > 0 ? ASH_READOUT_ENCRYPTED : ASH_READOUT_DAMAGED;
}

ash_readout ash_read_archive(ash_job *j, const ash_bytes *b)
{
    ash_archive_io *io = malloc(sizeof *io);
    struct archive *a = io == NULL ? NULL : ash_archive_open(io, b, false);
    struct archive_entry *e;
    char name[ASH_EXTRACT_PATH_MAX];
    uint64_t members = j->r->members;
    int rc = -1;
    if (a == NULL) {
        free(io);
        return io == NULL ? ASH_READOUT_NO_MEMORY : ASH_READOUT_DAMAGED;
    }
    while (ash_member_allowed(j) && (rc = ash_archive_next(a, &e)) == 1) {
        if (archive_entry_filetype(e) == AE_IFDIR || archive_entry_filetype(e) == AE_IFLNK)
            continue;
        ash_archive_member(j, a, e, ash_archive_name(e, name, sizeof name));
    }
    ash_readout o = at_end(j, a, rc);
    bool all_locked = o == ASH_READOUT_OK && j->r->members > members && j->depth == 0 &&
                      j->r->lost[ASH_READOUT_ENCRYPTED] == j->r->members - members;
    archive_read_free(a);
    free(io);
    return all_locked ? ASH_READOUT_ENCRYPTED : o;
}
