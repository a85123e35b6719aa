/* The record of decisions, read back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "investigate/decisions.h"

static const char *const actions[ASH_ACTIONS] = {"accept", "reject", "split", "add", "drop"};
static const char *const changes[] = {"kept", "added", "removed"};
#define N(a) (sizeof(a) / sizeof((a)[0]))

const char *ash_action_name(ash_action a)
{
    return actions[a];
}

const char *ash_decision_name(int64_t id, char buf[24])
{
    snprintf(buf, 24, "D%lld", (long long)id);
    return buf;
}

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

/* One of a list of words, or "" if the case holds another. */
static const char *known(const char *const *words, size_t n, sqlite3_stmt *st, int column)
{
    ash_view v = ash_db_view(st, column);
    for (size_t i = 0; i < n; i++)
        if (ash_view_is(v, words[i]))
            return words[i];
    return "";
}

static char *copy(sqlite3_stmt *st, int column)
{
    ash_view v = ash_db_view(st, column);
    return v.n == 0 ? strdup("") : strndup(v.p, v.n);
}

static int load_parts(ash_decision *d, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    size_t cap = 0;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT change, track, actor, first, last FROM decision_parts WHERE "
                          "decision = ? ORDER BY rowid",
                          "i", d->id);
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        if (d->n_parts == cap) {
            cap = cap == 0 ? 8 : cap * 2;
            ash_decision_part *p = realloc(d->parts, cap * sizeof *p);
            if (p == NULL) {
                rc = nomem(err);
                break;
            }
            d->parts = p;
        }
        uint32_t actor = (uint32_t)sqlite3_column_int64(st, 2);
        if (actor >= ash_actors_count(r->actors))
            continue;
        d->parts[d->n_parts++] = (ash_decision_part){
            .change = known(changes, N(changes), st, 0),
            .track = sqlite3_column_int64(st, 1),
            .part = {.actor = actor,
                     .first = sqlite3_column_int64(st, 3),
                     .last = sqlite3_column_int64(st, 4)}};
    }
    sqlite3_finalize(st);
    return rc;
}

static int add_row(ash_decisions *list, size_t *cap, sqlite3_stmt *st, ash_error *err)
{
    if (list->n == *cap) {
        *cap = *cap == 0 ? 16 : *cap * 2;
        ash_decision *p = realloc(list->rows, *cap * sizeof *p);
        if (p == NULL)
            return nomem(err);
        list->rows = p;
    }
    ash_decision *d = &list->rows[list->n++];
    *d = (ash_decision){.id = sqlite3_column_int64(st, 0),
                        .time = sqlite3_column_int64(st, 1),
                        .by = copy(st, 2),
                        .action = known(actions, N(actions), st, 3),
                        .track = sqlite3_column_int64(st, 4),
                        .why = copy(st, 5),
                        .filters = copy(st, 6)};
    return d->by == NULL || d->why == NULL || d->filters == NULL ? nomem(err) : 0;
}

int ash_decisions_load(ash_decisions *ret, ash_reader *r, ash_error *err)
{
    ash_decisions list = {0};
    sqlite3_stmt *st;
    size_t cap = 0;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT id, time, \"by\", action, track, why, filters FROM decisions "
                          "ORDER BY id",
                          "");
    if (rc < 0)
        return rc;
    while (rc == 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1)
        rc = add_row(&list, &cap, st, err);
    sqlite3_finalize(st);
    for (size_t i = 0; i < list.n && rc == 0; i++)
        rc = load_parts(&list.rows[i], r, err);
    if (rc < 0) {
        ash_decisions_free(&list);
        return rc;
    }
    *ret = list;
    return 0;
}

void ash_decisions_free(ash_decisions *d)
{
    for (size_t i = 0; i < d->n; i++) {
        free(d->rows[i].by);
        free(d->rows[i].why);
        free(d->rows[i].filters);
        free(d->rows[i].parts);
    }
    free(d->rows);
    *d = (ash_decisions){0};
}
