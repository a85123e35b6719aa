/* The sentences of a report: what a manager reads. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/text.h"
#include "report/model.h"

typedef struct words {
    ash_model *m;
    bool failed;
} words;

static void add(words *w, char ***list, size_t *n, const char *fmt, va_list ap)
{
    char text[2048];
    vsnprintf(text, sizeof text, fmt, ap);
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*list)[i], text) == 0)
            return;
    char **p = realloc(*list, (*n + 1) * sizeof *p);
    char *copy = strdup(text);
    if (p != NULL)
        *list = p;
    if (p == NULL || copy == NULL) {
        free(copy);
        w->failed = true;
        return;
    }
    p[(*n)++] = copy;
}

static void line(words *w, const char *fmt, ...) ASH_PRINTF(2, 3);
static void line(words *w, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(w, &w->m->lines, &w->m->n_lines, fmt, ap);
    va_end(ap);
}

static void limit(words *w, const char *fmt, ...) ASH_PRINTF(2, 3);
static void limit(words *w, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(w, &w->m->limits, &w->m->n_limits, fmt, ap);
    va_end(ap);
}

static void method(words *w, const char *fmt, ...) ASH_PRINTF(2, 3);
static void method(words *w, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(w, &w->m->method, &w->m->n_method, fmt, ap);
    va_end(ap);
}

static void headline(words *w, const char *fmt, ...) ASH_PRINTF(2, 3);
static void headline(words *w, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    w->m->headline = strdup(text);
    w->failed = w->failed || w->m->headline == NULL;
}

/* --- pieces ------------------------------------------------------------ */

#define NAME 160
#define FINDINGS_SHOWN 5

static const char *esc(char *buf, ash_view v)
{
    return v.n == 0 ? "-" : ash_text_escape(buf, NAME, v);
}

static const char *esc_client(char buf[NAME], ash_actor a)
{
    return a.client.n == 0 ? _("(no client stated)") : esc(buf, a.client);
}

static const char *num(int64_t n)
{
    static _Thread_local char buf[8][32];
    static _Thread_local unsigned k;
    return ash_number_text(n, buf[k++ % 8]);
}

static const char *when(words *w, int64_t t)
{
    static _Thread_local char buf[4][ASH_TIME_TEXT];
    static _Thread_local unsigned k;
    char *out = buf[k++ % 4];
    ash_time_text(out, t, &w->m->zone, 0);
    if (out[0] != '-') {
        out[10] = ' ';
        memmove(out + 20, out + 19, strlen(out + 19) + 1);
        out[19] = ' ';
    }
    return out;
}

/* "kato at 127.0.0.77 (kali), 127.0.0.111": the different pairs of the live
 * tracks, leaving out accounts that were only tried. */
static void list_actors(words *w, ash_buf *out, size_t *ret_accounts, size_t *ret_clients)
{
    const ash_model *m = w->m;
    ash_buf accounts, clients;
    char a[NAME], c[NAME], ws[NAME], key[2 * NAME + 8];
    size_t shown = 0;
    ash_buf_init(&accounts, 1u << 20);
    ash_buf_init(&clients, 1u << 20);
    *ret_accounts = *ret_clients = 0;
    for (size_t i = 0; i < m->tracks.n; i++) {
        const ash_track *t = &m->tracks.rows[i];
        for (size_t k = 0; k < t->n_parts && !ash_track_is(t, "rejected"); k++) {
            if (t->parts[k].reason == ASH_PART_SPRAYING)
                continue;
            ash_actor x = ash_actors_at(m->r->actors, t->parts[k].actor);
            snprintf(key, sizeof key, "\n%s\n", esc(a, x.account));
            if (accounts.p == NULL || strstr(accounts.p, key) == NULL) {
                ash_buf_add_z(&accounts, key);
                ++*ret_accounts;
            }
            const char *client = esc_client(c, x);
            snprintf(key, sizeof key, "\n%s\t%s\n", esc(a, x.account), client);
            if (clients.p != NULL && strstr(clients.p, key) != NULL)
                continue;
            ash_buf_add_z(&clients, key);
            ++*ret_clients;
            if (shown++ >= 6)
                continue;
            ash_buf_addf(out, _("%s%s at %s"), shown > 1 ? _(", ") : "", a, client);
            if (x.workstation.n > 0)
                ash_buf_addf(out, _(" (calls itself %s)"), esc(ws, x.workstation));
        }
    }
    if (shown > 6)
        ash_buf_addf(out, _(" and %zu more"), shown - 6);
    ash_buf_free(&accounts);
    ash_buf_free(&clients);
}

