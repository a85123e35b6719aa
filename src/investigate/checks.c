#include "investigate/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "fold/grade.h"
#include "investigate/coverage_internal.h"
#include "investigate/sql.h"

#define AROUND (3600 * ASH_NS_PER_S)

const char *ash_check_name(ash_check_kind k)
{
    static const char *const names[] = {"encryption", "destruction", "staging", "log-tampering",
                                        "outward-transfer"};
    return names[k];
}

const char *ash_check_state_name(ash_check_state s)
{
    static const char *const names[] = {"seen", "not-found", "cannot-tell"};
    return names[s];
}

const char *ash_check_state_words(ash_check_state s)
{
    switch (s) {
    case ASH_CHECK_SEEN: return _("signs seen");
    case ASH_CHECK_NOT_FOUND: return _("not found");
    default: return _("cannot tell");
    }
}

const char *ash_check_title(ash_check_kind k)
{
    switch (k) {
    case ASH_CHECK_ENCRYPTION: return _("Signs of encryption");
    case ASH_CHECK_DESTRUCTION: return _("Signs of destruction");
    case ASH_CHECK_STAGING: return _("Signs of data being packed for transport");
    case ASH_CHECK_TAMPERING: return _("Signs of tampering with the log");
    default: return _("Outward transfer");
    }
}

const char *ash_check_command(ash_check_kind k)
{
    static const char *const commands[] = {"scope --grade written --grade renamed", "scope --grade deleted",
                                           "scope --grade written --grade renamed", "coverage", ""};
    return commands[k];
}

const char *ash_check_plain(ash_check_kind k)
{
    switch (k) {
    case ASH_CHECK_ENCRYPTION: return _("encryption");
    case ASH_CHECK_DESTRUCTION: return _("destruction");
    case ASH_CHECK_STAGING: return _("data packed for transport");
    case ASH_CHECK_TAMPERING: return _("tampering with the records");
    default: return _("data sent to the outside");
    }
}

/* --- what the coverage allows ------------------------------------------- */

/* Reasons why something may have happened that no record tells. Silences are not
 * among them: nothing shows that records were lost there. */
static bool is_loss(const ash_cover *c)
{
    static const char *const losses[] = {"rate-limit",  "lost-messages", "record-gap", "record-gaps",
                                         "selected-records", "log-cleared", "log-full", "audit-dropped", "not-taken",
                                         "audit-off",   "damaged",       "partial",    "unreadable"};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        if (strcmp(c->reason, losses[i]) == 0)
            return true;
    return c->state == ASH_COVER_GAP;
}

static bool is_of_track(const ash_story *s, const ash_track *t, const ash_cover *c)
{
    char server[128];
    if (c->server[0] == '\0')
        return true;
    for (size_t i = 0; i < t->n_parts; i++) {
        ash_text_escape(server, sizeof server, ash_actors_at(s->r->actors, t->parts[i].actor).server);
        if (strcmp(server, c->server) == 0)
            return true;
    }
    return false;
}

static bool meets(const ash_cover *c, int64_t first, int64_t last)
{
    return (c->first == ASH_TIME_NONE || c->first <= last) && (c->last == ASH_TIME_NONE || c->last >= first);
}

/* The first loss while a track was active; NULL: none. */
static const ash_cover *loss_of(const ash_story *s, const ash_coverage *coverage)
{
    for (size_t i = 0; i < coverage->n; i++) {
        const ash_cover *c = &coverage->rows[i];
        for (size_t k = 0; k < s->n && is_loss(c); k++)
            if (meets(c, s->tracks[k]->first, s->tracks[k]->last) && is_of_track(s, s->tracks[k], c))
                return c;
    }
    return NULL;
}

/* A share of the tracks (not of pipes) on which nobody's changes of the kind
 * (change bits) are recorded: whether that is for want of changes or of records
 * cannot be told. */
static int find_unrecorded(const ash_story *s, unsigned changes, uint32_t *ret_share, bool *ret, ash_error *err)
{
    char sql[200];
    uint32_t shares[256];
    size_t n = 0;
    ash_rows *rows = NULL;
    *ret = false;
    int rc = ash_duck_query(s->r->duck, "SELECT DISTINCT share FROM story WHERE object <> 3 ORDER BY share LIMIT 256", NULL, 0,
                            &rows, err);
    while (rc == 0 && n < sizeof shares / sizeof shares[0] && (rc = ash_rows_next(rows, err)) == 1) {
        shares[n++] = (uint32_t)ash_rows_int(rows, 0);
        rc = 0;
    }
    ash_rows_free(rows);
    for (size_t i = 0; i < n && rc == 0 && !*ret; i++) {
        int64_t some = 0;
        snprintf(sql, sizeof sql, "SELECT 1 FROM a WHERE share = %u AND changes & %u <> 0 LIMIT 1", shares[i],
                 changes);
        rc = ash_sql_number(s->r, sql, &some, err);
        *ret = some == 0;
        *ret_share = shares[i];
    }
    return rc;
}

