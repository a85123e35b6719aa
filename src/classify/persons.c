/* Records are joined where they share something only one person has, and where they
 * share a name and nothing contradicts. A union-find over the records, three times: for
 * the lower bound, the estimate and the upper bound. */
#include "classify/persons.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "classify/scan_internal.h"

/* Keys by which records are found again. */
enum { KEY_NUMBER, KEY_EMAIL, KEY_NAME, KEY_NAME_BIRTH, KEY_NAME_PHONE, KEY_NAME_ADDRESS, KEYS };

typedef struct person {
    ash_identity who;  /* of the root: what is known of the cluster */
    uint32_t low, estimate, high; /* parents */
    uint32_t same_name; /* the root's: next cluster with its name; 0: none, else index + 1 */
} person;

typedef struct slot {
    uint64_t key; /* 0: free */
    uint32_t who; /* index + 1 */
} slot;

struct ash_persons {
    uint32_t max, n;
    uint32_t cap;
    person *all;
    slot *slots; /* power of two, at most half full */
    uint32_t n_slots, used;
    uint64_t records;
    uint64_t count[3]; /* clusters: low, estimate, high */
    bool sketched;
    double at_limit[3]; /* what the sketches said when the last record was clustered */
    uint8_t sketch[ASH_SKETCH_SIZE];
};

int ash_persons_new(ash_persons **ret, uint32_t max_exact, ash_error *err)
{
    ash_persons *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    p->max = max_exact == 0 || max_exact > ASH_PERSONS_EXACT_MAX ? ASH_PERSONS_EXACT_MAX : max_exact;
    *ret = p;
    return 0;
}