/* --- lines ------------------------------------------------------------- */

static void words_of_disk(words *w)
{
    const ash_disk *d = w->m->disk;
    ash_disk_totals t = ash_disk_sum(d);
    ash_disk_share s;
    char root[NAME], share[NAME];
    ash_text_escape(root, sizeof root, ash_view_z(ash_disk_root(d)));
    line(w, _("Files read or opened, as they lie below %s now: unchanged since %s, changed since %s, "
              "not found %s. Those there hold %s bytes together."),
         root, num(t.same), num(t.changed), num(t.missing + t.other), num(t.bytes));
    for (size_t i = 0; ash_disk_share_at(d, i, &s); i++)
        if (s.found == 0)
            limit(w, _("Share %s: none of its files was found below %s; give --files the folder "
                       "the share was copied to"),
                  esc(share, ash_shares_at(w->m->r->actors, s.share).name), root);
}

/* "my-number (12 files), phone (40 files)": the first few. */
static void list_classes(const ash_content_summary *c, ash_buf *out)
{
    for (size_t i = 0; i < c->n_classes && i < 8; i++) {
        char n[32];
        ash_buf_addf(out, i > 0 ? _(", %s in %s files") : _("%s in %s files"), c->classes[i].name,
                     ash_number_text(c->classes[i].files, n));
    }
    if (c->n_classes > 8)
        ash_buf_addf(out, _(" and %zu more"), c->n_classes - 8);
}

static void words_of_content(words *w)
{
    const ash_content_summary *c = &w->m->content;
    ash_buf classes;
    int64_t lost = c->files - c->not_looked - c->by_outcome[ASH_READOUT_OK] - c->by_outcome[ASH_READOUT_EMPTY] -
                   c->by_outcome[ASH_READOUT_NO_TEXT];
    if (!c->examined)
        return; /* the limits say so */
    ash_buf_init(&classes, 1u << 16);
    list_classes(c, &classes);
    line(w, _("What was in them? Of %s files read or opened, %s hold what was looked for: %s."), num(c->files),
         num(c->with_classes), c->n_classes == 0 ? _("nothing") : ash_buf_z(&classes));
    if (c->persons.records > 0)
        line(w, _("Different persons in them: about %s, at least %s, at most %s."), num((int64_t)c->persons.estimate),
             num((int64_t)c->persons.low), num((int64_t)c->persons.high));
    if (lost + c->not_looked > 0)
        limit(w, _("Content of %s files is not known: gone, encrypted, damaged or not looked at "
                   "(`ashiato scope` says which)"),
              num(lost + c->not_looked));
    if (c->changed > 0)
        limit(w, _("%s files were written to after they were last accessed: what was seen may differ from what "
                   "was examined"),
              num(c->changed));
    ash_buf_free(&classes);
}

static void words_of_decisions(words *w)
{
    const ash_model *m = w->m;
    if (m->decisions.n > 0)
        line(w, _("Decided by analysts: tracks accepted: %zu; rejected: %zu; not yet decided: %zu "
                  "(`ashiato tracks log` says by whom and why)."),
             ash_model_tracks(m, "accepted"), ash_model_tracks(m, "rejected"),
             ash_model_tracks(m, "proposed"));
}

/* Only where there is any. */
static void words_of_uncertainty(words *w)
{
    const ash_footprint *f = &w->m->footprint;
    if (f->not_after - f->not_before < 86400 * ASH_NS_PER_S)
        return;
    line(w, _("How sure is that date? It began between %s and %s, as far as these records reach."),
         when(w, f->not_before), when(w, f->not_after));
    if (f->why & ASH_FOOTPRINT_LOGS)
        line(w, "%s", ash_footprint_reason(f, 5));
}

