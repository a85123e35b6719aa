#include "ingest/keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/io.h"

struct ash_keep {
    ash_out out;
    ZSTD_CStream *z;
    char *buf;
    size_t cap;
    bool failed;
    char name[64];
};

static void discard(ash_keep *k)
{
    ash_out_abandon(&k->out);
    ZSTD_freeCStream(k->z);
    free(k->buf);
    free(k);
}

static void compress(ash_keep *k, const void *p, uint64_t n, ZSTD_EndDirective how)
{
    ZSTD_inBuffer in = {p, (size_t)n, 0};
    size_t left;
    do {
        ZSTD_outBuffer out = {k->buf, k->cap, 0};
        left = ZSTD_compressStream2(k->z, &out, &in, how);
        k->failed = k->failed || ZSTD_isError(left);
        if (k->failed)
            return;
        ash_out_write(&k->out, ash_view_of(k->buf, out.pos));
    } while (in.pos < in.size || (how == ZSTD_e_end && left > 0));
}

static void on_bytes(void *user, const void *p, uint64_t n)
{
    compress(user, p, n, ZSTD_e_continue);
}

int ash_keep_begin(ash_keep **ret, ash_stream *s, ash_case *c, ash_input *in, ash_error *err)
{
    char dir[4096], path[4200];
    ash_keep *k = calloc(1, sizeof *k);
    if (k == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    k->out.fd = -1;
    k->z = ZSTD_createCStream();
    k->cap = ZSTD_CStreamOutSize();
    k->buf = malloc(k->cap);
    snprintf(k->name, sizeof k->name, "stdin-%lld.log.zst", (long long)in->id);
    int rc = k->z == NULL || k->buf == NULL ? ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory")
                                            : ash_io_mkdirs(ash_case_path(c, "inputs", dir, sizeof dir), err);
    if (rc == 0) {
        snprintf(path, sizeof path, "%s/%s", dir, k->name);
        rc = ash_out_open(&k->out, path, err);
    }
    if (rc < 0) {
        discard(k);
        return rc;
    }
    ZSTD_CCtx_setParameter(k->z, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(k->z, ZSTD_c_checksumFlag, 1);
    ash_stream_tee(s, on_bytes, k);
    *ret = k;
    return 0;
}

int ash_keep_end(ash_keep *k, ash_input *in, ash_error *err)
{
    if (k == NULL)
        return 0;
    if (err == NULL) {
        discard(k);
        return 0;
    }
    compress(k, NULL, 0, ZSTD_e_end);
    int rc = k->failed ? ash_fail(err, ASH_E_NOMEM, "ingest", "the input's copy cannot be compressed")
                       : ash_out_publish(&k->out, err);
    if (rc == 0)
        snprintf(in->kept, sizeof in->kept, "%s", k->name);
    discard(k);
    return rc;
}