void ash_persons_free(ash_persons *p)
{
    if (p == NULL)
        return;
    free(p->all);
    free(p->slots);
    free(p);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ (b * 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u;
    x ^= x >> 29;
    return x == 0 ? 1 : x;
}

static void keys_of(const ash_identity *w, uint64_t keys[KEYS])
{
    memset(keys, 0, KEYS * sizeof *keys);
    keys[KEY_NUMBER] = w->number == 0 ? 0 : mix(w->number, 1);
    keys[KEY_EMAIL] = w->email == 0 ? 0 : mix(w->email, 2);
    if (w->name == 0)
        return;
    keys[KEY_NAME] = mix(w->name, 3);
    keys[KEY_NAME_BIRTH] = w->birth == 0 ? 0 : mix(mix(w->name, 4), w->birth);
    keys[KEY_NAME_PHONE] = w->phone == 0 ? 0 : mix(mix(w->name, 5), w->phone);
    keys[KEY_NAME_ADDRESS] = w->address == 0 ? 0 : mix(mix(w->name, 6), w->address);
}

static slot *find(const ash_persons *p, uint64_t key)
{
    uint32_t i = (uint32_t)(key >> 32) & (p->n_slots - 1);
    while (p->slots[i].key != 0 && p->slots[i].key != key)
        i = (i + 1) & (p->n_slots - 1);
    return &p->slots[i];
}

static bool room(ash_persons *p)
{
    if (p->n == p->cap) {
        uint32_t cap = p->cap == 0 ? 64 : p->cap * 2;
        person *all = realloc(p->all, cap * sizeof *all);
        if (all == NULL)
            return false;
        p->all = all;
        p->cap = cap;
    }
    if ((p->used + KEYS) * 2 < p->n_slots)
        return true;
    slot *old = p->slots;
    uint32_t n = p->n_slots;
    p->n_slots = n == 0 ? 256 : n * 2;
    p->slots = calloc(p->n_slots, sizeof *p->slots);
    if (p->slots == NULL) {
        p->slots = old;
        p->n_slots = n;
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (old[i].key != 0)
            *find(p, old[i].key) = old[i];
    }
    free(old);
    return true;
}

/* Which of the three partitions. */
enum { LOW, ESTIMATE, HIGH };

static uint32_t *parent(ash_persons *p, uint32_t i, int which)
{
    person *x = &p->all[i];
    return which == LOW ? &x->low : which == ESTIMATE ? &x->estimate : &x->high;
}

static uint32_t root(ash_persons *p, uint32_t i, int which)
{
    while (*parent(p, i, which) != i) {
        uint32_t *up = parent(p, i, which);
        *up = *parent(p, *up, which); /* halve the path */
        i = *up;
    }
    return i;
}

/* What the cluster knows more now. */
static void learn(ash_identity *to, const ash_identity *from)
{
    to->name = to->name == 0 ? from->name : to->name;
    to->kana = to->kana == 0 ? from->kana : to->kana;
    to->email = to->email == 0 ? from->email : to->email;
    to->phone = to->phone == 0 ? from->phone : to->phone;
    to->birth = to->birth == 0 ? from->birth : to->birth;
    to->address = to->address == 0 ? from->address : to->address;
    to->number = to->number == 0 ? from->number : to->number;
    to->classes |= from->classes;
}

static void join(ash_persons *p, uint32_t a, uint32_t b, int which)
{
    a = root(p, a, which);
    b = root(p, b, which);
    if (a == b)
        return;
    uint32_t old = a < b ? a : b, young = a < b ? b : a;
    *parent(p, young, which) = old;
    p->count[which]--;
    if (which == ESTIMATE)
        learn(&p->all[old].who, &p->all[young].who);
}

static bool differ(uint64_t a, uint64_t b)
{
    return a != 0 && b != 0 && a != b;
}

/* The same name, and something that says it is another person. */
static bool contradicts(const ash_identity *a, const ash_identity *b)
{
    if (differ(a->birth, b->birth))
        return true;
    bool same = (a->birth != 0 && a->birth == b->birth) || (a->phone != 0 && a->phone == b->phone) ||
                (a->email != 0 && a->email == b->email) || (a->address != 0 && a->address == b->address);
    return !same && (differ(a->email, b->email) || differ(a->phone, b->phone) || differ(a->address, b->address));
}

/* Clusters with the same name are chained from the name's slot. */
static void join_by_name(ash_persons *p, uint32_t me, slot *name)
{
    uint32_t at = name->who, steps = 0;
    uint32_t last = 0;
    while (at != 0 && steps++ < 64) {
        uint32_t other = at - 1;
        if (!contradicts(&p->all[root(p, other, ESTIMATE)].who, &p->all[root(p, me, ESTIMATE)].who)) {
            join(p, me, other, ESTIMATE);
            return;
        }
        last = other;
        at = p->all[other].same_name;
    }
    if (at == 0)
        p->all[last].same_name = me + 1;
}

static void cluster(ash_persons *p, const ash_identity *who)
{
    uint64_t keys[KEYS];
    uint32_t me = p->n++;
    p->all[me] = (person){.who = *who, .low = me, .estimate = me, .high = me};
    for (int w = 0; w < 3; w++)
        p->count[w]++;
    keys_of(who, keys);
    for (unsigned k = 0; k < KEYS; k++) {
        if (keys[k] == 0)
            continue;
        slot *s = find(p, keys[k]);
        bool nothing_else = who->email == 0 && who->number == 0 && who->phone == 0 && who->birth == 0 && who->address == 0;
        if (s->key == 0) {
            *s = (slot){.key = keys[k], .who = me + 1};
            p->used++;
            continue;
        }
        join(p, me, s->who - 1, LOW);
        if (k != KEY_NAME || nothing_else)
            join(p, me, s->who - 1, HIGH);
        if (k != KEY_NAME)
            join(p, me, s->who - 1, ESTIMATE);
    }
    if (keys[KEY_NAME] != 0) {
        slot *s = find(p, keys[KEY_NAME]);
        if (s->who != me + 1)
            join_by_name(p, me, s);
    }
}

uint64_t ash_persons_sketch_key(const ash_identity *w)
{
    if (w->name != 0 && w->birth != 0)
        return mix(w->name, w->birth);
    if (w->name != 0)
        return mix(w->name, w->email != 0 ? w->email : w->phone);
    return w->email != 0 ? w->email : w->number;
}

/* From here on records are counted by the sketch; clustering has said how many persons
 * there are for each thing it counts. */
static void begin_sketch(ash_persons *p)
{
    double said = ash_sketch_count(p->sketch);
    p->sketched = true;
    for (int w = 0; w < 3; w++)
        p->at_limit[w] = said > 0 ? (double)p->count[w] / said : 1;
}

int ash_persons_add(ash_persons *p, const ash_identity *who, ash_error *err)
{
    p->records++;
    if (who->name == 0 && who->email == 0 && who->number == 0)
        return 0;
    if (p->n < p->max && !p->sketched) {
        if (!room(p))
            return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
        cluster(p, who);
    } else if (!p->sketched) {
        begin_sketch(p);
    }
    ash_sketch_add(p->sketch, ash_persons_sketch_key(who));
    return 0;
}

void ash_persons_add_sketch(ash_persons *p, const uint8_t *sketch)
{
    if (!p->sketched)
        begin_sketch(p);
    ash_sketch_join(p->sketch, sketch);
}

ash_persons_count ash_persons_result(const ash_persons *p)
{
    ash_persons_count c = {.records = p->records, .sketched = p->sketched};
    uint64_t n[3];
    double said = p->sketched ? ash_sketch_count(p->sketch) : 0;
    for (int w = 0; w < 3; w++)
        n[w] = p->sketched ? (uint64_t)(said * p->at_limit[w] + 0.5) : p->count[w];
    c.low = p->sketched ? (uint64_t)((double)n[LOW] * 0.97) : n[LOW];
    c.estimate = n[ESTIMATE];
    c.high = p->sketched ? (uint64_t)((double)n[HIGH] * 1.03) : n[HIGH];
    return c;
}
