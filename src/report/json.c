#include <stdio.h>
#include <stdlib.h>

#include "ashiato/access.h"
#include "ashiato/source.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "investigate/standing.h"
#include "report/json_parts.h"
#include "report/report.h"

/* paths: the numbers of different files were counted. */
static void counts(ash_json *j, const char *key, const ash_counts *c, bool paths)
{
    const struct {
        const char *name;
        int64_t n;
    } rows[] = {
        {"read", c->read},     {"opened", c->opened},   {"listed", c->listed},
        {"names", c->names},   {"denied", c->denied},   {"missing", c->missing},
        {"seen", c->seen},     {"changed", c->changed}, {"written", c->written},
        {"renamed", c->renamed}, {"deleted", c->deleted}, {"confirmed", c->confirmed},
        {"probable", c->probable}, {"possible", c->possible},
    };
    ash_json_key(j, key);
    ash_json_begin(j, '{');
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ash_json_key_count(j, rows[i].name, paths ? rows[i].n : -1);
    ash_json_key_int(j, "accesses", c->accesses);
    ash_json_key_int(j, "records", c->records);
    ash_json_end(j, '}');
}

static void texts(ash_json *j, const char *key, char **list, size_t n)
{
    ash_json_key(j, key);
    ash_json_begin(j, '[');
    for (size_t i = 0; i < n; i++)
        ash_json_z(j, list[i]);
    ash_json_end(j, ']');
}

static void head(ash_json *j, ash_model *m)
{
    ash_json_key_z(j, "schema", "ashiato.report/1");
    ash_json_key(j, "generator");
    ash_json_begin(j, '{');
    ash_json_key_z(j, "name", "ashiato");
    ash_json_key_z(j, "version", ASH_VERSION);
    ash_json_end(j, '}');
    /* The present time would make two runs over the same logs differ. */
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch != NULL)
        ash_json_key_time(j, "generated_at", strtoll(epoch, NULL, 10) * ASH_NS_PER_S, &m->zone, 0);
    ash_json_key_z(j, "language", ash_i18n_language());
    ash_json_key_z(j, "zone", m->zone.name);
    ash_json_key(j, "answer");
    ash_json_begin(j, '{');
    ash_json_key_z(j, "verdict", ash_verdict_name(m->verdict));
    ash_json_key_z(j, "headline", m->headline);
    ash_json_key_z(j, "paragraph", m->paragraph);
    texts(j, "lines", m->lines, m->n_lines);
    ash_json_end(j, '}');
}

static void dwell(ash_json *j, ash_model *m)
{
    int64_t least, most, seconds = ash_footprint_dwell(&m->footprint, &least, &most);
    ash_json_key(j, "dwell");
    ash_json_begin(j, '{');
    ash_json_key_time(j, "last", m->footprint.last, &m->zone, 3);
    ash_json_key_int(j, "seconds", seconds);
    ash_json_key_int(j, "at_least_s", least);
    ash_json_key_int(j, "at_most_s", most);
    ash_json_end(j, '}');
}

static void footprint(ash_json *j, ash_model *m)
{
    ash_json_key(j, "first_footprint");
    if (!m->footprint.known) {
        ash_json_null(j);
        return;
    }
    ash_json_begin(j, '{');
    ash_json_key_time(j, "time", m->footprint.time, &m->zone, 3);
    ash_json_actor(j, m, m->footprint.actor);
    ash_json_key_z(j, "what", m->footprint.what);
    ash_json_key_track(j, m->footprint.track);
    ash_json_key_z(j, "reason", ash_part_reason_text(m->footprint.reason));
    ash_json_key_time(j, "logs_begin", m->coverage.first, &m->zone, 3);
    ash_json_key_time(j, "not_before", m->footprint.not_before, &m->zone, 3);
    ash_json_key_time(j, "not_after", m->footprint.not_after, &m->zone, 3);
    ash_json_key(j, "reasons");
    ash_json_begin(j, '[');
    for (unsigned i = 0; i < ASH_FOOTPRINT_WHYS; i++)
        if (ash_footprint_reason(&m->footprint, i) != NULL)
            ash_json_z(j, ash_footprint_reason(&m->footprint, i));
    ash_json_end(j, ']');
    dwell(j, m);
    ash_json_end(j, '}');
}