/* --- the checks -------------------------------------------------------- */

static void set(ash_check *c, ash_check_state state, const ash_buf *text)
{
    c->state = state;
    c->text = strdup(ash_buf_z(text));
}

static void and(ash_buf *b)
{
    if (b->n > 0)
        ash_buf_add_z(b, _("; "));
}

/* Not seen: is that an answer? */
static int negative(ash_check *check, const ash_story *s, const ash_coverage *coverage, unsigned changes,
                    const char *looked_for, ash_error *err)
{
    ash_buf text;
    uint32_t share = 0;
    bool unrecorded = false;
    const ash_cover *loss = loss_of(s, coverage);
    int rc = loss != NULL ? 0 : find_unrecorded(s, changes, &share, &unrecorded, err);
    ash_buf_init(&text, 1u << 16);
    if (loss != NULL) {
        ash_buf_addf(&text, _("not seen, but records are missing: %s"), loss->text);
    } else if (unrecorded) {
        char name[128];
        ash_text_escape(name, sizeof name, ash_shares_at(s->r->actors, share).name);
        ash_buf_addf(&text, _("not seen, but no such change by anybody is recorded on share %s: it may not "
                              "be logged there"), name);
    } else {
        ash_buf_add_z(&text, looked_for);
    }
    set(check, loss != NULL || unrecorded ? ASH_CHECK_CANNOT_TELL : ASH_CHECK_NOT_FOUND, &text);
    ash_buf_free(&text);
    return rc;
}

static int check_encryption(ash_check *c, const ash_story *s, const ash_signs *g, const ash_coverage *coverage,
                            ash_error *err)
{
    ash_buf text;
    if (!ash_signs_encryption(g))
        return negative(c, s, coverage, ASH_CHANGE_WRITTEN | ASH_CHANGE_RENAMED,
                        _("no new extension shared by many files, no series of files overwritten, no new file "
                          "of one name in many folders"),
                        err);
    ash_buf_init(&text, 1u << 16);
    if (g->extended > 0)
        ash_buf_addf(&text, _("%lld files got the new extension .%s"), LL(g->extended), g->extension);
    if (g->overwritten_minute > 0) {
        and(&text);
        ash_buf_addf(&text, _("%lld files were read or opened, and written in the same access, %lld of them within a minute"),
                     LL(g->overwritten), LL(g->overwritten_minute));
    }
    if (g->note_folders > 0) {
        and(&text);
        ash_buf_addf(&text, _("a new file %s was written into %lld folders"), g->note, LL(g->note_folders));
    }
    c->examples = g->encryption;
    set(c, ASH_CHECK_SEEN, &text);
    ash_buf_free(&text);
    return 0;
}

static int check_destruction(ash_check *c, const ash_story *s, const ash_signs *g, const ash_coverage *coverage,
                             ash_error *err)
{
    ash_buf text;
    int rc = 0;
    ash_buf_init(&text, 1u << 16);
    c->examples = g->destruction;
    if (g->deleted > 0)
        ash_buf_addf(&text, _("%lld files deleted, %lld of them read or opened as well; up to %lld a day, the same "
                              "accounts otherwise up to %lld"),
                     LL(g->deleted), LL(g->deleted_read), LL(g->deleted_day), LL(g->deleted_habit));
    if (ash_signs_destruction(g))
        set(c, ASH_CHECK_SEEN, &text);
    else
        rc = negative(c, s, coverage, ASH_CHANGE_DELETED, text.n > 0 ? ash_buf_z(&text) : _("nothing deleted"),
                      err);
    ash_buf_free(&text);
    return rc;
}

static int check_staging(ash_check *c, const ash_story *s, const ash_signs *g, const ash_coverage *coverage,
                         ash_error *err)
{
    ash_buf text;
    if (!ash_signs_staging(g))
        return negative(c, s, coverage, ASH_CHANGE_WRITTEN,
                        _("no archive was made, nor single new files after many reads; what the client packed on "
                          "its own disk leaves no record here"),
                        err);
    ash_buf_init(&text, 1u << 16);
    if (g->archives > 0)
        ash_buf_addf(&text, _("%lld archives were written, or files renamed to be one"), LL(g->archives));
    else
        ash_buf_addf(&text, _("%lld new files were written after many reads"), LL(g->bundles));
    c->examples = g->staging;
    set(c, ASH_CHECK_SEEN, &text);
    ash_buf_free(&text);
    return 0;
}

