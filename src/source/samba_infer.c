/* Inference of full_audit prefixes from samples. What each field says about
 * itself decides: addresses, dates and protocol names by their form, the share
 * because connect|ok|SHARE repeats it, the account by standing nearest to the
 * address among the rest. */
#include "source/samba_prefix.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/hash.h"

#define DISTINCT 16u

/* A part of a field: "tanaka", or "USER=" and its value. */
typedef struct part {
    uint16_t key_n; /* bytes of "USER=" in front, 0 for none */
    char key[32];
    char role; /* by its key name, 0 if it has none or an unknown one */
    uint32_t address, word, special, shares; /* how often it looked like that */
    uint32_t n_distinct;
    uint64_t distinct[DISTINCT];
    bool ends_field; /* a '|' (or the end) follows, not a space */
} part;

typedef struct shape {
    uint64_t signature;
    uint32_t count, connects;
    unsigned n_parts, n_bars;
    part parts[ASH_PREFIX_FIELDS_MAX];
    uint32_t equal_next[ASH_PREFIX_FIELDS_MAX]; /* part i had the text of part i+1 */
} shape;

struct ash_prefix_shapes {
    unsigned n;
    shape shapes[ASH_PREFIX_SHAPES_MAX];
};

ash_prefix_shapes *ash_prefix_shapes_new(void)
{
    return calloc(1, sizeof(ash_prefix_shapes));
}

void ash_prefix_shapes_free(ash_prefix_shapes *s)
{
    free(s);
}

static const struct {
    const char *key;
    char role;
} keys[] = {
    {"user", 'u'},    {"usr", 'u'},      {"username", 'u'},    {"account", 'u'}, {"login", 'u'},
    {"name", 'u'},    {"u", 'u'},        {"ip", 'I'},          {"addr", 'I'},    {"address", 'I'},
    {"client", 'I'},  {"clientip", 'I'}, {"src", 'I'},         {"from", 'I'},    {"i", 'I'},
    {"machine", 'm'}, {"host", 'm'},     {"hostname", 'm'},    {"computer", 'm'}, {"ws", 'm'},
    {"m", 'm'},       {"pc", 'm'},       {"workstation", 'm'}, {"share", 'S'},   {"volume", 'S'},
    {"service", 'S'}, {"vol", 'S'},      {"s", 'S'},           {"server", 'L'},
};

static char role_of_key(ash_view key)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strlen(keys[i].key) == key.n && strncasecmp(keys[i].key, key.p, key.n) == 0)
            return keys[i].role;
    return 0;
}

/* Splits a prefix at '|', and a field of "key=value" words also at its spaces. */
static unsigned split(ash_view prefix, ash_view *values, part *parts, unsigned *ret_bars)
{
    unsigned n = 0;
    *ret_bars = 0;
    ash_view rest = prefix;
    for (bool more = true; more && n < ASH_PREFIX_FIELDS_MAX;) {
        ptrdiff_t bar = ash_view_find(rest, '|');
        more = bar >= 0;
        ash_view field = ash_view_first(rest, more ? (size_t)bar : rest.n);
        rest = ash_view_skip(rest, field.n + 1);
        *ret_bars += more;
        for (bool inner = true; inner && n < ASH_PREFIX_FIELDS_MAX;) {
            ptrdiff_t eq = ash_view_find(field, '=');
            bool keyed = eq > 0 && (size_t)eq < sizeof parts[n].key - 1;
            for (ptrdiff_t i = 0; keyed && i < eq; i++)
                keyed = isalnum((unsigned char)field.p[i]) || field.p[i] == '_' || field.p[i] == '-';
            ptrdiff_t sp = keyed ? ash_view_find(field, ' ') : -1;
            inner = sp > eq && ash_view_find(ash_view_skip(field, (size_t)sp), '=') > 0;
            ash_view one = inner ? ash_view_first(field, (size_t)sp) : field;
            part *p = &parts[n];
            *p = (part){.ends_field = !inner};
            if (keyed) {
                p->key_n = (uint16_t)(eq + 1);
                memcpy(p->key, field.p, p->key_n);
                p->role = role_of_key(ash_view_first(field, (size_t)eq));
                one = ash_view_skip(one, p->key_n);
            }
            values[n++] = one;
            field = ash_view_skip(field, (inner ? (size_t)sp : field.n) + 1);
        }
    }
    return n;
}

static bool all_digits(ash_view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!isdigit((unsigned char)v.p[i]))
            return false;
    return v.n > 0;
}

