/* What a finding says to people. */
#include <math.h>

#include "base/i18n.h"
#include "investigate/findings.h"

static void add_span(const ash_finding *f, ash_zone *zone, ash_buf *out)
{
    char from[ASH_TIME_TEXT], to[ASH_TIME_TEXT];
    ash_time_text(from, f->first, zone, 0);
    ash_time_text(to, f->last, zone, 0);
    from[19] = to[19] = '\0';
    from[10] = ' ';
    if (memcmp(from, to, 10) == 0)
        ash_buf_addf(out, _(" (%s to %s)"), from, to + 11);
    else {
        to[10] = ' ';
        ash_buf_addf(out, _(" (%s to %s)"), from, to);
    }
}

#define U(x) ((unsigned long long)(x))

static void add_what(const ash_finding *f, ash_buf *out)
{
    switch (f->kind) {
    case ASH_FINDING_MASS_LISTING:
        ash_buf_addf(out, _("%llu folders listed in a burst"), U(f->listed));
        break;
    case ASH_FINDING_MASS_READ:
        if (f->flags & ASH_FINDING_OPENS)
            ash_buf_addf(out, _("%llu files opened for reading in a burst, in about %llu folders"),
                         U(f->opened), U(f->folders));
        else
            ash_buf_addf(out, _("%llu files read in a burst, in about %llu folders"), U(f->read),
                         U(f->folders));
        break;
    case ASH_FINDING_MASS_DENIED:
        ash_buf_addf(out, _("%llu names requested in a burst that were refused (%llu) or do not "
                            "exist (%llu)"),
                     U(f->denied + f->missing), U(f->denied), U(f->missing));
        break;
    case ASH_FINDING_MASS_CHANGE:
        ash_buf_addf(out, f->flags & ASH_FINDING_RENAMES
                              ? _("%llu files changed in a burst, most of them renamed: encryption "
                                  "looks like this")
                          : f->flags & ASH_FINDING_DELETES
                              ? _("%llu files changed in a burst, most of them deleted")
                              : _("%llu files changed in a burst"),
                     U(f->changed));
        break;
    case ASH_FINDING_SPRAY:
        ash_buf_addf(out, _("one client failed to log on with %llu different accounts (%llu "
                            "failures)"),
                     U(f->accounts), U(f->denied));
        break;
    case ASH_FINDING_GUESSING:
        ash_buf_addf(out, _("one client failed %llu times to log on with the same account"),
                     U(f->denied));
        break;
    case ASH_FINDING_LOG_CLEARED:
        ash_buf_add_z(out, _("the log was cleared: what it held before is only in copies"));
        break;
    case ASH_FINDING_AUDIT_OFF:
        ash_buf_add_z(out, _("auditing of files, shares or logons was switched off"));
        break;
    case ASH_FINDING_SHARE_CHANGE:
        ash_buf_addf(out, _("a share was made, changed or removed (%llu times)"), U(f->changed));
        break;
    case ASH_FINDING_RANSOMWARE:
        ash_buf_addf(out, f->flags & ASH_FINDING_NOTES
                              ? _("%llu files encrypted, by all signs: read, replaced, renamed, and a note left in "
                                  "folder after folder")
                              : _("%llu files encrypted, by all signs: read, then replaced or renamed, one after the other"),
                     U(f->changed));
        break;
    case ASH_FINDING_SWEEP:
        ash_buf_addf(out, _("one client tried %llu shares, one after the other, that it had not used before (%llu refused)"), U(f->folders),
                     U(f->denied + f->missing));
        break;
    case ASH_FINDING_STAGING:
        ash_buf_addf(out, _("%llu files read, then an archive written: collected to be taken away"), U(f->read));
        break;
    case ASH_FINDING_MANY_ACCOUNTS:
        ash_buf_addf(out, _("one client logged on with %llu different accounts"), U(f->accounts));
        break;
    case ASH_FINDING_LOG_SILENCE:
        ash_buf_addf(out, _("a log that is never silent at this hour stopped at once, for %.0f minutes"), f->window_s / 60.0);
        break;
    default:
        ash_buf_add_z(out, _(ash_finding_what((ash_finding_kind)f->kind)));
        break;
    }
}