static void words_of_checks(words *w)
{
    ash_buf seen;
    ash_buf_init(&seen, 1u << 12);
    for (size_t i = 0; i < w->m->inquiry.checks.n; i++)
        if (w->m->inquiry.checks.at[i].state == ASH_CHECK_SEEN)
            ash_buf_addf(&seen, "%s%s", seen.n > 0 ? _("; ") : "",
                         ash_check_title(w->m->inquiry.checks.at[i].kind));
    if (seen.n > 0)
        line(w, _("What else was seen? %s (`ashiato checks` says where)."), ash_buf_z(&seen));
    ash_buf_free(&seen);
}

static void words_of_open_question(words *w, const ash_weighed *most, size_t leading)
{
    char track[24];
    ash_buf titles;
    ash_buf_init(&titles, 1u << 12);
    for (size_t i = 0; i < leading; i++)
        ash_buf_addf(&titles, "%s%s", i > 0 ? _(", ") : "", ash_hypothesis_short(most->at[i].kind));
    line(w, _("Why? That is open: as little speaks against each of %zu explanations of %s: %s. `ashiato hypotheses` "
              "says what would decide it."),
         leading, ash_track_name(most->observations.track, track), ash_buf_z(&titles));
    ash_buf_free(&titles);
}

/* Of the track with most accesses. */
static void words_of_explanations(words *w)
{
    const ash_hypotheses *h = &w->m->inquiry.hypotheses;
    const ash_weighed *most = NULL;
    int64_t accesses = -1;
    char track[24];
    for (size_t i = 0; i < h->n; i++) {
        for (size_t k = 0; k < w->m->tracks.n; k++) {
            if (w->m->tracks.rows[k].id != h->at[i].observations.track ||
                w->m->track_counts[k].accesses <= accesses)
                continue;
            accesses = w->m->track_counts[k].accesses;
            most = &h->at[i];
        }
    }
    if (most == NULL)
        return;
    size_t leading = ash_hypotheses_leading(most);
    ash_track_name(most->observations.track, track);
    if (leading == 1)
        line(w, _("Why? Least speaks against this explanation of %s: %s (observations against it: %u, for it: "
                  "%u). A ranking, no proof; `ashiato hypotheses` has the others."),
             track, ash_hypothesis_title(most->at[0].kind), most->at[0].contradicts, most->at[0].supports);
    else
        words_of_open_question(w, most, leading);
    if (!ash_hypotheses_compared(most))
        line(w, "%s", _("Was it the account's owner? The records hold nothing else of the account to compare with: "
                        "an intruder cannot be told from its owner."));
}

static void words_of_footprint(words *w)
{
    const ash_model *m = w->m;
    char a[NAME], c[NAME];
    ash_actor f = ash_actors_at(m->r->actors, m->footprint.actor);
    const char *what = strcmp(m->footprint.what, "failed-logon") == 0 ? _("a failed logon")
                     : strcmp(m->footprint.what, "logon") == 0        ? _("a logon")
                                                                      : _("an access");
    line(w, _("Since when? The first footprint is at %s: %s by %s from %s. The records examined "
              "begin at %s."),
         when(w, m->footprint.time), what, esc(a, f.account), esc_client(c, f),
         when(w, m->coverage.first));
}