/* Things that are certainly no account, workstation or share. */
static bool is_special(ash_view v)
{
    static const char *const words[] = {"NT1",     "CORE",  "LANMAN1", "LANMAN2", "Win2K",
                                        "WinXP",   "Win2K3", "Vista",  "Samba",   "CIFSFS",
                                        "UNKNOWN", "OSX",    "OS2",    "Win95",   "WinNT"};
    if (all_digits(v) || (v.n > 0 && v.p[0] == '/'))
        return true;
    if (v.n >= 19 && isdigit((unsigned char)v.p[0]) && (v.p[4] == '/' || v.p[4] == '-') &&
        v.p[13] == ':')
        return true;
    if (v.n >= 4 && memcmp(v.p, "SMB", 3) == 0 && isdigit((unsigned char)v.p[3]))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ash_view_is(v, words[i]))
            return true;
    return false;
}

static uint64_t signature_of(const ash_view *values, const part *parts, unsigned n, unsigned bars)
{
    uint64_t h = bars * 64 + n;
    bool address_seen = false;
    for (unsigned i = 0; i < n; i++) {
        h = ash_hash64(parts[i].key, parts[i].key_n, h);
        if (!address_seen && ash_is_address(values[i])) {
            address_seen = true;
            h = ash_hash64(&i, sizeof i, h);
        }
    }
    return h;
}

static void count_value(part *p, ash_view v, ash_view connected_share)
{
    if (ash_is_address(v))
        p->address++;
    else if (is_special(v))
        p->special++;
    else
        p->word++;
    /* %S writes IPC_ for IPC$, and so on for hidden shares. */
    if (connected_share.n > 0 && v.n == connected_share.n &&
        (ash_view_eq(v, connected_share) ||
         (memcmp(v.p, connected_share.p, v.n - 1) == 0 && v.p[v.n - 1] == '_')))
        p->shares++;
    uint64_t h = ash_hash64(v.p, v.n, 0);
    for (unsigned i = 0; i < p->n_distinct; i++)
        if (p->distinct[i] == h)
            return;
    if (p->n_distinct < DISTINCT)
        p->distinct[p->n_distinct++] = h;
}

void ash_prefix_shapes_add(ash_prefix_shapes *s, ash_view prefix, ash_view connected_share)
{
    ash_view values[ASH_PREFIX_FIELDS_MAX];
    part parts[ASH_PREFIX_FIELDS_MAX];
    unsigned bars, n = split(prefix, values, parts, &bars);
    uint64_t sig = signature_of(values, parts, n, bars);
    shape *sh = NULL;
    for (unsigned i = 0; i < s->n && sh == NULL; i++)
        if (s->shapes[i].signature == sig)
            sh = &s->shapes[i];
    if (sh == NULL) {
        if (s->n == ASH_PREFIX_SHAPES_MAX)
            return;
        sh = &s->shapes[s->n++];
        *sh = (shape){.signature = sig, .n_parts = n, .n_bars = bars};
        memcpy(sh->parts, parts, n * sizeof parts[0]);
    }
    sh->count++;
    sh->connects += connected_share.n > 0;
    for (unsigned i = 0; i < n; i++) {
        count_value(&sh->parts[i], values[i], connected_share);
        if (i + 1 < n && values[i].n > 0 && ash_view_eq(values[i], values[i + 1]))
            sh->equal_next[i]++;
    }
}

static int find_share(const shape *sh, const char *role, int address)
{
    int best = -1;
    for (unsigned i = 0; i < sh->n_parts; i++)
        if (role[i] == 0 && sh->connects > 0 && sh->parts[i].shares * 2 > sh->connects &&
            (best < 0 || sh->parts[i].shares > sh->parts[best].shares))
            best = (int)i;
    if (best >= 0)
        return best;
    /* Nobody connected in the sample: by custom the share stands last. */
    for (int i = (int)sh->n_parts - 1; i > address && i > 0; i--)
        if (role[i] == 0 && sh->parts[i].word > 0)
            return i;
    return -1;
}

