/* The names of the tree: every one is a function of the seed and the position. */
#include <string.h>

#include "simulate/rng.h"
#include "simulate/tree.h"

static char *put_word(char *p, const ash_word *w)
{
    memcpy(p, w->s, ASH_WORD_CAP); /* fixed size: no call; the caller's buffer has room */
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

static const ash_word *pick(const ash_word *list, size_t count, uint64_t hash)
{
    return &list[(uint32_t)hash * (uint64_t)count >> 32];
}

static char *put_project(const ash_sim_tree *t, uint32_t id, char *p)
{
    const ash_project *pr = &t->projects[id];
    const ash_dept *d = &ash_words_depts[t->groups[pr->group].dept];
    if (pr->kind == ASH_PROJECT_CHECKOUT)
        return put_number(PUT(p, "checkout-"), pr->number, 4);
    if (pr->kind == ASH_PROJECT_MOVED)
        return put_project(t, pr->number, PUT(p, "移管_"));
    if (pr->number < ASH_TOPICS_PER_DEPT)
        return put_word(p, &d->topics[pr->number]);
    uint64_t h = ash_mix64(t->seed + 31 * (uint64_t)id + 7);
    const ash_word *client = pick(ash_words_clients, ash_words_client_count, h);
    const ash_word *theme = pick(ash_words_themes, ash_words_theme_count, h >> 20);
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

static char *put_leaf(const ash_sim_tree *t, ash_node n, char *p)
{
    if (n.kind == ASH_NODE_GROUP)
        return put_word(p, &ash_words_depts[t->groups[n.id].dept].name);
    if (n.kind == ASH_NODE_PROJECT)
        return put_project(t, n.id, p);
    const ash_folder *f = &t->folders[n.id];
    if (f->parent != ASH_NO_FOLDER)
        return put_word(p, &ash_words_subs[f->sub]);
    if (t->projects[f->project].kind == ASH_PROJECT_CHECKOUT)
        return put_number(PUT(p, "module"), f->year, 2);
    p = put_number(p, t->shape.first_year + f->year, 4);
    if (ash_words_depts[ash_sim_tree_group_of(t, n)->dept].western_years)
        return p;
    return PUT(p, "年度");
}

size_t ash_sim_tree_leaf(const ash_sim_tree *t, ash_node n, char *out)
{
    return (size_t)(put_leaf(t, n, out) - out);
}

size_t ash_sim_tree_path(const ash_sim_tree *t, ash_node n, char out[ASH_PATH_CAP])
{
    ash_node chain[5];
    unsigned depth = 0;
    for (; n.kind != ASH_NODE_VOLUME; n = ash_sim_tree_parent(t, n))
        chain[depth++] = n;
    const char *root = ash_words_shares[t->volumes[n.id].share].root;
    char *p = put_text(out, root, strlen(root));
    while (depth > 0) {
        *p++ = '/';
        p = put_leaf(t, chain[--depth], p);
    }
    return (size_t)(p - out);
}

/* The five shapes of names seen on the reference server. */
static char *put_base(char *p, uint64_t h, unsigned year, unsigned number,
                      const ash_word **ret_ext)
{
    unsigned style = (unsigned)(h >> 56) % 10;
    if (style < 3) { /* doc-2024-0012.pdf */
        *ret_ext = pick(ash_words_exts, ash_words_ext_count, h >> 8);
        p = put_number(PUT(p, "doc-"), year, 4);
        return put_number(PUT(p, "-"), number, 4);
    }
    const ash_doc_kind *k = &ash_words_kinds[(uint32_t)(h >> 8) * (uint64_t)ash_words_kind_count >> 32];
    const ash_word *client = pick(ash_words_clients, ash_words_client_count, h >> 24);
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

static const ash_word sources[] = {
    {".c", 2}, {".h", 2}, {".py", 3}, {".md", 3}, {".json", 5},
};

size_t ash_sim_tree_file_name(const ash_sim_tree *t, uint32_t folder, ash_file_state f, char *out)
{
    uint64_t h = ash_sim_tree_file_hash(t, folder, f.slot);
    unsigned year = t->shape.first_year + t->folders[folder].year;
    const ash_word *ext;
    char *p = out;
    if (f.slot == ASH_NOTE_SLOT)
        return (size_t)(PUT(p, "README_復元方法.txt") - out);
    if (f.slot == ASH_ZIP_SLOT)
        return (size_t)(PUT(put_number(PUT(p, "まとめ_"), year, 4), ".zip") - out);
    if (t->projects[t->folders[folder].project].kind == ASH_PROJECT_CHECKOUT) {
        p = put_number(PUT(p, "part_"), f.slot, 2);
        ext = pick(sources, sizeof sources / sizeof *sources, h >> 16);
    } else if (f.created) {
        p = put_word(p, pick(ash_words_new_names, ash_words_new_name_count, h));
        p = PUT(put_short(PUT(p, " ("), f.slot + 1u), ")");
        ext = pick(ash_words_exts, 4, h >> 16);
    } else {
        p = put_base(p, h, year, folder % 30 + f.slot, &ext);
    }
    if (f.gen == 1)
        p = PUT(p, "_修正");
    else if (f.gen == 2)
        p = PUT(p, "_rev2");
    else if (f.gen == 3)
        p = PUT(p, "_最終");
    p = put_word(p, ext);
    if (f.locked)
        p = PUT(p, ".locked");
    return (size_t)(p - out);
}

size_t ash_owner_file_name(const char *name, size_t len, char *out)
{
    size_t at = 0;
    for (unsigned chars = 0; chars < 2 && at < len; chars++)
        for (at++; at < len && (name[at] & 0xc0) == 0x80; at++)
            ;
    memcpy(out, "~$", 2);
    memcpy(out + 2, name + at, len - at);
    return 2 + len - at;
}
