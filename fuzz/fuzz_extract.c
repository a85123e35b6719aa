/* Any file: what comes out keeps the promises of extract.h. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "base/view.h"
#include "extract/extract.h"
#include "fuzz.h"

static uint64_t given;

static bool on_piece(void *user, const ash_piece *p)
{
    (void)user;
    MUST(p->text.n > 0 && p->text.n <= ASH_PIECE_MAX);
    MUST(ash_utf8_valid(p->text));
    MUST(memchr(p->text.p, '\0', p->text.n) == NULL && memchr(p->text.p, '\r', p->text.n) == NULL);
    MUST(p->kind < ASH_KINDS && p->place.unit < ASH_UNITS);
    given += p->text.n;
    return true;
}

static void on_member(void *user, const ash_member *m)
{
    (void)user;
    MUST(m->kind < ASH_KINDS && m->outcome < ASH_READOUTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ash_extract_ops ops = {.piece = on_piece, .member = on_member};
    static const ash_extract_limits limits = {
        .text_bytes = 1u << 20, .inner_bytes = 4u << 20, .members = 100, .depth = 4};
    ash_extract_result r;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    MUST(ash_extract_prepare(NULL) == 0);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    given = 0;
    ash_extract(fd, &limits, &ops, &r);
    close(fd);
    MUST(r.outcome < ASH_READOUTS && r.kind < ASH_KINDS);
    MUST(r.text_bytes == given);
    MUST(given <= limits.text_bytes + ASH_PIECE_MAX);
    return 0;
}
