/* What is to be said of an input beside its records: what was assumed, and what
 * could not be kept in mind. */
#include <stdio.h>

#include "base/i18n.h"
#include "ingest/run.h"

void ash_run_remark_assumptions(ash_run *r)
{
    if (r->clock.used_year && !r->clock.year_given) {
        r->in->year = r->clock.first_year;
        ash_input_remark(r->in,
                         _("times state no year; the first was taken to be in %d, judging by when the "
                           "input was last written (--year overrides this)"),
                         r->clock.first_year);
    }
    if (r->clock.used_zone) {
        snprintf(r->in->zone, sizeof r->in->zone, "%s", r->zone.name);
        if (r->zone_origin == ASH_ZONE_MACHINE)
            ash_input_remark(r->in,
                             _("times state no zone; they were read as %s, the zone of this machine "
                               "(--tz overrides this)"),
                             r->zone.name);
        else if (r->zone_origin == ASH_ZONE_STATED)
            ash_input_remark(r->in,
                             _("times state no zone; they were read as %s, the zone of the case's "
                               "other inputs (--tz overrides this)"),
                             r->zone.name);
        if (!r->c->zone_set) {
            r->c->zone = r->zone; /* stored with the next checkpoint */
            r->c->zone_set = true;
        }
    }
    if (r->in->repeated > 0)
        ash_input_remark(r->in,
                         _("%llu of its records are in the case already, from another copy of the log "
                           "(their numbers say so), and were not counted again"),
                         (unsigned long long)r->in->repeated);
    if (r->in->reasons[ASH_REASON_TOO_LONG].count > 0)
        ash_input_remark(r->in, _("records longer than 256 KiB were skipped"));
}

/* What the fold could not keep in mind while it read this input. */
void ash_run_remark_limits(ash_run *r, const ash_fold_stats *before)
{
    const ash_fold_stats *now = ash_fold_stats_of(r->fold);
    if (now->lost_handles > before->lost_handles)
        ash_input_remark(r->in,
                         _("%llu records of deletions (4660) name no file, and the records that opened "
                           "it are not in the log: which files were deleted is not known"),
                         (unsigned long long)(now->lost_handles - before->lost_handles));
    if (now->lost_logons > before->lost_logons)
        ash_input_remark(r->in,
                         _("%llu logon sessions were forgotten because there were more than can be kept "
                           "apart; what they did later has no client"),
                         (unsigned long long)(now->lost_logons - before->lost_logons));
    if (now->lost_folders > before->lost_folders)
        ash_input_remark(r->in,
                         _("%llu folders were not kept in mind because there were too many; some of them "
                           "may be taken for files, or have no share"),
                         (unsigned long long)(now->lost_folders - before->lost_folders));
}
