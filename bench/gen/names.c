/* The names of the tree: every one is a function of the seed and the position. */
#include <string.h>

#include "rng.h"
#include "tree.h"

static char *put_word(char *p, const struct word *w)
{
    memcpy(p, w->s, WORD_CAP); /* fixed size: no call; the caller's buffer has room */
    return p + w->len;
}

static char *put_text(char *p, const char *text, size_t len)
{
    memcpy(p, text, len);
    return p + len;
}
#define PUT(p, literal) put_text(p, literal, sizeof(literal) - 1)

static char *put_number(char *p, unsigned value, unsigned digits)
{
    for (unsigned i = digits; i > 0; i--) {
        p[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return p + digits;
}

static char *put_short(char *p, unsigned value)
{
    unsigned digits = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
    return put_number(p, value, digits);
}

static const struct word *pick(const struct word *list, size_t count, uint64_t hash)
{
    return &list[(uint32_t)hash * (uint64_t)count >> 32];
}

static char *put_project(const struct tree *t, uint32_t id, char *p)
{
    const struct project *pr = &t->projects[id];
    const struct dept *d = &words_depts[t->groups[pr->group].dept];
    if (pr->number < TOPICS_PER_DEPT)
        return put_word(p, &d->topics[pr->number]);
    uint64_t h = mix64(t->seed + 31 * (uint64_t)id + 7);
    const struct word *client = pick(words_clients, words_client_count, h);
    const struct word *theme = pick(words_themes, words_theme_count, h >> 20);
    unsigned style = (unsigned)(h >> 60);
    if (style < 3) { /* P0123_client_theme */
        p = put_number(PUT(p, "P"), pr->number, 4);
        p = put_word(PUT(p, "_"), client);
        return put_word(PUT(p, "_"), theme);
    }
    if (style < 4) { /* client_theme（第123期） */
        p = put_word(p, client);
        p = put_word(PUT(p, "_"), theme);
        return PUT(put_short(PUT(p, "（第"), pr->number), "期）");
    }
    if (style < 12) /* 0123_theme */
        return put_word(PUT(put_number(p, pr->number, 4), "_"), theme);
    return put_number(PUT(p, "PRJ-"), pr->number, 4);
}

static char *put_leaf(const struct tree *t, struct node n, char *p)
{
    if (n.kind == NODE_GROUP)
        return put_word(p, &words_depts[t->groups[n.id].dept].name);
    if (n.kind == NODE_PROJECT)
        return put_project(t, n.id, p);
    const struct folder *f = &t->folders[n.id];
    if (f->parent != NO_FOLDER)
        return put_word(p, &words_subs[f->sub]);
    p = put_number(p, FIRST_YEAR + f->year, 4);
    if (words_depts[tree_group_of(t, n)->dept].western_years)
        return p;
    return PUT(p, "年度");
}

size_t tree_leaf(const struct tree *t, struct node n, char *out)
{
    return (size_t)(put_leaf(t, n, out) - out);
}

size_t tree_path(const struct tree *t, struct node n, char out[PATH_CAP])
{
    struct node chain[5];
    unsigned depth = 0;
    for (; n.kind != NODE_VOLUME; n = tree_parent(t, n))
        chain[depth++] = n;
    const char *root = words_shares[t->volumes[n.id].share].root;
    char *p = put_text(out, root, strlen(root));
    while (depth > 0) {
        *p++ = '/';
        p = put_leaf(t, chain[--depth], p);
    }
    return (size_t)(p - out);
}

/* The five shapes of names seen on the reference server. */
static char *put_base(char *p, uint64_t h, unsigned year, unsigned number,
                      const struct word **ret_ext)
{
    unsigned style = (unsigned)(h >> 56) % 10;
    if (style < 3) { /* doc-2024-0012.pdf */
        *ret_ext = pick(words_exts, words_ext_count, h >> 8);
        p = put_number(PUT(p, "doc-"), year, 4);
        return put_number(PUT(p, "-"), number, 4);
    }
    const struct kind *k = &words_kinds[(uint32_t)(h >> 8) * (uint64_t)words_kind_count >> 32];
    const struct word *client = pick(words_clients, words_client_count, h >> 24);
    *ret_ext = &k->ext;
    if (style < 5) { /* kind_2024_012 v3.xlsx */
        p = put_number(PUT(put_word(p, &k->name), "_"), year, 4);
        p = PUT(put_number(PUT(p, "_"), number, 3), " v");
        return put_number(p, 1 + (unsigned)(h & 7), 1);
    }
    if (style < 7) { /* 20240331_client_kind_012.pdf */
        p = put_number(p, year, 4);
        p = put_number(p, 1 + (unsigned)(h & 0xff) % 12, 2);
        p = put_number(p, 1 + (unsigned)(h >> 4 & 0xff) % 28, 2);
        p = put_word(PUT(p, "_"), client);
        p = put_word(PUT(p, "_"), &k->name);
        return put_number(PUT(p, "_"), number, 3);
    }
    if (style < 9) { /* kind（client様）2024-012.docx */
        p = put_word(PUT(put_word(p, &k->name), "（"), client);
        p = put_number(PUT(p, "様）"), year, 4);
        return put_number(PUT(p, "-"), number, 3);
    }
    p = put_word(PUT(put_word(p, client), " "), &k->name); /* client kind 第12号.docx */
    return PUT(put_short(PUT(p, " 第"), number), "号");
}

size_t tree_file_name(const struct tree *t, uint32_t folder, struct file_state f, char *out)
{
    uint64_t h = tree_file_hash(t, folder, f.slot);
    unsigned year = FIRST_YEAR + t->folders[folder].year;
    const struct word *ext;
    char *p = out;
    if (f.created) {
        p = put_word(p, pick(words_new_names, words_new_name_count, h));
        p = PUT(put_short(PUT(p, " ("), f.slot + 1u), ")");
        ext = pick(words_exts, 4, h >> 16);
    } else {
        p = put_base(p, h, year, folder % 30 + f.slot, &ext);
    }
    if (f.gen == 1)
        p = PUT(p, "_修正");
    else if (f.gen == 2)
        p = PUT(p, "_rev2");
    else if (f.gen == 3)
        p = PUT(p, "_最終");
    return (size_t)(put_word(p, ext) - out);
}
