#include "detect/habits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "detect/memo.h"

#define AGES 7u /* of accounts, in active days */
#define CATEGORIES (1 + ASH_HABIT_DEPTH)
#define FAMILIAR_DAYS 3u
#define LAG_MAX 14 /* days until a place is familiar, at most: three quarters of the account's time */
#define WORKED 0x80000000u
#define RECENT 8u
#define OTHERS 64u
#define SAMPLE_EVERY 4u
#define HEAVY 200u /* folders a day: a program; it says nothing about people */
#define DAY_BEGINS 5
#define HOUR (3600 * ASH_NS_PER_S)
/* A host is usual after so many days on which the account changed something from there,
 * in its first week after one: who only looks stays a guest. */
#define PROBATION_DAYS 3u
#define FIRST_DAYS 7
/* Days after which an account's hours are known, and the share of them below which one is not its own. */
#define KNOWN_HOURS 3
#define CLAIMED_HOUR 0.2f
#define FADE_AT 1e6 /* counts are halved there: habits of a company change */

typedef struct place { /* an account in a folder, at a host; a host */
    ash_memo_head head; /* more: days, and WORKED */
    int32_t first;
    uint32_t work; /* of a guest: days with changes in the highest byte, the last of them below */
} place;

typedef struct account {
    ash_memo_head head; /* used: last active day; more: active days before it */
    uint32_t actor;     /* the last one, and what it is */
    uint32_t hours_today;
    int32_t first;      /* day */
    uint32_t recent[RECENT];
    uint32_t folders_today;
    uint8_t hours[24]; /* days on which it was active in this hour; halved together */
    uint8_t hour_days;
    uint8_t at, host;
    float seen[3], odd[3];  /* folders, and those far from its work: this week, last week, before */
    float familiar, rooted; /* folders that were not new; their share when the day began */
    int32_t week;
} account;

typedef struct population {
    double own[AGES][CATEGORIES], other[AGES][CATEGORIES];
    double folders, odd;
    double account_days, shared, strange; /* days of accounts; those with a new host */
    int64_t hour;                         /* the present one, since 1970 */
    double active, active_before, active_mean, hours;
    uint32_t n_others, at_other, samples;
    uint64_t others[OTHERS];
} population;

struct ash_habits {
    ash_memo places, accounts;
    population all;
};

const size_t ash_habits_limit = sizeof(ash_habits) + (size_t)ASH_HABIT_PLACES_MAX * (sizeof(place) + 8) +
                                (size_t)ASH_HABIT_ACCOUNTS_MAX * (sizeof(account) + 8);

ash_habits *ash_habits_new(void)
{
    ash_habits *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    ash_memo_init(&h->places, sizeof(place), ASH_HABIT_PLACES_MAX);
    ash_memo_init(&h->accounts, sizeof(account), ASH_HABIT_ACCOUNTS_MAX);
    h->all.hour = INT64_MIN;
    return h;
}

void ash_habits_free(ash_habits *h)
{
    if (h == NULL)
        return;
    ash_memo_free(&h->places);
    ash_memo_free(&h->accounts);
    free(h);
}

void ash_habits_break(ash_habits *h)
{
    h->all.hour = INT64_MIN;
    h->all.active = h->all.active_before = 0;
}

/* --- places -------------------------------------------------------------- */

/* Days of use before `day`. */
static uint32_t days_before(const place *p, int32_t day)
{
    uint32_t days = p == NULL ? 0 : p->head.more & ~WORKED;
    return days > 0 && p->head.used >= day ? days - 1 : days;
}

/* Where the account changed something it works. Otherwise only what it knows for some
 * time is familiar: who begins to collect must not make it a habit. */
static bool is_familiar(const place *p, const account *a, int32_t day)
{
    int32_t lag = (day - a->first) * 3 / 4;
    lag = lag < 1 ? 1 : lag > LAG_MAX ? LAG_MAX : lag;
    return p != NULL && ((p->head.more & WORKED) || (days_before(p, day) >= FAMILIAR_DAYS &&
                                                     day - p->first >= lag));
}

/* True: it was used today before. */
static bool note_use(place *p, int32_t day)
{
    if (p->head.more == 0)
        p->first = day;
    else if (day <= p->head.used)
        return true;
    p->head.more++;
    p->head.used = day;
    return false;
}