static const char *format_of(ash_measure m)
{
    switch (m) {
    case ASH_MEASURE_FOLDERS: return N_("%.0f folders");
    case ASH_MEASURE_FILES: return N_("%.0f files");
    case ASH_MEASURE_NAMES: return N_("%.0f names");
    case ASH_MEASURE_ACCOUNTS: return N_("%.0f accounts");
    case ASH_MEASURE_SHARES: return N_("%.0f shares");
    case ASH_MEASURE_LOGONS: return N_("%.0f logons");
    case ASH_MEASURE_CLIENTS: return N_("%.0f clients");
    case ASH_MEASURE_DAYS: return N_("%.0f days");
    case ASH_MEASURE_HOURS: return N_("%.1f hours");
    case ASH_MEASURE_SECONDS: return N_("%.0f seconds");
    case ASH_MEASURE_ACCESSES: return N_("%.0f accesses");
    case ASH_MEASURE_SCORE: return N_("a score of %.2f");
    case ASH_MEASURE_MINUTES: return N_("%.0f minutes");
    case ASH_MEASURE_NONE: break;
    }
    return "%.0f";
}

static void add_window(unsigned s, ash_buf *out)
{
    if (s == 0)
        return;
    if (s % 86400 == 0)
        ash_buf_addf(out, _(" within %u days"), s / 86400);
    else if (s >= 7200 && s % 3600 == 0)
        ash_buf_addf(out, _(" within %u h"), s / 3600);
    else
        ash_buf_addf(out, _(" within %u s"), s);
}

static void add_measure(ash_measure m, double value, ash_buf *out)
{
    ash_buf_addf(out, _(format_of(m)), value);
}

/* What is unusual, compared with what. */
static void add_comparison(const ash_finding *f, ash_buf *out)
{
    if (f->measure == ASH_MEASURE_NONE || ASH_FINDING_IS_ADMIN(f->kind))
        return;
    ash_buf_add_z(out, _("; "));
    add_measure((ash_measure)f->measure, f->value, out);
    add_window(f->window_s, out);
    if (f->usual > 0 && f->basis == ASH_BASIS_OWN)
        ash_buf_addf(out, _("; usual for it so far: %.0f"), f->usual);
    else if (f->usual > 0 && f->basis == ASH_BASIS_PEERS)
        ash_buf_addf(out, _("; usual for its colleagues: %.0f"), f->usual);
    else if (f->usual > 0 && f->basis == ASH_BASIS_POPULATION)
        ash_buf_addf(out, _("; of all others hardly anybody has more than %.0f"), f->usual);
    if (f->threshold > 0)
        ash_buf_addf(out, f->measure == ASH_MEASURE_SCORE ? _("; the threshold was %.2f") : _("; the threshold was %.0f"),
                     f->threshold);
}

void ash_finding_message(const ash_finding *f, ash_zone *zone, ash_buf *out)
{
    add_what(f, out);
    if (ASH_FINDING_IS_ADMIN(f->kind))
        return;
    add_span(f, zone, out);
    if (!ASH_FINDING_IS_LOGON(f->kind))
        add_comparison(f, out);
    if (f->times > 1)
        ash_buf_addf(out, _("; %u times"), f->times);
    if (f->flags & ASH_FINDING_STRANGER)
        ash_buf_add_z(out, _("; never seen here before"));
    if (f->flags & ASH_FINDING_SUCCESS)
        ash_buf_add_z(out, _("; then a logon succeeded"));
    if (f->flags & ASH_FINDING_SERVICE)
        ash_buf_add_z(out, _("; a service account that met no refusal: looks like a backup or an "
                             "indexer, please confirm"));
    if (f->flags & ASH_FINDING_OWN_WORK && f->severity < ASH_SEVERITY_HIGH)
        ash_buf_add_z(out, _("; not raised further: where the account works or is moving files, from a machine and "
                             "at hours it is usual at; packing, moving or taking over work looks like this"));
    if (f->flags & ASH_FINDING_REGULAR)
        ash_buf_add_z(out, _("; not raised: it has come at this time of day, in these shares, again and "
                             "again, as a job does"));
}
