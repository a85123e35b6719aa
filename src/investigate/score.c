#include "investigate/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "investigate/errand.h"
#include "investigate/score_internal.h"

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

static double clamp(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* --- counting ---------------------------------------------------------- */

/* Adds a visit's weights at its folder and all above. */
static void count_at(scoring *s, uint32_t place, count *by, double own, double intruder)
{
    for (; place != ASH_SPOT_NONE; place = s->map->places.p[place].parent) {
        count *c = &by[s->local[place]];
        c->own += own;
        c->intruder += intruder;
    }
}

static void forget_at(scoring *s, uint32_t place, count *by)
{
    for (; place != ASH_SPOT_NONE; place = s->map->places.p[place].parent)
        by[s->local[place]] = (count){0};
}

static double intruder_weight(const scoring *s, const ash_visit *v)
{
    return s->pass == 0 ? 0 : (double)v->probability;
}

static void count_visit(scoring *s, const ash_visit *v, count *by)
{
    double intruder = intruder_weight(s, v);
    count_at(s, v->place, by, 1 - intruder, intruder);
    count_at(s, v->network, by, 1 - intruder, intruder);
}

/* In the first pass nothing is known, and the visits of a fortnight before and after
 * a day may all be the intruder's: the owner's habits are what is done before as
 * well as after. */
#define FORTNIGHT 14
/* Habits need so many visits. */
#define HABIT_VISITS 100

static double share_of(const scoring *s, uint32_t kid, uint32_t above, double backoff, double *ret_seen)
{
    double seen = s->total[above].own - s->today[above].own, fresh = 1 + s->singles[above];
    *ret_seen = seen;
    return (s->total[kid].own - s->today[kid].own + fresh * backoff) / (seen + fresh);
}

/* The smaller one of the shares before and after. */
static double habitual_share(const scoring *s, uint32_t kid, uint32_t above, double backoff, double *ret_seen)
{
    double least = -1;
    const uint32_t root = s->local[s->map->folders];
    const double fresh = 1 + s->singles[above];
    for (int side = 0; side < 2; side++) {
        const count *by = side == 0 ? s->before : s->upto;
        double all = by[root].own, n = by[above].own, k = by[kid].own;
        if (side == 1) { /* what is left after */
            all = s->total[root].own - all;
            n = s->total[above].own - n;
            k = s->total[kid].own - k;
        }
        double share = (k + fresh * backoff) / (n + fresh);
        if (all < HABIT_VISITS || (least >= 0 && share >= least))
            continue;
        least = share;
        *ret_seen = n;
    }
    return least;
}

/* --- terms ------------------------------------------------------------- */

#define STEP_MAX 4.0
#define PLACE_MAX 6.0
/* An intruder goes anywhere (half evenly, half where people go) until it is seen
 * where it goes: so many visits' worth. */
#define INTRUDER_PRIOR 5.0

/* One step down the tree: how much more likely for an intruder than for the owner. */
static double step_down(const scoring *s, uint32_t place, bool folders)
{
    const ash_spot *p = &s->map->places.p[place], *q = &s->map->places.p[p->parent];
    uint32_t k = s->local[place], a = s->local[p->parent];
    double kids = q->kids < 1 ? 1 : q->kids, seen = 0, own = -1;
    double people = (p->accounts + 0.1) / (q->kid_accounts + 0.1 * kids);
    double intruder = 0.5 / kids + 0.5 * people;
    if (s->pass == 0 && folders) {
        own = habitual_share(s, k, a, people, &seen);
        if (own < 0)
            return 0;
    } else {
        own = share_of(s, k, a, people, &seen);
    }
    if (folders)
        intruder = (INTRUDER_PRIOR * intruder + s->total[k].intruder - s->today[k].intruder) /
                   (INTRUDER_PRIOR + s->total[a].intruder - s->today[a].intruder);
    double x = log(intruder / (own > 1 ? 1 : own)) * seen / (seen + 2);
    return clamp(x, -STEP_MAX, STEP_MAX);
}

static double steps_to(const scoring *s, uint32_t place, bool folders)
{
    double sum = 0;
    for (; s->map->places.p[place].parent != ASH_SPOT_NONE; place = s->map->places.p[place].parent)
        sum += step_down(s, place, folders);
    return clamp(sum, -PLACE_MAX, PLACE_MAX);
}

static double hour_term(const scoring *s, unsigned hour)
{
    double all = 0;
    for (unsigned i = 0; i < 24; i++)
        all += s->hours[i] - s->hours_today[i];
    double share = (s->hours[hour] - s->hours_today[hour] + 0.5) / (all + 12);
    return all > 3 ? clamp(log(1 / 24.0 / share), -2, 3) : 0;
}

static double alarm_term(const scoring *s, const ash_visit *v)
{
    double most = 0;
    for (size_t i = 0; i < s->n_seeds; i++) {
        const ash_part *p = &s->seeds[i];
        if (p->actor != v->actor || v->last_cs < p->first / ASH_CS_NS || v->first_cs > p->last / ASH_CS_NS)
            continue;
        int64_t days = (p->last - p->first) / (86400 * ASH_NS_PER_S);
        double x = days < 1 ? 2 : days < 31 ? 1 : 0;
        most = x > most ? x : most;
    }
    return most;
}

/* What does not depend on habits. */
static void set_fixed_terms(scoring *s)
{
    for (size_t i = 0; i < s->v->n; i++) {
        ash_visit *v = &s->v->v[i];
        v->terms[ASH_TERM_WALK] = v->walk < 4 ? 0 : v->walk >= 7 ? 8 : 2 * ((float)v->walk - 3);
        v->terms[ASH_TERM_CHANGE] = v->changes > 0 ? -3 : 0.3f;
        v->terms[ASH_TERM_LOOK] = v->listed && v->reads >= 2 ? 0.7f : 0;
        v->terms[ASH_TERM_ALARM] = (float)alarm_term(s, v);
    }
}

static double own_sum(const ash_visit *v)
{
    return (double)(v->terms[ASH_TERM_PLACE] + v->terms[ASH_TERM_HOUR] + v->terms[ASH_TERM_WALK] +
                    v->terms[ASH_TERM_CHANGE] + v->terms[ASH_TERM_LOOK]);
}

static void set_day_terms(scoring *s, ash_visit *v)
{
    v->terms[ASH_TERM_PLACE] = (float)steps_to(s, v->place, true);
    v->terms[ASH_TERM_HOUR] = (float)hour_term(s, v->hour);
    v->terms[ASH_TERM_CLIENT] = v->usual ? 0 : (float)clamp(steps_to(s, v->network, false), -1, 2);
}

static double usual_term(const scoring *s)
{
    return s->n_days < ASH_HABIT_DAYS ? -100 : s->seed_at_usual ? 0 : -6;
}

/* Visits of one hand come together. */
#define NEAR_CS 90000

static void set_near_terms(scoring *s)
{
    size_t lo = 0, hi = 0;
    double sum = 0;
    for (size_t i = 0; i < s->v->n; i++) {
        ash_visit *v = &s->v->v[i];
        for (; hi < s->v->n && s->v->v[hi].first_cs <= v->first_cs + NEAR_CS; hi++)
            sum += (double)s->v->v[hi].probability;
        for (; s->v->v[lo].first_cs < v->first_cs - NEAR_CS; lo++)
            sum -= (double)s->v->v[lo].probability;
        double others = clamp(sum - (double)v->probability, 0, 1);
        v->terms[ASH_TERM_NEAR] = s->pass < 2 ? 0 : (float)(1.7 * others - 0.5);
    }
}

/* What is done at a machine speaks for all that is done there, but not at the usual
 * one, which is the owner's whoever else uses it. Who is known to come from elsewhere
 * has little need of it. */
static void set_machine_terms(scoring *s)
{
    for (size_t i = 0; i < s->v->n; i++)
        s->machines[s->v->v[i].machine] += 0.5 * clamp(own_sum(&s->v->v[i]), -3, 3);
    for (size_t i = 0; i < s->v->n; i++) {
        ash_visit *v = &s->v->v[i];
        double others = s->machines[v->machine] - 0.5 * clamp(own_sum(v), -3, 3);
        v->terms[ASH_TERM_MACHINE] = v->usual ? (float)usual_term(s) : (float)clamp(others, -3, 6);
    }
    for (size_t i = 0; i < s->v->n; i++)
        s->machines[s->v->v[i].machine] = 0;
}

/* --- a pass ------------------------------------------------------------ */

static void count_all(scoring *s)
{
    memset(s->total, 0, s->n_local * sizeof *s->total);
    memset(s->before, 0, s->n_local * sizeof *s->before);
    memset(s->upto, 0, s->n_local * sizeof *s->upto);
    memset(s->hours, 0, sizeof s->hours);
    for (size_t i = 0; i < s->v->n; i++) {
        const ash_visit *v = &s->v->v[i];
        count_visit(s, v, s->total);
        s->hours[v->hour] += 1 - intruder_weight(s, v);
    }
}

/* How often the owner goes where it was never before: places seen once tell (Good,
 * Biometrika 40, 1953). */
static void count_singles(scoring *s)
{
    memset(s->singles, 0, s->n_local * sizeof *s->singles);
    for (uint32_t i = 0; i < s->map->places.n; i++) {
        uint32_t k = s->local[i], parent = s->map->places.p[i].parent;
        if (k != ASH_SPOT_NONE && parent != ASH_SPOT_NONE && s->total[k].own > 0.5 && s->total[k].own < 1.5)
            s->singles[s->local[parent]]++;
    }
}

static void score_day(scoring *s, size_t from, size_t to)
{
    memset(s->hours_today, 0, sizeof s->hours_today);
    for (size_t i = from; i < to; i++) {
        const ash_visit *v = &s->v->v[i];
        count_visit(s, v, s->today);
        s->hours_today[v->hour] += 1 - intruder_weight(s, v);
    }
    for (size_t i = from; i < to; i++)
        set_day_terms(s, &s->v->v[i]);
    for (size_t i = from; i < to; i++) {
        forget_at(s, s->v->v[i].place, s->today);
        forget_at(s, s->v->v[i].network, s->today);
    }
}

static void score_days(scoring *s)
{
    size_t n_before = 0, n_upto = 0;
    for (size_t d = 0; d < s->n_days; d++) {
        int32_t at = s->v->v[s->days[d].from].day;
        for (; n_before < s->v->n && s->v->v[n_before].day < at - FORTNIGHT; n_before++)
            count_visit(s, &s->v->v[n_before], s->before);
        for (; n_upto < s->v->n && s->v->v[n_upto].day <= at + FORTNIGHT; n_upto++)
            count_visit(s, &s->v->v[n_upto], s->upto);
        score_day(s, s->days[d].from, s->days[d].to);
    }
}

/* --- days -------------------------------------------------------------- */

/* Comes once in 200 days, stays for 15. */
#define COMES (1 / 200.0)
#define GOES (1 / 15.0)
/* What share of a day's visits may be the intruder's. */
static const double shares[SHARES] = {0, 0.02, 0.05, 0.1, 0.3, 0.6, 0.95};

static double visit_sum(const ash_visit *v)
{
    double sum = 0;
    for (int i = 0; i < ASH_TERMS; i++)
        sum += (double)v->terms[i];
    return sum;
}

static double log_add(double x, double y)
{
    return x > y ? x + log1p(exp(y - x)) : y + log1p(exp(x - y));
}

/* How likely the day is with the intruder there against without, and how the
 * shares weigh. */
static void weigh_day(const scoring *s, day *d)
{
    double most = -1e300, sum = 0;
    for (int k = 0; k < SHARES; k++) {
        d->weights[k] = 0;
        for (size_t i = d->from; i < d->to && k > 0; i++)
            d->weights[k] += log(1 - shares[k] + shares[k] * exp(visit_sum(&s->v->v[i])));
        most = d->weights[k] > most ? d->weights[k] : most;
    }
    for (int k = 0; k < SHARES; k++)
        sum += d->weights[k] = exp(d->weights[k] - most);
    for (int k = 0; k < SHARES; k++)
        d->weights[k] /= sum;
    d->evidence = most + log(sum / SHARES) + d->alarm;
}

static void find_presence(scoring *s)
{
    double away = log(1 - COMES), there = log(COMES);
    for (size_t i = 0; i < s->n_days; i++) {
        if (i > 0) {
            double a = log_add(away + log(1 - COMES), there + log(GOES));
            there = log_add(away + log(COMES), there + log(1 - GOES));
            away = a;
        }
        there += s->days[i].evidence;
        s->days[i].away = away;
        s->days[i].there = there;
    }
    away = there = 0;
    for (size_t i = s->n_days; i-- > 0;) {
        day *d = &s->days[i];
        d->presence = 1 / (1 + exp(clamp(d->away + away - d->there - there, -500, 500)));
        double a = log_add(log(1 - COMES) + away, log(COMES) + d->evidence + there);
        there = log_add(log(GOES) + away, log(1 - GOES) + d->evidence + there);
        away = a;
    }
}

static void set_probabilities(scoring *s)
{
    for (size_t i = 0; i < s->n_days; i++)
        weigh_day(s, &s->days[i]);
    find_presence(s);
    for (size_t i = 0; i < s->n_days; i++) {
        const day *d = &s->days[i];
        for (size_t k = d->from; k < d->to; k++) {
            ash_visit *v = &s->v->v[k];
            double odds = exp(visit_sum(v)), p = 0;
            for (int w = 1; w < SHARES; w++)
                p += d->weights[w] * shares[w] * odds / (1 - shares[w] + shares[w] * odds);
            v->presence = (float)d->presence;
            v->probability = (float)(p * d->presence);
        }
    }
}

static bool is_seed_at_usual(const scoring *s)
{
    for (size_t i = 0; i < s->n_seeds; i++)
        for (size_t k = 0; k < s->v->n; k++)
            if (s->v->v[k].usual && s->v->v[k].actor == s->seeds[i].actor)
                return true;
    return false;
}

/* --- all --------------------------------------------------------------- */

/* The habits settle within a few passes. */
#define PASSES 8

/* How much a day with a seed weighs, spread over the seed's days. */
#define ALARM_NATS 12.0

static void set_alarms(scoring *s)
{
    for (size_t i = 0; i < s->n_seeds; i++) {
        size_t n = 0;
        for (int round = 0; round < 2; round++) {
            for (size_t d = 0; d < s->n_days; d++) {
                bool within = false;
                for (size_t k = s->days[d].from; k < s->days[d].to && !within; k++)
                    within = s->v->v[k].actor == s->seeds[i].actor &&
                             s->v->v[k].last_cs >= s->seeds[i].first / ASH_CS_NS &&
                             s->v->v[k].first_cs <= s->seeds[i].last / ASH_CS_NS;
                n += round == 0 && within;
                if (round == 1 && within)
                    s->days[d].alarm += ALARM_NATS / (double)n;
            }
        }
    }
    for (size_t d = 0; d < s->n_days; d++)
        s->days[d].alarm = clamp(s->days[d].alarm, 0, ALARM_NATS);
}

int ash_score(ash_visits *v, const ash_map *m, const ash_part *seeds, size_t n_seeds, ash_error *err)
{
    scoring s = {.v = v, .map = m, .seeds = seeds, .n_seeds = n_seeds};
    s.n_seeds = n_seeds < ASH_SEEDS_MAX ? n_seeds : ASH_SEEDS_MAX;
    if (v->n == 0)
        return 0;
    int rc = ash_scoring_begin(&s) ? 0 : nomem(err);
    if (rc == 0) {
        set_fixed_terms(&s);
        set_alarms(&s);
        s.seed_at_usual = is_seed_at_usual(&s);
    }
    for (s.pass = 0; s.pass < PASSES && rc == 0; s.pass++) {
        count_all(&s);
        count_singles(&s);
        score_days(&s);
        set_machine_terms(&s);
        set_near_terms(&s);
        set_probabilities(&s);
    }
    ash_scoring_end(&s);
    return rc;
}

uint32_t ash_visit_why(const ash_visit *v)
{
    const float *t = v->terms;
    return (t[ASH_TERM_PLACE] >= 1 ? ASH_WHY_PLACE : 0) | (t[ASH_TERM_PLACE] <= -1 ? ASH_WHY_OWN_PLACE : 0) |
           (t[ASH_TERM_CLIENT] >= 1 ? ASH_WHY_CLIENT : 0) | (t[ASH_TERM_HOUR] >= 1 ? ASH_WHY_HOUR : 0) |
           (t[ASH_TERM_WALK] >= 1 ? ASH_WHY_WALK : 0) | (t[ASH_TERM_CHANGE] <= -1 ? ASH_WHY_WRITES : 0) |
           (t[ASH_TERM_LOOK] > 0 ? ASH_WHY_LOOK : 0) | (t[ASH_TERM_MACHINE] >= 1 ? ASH_WHY_MACHINE : 0) |
           (t[ASH_TERM_ALARM] >= 1 ? ASH_WHY_ALARM : 0) | (v->presence >= 0.9f ? ASH_WHY_DAYS : 0);
}
