#include "investigate/errand.h"

#define DAY_NS (86400 * ASH_NS_PER_S)

/* A project has so many folders, or fewer. A scan that reads has more. */
#define ERRAND_FOLDERS 60

static bool is_of_reading(unsigned kind)
{
    return kind == ASH_FINDING_MASS_READ || kind == ASH_FINDING_BREADTH || kind == ASH_FINDING_INSIDER ||
           kind == ASH_FINDING_STAGING || kind == ASH_FINDING_BEACON;
}

/* Since when the account has been at this client, in hundredths. */
static int since_when(ash_reader *r, uint32_t actor, int64_t *ret, ash_error *err)
{
    return ash_db_int(&r->c->db, ret, INT64_MAX, err,
                      "SELECT min(y.first_cs) FROM actors x JOIN actors y ON y.account = x.account AND y.client = "
                      "x.client WHERE x.id = ? AND y.first_cs IS NOT NULL AND y.accesses > 0",
                      "i", (int64_t)actor);
}

int ash_errand_like(ash_reader *r, const ash_activity *a, const ash_finding *f, ash_error *err)
{
    int64_t since;
    if (!is_of_reading(f->kind) || f->last - f->first >= DAY_NS || f->folders > ERRAND_FOLDERS ||
        !ash_activity_usual(a, r, f->actor))
        return 0;
    int rc = since_when(r, f->actor, &since, err);
    return rc < 0 ? rc : since <= (f->first - ASH_HABIT_DAYS * DAY_NS) / ASH_CS_NS;
}
