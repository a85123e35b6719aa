#include "ledger/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"

#define CHUNK (256u << 10)

bool ash_scan_open(ash_scan *l, int fd, uint64_t from, uint64_t to)
{
    *l = (ash_scan){.fd = fd, .at = from, .next = from, .end = to, .chunk = malloc(CHUNK)};
    ash_buf_init(&l->line, ASH_LEDGER_ENTRY_MAX);
    return l->chunk != NULL;
}

void ash_scan_close(ash_scan *l)
{
    free(l->chunk);
    ash_buf_free(&l->line);
    l->chunk = NULL;
}

/* The next piece of the file; 0 at its end. */
static int refill(ash_scan *l)
{
    size_t want = l->end - l->at < CHUNK ? (size_t)(l->end - l->at) : CHUNK;
    ssize_t n;
    do
        n = want == 0 ? 0 : pread(l->fd, l->chunk, want, (off_t)l->at);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return ASH_E_IO;
    l->at += (uint64_t)n;
    l->rest = ash_view_of(l->chunk, (size_t)n);
    return n > 0;
}

int ash_scan_next(ash_scan *l, ash_view *ret, uint64_t *ret_offset)
{
    l->line.n = 0;
    *ret_offset = l->next;
    for (;;) {
        if (l->rest.n == 0) {
            int rc = refill(l);
            if (rc < 0)
                return rc;
            if (rc == 0)
                break;
        }
        ptrdiff_t nl = ash_view_find(l->rest, '\n');
        ash_view piece = ash_view_first(l->rest, nl < 0 ? l->rest.n : (size_t)nl);
        ash_buf_add_view(&l->line, piece);
        if (l->line.failed)
            return ASH_E_LIMIT;
        l->rest = ash_view_skip(l->rest, piece.n + (nl >= 0));
        l->next += piece.n + (nl >= 0);
        if (nl >= 0) {
            *ret = ash_buf_view(&l->line);
            return 1;
        }
    }
    *ret = ash_buf_view(&l->line);
    return l->line.n > 0 ? 2 : 0;
}