static void words_of_suspicion(words *w)
{
    const ash_model *m = w->m;
    ash_buf who;
    size_t accounts, clients;
    ash_buf_init(&who, 1u << 16);
    list_actors(w, &who, &accounts, &clients);
    headline(w, _("Intrusion suspected: %s files read since %s."), num(m->scope.read),
             when(w, m->footprint.time));
    line(w, _("Was there an intrusion? It looks like one (tracks: %zu; findings: %zu)."),
         m->tracks.n - ash_model_tracks(m, "rejected"), m->findings.n);
    words_of_decisions(w);
    if (m->footprint.known) { /* not where a case's tracks were tampered with */
        words_of_footprint(w);
        words_of_uncertainty(w);
    }
    line(w, _("Which accounts and hosts? %s."), ash_buf_z(&who));
    if (m->scope.names > 0)
        line(w, _("How many files? Read: %s. Opened, reading not proved: %s. Folders listed: %s, showing "
                  "%s names. Denied: %s. Asked for but not there: %s."),
             num(m->scope.read), num(m->scope.opened), num(m->scope.listed), num(m->scope.names),
             num(m->scope.denied), num(m->scope.missing));
    else /* Windows does not record what a listing showed */
        line(w, _("How many files? Read: %s. Opened, reading not proved: %s. Folders listed: %s. "
                  "Denied: %s. Asked for but not there: %s."),
             num(m->scope.read), num(m->scope.opened), num(m->scope.listed), num(m->scope.denied),
             num(m->scope.missing));
    if (m->scope.possible > 0)
        line(w, _("How sure is that? Of the files read or opened: confirmed %s, probable %s, possible %s."),
             num(m->scope.confirmed), num(m->scope.probable), num(m->scope.possible));
    if (m->disk != NULL)
        words_of_disk(w);
    words_of_content(w);
    if (m->scope.written + m->scope.renamed + m->scope.deleted > 0)
        line(w, _("What was changed? Written: %s. Renamed: %s. Deleted: %s."),
             num(m->scope.written), num(m->scope.renamed), num(m->scope.deleted));
    words_of_checks(w);
    words_of_explanations(w);
    for (size_t i = 0; i < m->n_folders && i < 5; i++) {
        const ash_folder_total *t = &m->folders[i];
        char folder[512];
        ash_text_escape(folder, sizeof folder, ash_view_of(t->folder, t->n));
        if (t->read + t->opened > 0)
            line(w, _("%s %s: %s read, %s opened"), i == 0 ? _("Folders with most files read:") : "   ", folder,
                 num(t->read), num(t->opened));
    }
    ash_buf_free(&who);
}

static void tell_finding(words *w, const ash_finding *f)
{
    ash_buf text;
    char a[NAME], c[NAME];
    ash_actor x = ash_actors_at(w->m->r->actors, f->actor);
    ash_buf_init(&text, 1u << 16);
    ash_finding_message(f, &w->m->zone, &text);
    line(w, _("Unusual: %s from %s: %s."), esc(a, x.account), esc_client(c, x), ash_buf_z(&text));
    ash_buf_free(&text);
}

/* First those that do not look like a backup: they would drown in them. */
static void words_of_findings(words *w)
{
    size_t seen = 0;
    for (unsigned service = 0; service <= ASH_FINDING_SERVICE; service += ASH_FINDING_SERVICE) {
        for (size_t i = 0; i < w->m->findings.n; i++) {
            const ash_finding *f = &w->m->findings.rows[i].f;
            if (f->severity < ASH_SEVERITY_MEDIUM || (f->flags & ASH_FINDING_SERVICE) != service ||
                ash_model_is_rejected(w->m, &w->m->findings.rows[i]))
                continue;
            if (seen++ < FINDINGS_SHOWN)
                tell_finding(w, f);
        }
    }
    if (seen > FINDINGS_SHOWN)
        line(w, _("More of this kind: %zu (`ashiato findings`)."), seen - FINDINGS_SHOWN);
}

/* Those that make no verdict. */
static void words_of_small_findings(words *w)
{
    const ash_model *m = w->m;
    size_t rejected = 0;
    for (size_t i = 0; i < m->findings.n; i++)
        rejected += ash_model_is_rejected(m, &m->findings.rows[i]);
    if (m->findings.n > rejected)
        line(w, _("Findings of low severity, which daily work also causes: %zu."),
             m->findings.n - rejected);
    if (rejected > 0)
        line(w, _("Findings of tracks that analysts rejected: %zu."), rejected);
}

