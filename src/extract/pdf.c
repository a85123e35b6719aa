/* PDF: pdftotext's output, page by page. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "extract/job.h"

/* Encrypted for a user's password: nothing can be read, and the trailer
 * (ISO 32000-1, 7.5.5) says Encrypt. */
static bool says_encrypt(const ash_bytes *b)
{
    char t[64u << 10];
    uint64_t from = b->n > sizeof t ? b->n - sizeof t : 0;
    for (unsigned i = 0; i < 2; i++) {
        int64_t n = ash_bytes_read(b, i == 0 ? from : 0, t, sizeof t);
        if (n > 0 && memmem(t, (size_t)n, "/Encrypt", 8) != NULL)
            return true;
    }
    return false;
}

static void take(ash_job *j, const char *p, size_t n)
{
    while (n > 0 && ash_job_goes(j)) {
        const char *ff = memchr(p, '\f', n);
        size_t k = ff == NULL ? n : (size_t)(ff - p);
        ash_emit(j, p, k);
        if (ff != NULL)
            ash_emit_page(j);
        k += ff != NULL;
        p += k, n -= k;
    }
}

ash_readout ash_read_pdf(ash_job *j, const ash_bytes *b)
{
    char block[32768];
    bool pages = false;
    int fd = j->ops->pdf == NULL ? -1 : j->ops->pdf(j->ops->pdf_user, b->fd);
    if (fd < 0)
        return ASH_READOUT_NO_PROGRAM;
    ash_emit_begin(j, ASH_UNIT_PAGE, (ash_view){0});
    while (ash_job_goes(j)) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        pages = true;
        take(j, block, (size_t)n);
    }
    close(fd);
    if (pages)
        return ASH_READOUT_OK;
    return says_encrypt(b) ? ASH_READOUT_ENCRYPTED : ASH_READOUT_DAMAGED;
}