bool ash_checks_tampered(const ash_story *s, const ash_coverage *coverage, const ash_findings *findings,
                         int64_t first, int64_t last, ash_buf *out)
{
    static const char *const signs[] = {"log-cleared", "audit-off", "record-gap"};
    bool seen = false;
    for (size_t i = 0; i < coverage->n; i++) {
        const ash_cover *c = &coverage->rows[i];
        bool sign = false, told = false;
        for (size_t k = 0; k < sizeof signs / sizeof signs[0]; k++)
            sign = sign || strcmp(c->reason, signs[k]) == 0;
        for (size_t k = 0; k < s->n; k++)
            told = told || is_of_track(s, s->tracks[k], c);
        if (!sign || !told || !meets(c, first - AROUND, last + AROUND))
            continue;
        if (out != NULL && (out->n == 0 || strstr(ash_buf_z(out), c->text) == NULL)) {
            and(out);
            ash_buf_add_z(out, c->text);
        }
        seen = true;
    }
    /* Findings of the same are there also where the log names no time for it. */
    for (size_t i = 0; i < findings->n && !seen; i++) {
        const ash_finding *f = &findings->rows[i].f;
        if (f->kind != ASH_FINDING_LOG_CLEARED && f->kind != ASH_FINDING_AUDIT_OFF)
            continue;
        if (f->last < first - AROUND || f->first > last + AROUND)
            continue;
        if (out != NULL)
            ash_finding_message(f, &s->r->c->zone, out);
        seen = true;
    }
    return seen;
}

/* Only numbered records show that none was taken out. */
static int is_whole(const ash_story *s, const ash_track *t, bool *ret, ash_error *err)
{
    char sql[200];
    ash_rows *rows = NULL;
    bool whole = true, some = false;
    snprintf(sql, sizeof sql, "SELECT DISTINCT server FROM story JOIN actor USING (actor) WHERE track = %lld",
             LL(t->id));
    int rc = ash_duck_query(s->r->duck, sql, NULL, 0, &rows, err);
    while (rc == 0 && whole && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t server = -1;
        some = true;
        rc = ash_db_int(&s->r->c->db, &server, -1, err, "SELECT id FROM servers WHERE name = ?", "v",
                        ash_rows_text(rows, 0));
        if (rc == 0)
            rc = ash_coverage_is_whole(s->r, server, t->first, t->last, &whole, err);
    }
    ash_rows_free(rows);
    *ret = whole && some;
    return rc;
}

static int check_tampering(ash_check *c, const ash_story *s, const ash_coverage *coverage,
                           const ash_findings *findings, ash_error *err)
{
    ash_buf text;
    int rc = 0;
    bool seen = false, whole = true;
    ash_buf_init(&text, 1u << 20);
    for (size_t i = 0; i < s->n && rc == 0; i++) {
        const ash_track *t = s->tracks[i];
        bool one = true;
        seen = ash_checks_tampered(s, coverage, findings, t->first, t->last, &text) || seen;
        rc = is_whole(s, t, &one, err);
        whole = whole && one;
    }
    if (seen)
        set(c, ASH_CHECK_SEEN, &text);
    else if (whole) {
        ash_buf_add_z(&text, _("by the numbers of its records the log is whole while the tracks were active, and "
                               "neither cleared nor switched off"));
        set(c, ASH_CHECK_NOT_FOUND, &text);
    } else {
        ash_buf_add_z(&text, _("nothing points to it, but these logs do not number all their records: one that "
                               "was removed leaves no trace"));
        set(c, ASH_CHECK_CANNOT_TELL, &text);
    }
    ash_buf_free(&text);
    return rc;
}

int ash_checks_load(ash_checks *ret, const ash_story *s, const ash_coverage *coverage,
                    const ash_findings *findings, ash_error *err)
{
    ash_checks c = {0};
    ash_signs g;
    *ret = c;
    if (s->n == 0)
        return 0;
    int rc = ash_signs_load(&g, s->r, "true", err);
    if (rc < 0)
        return rc;
    for (c.n = 0; c.n < ASH_CHECKS; c.n++)
        c.at[c.n].kind = (ash_check_kind)c.n;
    rc = check_encryption(&c.at[ASH_CHECK_ENCRYPTION], s, &g, coverage, err);
    if (rc == 0)
        rc = check_destruction(&c.at[ASH_CHECK_DESTRUCTION], s, &g, coverage, err);
    if (rc == 0)
        rc = check_staging(&c.at[ASH_CHECK_STAGING], s, &g, coverage, err);
    if (rc == 0)
        rc = check_tampering(&c.at[ASH_CHECK_TAMPERING], s, coverage, findings, err);
    ash_check *transfer = &c.at[ASH_CHECK_TRANSFER];
    transfer->state = ASH_CHECK_CANNOT_TELL;
    transfer->text = strdup(_("not observable: a file server's log ends at its client, and there are no flow "
                              "records; firewall, proxy or NetFlow records of the clients would show it"));
    for (size_t i = 0; i < c.n && rc == 0; i++)
        if (c.at[i].text == NULL)
            rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    if (rc < 0) {
        ash_checks_free(&c);
        return rc;
    }
    *ret = c;
    return 0;
}

void ash_checks_free(ash_checks *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->at[i].text);
    *c = (ash_checks){0};
}