static int find_account(const shape *sh, const char *role, int address)
{
    int candidates[ASH_PREFIX_FIELDS_MAX], n = 0;
    int stop = address < 0 ? (int)sh->n_parts : address;
    for (int i = 0; i < stop; i++)
        if (role[i] == 0 && sh->parts[i].word > 0)
            candidates[n++] = i;
    if (n == 0) { /* none in front of the address: the next one behind it */
        for (int i = stop; i < (int)sh->n_parts; i++)
            if (role[i] == 0 && sh->parts[i].word > 0)
                return i;
        return -1;
    }
    /* %u and %U side by side say the same. */
    for (int k = 0; k + 1 < n; k++)
        if (candidates[k] + 1 == candidates[k + 1] &&
            sh->equal_next[candidates[k]] * 10 >= sh->count * 8)
            return candidates[k];
    /* A constant in front of several values is a label. */
    int varied = -1;
    for (int k = 0; k < n && varied < 0; k++)
        if (sh->parts[candidates[k]].n_distinct > 1)
            varied = candidates[k];
    return varied >= 0 ? varied : candidates[n - 1];
}

static void assign_roles(const shape *sh, char *role, bool *ret_ambiguous)
{
    int address = -1, account = -1, share = -1;
    memset(role, 0, ASH_PREFIX_FIELDS_MAX);
    for (unsigned i = 0; i < sh->n_parts; i++) {
        const part *p = &sh->parts[i];
        role[i] = p->role;
        if (role[i] == 'I')
            address = (int)i;
        account = role[i] == 'u' ? (int)i : account;
        share = role[i] == 'S' ? (int)i : share;
    }
    for (unsigned i = 0; i < sh->n_parts; i++) {
        const part *p = &sh->parts[i];
        if (role[i] == 0 && p->address > p->word + p->special) {
            role[i] = address < 0 ? 'I' : '*';
            address = address < 0 ? (int)i : address;
        } else if (role[i] == 0 && (p->special > p->word || p->key_n > 0)) {
            role[i] = '*';
        }
    }
    if (share < 0 && (share = find_share(sh, role, address)) >= 0)
        role[share] = 'S';
    if (account < 0 && (account = find_account(sh, role, address)) >= 0)
        role[account] = 'u';
    for (int i = address + 1; address >= 0 && i < (int)sh->n_parts; i++)
        if (role[i] == 0) {
            role[i] = 'm';
            break;
        }
    /* "%I|%u|%S" and "%I|%m|%S" look alike. */
    *ret_ambiguous = account >= 0 && sh->parts[account].role == 0 && address >= 0 &&
                     account > address && memchr(role, 'm', sh->n_parts) == NULL;
    for (unsigned i = 0; i < sh->n_parts; i++)
        if (role[i] == 0)
            role[i] = '*';
}

static void write_template(const shape *sh, ash_prefix_template *t)
{
    char role[ASH_PREFIX_FIELDS_MAX];
    bool ambiguous;
    assign_roles(sh, role, &ambiguous);
    *t = (ash_prefix_template){.n_bars = sh->n_bars, .ambiguous = ambiguous};
    size_t at = 0;
    for (unsigned i = 0; i < sh->n_parts; i++) {
        const part *p = &sh->parts[i];
        size_t lit = at;
        if (at + p->key_n + 4 >= sizeof t->text)
            break;
        if (i > 0)
            t->text[at++] = sh->parts[i - 1].ends_field ? '|' : ' ';
        memcpy(t->text + at, p->key, p->key_n);
        at += p->key_n;
        t->literal[i].at = (uint16_t)lit;
        t->literal[i].n = (uint16_t)(at - lit);
        t->text[at++] = '%';
        t->text[at++] = role[i];
        t->var[i] = role[i];
        t->n_vars = i + 1;
    }
    t->literal[t->n_vars].at = (uint16_t)at;
    t->text[at] = '\0';
}

size_t ash_prefix_shapes_infer(const ash_prefix_shapes *s, ash_prefix_template *out, size_t max)
{
    bool done[ASH_PREFIX_SHAPES_MAX] = {false};
    size_t n = 0;
    for (; n < s->n && n < max; n++) {
        int best = -1;
        for (unsigned i = 0; i < s->n; i++)
            if (!done[i] && (best < 0 || s->shapes[i].count > s->shapes[best].count))
                best = (int)i;
        done[best] = true;
        write_template(&s->shapes[best], &out[n]);
    }
    return n;
}

void ash_prefix_infer_one(ash_view prefix, ash_prefix_template *ret)
{
    /* Too big for a stack that fuzzers like small; one at a time per thread. */
    static _Thread_local struct ash_prefix_shapes one;
    one.n = 0;
    ash_prefix_shapes_add(&one, prefix, (ash_view){0});
    write_template(&one.shapes[0], ret);
}
