/* What was done, and how: folders, refusals, order, pace, changes. */
#include "base/i18n.h"
#include "investigate/observe.h"

/* Folders the account must be known from, and that the track must have. */
#define FOLDERS_KNOWN 20
#define FOLDERS_MIN 10

#define REFUSED_MIN 20
#define REFUSED_SHARE 20 /* many: one in so many */
#define REFUSED_FEW 100  /* few: less than one in so many, of REFUSED_OF accesses */
#define REFUSED_OF 200

#define TREES_MIN 50
#define TREES_MINUTE 30 /* folders: nobody lists so many in a minute by hand */
#define PICKED_MIN 10
#define PICKED_MINUTE 5
#define PICKED_MAX 200 /* folders: more in the same pace is a program that takes its time */

#define READING_MIN 20
#define LISTING_MIN 20

#define MACHINE_MINUTE 100
#define HAND_MINUTE 20
#define HAND_MIN 50
#define HAND_DAY 300 /* more in a day: nobody, or a program that takes its time */

#define WIDE 200
#define NARROW 10

/* By text: the same folder can have several numbers. */
static int observe_folders(ash_observer *o)
{
    int64_t n[3];
    int rc = ash_observe_numbers(
        o, n, 3,
        "WITH known AS (SELECT DISTINCT share, folder FROM rest_dir WHERE " ASH_SQL_ACCOUNTS "), mine AS (SELECT DISTINCT s.share, d.folder FROM story s JOIN story_dir d ON d.dir = s.dir WHERE %s) "
        "SELECT (SELECT count(*) FROM known), count(*), count(*) FILTER ((share, folder) NOT IN (SELECT (share, "
        "folder) FROM known)) FROM mine",
        o->which, o->which);
    if (rc < 0 || n[0] < FOLDERS_KNOWN || n[1] < FOLDERS_MIN)
        return rc;
    if (5 * n[2] >= 4 * n[1])
        return ash_observed_set(o, ASH_OBSERVED_FOLDERS_NEW,
                                _("in %lld of %lld folders the account never did anything otherwise (in %lld others it "
                                  "did)"), LL(n[2]), LL(n[1]), LL(n[0]));
    if (5 * n[2] <= n[1])
        return ash_observed_set(o, ASH_OBSERVED_FOLDERS_OWN,
                                _("in %lld of %lld folders the account is active otherwise too"), LL(n[1] - n[2]),
                                LL(n[1]));
    return 0;
}

static int observe_refused(ash_observer *o)
{
    int64_t n[1];
    int rc = ash_observe_numbers(o, n, 1, "SELECT count(*) FROM story WHERE %s AND grade = 20", o->which);
    if (rc < 0)
        return rc;
    ash_observed v = n[0] >= REFUSED_MIN && REFUSED_SHARE * n[0] >= o->accesses           ? ASH_OBSERVED_REFUSED_MANY
                     : o->accesses >= REFUSED_OF && REFUSED_FEW * n[0] <= o->accesses ? ASH_OBSERVED_REFUSED_FEW
                                                                                      : ASH_OBSERVED_NOTHING;
    if (v == ASH_OBSERVED_NOTHING)
        return 0;
    rc = ash_observed_set(o, v, _("%lld of its %lld accesses were refused"), LL(n[0]), LL(o->accesses));
    return rc < 0 ? rc : ash_observed_examples(o, v, "story WHERE %s AND grade = 20", o->which);
}

static int observe_order(ash_observer *o)
{
    int64_t n[3];
    int rc = ash_observe_numbers(
        o, n, 3,
        "WITH listed AS (SELECT DISTINCT share, path, dir, place FROM story WHERE %s AND grade = 40) SELECT (SELECT "
        "count(*) FROM listed), (SELECT count(*) FROM listed WHERE (share, dir) IN (SELECT (share, place) FROM "
        "listed)), (SELECT max(n) FROM (SELECT count(DISTINCT (share, path)) AS n FROM story WHERE %s AND grade = 40 "
        "GROUP BY first_cs // 6000))",
        o->which, o->which);
    if (rc < 0)
        return rc;
    if (n[0] >= TREES_MIN && n[2] >= TREES_MINUTE && 5 * n[1] >= 4 * n[0]) {
        rc = ash_observed_set(o, ASH_OBSERVED_ORDER_TREES,
                              _("%lld folders were listed, up to %lld in a minute, and for %lld of them the folder above "
                                "as well: whole trees, folder by folder"), LL(n[0]), LL(n[2]), LL(n[1]));
        return rc < 0 ? rc : ash_observed_examples(o, ASH_OBSERVED_ORDER_TREES, "story WHERE %s AND grade = 40", o->which);
    }
    if (n[0] >= PICKED_MIN && n[0] <= PICKED_MAX && n[2] <= PICKED_MINUTE)
        return ash_observed_set(o, ASH_OBSERVED_ORDER_PICKED,
                                _("%lld folders were listed, never more than %lld in a minute"), LL(n[0]), LL(n[2]));
    return 0;
}

static int observe_depth(ash_observer *o)
{
    int64_t n[3];
    int rc = ash_observe_numbers(o, n, 3,
                                 "SELECT count(DISTINCT (share, path)) FILTER (grade = 40), count(DISTINCT (share, path)) "
                                 "FILTER (grade >= 50), count(*) FILTER (grade >= 50) FROM story WHERE %s",
                                 o->which);
    if (rc < 0)
        return rc;
    if (n[1] >= READING_MIN && 3 * n[2] >= o->accesses) {
        rc = ash_observed_set(o, ASH_OBSERVED_DEPTH_READING, _("%lld files were read or opened, %lld folders listed"),
                              LL(n[1]), LL(n[0]));
        return rc < 0 ? rc : ash_observed_examples(o, ASH_OBSERVED_DEPTH_READING, "story WHERE %s AND grade >= 50", o->which);
    }
    if (n[0] >= LISTING_MIN && 50 * n[2] <= o->accesses) {
        rc = ash_observed_set(o, ASH_OBSERVED_DEPTH_LISTING, _("%lld folders were listed, %lld files read or opened"),
                              LL(n[0]), LL(n[1]));
        return rc < 0 ? rc : ash_observed_examples(o, ASH_OBSERVED_DEPTH_LISTING, "story WHERE %s AND grade = 40", o->which);
    }
    return 0;
}

