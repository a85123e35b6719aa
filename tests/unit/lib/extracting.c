#include "extracting.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/nfkc.h"
#include "unit.h"

static bool on_piece(void *user, const ash_piece *p)
{
    extracted *e = user;
    e->pieces++;
    e->longest = p->text.n > e->longest ? p->text.n : e->longest;
    e->bad |= p->text.n == 0 || p->text.n > ASH_PIECE_MAX || !ash_utf8_valid(p->text) ||
              memchr(p->text.p, '\0', p->text.n) != NULL;
    ash_buf_add_view(&e->text, p->text);
    ash_buf_add_view(&e->log, p->place.member);
    ash_buf_add_c(&e->log, '|');
    ash_buf_add_view(&e->log, p->place.part);
    ash_buf_addf(&e->log, "|%d:%llu%s\n", (int)p->place.unit, (unsigned long long)p->place.number,
                 p->goes_on ? "+" : "");
    return true;
}

static void on_member(void *user, const ash_member *m)
{
    extracted *e = user;
    ash_buf_add_view(&e->members, m->name);
    ash_buf_addf(&e->members, " %s %s\n", ash_kind_name(m->kind), ash_readout_name(m->outcome));
}

static void begin(extracted *e)
{
    *e = (extracted){.bad = false};
    ash_buf_init(&e->text, 1u << 30);
    ash_buf_init(&e->log, 1u << 24);
    ash_buf_init(&e->members, 1u << 24);
    assert_int_equal(ash_extract_prepare(NULL), 0);
}

void extract_bytes(extracted *e, const void *p, size_t n, const ash_extract_limits *limits)
{
    ash_extract_limits none = {0};
    ash_extract_ops ops = {.piece = on_piece, .member = on_member, .user = e};
    int fd = memfd_create("test", MFD_CLOEXEC);
    begin(e);
    assert_true(fd >= 0 && write(fd, p, n) == (ssize_t)n);
    ash_extract(fd, limits == NULL ? &none : limits, &ops, &e->r);
    close(fd);
    assert_false(e->bad);
    assert_int_equal(e->text.n, e->r.text_bytes);
}

void extract_with(extracted *e, ash_readout (*fn)(ash_job *j, void *user), void *user)
{
    ash_extract_ops ops = {.piece = on_piece, .member = on_member, .user = e};
    ash_job *j = calloc(1, sizeof *j);
    begin(e);
    assert_non_null(j);
    j->norm = malloc(ASH_NFKC_ROOM(ASH_RAW_MAX));
    assert_non_null(j->norm);
    j->ops = &ops;
    j->r = &e->r;
    j->limits = (ash_extract_limits){.text_bytes = 1u << 30, .inner_bytes = 1u << 30, .members = 100, .depth = 10};
    ash_buf_init(&j->member, ASH_EXTRACT_PATH_MAX);
    ash_buf_init(&j->part, ASH_EXTRACT_PATH_MAX);
    e->r.outcome = fn(j, user);
    ash_emit_flush(j);
    ash_buf_free(&j->member);
    ash_buf_free(&j->part);
    free(j->norm);
    free(j);
    assert_false(e->bad);
}

void extracted_free(extracted *e)
{
    ash_buf_free(&e->text);
    ash_buf_free(&e->log);
    ash_buf_free(&e->members);
}
