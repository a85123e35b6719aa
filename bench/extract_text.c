/* Prints the text of files with its places, as `ashiato classify` sees it, or
 * with -q only how fast it came. In this process: no locks, no limits of time. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/view.h"
#include "extract/extract.h"

static bool quiet;

static bool on_piece(void *user, const ash_piece *p)
{
    (void)user;
    if (!quiet)
        printf("== %s|%.*s|%.*s|%d:%llu%s\n%.*s\n", ash_kind_name(p->kind), (int)p->place.member.n,
               p->place.member.n == 0 ? "" : p->place.member.p, (int)p->place.part.n,
               p->place.part.n == 0 ? "" : p->place.part.p, (int)p->place.unit,
               (unsigned long long)p->place.number, p->goes_on ? " goes on" : "", (int)p->text.n, p->text.p);
    return true;
}

static void on_member(void *user, const ash_member *m)
{
    (void)user;
    if (!quiet)
        printf("-- %.*s: %s %s\n", (int)m->name.n, m->name.n == 0 ? "" : m->name.p, ash_kind_name(m->kind), ash_readout_name(m->outcome));
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    int first = 1;
    if (argc > 1 && strcmp(argv[1], "-q") == 0)
        quiet = true, first = 2;
    if (ash_extract_prepare(NULL) < 0)
        return 1;
    for (int i = first; i < argc; i++) {
        ash_extract_limits l = {0};
        ash_extract_ops ops = {.piece = on_piece, .member = on_member};
        ash_extract_result r;
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            perror(argv[i]);
            return 1;
        }
        double began = now();
        ash_extract(fd, &l, &ops, &r);
        double s = now() - began;
        off_t size = lseek(fd, 0, SEEK_END);
        close(fd);
        printf("## %s %s %s%s text %llu inner %llu: %.3f s, %.0f MB/s of text, %.0f MB/s unpacked, %.0f MB/s of file\n",
               ash_kind_name(r.kind), ash_readout_name(r.outcome), r.encoding, r.partly ? " partly" : "",
               (unsigned long long)r.text_bytes, (unsigned long long)r.inner_bytes, s,
               (double)r.text_bytes / s / 1e6, (double)r.inner_bytes / s / 1e6, (double)size / s / 1e6);
    }
    return 0;
}