static void accounts(ash_json *j, ash_model *m)
{
    ash_json_key(j, "accounts");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->n_accounts; i++) {
        const ash_account_total *a = &m->accounts[i];
        ash_json_begin(j, '{');
        ash_json_actor(j, m, a->actor);
        ash_json_key_time(j, "first", a->first_cs * ASH_CS_NS, &m->zone, 2);
        ash_json_key_time(j, "last", a->last_cs * ASH_CS_NS, &m->zone, 2);
        ash_json_key_int(j, "read", a->read);
        ash_json_key_int(j, "opened", a->opened);
        ash_json_key_int(j, "listed", a->listed);
        ash_json_key_int(j, "denied", a->denied);
        ash_json_key_int(j, "missing", a->missing);
        ash_json_key_int(j, "changed", a->changed);
        ash_json_key_track(j, a->track);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void tracks(ash_json *j, ash_model *m)
{
    ash_buf reason;
    char name[24];
    ash_buf_init(&reason, 1u << 20);
    ash_json_key(j, "tracks");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->tracks.n; i++) {
        const ash_track *t = &m->tracks.rows[i];
        ash_buf_clear(&reason);
        ash_track_reason(t, m->r, &reason);
        ash_json_begin(j, '{');
        ash_json_key_z(j, "id", ash_track_name(t->id, name));
        ash_json_key_z(j, "status", t->status);
        ash_json_key_z(j, "origin", t->origin);
        ash_json_key_z(j, "confidence", t->confidence);
        ash_json_key_text(j, "reason", ash_buf_view(&reason));
        ash_json_key_time(j, "first", t->first, &m->zone, 3);
        ash_json_key_time(j, "last", t->last, &m->zone, 3);
        counts(j, "counts", &m->track_counts[i], true);
        ash_json_key(j, "parts");
        ash_json_begin(j, '[');
        for (size_t k = 0; k < t->n_parts; k++) {
            ash_json_begin(j, '{');
            ash_json_actor(j, m, t->parts[k].actor);
            ash_json_key_time(j, "from", t->parts[k].first, &m->zone, 3);
            ash_json_key_time(j, "to", t->parts[k].last, &m->zone, 3);
            ash_json_key_z(j, "reason", ash_part_reason_text(t->parts[k].reason));
            ash_json_key_z(j, "standing", ash_standing_name(t->parts[k].standing));
            ash_json_key(j, "scored");
            ash_json_bool(j, t->parts[k].scored);
            ash_json_end(j, '}');
        }
        ash_json_end(j, ']');
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
    ash_buf_free(&reason);
}

static void decision_parts(ash_json *j, ash_model *m, const ash_decision *d)
{
    ash_json_key(j, "parts");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < d->n_parts; i++) {
        const ash_decision_part *p = &d->parts[i];
        ash_json_begin(j, '{');
        ash_json_key_z(j, "change", p->change);
        ash_json_key_track(j, p->track);
        ash_json_actor(j, m, p->part.actor);
        ash_json_key_time(j, "from", p->part.first, &m->zone, 3);
        ash_json_key_time(j, "to", p->part.last, &m->zone, 3);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void decisions(ash_json *j, ash_model *m)
{
    char name[24];
    ash_json_key(j, "decisions");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->decisions.n; i++) {
        const ash_decision *d = &m->decisions.rows[i];
        ash_json_begin(j, '{');
        ash_json_key_z(j, "id", ash_decision_name(d->id, name));
        ash_json_key_time(j, "time", d->time, &m->zone, 6);
        ash_json_key_exact(j, "by", ash_view_z(d->by));
        ash_json_key_z(j, "action", d->action);
        ash_json_key_track(j, d->track);
        ash_json_key_exact(j, "why", ash_view_z(d->why));
        ash_json_key_exact(j, "filters", ash_view_z(d->filters));
        decision_parts(j, m, d);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void finding_values(ash_json *j, const ash_finding *f)
{
    ash_json_key(j, "values");
    ash_json_begin(j, '{');
    ash_json_key_int(j, "listed", (int64_t)f->listed);
    ash_json_key_int(j, "read", (int64_t)f->read);
    ash_json_key_int(j, "opened", (int64_t)f->opened);
    ash_json_key_int(j, "denied", (int64_t)f->denied);
    ash_json_key_int(j, "missing", (int64_t)f->missing);
    ash_json_key_int(j, "changed", (int64_t)f->changed);
    ash_json_key_int(j, "folders", (int64_t)f->folders);
    ash_json_key_int(j, "accounts", (int64_t)f->accounts);
    ash_json_key(j, "value");
    ash_json_float(j, f->value);
    ash_json_key(j, "threshold");
    ash_json_float(j, f->threshold);
    ash_json_key_int(j, "window_s", f->window_s);
    ash_json_key(j, "usual");
    ash_json_float(j, f->usual);
    ash_json_key_int(j, "times", f->times);
    ash_json_end(j, '}');
}

static void telling(ash_json *j, ash_model *m, const ash_finding *f)
{
    ash_json_key(j, "telling");
    ash_json_begin(j, '[');
    for (uint32_t i = 0; i < f->n_telling; i++) {
        ash_json_begin(j, '{');
        ash_json_key_time(j, "time", f->telling[i].time, &m->zone, 6);
        ash_json_key_int(j, "input", f->telling[i].input);
        ash_json_key_int(j, "offset", (int64_t)f->telling[i].offset);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void findings(ash_json *j, ash_model *m)
{
    ash_buf text;
    char id[32];
    ash_buf_init(&text, 1u << 16);
    ash_json_key(j, "findings");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->findings.n; i++) {
        const ash_finding_row *row = &m->findings.rows[i];
        const ash_finding *f = &row->f;
        snprintf(id, sizeof id, "F%lld", (long long)row->id);
        ash_buf_clear(&text);
        ash_finding_message(f, &m->zone, &text);
        ash_json_begin(j, '{');
        ash_json_key_z(j, "id", id);
        ash_json_key_time(j, "time", f->at, &m->zone, 6);
        ash_json_key_time(j, "raised", f->raised, &m->zone, 6);
        ash_json_key_time(j, "first", f->first, &m->zone, 6);
        ash_json_key_time(j, "last", f->last, &m->zone, 6);
        ash_json_actor(j, m, f->actor);
        ash_json_key(j, "share");
        if (f->share < ash_shares_count(m->r->actors))
            ash_json_text(j, ash_shares_at(m->r->actors, f->share).name);
        else
            ash_json_null(j);
        ash_json_key_z(j, "kind", ash_finding_kind_name(f->kind));
        ash_json_key_z(j, "severity", ash_severity_name(f->severity));
        ash_json_key_z(j, "technique", ash_finding_technique(f));
        ash_json_key_text(j, "message", ash_buf_view(&text));
        ash_json_key_track(j, row->track);
        ash_json_key_z(j, "advice", _(ash_finding_advice((ash_finding_kind)f->kind)));
        ash_json_key_z(j, "measure", ash_measure_name((ash_measure)f->measure));
        ash_json_key_z(j, "basis", ash_basis_name((ash_basis)f->basis));
        finding_values(j, f);
        telling(j, m, f);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
    ash_buf_free(&text);
}

static void folders(ash_json *j, ash_model *m)
{
    ash_json_key(j, "folders");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->n_folders; i++) {
        const ash_folder_total *f = &m->folders[i];
        ash_share s = ash_shares_at(m->r->actors, f->share);
        ash_json_begin(j, '{');
        ash_json_key_exact(j, "server", s.server);
        ash_json_key_exact(j, "share", s.name);
        ash_json_key_exact(j, "folder", ash_view_of(f->folder, f->n));
        ash_json_key_int(j, "read", f->read);
        ash_json_key_int(j, "opened", f->opened);
        ash_json_key_int(j, "listed", f->listed);
        ash_json_key_int(j, "denied", f->denied);
        ash_json_key_int(j, "changed", f->changed);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

/* The inside of an object. */
static void timeline_values(ash_json *j, ash_model *m, const ash_timeline *t)
{
    ash_json_key_int(j, "bucket_s", t->bucket / ASH_NS_PER_S);
    ash_json_key_time(j, "start", t->n > 0 ? t->start : ASH_TIME_NONE, &m->zone, 0);
    ash_json_key(j, "series");
    ash_json_begin(j, '[');
    for (int i = 0; i < ASH_TIMELINE_SERIES; i++) {
        ash_json_begin(j, '{');
        ash_json_key_z(j, "name", ash_timeline_names[i]);
        ash_json_key(j, "values");
        ash_json_begin(j, '[');
        for (size_t k = 0; k < t->n; k++)
            ash_json_int(j, t->values[i][k]);
        ash_json_end(j, ']');
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void timeline(ash_json *j, ash_model *m)
{
    ash_json_key(j, "timeline");
    ash_json_begin(j, '{');
    timeline_values(j, m, &m->timeline);
    ash_json_key(j, "detail");
    if (m->detail.n > 0) {
        ash_json_begin(j, '{');
        timeline_values(j, m, &m->detail);
        ash_json_end(j, '}');
    } else {
        ash_json_null(j);
    }
    ash_json_end(j, '}');
}

static void coverage(ash_json *j, ash_model *m)
{
    ash_json_key(j, "coverage");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->coverage.n; i++) {
        const ash_cover *c = &m->coverage.rows[i];
        ash_json_begin(j, '{');
        ash_json_key_z(j, "server", c->server);
        ash_json_key_time(j, "from", c->first, &m->zone, 3);
        ash_json_key_time(j, "to", c->last, &m->zone, 3);
        ash_json_key_z(j, "state", ash_cover_state_name(c->state));
        ash_json_key_z(j, "reason", c->reason);
        ash_json_key_z(j, "text", c->text);
        ash_json_key_count(j, "count", c->count);
        ash_json_key_z(j, "input", c->input);
        ash_json_key_count(j, "offset", c->offset);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static const char *kind_name(ash_reason_kind k)
{
    static const char *const names[] = {"skipped", "foreign", "doubtful", "loss"};
    return names[k];
}

static void input_reasons(ash_json *j, const ash_input *in)
{
    ash_json_key(j, "reasons");
    ash_json_begin(j, '[');
    for (int r = 0; r < ASH_REASON_COUNT; r++) {
        const ash_reason_count *n = &in->reasons[r];
        if (n->count == 0)
            continue;
        ash_json_begin(j, '{');
        ash_json_key_z(j, "reason", ash_reason_name((ash_reason)r));
        ash_json_key_z(j, "kind", kind_name(ash_reason_kind_of((ash_reason)r)));
        ash_json_key_z(j, "text", ash_reason_text((ash_reason)r));
        ash_json_key_int(j, "count", (int64_t)n->count);
        ash_json_key_count(j, "offset", n->offset == ASH_NO_OFFSET ? -1 : (int64_t)n->offset);
        ash_json_key_count(j, "line", n->line == 0 ? -1 : (int64_t)n->line);
        ash_json_key_z(j, "detail", n->detail);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void input_remarks(ash_json *j, const ash_input *in)
{
    ash_json_key(j, "remarks");
    ash_json_begin(j, '[');
    for (const char *p = in->remarks; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        ash_json_text(j, ash_view_of(p, n));
        p += n + (p[n] == '\n');
    }
    ash_json_end(j, ']');
}

static const char *or_null(const char *z)
{
    return z[0] == '\0' ? NULL : z;
}

static void inputs(ash_json *j, ash_model *m)
{
    ash_json_key(j, "inputs");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < m->n_inputs; i++) {
        const ash_input *in = m->inputs[i];
        int64_t skipped = 0;
        for (int r = 0; r < ASH_REASON_COUNT; r++)
            if (ash_reason_kind_of((ash_reason)r) == ASH_KIND_SKIPPED)
                skipped += (int64_t)in->reasons[r].count;
        ash_json_begin(j, '{');
        ash_json_key_int(j, "id", in->id);
        ash_json_key_exact(j, "name", ash_view_z(in->name));
        ash_json_key_z(j, "state", in->state);
        ash_json_key_z(j, "problem", or_null(in->problem));
        ash_json_key_z(j, "source", or_null(in->source));
        ash_json_key_z(j, "format", or_null(in->format));
        ash_json_key_z(j, "compression", or_null(in->compression));
        ash_json_key_count(j, "size", in->size);
        ash_json_key_z(j, "sha256", or_null(in->sha256));
        ash_json_key_int(j, "bytes", (int64_t)in->position);
        ash_json_key_int(j, "lines", (int64_t)in->lines);
        ash_json_key_int(j, "records", (int64_t)in->records);
        ash_json_key_int(j, "events", (int64_t)in->events);
        ash_json_key_int(j, "skipped", skipped);
        ash_json_key_time(j, "first", in->first, &m->zone, 6);
        ash_json_key_time(j, "last", in->last, &m->zone, 6);
        input_remarks(j, in);
        input_reasons(j, in);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

int ash_report_write_model(ash_model *m, ash_json *j, ash_error *err)
{
    ash_json_begin(j, '{');
    head(j, m);
    footprint(j, m);
    ash_json_key(j, "counts");
    ash_json_begin(j, '{');
    counts(j, "scope", &m->scope, true);
    counts(j, "all", &m->all, m->all_counted);
    ash_json_end(j, '}');
    accounts(j, m);
    tracks(j, m);
    decisions(j, m);
    findings(j, m);
    folders(j, m);
    int rc = ash_json_files(j, m, err);
    if (rc == 0)
        rc = ash_json_disk(j, m, err);
    if (rc == 0)
        ash_json_content(j, &m->content);
    if (rc < 0)
        return rc;
    timeline(j, m);
    ash_report_write_inquiry(m, j);
    coverage(j, m);
    inputs(j, m);
    texts(j, "limits", m->limits, m->n_limits);
    texts(j, "method", m->method, m->n_method);
    ash_json_end(j, '}');
    return 0;
}
