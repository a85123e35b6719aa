#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "investigate/observe.h"

static const char *const kinds[] = {
#define OBSERVATION(id, name, title, source, options) name,
#include "investigate/observations.def"
};

static const char *const titles[] = {
#define OBSERVATION(id, name, title, source, options) title,
#include "investigate/observations.def"
};

static const struct {
    enum { TRACK, ACCOUNTS, LOGONS, COVERAGE } source;
    const char *options;
} taken_from[] = {
#define OBSERVATION(id, name, title, source, options) {source, options},
#include "investigate/observations.def"
};

static const struct {
    ash_observation_kind kind;
    const char *name, *words;
} values[] = {
    {ASH_OBSERVATIONS, "", ""},
#define VALUE(id, k, n, signs, w) {ASH_OBSERVATION_##k, n, w},
#include "investigate/observations.def"
};

const char *ash_observation_name(ash_observation_kind k)
{
    return kinds[k];
}

const char *ash_observation_title(ash_observation_kind k)
{
    return _(titles[k]);
}

const char *ash_observation_command(ash_observation_kind k, int64_t track, char buf[ASH_OBSERVATION_COMMAND])
{
    switch (taken_from[k].source) {
    case TRACK:
        snprintf(buf, ASH_OBSERVATION_COMMAND, "scope --track T%lld%s", LL(track), taken_from[k].options);
        break;
    case ACCOUNTS:
        snprintf(buf, ASH_OBSERVATION_COMMAND,
                 "query \"FROM accesses WHERE account IN (SELECT account FROM track_parts WHERE track = %lld) "
                 "ORDER BY first\"", LL(track));
        break;
    case LOGONS:
        snprintf(buf, ASH_OBSERVATION_COMMAND,
                 "query \"FROM logons WHERE client IN (SELECT client FROM track_parts WHERE track = %lld) ORDER BY "
                 "time\"", LL(track));
        break;
    case COVERAGE: snprintf(buf, ASH_OBSERVATION_COMMAND, "coverage"); break;
    }
    return buf;
}

const char *ash_observed_name(ash_observed v)
{
    return values[v].name;
}

const char *ash_observed_words(ash_observed v)
{
    return values[v].words[0] == '\0' ? "" : _(values[v].words);
}

ash_observation_kind ash_observed_kind(ash_observed v)
{
    return values[v].kind;
}

int ash_observe_numbers(ash_observer *o, int64_t *ret, size_t n, const char *fmt, ...)
{
    ash_buf sql;
    ash_rows *rows = NULL;
    va_list ap;
    memset(ret, 0, n * sizeof *ret);
    ash_buf_init(&sql, 1u << 16);
    va_start(ap, fmt);
    ash_buf_addv(&sql, fmt, ap);
    va_end(ap);
    int rc = sql.failed ? ash_fail(o->err, ASH_E_NOMEM, "investigate", "out of memory")
                        : ash_duck_query(o->s->r->duck, ash_buf_z(&sql), NULL, 0, &rows, o->err);
    if (rc == 0 && (rc = ash_rows_next(rows, o->err)) == 1) {
        for (size_t i = 0; i < n; i++)
            ret[i] = ash_rows_int(rows, i);
        rc = 0;
    }
    ash_rows_free(rows);
    ash_buf_free(&sql);
    return rc;
}

int ash_observed_set(ash_observer *o, ash_observed v, const char *fmt, ...)
{
    char text[600];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ash_observation *at = &o->out->at[values[v].kind];
    free(at->text);
    at->value = v;
    at->text = strdup(text);
    return at->text == NULL ? ash_fail(o->err, ASH_E_NOMEM, "investigate", "out of memory") : 0;
}

int ash_observed_examples(ash_observer *o, ash_observed v, const char *fmt, ...)
{
    ash_buf rows;
    va_list ap;
    ash_buf_init(&rows, 1u << 16);
    va_start(ap, fmt);
    ash_buf_addv(&rows, fmt, ap);
    va_end(ap);
    int rc = rows.failed ? ash_fail(o->err, ASH_E_NOMEM, "investigate", "out of memory")
                         : ash_story_examples(o->s->r, ash_buf_z(&rows), &o->out->at[values[v].kind].examples, o->err);
    ash_buf_free(&rows);
    return rc;
}

/* What was taken from all accesses of the track has these as examples. */
static int add_examples(ash_observer *o)
{
    ash_examples all;
    char rows[80];
    snprintf(rows, sizeof rows, "story WHERE %s", o->which);
    int rc = ash_story_examples(o->s->r, rows, &all, o->err);
    for (int i = 0; i < ASH_OBSERVATIONS && rc == 0; i++)
        if (o->out->at[i].value != ASH_OBSERVED_NOTHING && o->out->at[i].examples.count == 0 &&
            (taken_from[i].source == TRACK || taken_from[i].source == ACCOUNTS))
            o->out->at[i].examples = all;
    return rc;
}

int ash_observations_load(ash_observations *ret, const ash_story *s, size_t track, const ash_known *k,
                          ash_error *err)
{
    ash_observations out = {.track = s->tracks[track]->id};
    ash_observer o = {
        .s = s, .t = s->tracks[track], .k = k, .out = &out, .err = err, .accesses = s->accesses[track]};
    snprintf(o.which, sizeof o.which, "track = %lld", LL(o.t->id));
    int rc = ash_observe_who(&o);
    if (rc == 0 && o.accesses > 0)
        rc = ash_observe_what(&o);
    if (rc == 0 && o.accesses > 0)
        rc = ash_observe_when(&o);
    if (rc == 0)
        rc = add_examples(&o);
    if (rc < 0) {
        ash_observations_free(&out);
        return rc;
    }
    *ret = out;
    return 0;
}

void ash_observations_free(ash_observations *o)
{
    for (int i = 0; i < ASH_OBSERVATIONS; i++)
        free(o->at[i].text);
    *o = (ash_observations){0};
}