static void words_of_verdict(words *w)
{
    const ash_model *m = w->m;
    switch (m->verdict) {
    case ASH_VERDICT_SUSPECTED:
        words_of_suspicion(w);
        return;
    case ASH_VERDICT_UNUSUAL:
        headline(w, "%s", _("No clear sign of an intrusion, but something unusual that somebody "
                            "should check."));
        line(w, "%s", _("Was there an intrusion? The records examined do not show one; they show "
                        "something unusual."));
        words_of_findings(w);
        words_of_decisions(w);
        break;
    case ASH_VERDICT_NOTHING:
        headline(w, "%s", _("No sign of an intrusion in the records examined."));
        line(w, "%s", _("Was there an intrusion? Not found in the records examined."));
        words_of_small_findings(w);
        words_of_decisions(w);
        break;
    case ASH_VERDICT_CANNOT_TELL:
        headline(w, "%s", _("Cannot tell: there is no record that could be read."));
        line(w, "%s", _("Was there an intrusion? Cannot be told: no record could be read."));
        return;
    }
    line(w, _("Examined: %s records from %s to %s, by %zu pairs of account and host."),
         num(m->all.records), when(w, m->coverage.first), when(w, m->coverage.last), m->n_actors);
    if (m->all_counted)
        line(w, _("In all of them: %s files read, %s opened, %s folders listed."),
             num(m->all.read), num(m->all.opened), num(m->all.listed));
    else
        line(w, _("In all of them: %s accesses."), num(m->all.accesses));
}

/* --- limits ------------------------------------------------------------ */

#define LIMITS_SHOWN 12

/* Remarks of one kind on one server, told by the longest. */
typedef struct remark {
    const ash_cover *longest;
    size_t n;
} remark;

static bool has_times(const ash_cover *c)
{
    return c->first != ASH_TIME_NONE && c->last != ASH_TIME_NONE;
}

static bool same_kind(const ash_cover *a, const ash_cover *b)
{
    return has_times(a) && has_times(b) && strcmp(a->reason, b->reason) == 0 &&
           strcmp(a->server, b->server) == 0;
}

static void add_remark(remark *list, size_t *n, size_t *left, const ash_cover *c)
{
    for (size_t i = 0; i < *n; i++) {
        if (!same_kind(list[i].longest, c))
            continue;
        list[i].n++;
        if (c->last - c->first > list[i].longest->last - list[i].longest->first)
            list[i].longest = c;
        return;
    }
    if (*n < LIMITS_SHOWN)
        list[(*n)++] = (remark){.longest = c, .n = 1};
    else
        ++*left;
}

static void tell_remark(words *w, const remark *r)
{
    const ash_cover *c = r->longest;
    const char *server = c->server[0] != '\0' ? c->server : _("a server");
    char input[NAME] = "";
    if (c->input != NULL)
        ash_text_escape(input, sizeof input, ash_view_z(c->input));
    bool named = c->input != NULL && strstr(c->text, input) != NULL;
    if (r->n > 1)
        limit(w, _("%s: %s (%s to %s; one of %zu such times)"), server, c->text,
              when(w, c->first), when(w, c->last), r->n);
    else if (strcmp(c->reason, "quiet") == 0 || strcmp(c->reason, "record-gaps") == 0 ||
             strcmp(c->reason, "selected-records") == 0)
        limit(w, "%s: %s", server, c->text);
    else if (strcmp(c->reason, "silence") == 0 || strcmp(c->reason, "pause") == 0 ||
             strcmp(c->reason, "record-gap") == 0)
        limit(w, _("%s: %s (%s to %s)"), server, c->text, when(w, c->first), when(w, c->last));
    else if (c->input != NULL && c->server[0] != '\0' && has_times(c) && c->first != c->last)
        limit(w, _("%s: %s (%s to %s)"), server, c->text, when(w, c->first), when(w, c->last));
    else if (c->input != NULL && c->server[0] != '\0' && has_times(c))
        limit(w, _("%s: %s (%s)"), server, c->text, when(w, c->first));
    else if (c->input != NULL && !named)
        limit(w, "%s: %s", input, c->text);
    else
        limit(w, "%s", c->text);
}

/* Not what was observed, nor holes that are told by their sum. */
static bool limits_something(const ash_coverage *all, const ash_cover *c)
{
    if (strcmp(c->reason, "records") == 0 || strcmp(c->reason, "no-activity") == 0)
        return false;
    for (size_t i = 0; strcmp(c->reason, "record-gap") == 0 && i < all->n; i++)
        if (strcmp(all->rows[i].reason, "record-gaps") == 0 && strcmp(all->rows[i].server, c->server) == 0)
            return false;
    return true;
}

