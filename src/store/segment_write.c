#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/time.h"
#include "store/segment.h"

/* --- order ------------------------------------------------------------- */

typedef struct by_time {
    int64_t cs;
    uint32_t row;
} by_time;

static int compare_time(const void *a, const void *b)
{
    const by_time *x = a, *y = b;
    if (x->cs != y->cs)
        return x->cs < y->cs ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* For each actor in order of principal, then id: where its rows begin. The
 * count of each is in start; actors of one principal are chained. */
static void place_actors(uint32_t *start, uint32_t n, const uint32_t *principal, uint32_t *head,
                         uint32_t *next)
{
    uint32_t at = 0;
    memset(head, 0xff, n * sizeof *head);
    for (uint32_t a = n; a-- > 0;) {
        if (start[a] == 0)
            continue;
        next[a] = head[principal[a]];
        head[principal[a]] = a;
    }
    for (uint32_t p = 0; p < n; p++) {
        for (uint32_t a = head[p]; a != UINT32_MAX; a = next[a]) {
            uint32_t count = start[a];
            start[a] = at;
            at += count;
        }
    }
}

/* Rows by principal and actor (counting sort), then by time (accesses close
 * nearly in the order they began, so most runs need no sorting at all). */
static int sort_rows(const ash_segment *s, uint32_t **ret, ash_error *err)
{
    uint32_t actors = 0, longest = 0;
    for (uint32_t i = 0; i < s->n; i++)
        actors = s->actor[i] >= actors ? s->actor[i] + 1 : actors;
    uint32_t *count = calloc((size_t)actors * 5 + 1, sizeof *count);
    uint32_t *order = malloc(((size_t)s->n + 1) * sizeof *order);
    by_time *run = NULL;
    if (count == NULL || order == NULL)
        goto nomem;
    uint32_t *start = count + actors, *principal = start + actors;
    for (uint32_t i = 0; i < s->n; i++) {
        count[s->actor[i]]++;
        principal[s->actor[i]] = s->principal[i];
    }
    for (uint32_t a = 0; a < actors; a++)
        longest = count[a] > longest ? count[a] : longest;
    memcpy(start, count, actors * sizeof *start);
    place_actors(start, actors, principal, principal + actors, principal + 2 * (size_t)actors);
    for (uint32_t i = 0; i < s->n; i++)
        order[start[s->actor[i]]++] = i;
    run = malloc(((size_t)longest + 1) * sizeof *run);
    if (run == NULL)
        goto nomem;
    for (uint32_t a = 0; a < actors; a++) {
        uint32_t n = count[a], at = start[a] - n; /* start is their end by now */
        bool sorted = true;
        for (uint32_t k = 0; k < n; k++) {
            run[k] = (by_time){s->first_cs[order[at + k]], order[at + k]};
            sorted = sorted && (k == 0 || run[k - 1].cs <= run[k].cs);
        }
        if (sorted)
            continue;
        qsort(run, n, sizeof *run, compare_time);
        for (uint32_t k = 0; k < n; k++)
            order[at + k] = run[k].row;
    }
    free(run);
    free(count);
    *ret = order;
    return 0;
nomem:
    free(order);
    free(count);
    return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for sorting a segment");
}

/* --- files ------------------------------------------------------------- */

typedef struct writer {
    ash_segment *s;
    ash_duck *d;
    const char *dir;
    uint64_t bytes;
    ash_error *err;
} writer;

/* Accesses and what goes with them: row groups small enough that one account's
 * are found without reading all others', large enough for their metadata. */
static const ash_parquet rows_format = {.level = 10, .row_group = 40960};
/* Names: sorted, so that dictionaries only get in the way. */
static const ash_parquet names_format = {.level = 8, .row_group = 61440, .no_dictionary = true};

static int write_query(writer *w, const char *kind, const ash_columns *c, const char *query,
                       const ash_parquet *how)
{
    char path[4200];
    struct stat st;
    if (c->n_rows == 0)
        return 0;
    snprintf(path, sizeof path, "%s/%s-%06u.parquet", w->dir, kind, w->s->number);
    int rc = ash_duck_write(w->d, c, query, how, path, w->err);
    if (rc == 0 && stat(path, &st) == 0)
        w->bytes += (uint64_t)st.st_size;
    return rc;
}

static int write_file(writer *w, const char *kind, const ash_column *columns, size_t n_columns,
                      size_t n_rows, const uint32_t *order, const ash_parquet *how)
{
    ash_columns c = {
        .columns = columns, .n_columns = n_columns, .n_rows = n_rows, .order = order};
    return write_query(w, kind, &c, NULL, how);
}

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int write_accesses(writer *w, const uint32_t *order)
{
    const ash_segment *s = w->s;
    const ash_column columns[] = {
        {.name = "segment", .type = ASH_COL_U32, .constant = s->number},
        {.name = "principal", .type = ASH_COL_U32, .data = s->principal},
        {.name = "actor", .type = ASH_COL_U32, .data = s->actor},
        {.name = "session", .type = ASH_COL_U32, .data = s->session},
        {.name = "share", .type = ASH_COL_U16, .data = s->share},
        {.name = "path", .type = ASH_COL_U32, .data = s->path},
        {.name = "new_path", .type = ASH_COL_U32, .data = s->new_path, .nullable = true,
         .null_value = ASH_PATH_NONE},
        {.name = "kind", .type = ASH_COL_U32, .data = s->kind},
        {.name = "first_cs", .type = ASH_COL_I64, .data = s->first_cs},
        {.name = "lasting", .type = ASH_COL_U32, .data = s->lasting},
        {.name = "records", .type = ASH_COL_U32, .data = s->records},
        {.name = "entries", .type = ASH_COL_U32, .data = s->entries},
        {.name = "input", .type = ASH_COL_U32, .data = s->input},
    };
    return write_file(w, "accesses", columns, N(columns), s->n, order, &rows_format);
}

/* Who did what in which folder: answers "who touched P" without the accesses.
 * Times are in the accesses; here they would cost as much as all the rest. */
static int write_folders(writer *w)
{
    const ash_segment *s = w->s;
    const ash_column columns[] = {
        {.name = "dir", .type = ASH_COL_U32, .data = s->dir, .nullable = true,
         .null_value = ASH_PATH_NONE},
        {.name = "actor", .type = ASH_COL_U32, .data = s->actor},
        {.name = "share", .type = ASH_COL_U16, .data = s->share},
        {.name = "kind", .type = ASH_COL_U32, .data = s->kind},
    };
    char query[768];
    snprintf(query, sizeof query,
             "SELECT %u::UINTEGER AS segment, actor, share, dir, count(*)::UINTEGER AS accesses, "
             "(count(*) FILTER (kind & 255 = 60))::UINTEGER AS reads, "
             "(count(*) FILTER (kind & 255 = 50))::UINTEGER AS opens, "
             "(count(*) FILTER (kind & 255 = 40))::UINTEGER AS listings, "
             "(count(*) FILTER (kind & 255 = 20))::UINTEGER AS denials, "
             "(count(*) FILTER (kind & 65280 <> 0))::UINTEGER AS changes "
             "FROM ash_stream() GROUP BY ALL ORDER BY dir, share, actor",
             s->number);
    ash_columns c = {.columns = columns, .n_columns = N(columns), .n_rows = s->n};
    return write_query(w, "folders", &c, query, &rows_format);
}

/* Views on the texts of new names. */
static ash_view *views_of(const ash_new_names *n)
{
    ash_view *v = malloc(((size_t)n->n + 1) * sizeof *v);
    for (uint32_t i = 0, at = 0; v != NULL && i < n->n; at = n->ends[i++])
        v[i] = ash_view_of(n->bytes.p + at, n->ends[i] - at);
    return v;
}

static int write_names(writer *w)
{
    const ash_segment *s = w->s;
    ash_view *paths = views_of(&s->paths), *dirs = views_of(&s->dirs);
    if (paths == NULL || dirs == NULL) {
        free(paths);
        free(dirs);
        return ash_fail(w->err, ASH_E_NOMEM, "store", "out of memory for names");
    }
    const ash_column path_columns[] = {
        {.name = "path", .type = ASH_COL_U32, .data = s->paths.ids},
        {.name = "dir", .type = ASH_COL_U32, .data = s->paths.dirs, .nullable = true,
         .null_value = ASH_PATH_NONE},
        {.name = "name", .type = ASH_COL_TEXT, .data = paths},
        {.name = "name_raw", .type = ASH_COL_RAW, .data = paths},
    };
    const ash_column dir_columns[] = {
        {.name = "dir", .type = ASH_COL_U32, .data = s->dirs.ids},
        {.name = "folder", .type = ASH_COL_TEXT, .data = dirs},
        {.name = "folder_raw", .type = ASH_COL_RAW, .data = dirs},
    };
    int rc = write_file(w, "paths", path_columns, N(path_columns), s->paths.n, NULL, &names_format);
    if (rc == 0)
        rc = write_file(w, "dirs", dir_columns, N(dir_columns), s->dirs.n, NULL, &names_format);
    free(paths);
    free(dirs);
    return rc;
}

static int compare_session(const void *a, const void *b)
{
    const ash_session *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Sessions are few; their columns are made here instead of being kept. */
static int write_sessions(writer *w)
{
    ash_segment *s = w->s;
    uint32_t n = s->n_sessions;
    uint32_t *u = calloc((size_t)n * 5 + 1, sizeof *u);
    int64_t *t = calloc((size_t)n * 2 + 1, sizeof *t);
    int rc;
    if (u == NULL || t == NULL) {
        rc = ash_fail(w->err, ASH_E_NOMEM, "store", "out of memory for sessions");
        goto out;
    }
    if (n > 0)
        qsort(s->sessions, n, sizeof *s->sessions, compare_session);
    for (uint32_t i = 0; i < n; i++) {
        const ash_session *v = &s->sessions[i];
        u[i] = v->id;
        u[n + i] = v->actor;
        u[2 * n + i] = v->connects;
        u[3 * n + i] = v->input;
        u[4 * n + i] = ash_lasting_encode(ash_cs_of(v->last) - ash_cs_of(v->first));
        t[i] = ash_cs_of(v->first);
        t[n + i] = (int64_t)v->records;
    }
    const ash_column columns[] = {
        {.name = "session", .type = ASH_COL_U32, .data = u},
        {.name = "actor", .type = ASH_COL_U32, .data = u + n},
        {.name = "first_cs", .type = ASH_COL_I64, .data = t},
        {.name = "lasting", .type = ASH_COL_U32, .data = u + 4 * n},
        {.name = "records", .type = ASH_COL_I64, .data = t + n},
        {.name = "connects", .type = ASH_COL_U32, .data = u + 2 * n},
        {.name = "input", .type = ASH_COL_U32, .data = u + 3 * n},
    };
    rc = write_file(w, "sessions", columns, N(columns), n, NULL, &rows_format);
out:
    free(u);
    free(t);
    return rc;
}

static int write_logons(writer *w)
{
    const ash_segment *s = w->s;
    uint32_t n = s->n_logons;
    uint32_t *u = calloc((size_t)n * 2 + 1, sizeof *u);
    uint8_t *b = calloc((size_t)n * 3 + 1, sizeof *b);
    int64_t *t = calloc((size_t)n + 1, sizeof *t);
    ash_view *v = calloc((size_t)n * 3 + 1, sizeof *v);
    int rc;
    if (u == NULL || b == NULL || t == NULL || v == NULL) {
        rc = ash_fail(w->err, ASH_E_NOMEM, "store", "out of memory for logons");
        goto out;
    }
    for (uint32_t i = 0; i < n; i++) {
        const ash_segment_logon *l = &s->logons[i];
        u[i] = l->actor, u[n + i] = l->input;
        b[i] = l->ok, b[n + i] = l->anonymous, b[2 * n + i] = l->unknown_account;
        t[i] = l->time_cs;
        v[i] = l->status, v[n + i] = l->service, v[2 * n + i] = l->domain;
    }
    const ash_column columns[] = {
        {.name = "time_cs", .type = ASH_COL_I64, .data = t},
        {.name = "actor", .type = ASH_COL_U32, .data = u},
        {.name = "ok", .type = ASH_COL_U8, .data = b},
        {.name = "anonymous", .type = ASH_COL_U8, .data = b + n},
        {.name = "unknown_account", .type = ASH_COL_U8, .data = b + 2 * n},
        {.name = "status", .type = ASH_COL_TEXT, .data = v},
        {.name = "service", .type = ASH_COL_TEXT, .data = v + n},
        {.name = "domain", .type = ASH_COL_TEXT, .data = v + 2 * n},
        {.name = "input", .type = ASH_COL_U32, .data = u + n},
    };
    rc = write_file(w, "logons", columns, N(columns), n, NULL, &rows_format);
out:
    free(u);
    free(b);
    free(t);
    free(v);
    return rc;
}

int ash_segment_write(ash_segment *s, ash_duck *d, const char *dir, uint64_t *ret_bytes,
                      ash_error *err)
{
    writer w = {.s = s, .d = d, .dir = dir, .err = err};
    uint32_t *order = NULL;
    int rc = sort_rows(s, &order, err);
    /* Names first: whatever order a crash leaves, no access lacks its path. */
    if (rc == 0)
        rc = write_names(&w);
    if (rc == 0)
        rc = write_accesses(&w, order);
    if (rc == 0)
        rc = write_folders(&w);
    if (rc == 0)
        rc = write_sessions(&w);
    if (rc == 0)
        rc = write_logons(&w);
    free(order);
    if (rc == 0)
        *ret_bytes = w.bytes;
    return rc;
}
