#include "store/segment.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"

void ash_segment_init(ash_segment *s)
{
    memset(s, 0, sizeof *s);
    ash_arena_init(&s->arena, 0);
    s->min_cs = INT64_MAX;
    s->max_cs = INT64_MIN;
}

void ash_segment_clear(ash_segment *s)
{
    s->n = s->n_sessions = s->n_logons = 0;
    s->min_cs = INT64_MAX;
    s->max_cs = INT64_MIN;
    ash_arena_reset(&s->arena);
    ash_new_names_clear(&s->paths);
    ash_new_names_clear(&s->dirs);
}

/* Every column of accesses: X(pointer). */
#define COLUMNS(X)                                                                    \
    X(principal) X(actor) X(session) X(path) X(dir) X(new_path) X(records) X(entries) X(input)     \
    X(kind) X(lasting) X(share) X(first_cs)

void ash_segment_free(ash_segment *s)
{
#define X(c) free(s->c);
    COLUMNS(X)
#undef X
    free(s->sessions);
    free(s->logons);
    ash_arena_free(&s->arena);
    ash_new_names_free(&s->paths);
    ash_new_names_free(&s->dirs);
    memset(s, 0, sizeof *s);
}

static bool grow(void **p, uint32_t cap, size_t size)
{
    void *q = realloc(*p, cap * size);
    if (q == NULL)
        return false;
    *p = q;
    return true;
}

static int reserve(ash_segment *s, ash_error *err)
{
    if (s->n < s->cap)
        return 0;
    uint32_t cap = s->cap == 0 ? 4096 : s->cap * 2;
    bool ok = true;
#define X(c)                                                        \
    do {                                                            \
        void *p = s->c;                                             \
        ok = grow(&p, cap, sizeof *s->c) && ok;                     \
        s->c = p;                                                   \
    } while (0);
    COLUMNS(X)
#undef X
    if (!ok)
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for a segment");
    s->cap = cap;
    return 0;
}

int64_t ash_cs_of(int64_t ns)
{
    return ns / ASH_CS_NS - (ns % ASH_CS_NS < 0);
}

/* Codes below CS_CODES are hundredths, below TENTH_CODES tenths on top of the
 * second, above it seconds on top of 100. */
#define CS_CODES 100
#define TENTH_CODES 1090

uint32_t ash_lasting_encode(int64_t cs)
{
    if (cs < 100)
        return (uint32_t)(cs < 0 ? 0 : cs);
    if (cs < 10000)
        return (uint32_t)(CS_CODES + (cs - 100) / 10);
    int64_t s = (cs - 10000) / 100;
    return s > UINT32_MAX - TENTH_CODES ? UINT32_MAX : (uint32_t)(TENTH_CODES + s);
}

int64_t ash_lasting_cs(uint32_t code)
{
    if (code < CS_CODES)
        return code;
    if (code < TENTH_CODES)
        return 100 + ((int64_t)code - CS_CODES) * 10;
    return 10000 + ((int64_t)code - TENTH_CODES) * 100;
}

static void renumber(uint32_t *column, uint32_t n, const uint32_t *map, uint32_t first)
{
    for (uint32_t i = 0; i < n; i++)
        if (column[i] >= first && column[i] != ASH_PATH_NONE)
            column[i] = map[column[i] - first];
}

int ash_segment_take_names(ash_segment *s, ash_pathdict *p, ash_error *err)
{
    uint32_t *paths, *dirs, first_path, first_dir;
    int rc = ash_pathdict_settle(p, &paths, &first_path, &dirs, &first_dir, err);
    if (rc < 0)
        return rc;
    renumber(s->path, s->n, paths, first_path);
    renumber(s->new_path, s->n, paths, first_path);
    renumber(s->dir, s->n, dirs, first_dir);
    free(paths);
    free(dirs);
    /* Swapped, so that both sides keep their memory. */
    ash_new_names t = s->paths;
    s->paths = p->new_paths;
    p->new_paths = t;
    t = s->dirs;
    s->dirs = p->new_dirs;
    p->new_dirs = t;
    p->new_paths.bytes.max = s->paths.bytes.max;
    p->new_dirs.bytes.max = s->dirs.bytes.max;
    ash_new_names_clear(&p->new_paths);
    ash_new_names_clear(&p->new_dirs);
    return 0;
}

int ash_segment_add(ash_segment *s, const ash_access *a, uint32_t path, uint32_t dir,
                    uint32_t new_path, ash_error *err)
{
    int rc = reserve(s, err);
    if (rc < 0)
        return rc;
    uint32_t i = s->n++;
    int64_t first = ash_cs_of(a->first), last = ash_cs_of(a->last);
    s->principal[i] = a->principal;
    s->actor[i] = a->actor;
    s->session[i] = a->session;
    s->path[i] = path;
    s->dir[i] = dir;
    s->new_path[i] = new_path;
    s->records[i] = a->records;
    s->entries[i] = a->entries;
    s->input[i] = a->input;
    s->share[i] = (uint16_t)a->share;
    s->kind[i] = ASH_KIND(a->grade, a->changes, a->object, a->flags);
    s->first_cs[i] = first;
    s->lasting[i] = ash_lasting_encode(last - first);
    s->min_cs = first < s->min_cs ? first : s->min_cs;
    s->max_cs = last > s->max_cs ? last : s->max_cs;
    return 0;
}

int ash_segment_add_session(ash_segment *s, const ash_session *v, ash_error *err)
{
    if (s->n_sessions == s->cap_sessions) {
        uint32_t cap = s->cap_sessions == 0 ? 256 : s->cap_sessions * 2;
        void *p = s->sessions;
        if (!grow(&p, cap, sizeof *s->sessions))
            return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for sessions");
        s->sessions = p;
        s->cap_sessions = cap;
    }
    s->sessions[s->n_sessions++] = *v;
    return 0;
}

int ash_segment_add_logon(ash_segment *s, const ash_event *e, int64_t time, uint32_t actor,
                          uint32_t input, ash_error *err)
{
    if (s->n_logons == s->cap_logons) {
        uint32_t cap = s->cap_logons == 0 ? 256 : s->cap_logons * 2;
        void *p = s->logons;
        if (!grow(&p, cap, sizeof *s->logons))
            return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for logons");
        s->logons = p;
        s->cap_logons = cap;
    }
    s->logons[s->n_logons++] = (ash_segment_logon){
        .time_cs = ash_cs_of(time),
        .actor = actor,
        .input = input,
        .ok = e->outcome == ASH_OUTCOME_OK,
        .anonymous = e->logon->anonymous,
        .unknown_account = e->logon->unknown_account,
        .status = ash_arena_copy(&s->arena, ash_view_first(e->logon->status, ASH_NAME_MAX)),
        .service = ash_arena_copy(&s->arena, ash_view_first(e->logon->service, ASH_NAME_MAX)),
        .domain = ash_arena_copy(&s->arena, ash_view_first(e->logon->domain, ASH_NAME_MAX)),
    };
    return 0;
}