/* Notes a use; NULL: out of memory. *ret_today: it was used today before. */
static place *touch(ash_memo *m, uint64_t key, int32_t day, bool *ret_today)
{
    place *p = ash_memo_get(m, key, day);
    *ret_today = p != NULL && note_use(p, day);
    return p;
}

/* --- the path ------------------------------------------------------------ */

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

/* Hashes of the folders above and around what was accessed (FNV-1a), with the share in
 * them: paths may be relative to it. */
static void hash_prefixes(const ash_sight *s, ash_habit *r)
{
    const ash_access *a = s->access;
    size_t n = a->path.n;
    bool is_folder = (s->grew & ASH_GREW_LISTED) != 0 || a->object == ASH_OBJECT_DIR;
    while (!is_folder && n > 0 && !is_separator(a->path.p[n - 1]))
        n--;
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ ((uint64_t)a->share << 32);
    r->depth = 0;
    for (size_t i = 0; i < n; i++) {
        char c = a->path.p[i];
        bool sep = is_separator(c);
        if (!sep)
            h = (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
        if ((sep && i > 0 && !is_separator(a->path.p[i - 1])) || (!sep && i + 1 == n)) {
            if (r->depth < ASH_HABIT_DEPTH)
                r->depth++;
            r->prefix[r->depth - 1] = h;
            h = (h ^ '/') * UINT64_C(0x100000001b3);
        }
    }
    if (r->depth == 0)
        r->prefix[r->depth++] = h;
}

/* What the folder is to an account: 0 all of its path is familiar, else from what depth
 * on it is not. met: what there is of that depth and those above. */
static unsigned categorize(const ash_habits *h, uint64_t account_key, const account *a,
                           const ash_habit *r, place *met[ASH_HABIT_DEPTH])
{
    for (unsigned i = 0; i < r->depth; i++) {
        met[i] = ash_memo_find(&h->places, ash_memo_key(account_key, r->prefix[i]));
        if (!is_familiar(met[i], a, r->day))
            return 1 + i;
    }
    return 0;
}

/* --- likelihoods ---------------------------------------------------------- */

static unsigned age_of(uint32_t days)
{
    static const uint32_t from[AGES] = {0, 1, 2, 3, 5, 10, 20};
    unsigned a = AGES - 1;
    while (days < from[a])
        a--;
    return a;
}

static double sum(const double *p, unsigned n)
{
    double s = 0;
    for (unsigned i = 0; i < n; i++)
        s += p[i];
    return s;
}

static void count(double table[AGES][CATEGORIES], unsigned age, unsigned category)
{
    table[age][category]++;
    if (table[age][category] < FADE_AT)
        return;
    for (unsigned c = 0; c < CATEGORIES; c++)
        table[age][c] /= 2;
}

/* Share of a category at an age, drawn towards that at all ages while there is little. */
static double share_of(double table[AGES][CATEGORIES], unsigned age, unsigned category)
{
    enum { WEIGHT = 50 };
    double all = 0, of = 0;
    for (unsigned a = 0; a < AGES; a++) {
        all += sum(table[a], CATEGORIES);
        of += table[a][category];
    }
    double pooled = (of + 1) / (all + CATEGORIES);
    return (table[age][category] + WEIGHT * pooled) / (sum(table[age], CATEGORIES) + WEIGHT);
}

/* An account that often comes to places far from its work is not odd when it does. Its
 * last two weeks do not count: who begins to collect must not make it a habit. */
static double own_factor(const population *all, const account *a)
{
    double usual = (all->odd + 1) / (all->folders + 100);
    double own = ((double)a->odd[2] + 20 * usual) / ((double)a->seen[2] + 20);
    return own > usual ? own / usual : 1;
}

static float place_ratio(population *all, const account *a, unsigned category)
{
    unsigned age = age_of(a->head.more);
    double ratio = share_of(all->other, age, category) / share_of(all->own, age, category);
    if (ratio > 1)
        ratio = fmax(1, ratio / own_factor(all, a));
    return (float)ratio;
}

/* Holds the folder against the habits of another account. */
static void sample_other(ash_habits *h, const ash_habit *r)
{
    population *all = &h->all;
    if (all->samples++ % SAMPLE_EVERY != 0 || all->n_others == 0)
        return;
    uint64_t key = all->others[ash_memo_key(all->samples, r->prefix[r->depth - 1]) % all->n_others];
    const account *a = ash_memo_find(&h->accounts, key);
    place *met[ASH_HABIT_DEPTH];
    if (a != NULL && key != r->account && a->folders_today < HEAVY)
        count(all->other, age_of(a->head.more), categorize(h, key, a, r, met));
}

static void note_other(population *all, uint64_t key)
{
    all->others[all->at_other++ % OTHERS] = key;
    if (all->n_others < OTHERS)
        all->n_others++;
}

/* --- calendars -------------------------------------------------------------- */

/* One more account is active in this hour. */
static void count_active(population *all, int64_t hour)
{
    if (hour != all->hour) {
        int64_t gap = all->hour == INT64_MIN || hour < all->hour ? 0 : hour - all->hour;
        for (int64_t i = 0; i < gap && i < 168; i++) {
            double weight = 1 / fmin(++all->hours, 168);
            all->active_mean += weight * ((i == 0 ? all->active : 0) - all->active_mean);
        }
        all->active_before = gap == 1 ? all->active : 0;
        all->active = 0;
        all->hour = hour;
    }
    all->active++;
}

/* How likely the account works in this hour: what it did before, and as long as that is
 * little, how many others do now. */
static float hour_rarity(const population *all, const account *a, const ash_sight *s, unsigned hour)
{
    enum { WEIGHT = 3 };
    int64_t since = all->hour == INT64_MIN ? 2 : s->access->last / HOUR - all->hour;
    double now = since == 0 ? fmax(all->active, all->active_before) : since == 1 ? all->active : 0;
    double others = fmin(1, (now + 0.25) / (fmax(all->active_mean, 0) + 0.25));
    unsigned own = a->hours[hour], before = a->hours[(hour + 23) % 24], after = a->hours[(hour + 1) % 24];
    own = own > before ? own : before;
    own = own > after ? own : after;
    return (float)((own + WEIGHT * others) / (a->hour_days + WEIGHT));
}

static void learn_hours(account *a)
{
    if (a->hours_today == 0)
        return;
    for (unsigned i = 0; i < 24; i++)
        a->hours[i] = (uint8_t)(a->hours[i] + (a->hours_today >> i & 1));
    if (++a->hour_days == 120) {
        a->hour_days /= 2;
        for (unsigned i = 0; i < 24; i++)
            a->hours[i] /= 2;
    }
    a->hours_today = 0;
}

/* --- accounts ---------------------------------------------------------------- */

static void turn_week(account *a, int32_t week)
{
    if (week <= a->week)
        return;
    bool one = week == a->week + 1;
    a->seen[2] += a->seen[1] + (one ? 0 : a->seen[0]);
    a->odd[2] += a->odd[1] + (one ? 0 : a->odd[0]);
    a->seen[1] = one ? a->seen[0] : 0;
    a->odd[1] = one ? a->odd[0] : 0;
    a->seen[0] = a->odd[0] = 0;
    if (a->seen[2] > 4000) {
        a->familiar /= 2;
        a->seen[2] /= 2;
        a->odd[2] /= 2;
    }
    a->week = week;
}

/* The account's entry at this day. r->idle and day_first are set. */
static account *account_at(ash_habits *h, ash_habit *r)
{
    account *a = ash_memo_find(&h->accounts, r->account);
    if (a == NULL) {
        a = ash_memo_get(&h->accounts, r->account, r->day);
        if (a == NULL)
            return NULL;
        a->actor = UINT32_MAX;
        a->first = r->day;
        a->week = r->day / 7;
        r->day_first = true;
    } else if (r->day > a->head.used) {
        r->idle = r->day - a->head.used;
        r->day_first = true;
        a->head.more += a->hours_today != 0;
        a->head.used = r->day;
        learn_hours(a);
        float seen = a->seen[0] + a->seen[1] + a->seen[2];
        a->rooted = seen > 0 ? a->familiar / seen : 0;
        turn_week(a, r->day / 7);
        memset(a->recent, 0, sizeof a->recent);
        a->folders_today = 0;
        a->actor = UINT32_MAX;
    }
    r->days = a->head.more;
    r->rooted = a->rooted;
    return a;
}

/* --- hosts ---------------------------------------------------------------------- */

enum { SALT_CLIENT = 1, SALT_WORKSTATION, SALT_HOME_CLIENT, SALT_HOME_WORKSTATION, SALT_GUEST };

/* Is it there, and somebody else's? The entry's `first` is not a day but who came first. */
static bool is_shared(ash_habits *h, uint64_t salt, uint32_t id, const ash_habit *r)
{
    uint64_t key = ash_memo_key(salt << 32 | id, 0);
    place *p = ash_memo_get(&h->places, key, r->day);
    if (p == NULL)
        return false;
    if (p->head.more == 0) {
        p->head.more = 1;
        p->first = (int32_t)(uint32_t)r->account;
    }
    p->head.used = r->day > p->head.used ? r->day : p->head.used;
    if (p->first != (int32_t)(uint32_t)r->account)
        p->head.more = 2;
    return p->head.more == 2;
}

static bool is_home(ash_habits *h, uint64_t salt, uint32_t id, const ash_habit *r)
{
    place *p = ash_memo_find(&h->places, ash_memo_key(r->account ^ salt << 56, id));
    if (p != NULL && r->day > p->head.used)
        p->head.used = r->day;
    return p != NULL;
}

static void make_home(ash_habits *h, const ash_subject *who, const ash_habit *r)
{
    bool today;
    if (who->client_known)
        touch(&h->places, ash_memo_key(r->account ^ (uint64_t)SALT_HOME_CLIENT << 56, who->client),
              r->day, &today);
    if (who->workstation_known)
        touch(&h->places,
              ash_memo_key(r->account ^ (uint64_t)SALT_HOME_WORKSTATION << 56, who->workstation),
              r->day, &today);
}

static uint64_t guest_key(const ash_subject *who, const ash_habit *r)
{
    return ash_memo_key(r->account ^ (uint64_t)SALT_GUEST << 56,
                        (uint64_t)who->client << 32 | who->workstation);
}

/* Is it one of the account's own? The name is what the client says it is: from an address that
 * is new to the account and at an hour that is not the account's it proves nothing. */
static bool is_own_host(ash_habits *h, const account *a, const ash_subject *who, const ash_habit *r)
{
    bool named = who->workstation_known && is_home(h, SALT_HOME_WORKSTATION, who->workstation, r);
    if (!who->client_known)
        return named || !who->workstation_known;
    if (is_home(h, SALT_HOME_CLIENT, who->client, r))
        return true;
    return named && !(a->hour_days >= KNOWN_HOURS && r->hour_rarity < CLAIMED_HOUR);
}

/* Which kind of host the account comes from; asked once a day for each. */
static void judge_host(ash_habits *h, account *a, const ash_sight *s, ash_habit *r)
{
    const ash_subject *who = &s->who;
    bool shared = who->client_known && is_shared(h, SALT_CLIENT, who->client, r);
    shared |= who->workstation_known && is_shared(h, SALT_WORKSTATION, who->workstation, r);
    bool home = is_own_host(h, a, who, r);
    bool nobody = a->head.more == 0 && a->hours_today == 0;
    a->actor = s->access->actor;
    a->host = ASH_HOST_USUAL;
    if (home || nobody) {
        make_home(h, who, r);
        return;
    }
    bool today;
    place *p = touch(&h->places, guest_key(who, r), r->day, &today);
    if (p == NULL)
        return;
    r->host_first = p->head.more == 1 && !today;
    a->host = shared ? ASH_HOST_SHARED : ASH_HOST_STRANGE;
    if (r->host_first)
        *(shared ? &h->all.shared : &h->all.strange) += 1;
}

static float host_rarity(const population *all, unsigned kind)
{
    double days = all->account_days + 20;
    return (float)(kind == ASH_HOST_USUAL ? 1 : ((kind == ASH_HOST_SHARED ? all->shared : all->strange) + 0.5) / days);
}

/* --- an access ------------------------------------------------------------------- */

static bool is_recent(account *a, uint64_t folder)
{
    uint32_t f = (uint32_t)(folder >> 32) | 1;
    for (unsigned i = 0; i < RECENT; i++)
        if (a->recent[i] == f)
            return true;
    a->recent[a->at++ % RECENT] = f;
    return false;
}

/* The account works at a host that is not its own, or not yet. */
static void note_guest(ash_habits *h, account *a, const ash_sight *s, ash_habit *r)
{
    place *p = ash_memo_find(&h->places, guest_key(&s->who, r));
    uint32_t day = (uint32_t)r->day & 0xffffff;
    if (p == NULL || (p->work != 0 && (p->work & 0xffffff) == day))
        return;
    uint32_t days = (p->work >> 24) + 1;
    p->work = days << 24 | day;
    if (days < PROBATION_DAYS && r->day - a->first >= FIRST_DAYS)
        return;
    make_home(h, &s->who, r);
    a->host = ASH_HOST_USUAL;
}

/* The account works in this folder, and so below all above it. */
static void note_work(ash_habits *h, const ash_habit *r)
{
    bool today;
    for (unsigned i = 0; i < r->depth; i++) {
        place *p = touch(&h->places, ash_memo_key(r->account, r->prefix[i]), r->day, &today);
        if (p != NULL)
            p->head.more |= WORKED;
    }
}

/* What it means that the account is in this folder, the first time today. */
static void enter_folder(ash_habits *h, account *a, const ash_sight *s, ash_habit *r)
{
    population *all = &h->all;
    bool today, usual = r->host == ASH_HOST_USUAL;
    uint64_t name = r->prefix[r->depth - 1];
    place *met[ASH_HABIT_DEPTH] = {0}, *leaf = ash_memo_find(&h->places, ash_memo_key(r->at, name));
    if (leaf != NULL && leaf->head.used >= r->day)
        return;
    unsigned category = categorize(h, r->account, a, r, met);
    r->new_from = category == 0 ? r->depth : category - 1;
    /* Before anything is added, which may move them. */
    for (unsigned i = 0; usual && i < r->depth; i++)
        if (met[i] != NULL)
            note_use(met[i], r->day);
    if (!usual)
        leaf = ash_memo_find(&h->places, ash_memo_key(r->account, name));
    r->never = days_before(leaf, r->day) == 0;
    r->first = touch(&h->places, ash_memo_key(r->at, name), r->day, &today) != NULL;
    if (!r->first)
        return;
    r->place = place_ratio(all, a, category);
    a->folders_today++;
    if (!usual)
        return;
    for (unsigned i = r->new_from; i + 1 < r->depth; i++)
        touch(&h->places, ash_memo_key(r->account, r->prefix[i]), r->day, &today);
    if (a->folders_today > HEAVY || s->who.service)
        return;
    bool odd = r->place > ASH_PLACE_ODD;
    a->seen[0]++;
    a->odd[0] += odd;
    a->familiar += category == 0;
    all->folders++;
    all->odd += odd;
    count(all->own, age_of(a->head.more), category);
    sample_other(h, r);
}

void ash_habits_access(ash_habits *h, const ash_sight *s, ash_local local, ash_habit *r)
{
    const unsigned changes = ASH_GREW_WRITTEN | ASH_GREW_RENAMED | ASH_GREW_DELETED;
    *r = (ash_habit){.place = 1, .hour_rarity = 1, .host_rarity = 1};
    if (!(s->grew & (ASH_GREW_LISTED | ASH_GREW_OPENED | ASH_GREW_READ | changes)) ||
        s->access->object == ASH_OBJECT_PIPE)
        return;
    r->known = true;
    r->changes = (s->grew & changes) != 0;
    r->hour = local.hour;
    r->day = local.day - (local.hour < DAY_BEGINS);
    r->account = ash_memo_key(s->who.account, s->who.server);
    account *a = account_at(h, r);
    if (a == NULL) {
        r->known = false;
        return;
    }
    if (a->actor != s->access->actor) {
        r->hour_rarity = hour_rarity(&h->all, a, s, r->hour);
        judge_host(h, a, s, r);
    }
    r->host = a->host;
    r->at = r->host == ASH_HOST_USUAL
                ? r->account
                : ash_memo_key(r->account, (uint64_t)s->who.client << 32 | s->who.workstation);
    if (r->host == ASH_HOST_USUAL && !(a->hours_today >> r->hour & 1)) {
        a->hours_today |= UINT32_C(1) << r->hour;
        if (!s->who.service)
            count_active(&h->all, s->access->last / HOUR);
    }
    if (r->day_first && !s->who.service) {
        h->all.account_days++;
        note_other(&h->all, r->account);
    }
    r->hour_rarity = hour_rarity(&h->all, a, s, r->hour);
    r->host_rarity = host_rarity(&h->all, r->host);
    if (r->changes || !is_recent(a, s->folder ^ r->at)) {
        hash_prefixes(s, r);
        enter_folder(h, a, s, r);
        if (r->changes)
            note_work(h, r);
        if (r->changes && r->host != ASH_HOST_USUAL)
            note_guest(h, a, s, r);
    }
}

/* --- state ------------------------------------------------------------------------ */

static void put_place(const void *entry, ash_buf *out)
{
    ash_put_u32(out, (uint32_t)((const place *)entry)->first);
    ash_put_u32(out, ((const place *)entry)->work);
}

static void take_place(void *entry, ash_cursor *in)
{
    ((place *)entry)->first = (int32_t)ash_get_u32(in);
    ((place *)entry)->work = ash_get_u32(in);
}

static void put_account(const void *entry, ash_buf *out)
{
    const account *a = entry;
    ash_put_u32(out, a->actor);
    ash_put_u32(out, (uint32_t)a->first);
    ash_put_u32(out, a->hours_today);
    for (unsigned i = 0; i < RECENT; i++)
        ash_put_u32(out, a->recent[i]);
    ash_put_u32(out, a->folders_today);
    ash_buf_add(out, a->hours, sizeof a->hours);
    ash_put_u8(out, a->hour_days);
    ash_put_u8(out, a->at);
    ash_put_u8(out, a->host);
    for (unsigned i = 0; i < 3; i++) {
        ash_put_f64(out, (double)a->seen[i]);
        ash_put_f64(out, (double)a->odd[i]);
    }
    ash_put_f64(out, (double)a->familiar);
    ash_put_f64(out, (double)a->rooted);
    ash_put_u32(out, (uint32_t)a->week);
}

static void take_account(void *entry, ash_cursor *in)
{
    account *a = entry;
    a->actor = ash_get_u32(in);
    a->first = (int32_t)ash_get_u32(in);
    a->hours_today = ash_get_u32(in);
    for (unsigned i = 0; i < RECENT; i++)
        a->recent[i] = ash_get_u32(in);
    a->folders_today = ash_get_u32(in);
    const unsigned char *hours = ash_cursor_take(in, sizeof a->hours);
    if (hours != NULL)
        memcpy(a->hours, hours, sizeof a->hours);
    a->hour_days = ash_get_u8(in);
    a->at = ash_get_u8(in);
    a->host = ash_get_u8(in);
    for (unsigned i = 0; i < 3; i++) {
        a->seen[i] = (float)ash_get_f64(in);
        a->odd[i] = (float)ash_get_f64(in);
    }
    a->familiar = (float)ash_get_f64(in);
    a->rooted = (float)ash_get_f64(in);
    a->week = (int32_t)ash_get_u32(in);
}

void ash_habits_save(const ash_habits *h, ash_buf *out)
{
    const population *p = &h->all;
    for (unsigned a = 0; a < AGES; a++)
        for (unsigned c = 0; c < CATEGORIES; c++) {
            ash_put_f64(out, p->own[a][c]);
            ash_put_f64(out, p->other[a][c]);
        }
    const double figures[] = {p->folders, p->odd,           p->account_days, p->shared, p->strange,
                              p->active,  p->active_before, p->active_mean,  p->hours};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        ash_put_f64(out, figures[i]);
    ash_put_i64(out, p->hour);
    ash_put_u32(out, p->n_others);
    ash_put_u32(out, p->at_other);
    ash_put_u32(out, p->samples);
    for (unsigned i = 0; i < OTHERS; i++)
        ash_put_u64(out, p->others[i]);
    ash_memo_save(&h->places, put_place, out);
    ash_memo_save(&h->accounts, put_account, out);
}

bool ash_habits_load(ash_habits *h, ash_cursor *in)
{
    population *p = &h->all;
    for (unsigned a = 0; a < AGES; a++)
        for (unsigned c = 0; c < CATEGORIES; c++) {
            p->own[a][c] = ash_get_f64(in);
            p->other[a][c] = ash_get_f64(in);
        }
    double *const figures[] = {&p->folders, &p->odd,           &p->account_days, &p->shared, &p->strange,
                               &p->active,  &p->active_before, &p->active_mean,  &p->hours};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        *figures[i] = ash_get_f64(in);
    p->hour = ash_get_i64(in);
    p->n_others = ash_get_u32(in);
    p->at_other = ash_get_u32(in);
    p->samples = ash_get_u32(in);
    for (unsigned i = 0; i < OTHERS; i++)
        p->others[i] = ash_get_u64(in);
    return p->n_others <= OTHERS && ash_memo_load(&h->places, take_place, in) &&
           ash_memo_load(&h->accounts, take_account, in);
}