static int observe_changes(ash_observer *o)
{
    ash_signs g;
    ash_observed v = ASH_OBSERVED_NOTHING;
    int rc = ash_signs_load(&g, o->s->r, o->which, o->err);
    if (rc < 0)
        return rc;
    if (ash_signs_encryption(&g)) {
        v = ASH_OBSERVED_CHANGES_ENCRYPTION;
        rc = ash_observed_set(o, v, _("%lld accesses changed files, with signs of encryption"), LL(g.changed));
        o->out->at[ASH_OBSERVATION_CHANGES].examples = g.encryption;
    } else if (ash_signs_destruction(&g)) {
        v = 2 * g.deleted_read >= g.deleted ? ASH_OBSERVED_CHANGES_TAKEN : ASH_OBSERVED_CHANGES_DELETION;
        rc = ash_observed_set(o, v, _("%lld files were deleted, %lld of them read or opened as well"), LL(g.deleted),
                              LL(g.deleted_read));
        o->out->at[ASH_OBSERVATION_CHANGES].examples = g.destruction;
    } else if (g.changed > 0) {
        v = ASH_OBSERVED_CHANGES_SOME;
        rc = ash_observed_set(o, v, _("%lld accesses changed files, without signs of encryption or destruction"),
                              LL(g.changed));
        if (rc == 0)
            rc = ash_observed_examples(o, v, "story WHERE %s AND " ASH_SQL_CHANGED, o->which);
    } else if (o->k->checks->at[ASH_CHECK_ENCRYPTION].state != ASH_CHECK_CANNOT_TELL &&
               o->k->checks->at[ASH_CHECK_DESTRUCTION].state != ASH_CHECK_CANNOT_TELL) {
        rc = ash_observed_set(o, ASH_OBSERVED_CHANGES_NONE, _("nothing was changed, though changes are recorded there"));
    }
    if (rc == 0 && ash_signs_staging(&g)) {
        rc = ash_observed_set(o, ASH_OBSERVED_STAGING_SEEN,
                              _("%lld archives or new files were written where data was collected"),
                              LL(g.archives + g.bundles));
        o->out->at[ASH_OBSERVATION_STAGING].examples = g.staging;
    }
    return rc;
}

static int observe_pace(ash_observer *o)
{
    int64_t n[3];
    int rc = ash_observe_numbers(o, n, 3,
                                 "WITH minutes AS (SELECT first_cs // 6000 AS m, count(*) AS n FROM story WHERE %s GROUP BY "
                                 "m) SELECT max(n), arg_max(m, n), (SELECT max(d)::BIGINT FROM (SELECT sum(n) AS d FROM "
                                 "minutes GROUP BY m // 1440)) FROM minutes",
                                 o->which);
    if (rc < 0)
        return rc;
    if (n[0] >= MACHINE_MINUTE) {
        rc = ash_observed_set(o, ASH_OBSERVED_PACE_MACHINE, _("up to %lld accesses in a minute: a program, not a hand"),
                              LL(n[0]));
        return rc < 0 ? rc
                      : ash_observed_examples(o, ASH_OBSERVED_PACE_MACHINE, "story WHERE %s AND first_cs // 6000 = %lld",
                                              o->which, LL(n[1]));
    }
    if (n[0] <= HAND_MINUTE && n[2] <= HAND_DAY && o->accesses >= HAND_MIN)
        return ash_observed_set(o, ASH_OBSERVED_PACE_HAND,
                                _("never more than %lld accesses in a minute, %lld in a day"), LL(n[0]), LL(n[2]));
    return 0;
}

static int observe_breadth(ash_observer *o)
{
    int64_t n[1];
    int rc = ash_observe_numbers(o, n, 1, "SELECT count(DISTINCT (share, place)) FROM story WHERE %s", o->which);
    if (rc < 0)
        return rc;
    if (n[0] >= WIDE)
        return ash_observed_set(o, ASH_OBSERVED_BREADTH_WIDE, _("%lld different folders were touched"), LL(n[0]));
    if (n[0] <= NARROW)
        return ash_observed_set(o, ASH_OBSERVED_BREADTH_NARROW, _("only %lld different folders were touched"), LL(n[0]));
    return 0;
}

static int observe_log(ash_observer *o)
{
    ash_buf text;
    int rc = 0;
    ash_buf_init(&text, 1u << 16);
    if (ash_checks_tampered(o->s, o->k->coverage, o->k->findings, o->t->first, o->t->last, &text))
        rc = ash_observed_set(o, ASH_OBSERVED_LOG_TAMPERED, "%s", ash_buf_z(&text));
    ash_buf_free(&text);
    return rc;
}

int ash_observe_what(ash_observer *o)
{
    int (*const each[])(ash_observer *) = {observe_folders, observe_refused, observe_order,   observe_depth,
                                           observe_changes, observe_pace,    observe_breadth, observe_log};
    int rc = 0;
    for (size_t i = 0; i < sizeof each / sizeof each[0] && rc == 0; i++)
        rc = each[i](o);
    return rc;
}
