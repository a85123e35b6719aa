#include <stdio.h>

#include "report/json_parts.h"

/* --- phases ------------------------------------------------------------ */

static bool is_active(const ash_phase *p)
{
    return p->accesses > 0;
}

static void phase_counts(ash_json *j, const ash_phase *p)
{
    const struct {
        const char *name;
        int64_t n;
    } rows[] = {
        {"accesses", p->accesses}, {"minutes", p->minutes},  {"read", p->read},
        {"opened", p->opened},     {"listed", p->listed},    {"denied", p->denied},
        {"missing", p->missing},   {"changed", p->changed},  {"written", p->written},
        {"renamed", p->renamed},   {"deleted", p->deleted},  {"folders", p->folders},
        {"logons", p->logons},     {"failed_logons", p->failed_logons},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ash_json_key_int(j, rows[i].name, rows[i].n);
    ash_json_key(j, "pace");
    if (is_active(p))
        ash_json_float(j, p->pace);
    else
        ash_json_null(j);
}

/* {"count": 2, "some": [...]} */
static void begin_some(ash_json *j, const char *key, int64_t count)
{
    ash_json_key(j, key);
    ash_json_begin(j, '{');
    ash_json_key_int(j, "count", count);
    ash_json_key(j, "some");
    ash_json_begin(j, '[');
}

static void end_some(ash_json *j)
{
    ash_json_end(j, ']');
    ash_json_end(j, '}');
}

static void phases(ash_json *j, ash_model *m)
{
    ash_json_key(j, "phases");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->inquiry.phases.n; i++) {
        const ash_phase *p = &m->inquiry.phases.at[i];
        ash_json_begin(j, '{');
        ash_json_key_track(j, p->track);
        ash_json_key_z(j, "name", ash_phase_name_text(p->name));
        ash_json_key_z(j, "activity", is_active(p) ? ash_phase_name_text(p->activity) : NULL);
        ash_json_key_time(j, "from", p->from, &m->zone, 2);
        ash_json_key_time(j, "to", p->to, &m->zone, 2);
        phase_counts(j, p);
        begin_some(j, "actors", p->actors.count);
        for (size_t k = 0; k < p->actors.n; k++) {
            ash_json_begin(j, '{');
            ash_json_actor(j, m, p->actors.at[k]);
            ash_json_end(j, '}');
        }
        end_some(j);
        begin_some(j, "shares", p->shares.count);
        for (size_t k = 0; k < p->shares.n; k++) {
            ash_share s = ash_shares_at(m->r->actors, p->shares.at[k]);
            ash_json_begin(j, '{');
            ash_json_key_exact(j, "server", s.server);
            ash_json_key_exact(j, "share", s.name);
            ash_json_end(j, '}');
        }
        end_some(j);
        ash_json_key_ids(j, "ids", &p->examples);
        ash_json_key_z(j, "text", p->text);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

/* --- hours ------------------------------------------------------------- */

static void hours(ash_json *j, const char *key, const int64_t n[ASH_HOURS])
{
    ash_json_key(j, key);
    ash_json_begin(j, '[');
    for (int i = 0; i < ASH_HOURS; i++)
        ash_json_int(j, n[i]);
    ash_json_end(j, ']');
}

static void heatmap(ash_json *j, const ash_heatmap *h)
{
    static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    ash_json_key(j, "heatmap");
    ash_json_begin(j, '{');
    ash_json_key_z(j, "by", h->n == 0 ? NULL : h->by_date ? "date" : "weekday");
    ash_json_key(j, "rows");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < h->n; i++) {
        char date[40];
        unsigned month, day;
        int year;
        ash_civil_from_days(h->rows[i].day, &year, &month, &day);
        snprintf(date, sizeof date, "%04d-%02u-%02u", year, month, day);
        ash_json_begin(j, '{');
        ash_json_key_z(j, "day", h->by_date ? date : weekdays[h->rows[i].day]);
        hours(j, "tracks", h->rows[i].tracks);
        hours(j, "accounts", h->rows[i].accounts);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
    ash_json_end(j, '}');
}

/* --- checks, explanations ----------------------------------------------- */

static void checks(ash_json *j, const ash_checks *c)
{
    ash_json_key(j, "checks");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < c->n; i++) {
        ash_json_begin(j, '{');
        ash_json_key_z(j, "name", ash_check_name(c->at[i].kind));
        ash_json_key_z(j, "title", ash_check_title(c->at[i].kind));
        ash_json_key_z(j, "state", ash_check_state_name(c->at[i].state));
        ash_json_key_int(j, "count", c->at[i].examples.count);
        ash_json_key_ids(j, "ids", &c->at[i].examples);
        ash_json_key_z(j, "command", ash_check_command(c->at[i].kind));
        ash_json_key_z(j, "text", c->at[i].text);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void hypotheses(ash_json *j, const ash_weighed *w)
{
    ash_buf text;
    ash_buf_init(&text, 1u << 14);
    for (size_t i = 0; i < ASH_HYPOTHESES; i++) {
        const ash_hypothesis *h = &w->at[i];
        ash_buf_clear(&text);
        ash_hypothesis_text(w, i, &text);
        ash_json_begin(j, '{');
        ash_json_key_track(j, w->observations.track);
        ash_json_key_z(j, "name", ash_hypothesis_name(h->kind));
        ash_json_key_z(j, "title", ash_hypothesis_title(h->kind));
        ash_json_key_int(j, "rank", h->rank);
        ash_json_key_int(j, "contradicts", h->contradicts);
        ash_json_key_int(j, "supports", h->supports);
        ash_json_key_text(j, "text", ash_buf_view(&text));
        ash_json_key_z(j, "decides", ash_hypothesis_decides(h->kind));
        ash_json_end(j, '}');
    }
    ash_buf_free(&text);
}

static void observations(ash_json *j, const ash_observations *all)
{
    for (int i = 0; i < ASH_OBSERVATIONS; i++) {
        const ash_observation *o = &all->at[i];
        char command[ASH_OBSERVATION_COMMAND];
        ash_json_begin(j, '{');
        ash_json_key_track(j, all->track);
        ash_json_key_z(j, "name", ash_observation_name((ash_observation_kind)i));
        ash_json_key_z(j, "title", ash_observation_title((ash_observation_kind)i));
        ash_json_key_z(j, "value", o->value == ASH_OBSERVED_NOTHING ? NULL : ash_observed_name(o->value));
        ash_json_key_z(j, "words", ash_observed_words(o->value));
        ash_json_key(j, "says");
        ash_json_begin(j, '{');
        for (int k = 0; k < ASH_HYPOTHESES; k++) {
            const char *word = ash_hypothesis_word((ash_hypothesis_kind)k, o->value);
            if (word[0] != '\0')
                ash_json_key_z(j, ash_hypothesis_name((ash_hypothesis_kind)k), word);
        }
        ash_json_end(j, '}');
        ash_json_key_int(j, "count", o->examples.count);
        ash_json_key_ids(j, "ids", &o->examples);
        ash_json_key_z(j, "command",
                       ash_observation_command((ash_observation_kind)i, all->track, command));
        ash_json_key_z(j, "text", o->text);
        ash_json_end(j, '}');
    }
}

void ash_report_write_inquiry(ash_model *m, ash_json *j)
{
    const ash_hypotheses *h = &m->inquiry.hypotheses;
    phases(j, m);
    heatmap(j, &m->inquiry.heatmap);
    checks(j, &m->inquiry.checks);
    ash_json_key(j, "hypotheses");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < h->n; i++)
        hypotheses(j, &h->at[i]);
    ash_json_end(j, ']');
    ash_json_key(j, "observations");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < h->n; i++)
        observations(j, &h->at[i].observations);
    ash_json_end(j, ']');
}