static void words_of_coverage(words *w)
{
    remark list[LIMITS_SHOWN];
    size_t n = 0, left = 0;
    for (size_t i = 0; i < w->m->coverage.n; i++)
        if (limits_something(&w->m->coverage, &w->m->coverage.rows[i]))
            add_remark(list, &n, &left, &w->m->coverage.rows[i]);
    for (size_t i = 0; i < n; i++)
        tell_remark(w, &list[i]);
    if (left > 0)
        limit(w, _("%zu more remarks; `ashiato coverage` lists them"), left);
}

static void words_of_inputs(words *w)
{
    size_t unknown = 0;
    const ash_input *first = NULL;
    for (size_t i = 0; i < w->m->n_inputs; i++) {
        if (strcmp(w->m->inputs[i]->state, ASH_STATE_UNRECOGNISED) != 0)
            continue;
        unknown++;
        first = first == NULL ? w->m->inputs[i] : first;
    }
    if (unknown == 0)
        return;
    char name[NAME];
    limit(w, _("Files in no known log format, which were not read: %zu, among them %s"), unknown,
          ash_text_escape(name, sizeof name, ash_view_z(first->name)));
}

static void words_of_unjudged(words *w)
{
    char name[24];
    for (size_t i = 0; i < w->m->tracks.n; i++) {
        const ash_track *t = &w->m->tracks.rows[i];
        if (t->left_out > 0)
            limit(w, _("%s: %s accesses of its accounts were too many to be judged one by one; none of them is in "
                       "the track"),
                  ash_track_name(t->id, name), num(t->left_out));
    }
}

static void words_of_limits(words *w)
{
    words_of_unjudged(w);
    words_of_coverage(w);
    words_of_inputs(w);
    if (w->m->inquiry.left_out > 0)
        limit(w, _("Phases and explanations were worked out for the %u tracks with most accesses; %zu more have "
                   "none"), ASH_STORY_TRACKS_MAX, w->m->inquiry.left_out);
    if (!w->m->content.examined)
        limit(w, "%s", _("The content of files was not examined: what they hold is not part of this report."));
    limit(w, "%s", _("Access by other routes (at the server itself, NFS, backups) leaves no record in "
                     "these logs."));
}

static void words_of_method(words *w)
{
    method(w, "%s", _("Read: a record shows that content left the disk for the client (pread, "
                      "pread_recv, sendfile). How much of a file was read, Samba does not log."));
    method(w, "%s", _("Opened: a handle with the right to read was granted; reading is not proved."));
    method(w, "%s", _("Listed: a folder whose entries were listed. The lookups of its entries are "
                      "counted as names shown, never as reads."));
    method(w, "%s", _("Denied: asked for and refused. Not there: asked for, no such file. Seen: only "
                      "attributes were looked up."));
    method(w, "%s", _("A path counts once, with its strongest grade. Every row names an access; "
                      "`ashiato show` prints the raw records behind it."));
    method(w, "%s", _("Findings: bursts above what a person does by hand, above the actor's own habit "
                      "and above everybody else's; parameters: `ashiato detectors`."));
    method(w, "%s", _("Tracks are proposed from findings of high severity; the reason is given with "
                      "each. They are proposals until somebody accepts them."));
    if (w->m->inquiry.phases.n == 0)
        return;
    method(w, "%s", _("Phases: changes of what was done and how fast, found by PELT (Killick, Fearnhead, "
                      "Eckley 2012); each says by which rule it has its name."));
    method(w, "%s", _("Explanations: an analysis of competing hypotheses (Heuer 1999). The one with least "
                      "against it stands first; no probability is given, and the true one may be missing."));
}

int ash_model_write_words(ash_model *m, ash_error *err)
{
    words w = {.m = m};
    words_of_verdict(&w);
    words_of_limits(&w);
    words_of_method(&w);
    return w.failed ? ash_fail(err, ASH_E_NOMEM, "report", "out of memory") : 0;
}
