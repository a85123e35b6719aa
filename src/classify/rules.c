#include "classify/rules_internal.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"

/* Raised when the recogniser finds something else in the same text. */
#define RECOGNISER 1u

typedef struct word_table {
    ash_rule rule;
    const char *words;
    unsigned flags;
} word_table;

enum { ANY = 0, STAMP = 1 };

static const word_table tables[] = {
#define ROLE(symbol, words) \
    {{.kind = ASH_RULE_ROLE, .role = ASH_ROLE_##symbol}, words, HS_FLAG_CASELESS},
#include "classify/roles.def"
#undef ROLE
#define WORDS(symbol, points, words)                                                   \
    {{.kind = ASH_RULE_WORD, .cls = ASH_CLASS_##symbol, .weight = points}, words, \
     HS_FLAG_CASELESS},
#define MARKING(symbol, form, words) \
    {{.kind = ASH_RULE_MARK, .cls = ASH_CLASS_##symbol, .stamp = form == STAMP}, words, 0},
#include "classify/words.def"
#undef WORDS
#undef MARKING
};

static const struct {
    uint8_t kind;
    const char *expression;
    unsigned flags;
} patterns[] = {
#define PATTERN(handler, expression, flags) {ASH_RULE_##handler, expression, flags},
#include "classify/patterns.def"
#undef PATTERN
};

static bool grow(ash_rules *r)
{
    size_t cap = r->cap == 0 ? 1024 : r->cap * 2;
    ash_rule *rules = realloc(r->rules, cap * sizeof *rules);
    if (rules != NULL)
        r->rules = rules;
    char **expressions = realloc(r->expressions, cap * sizeof *expressions);
    if (expressions != NULL)
        r->expressions = expressions;
    unsigned *flags = realloc(r->flags, cap * sizeof *flags);
    if (flags != NULL)
        r->flags = flags;
    unsigned *ids = realloc(r->ids, cap * sizeof *ids);
    if (ids != NULL)
        r->ids = ids;
    if (rules == NULL || expressions == NULL || flags == NULL || ids == NULL)
        return false;
    r->cap = cap;
    return true;
}

static bool word_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

int ash_rules_add(ash_rules *r, ash_rule rule, ash_view text, unsigned flags, bool literal,
                  ash_error *err)
{
    if (r->n == r->cap && !grow(r))
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    char *e = malloc(literal ? text.n * 4 + 1 : text.n + 1);
    if (e == NULL)
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    if (literal) {
        char *to = e;
        for (size_t i = 0; i < text.n; i++) {
            memcpy(to, "\\x", 2);
            ash_hex(to + 2, text.p + i, 1);
            to += 4;
        }
        *to = '\0';
        rule.n = (uint16_t)text.n;
        rule.whole = word_char(text.p[0]) && word_char(text.p[text.n - 1]);
    } else {
        memcpy(e, text.p, text.n);
        e[text.n] = '\0';
    }
    r->version = ash_hash64(e, strlen(e), r->version + rule.kind * 31u + rule.cls + flags);
    r->rules[r->n] = rule;
    r->expressions[r->n] = e;
    r->flags[r->n] = flags;
    r->ids[r->n] = (unsigned)r->n;
    r->n++;
    return 0;
}

/* The same with something between its characters or instead of its spaces. */
static int add_variant(ash_rules *r, ash_rule rule, ash_view word, unsigned flags, const char *between,
                       ash_error *err)
{
    char text[128];
    size_t n = 0;
    for (size_t i = 0; i < word.n && n + 8 < sizeof text; i++) {
        bool kanji = i > 0 && (unsigned char)word.p[i] >= 0xe0;
        if (kanji || word.p[i] == ' ') {
            memcpy(text + n, between, strlen(between));
            n += strlen(between);
        }
        if (word.p[i] != ' ')
            text[n++] = word.p[i];
    }
    return ash_rules_add(r, rule, ash_view_of(text, n), flags, true, err);
}

/* Forms print "氏　　名", data has "full_name" and "fullName". */
static int add_variants(ash_rules *r, ash_rule rule, ash_view word, unsigned flags, ash_error *err)
{
    static const char *const ascii[] = {"_", "", "-"}, *const kanji[] = {" ", "  ", "   ", "    "};
    bool all_kanji = word.n >= 6 && word.n <= 18 && word.n % 3 == 0, spaces = false;
    int rc = 0;
    for (size_t i = 0; i < word.n; i++) {
        all_kanji &= (unsigned char)word.p[i] >= 0x80 && (i % 3 != 0 || (unsigned char)word.p[i] >= 0xe3);
        spaces |= word.p[i] == ' ';
    }
    for (size_t i = 0; rc == 0 && all_kanji && i < (word.n == 6 ? 4u : 1u); i++)
        rc = add_variant(r, rule, word, flags, kanji[i], err);
    for (size_t i = 0; rc == 0 && spaces && i < sizeof ascii / sizeof *ascii; i++)
        rc = add_variant(r, rule, word, flags, ascii[i], err);
    return rc;
}

static int add_built_in(ash_rules *r, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && rc == 0; i++) {
        ash_view rest = ash_view_z(tables[i].words);
        while (rest.n > 0 && rc == 0) {
            ptrdiff_t bar = ash_view_find(rest, '|');
            ash_view word = ash_view_first(rest, bar < 0 ? rest.n : (size_t)bar);
            ash_rule rule = tables[i].rule;
            rule.word = rule.kind == ASH_RULE_WORD ? r->words++ : 0;
            rc = ash_rules_add(r, rule, word, tables[i].flags, true, err);
            if (rc == 0 && rule.kind == ASH_RULE_ROLE)
                rc = add_variants(r, rule, word, tables[i].flags, err);
            rest = ash_view_skip(rest, word.n + 1);
        }
    }
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns && rc == 0; i++)
        rc = ash_rules_add(r, (ash_rule){.kind = patterns[i].kind},
                           ash_view_z(patterns[i].expression), patterns[i].flags, false, err);
    return rc;
}

static void forget_expressions(ash_rules *r)
{
    for (size_t i = 0; r->expressions != NULL && i < r->n; i++)
        free(r->expressions[i]);
    free(r->expressions);
    free(r->flags);
    free(r->ids);
    r->expressions = NULL;
    r->flags = r->ids = NULL;
}

static int compile(ash_rules *r, ash_error *err)
{
    hs_compile_error_t *why = NULL;
    hs_error_t rc = hs_compile_multi((const char *const *)r->expressions, r->flags, r->ids,
                                     (unsigned)r->n, HS_MODE_BLOCK, NULL, &r->db, &why);
    if (rc != HS_SUCCESS) {
        ash_fail(err, rc == HS_NOMEM ? ASH_E_NOMEM : ASH_E_STATE, "classify",
                 "the patterns could not be compiled: %s",
                 why != NULL ? why->message : "this processor lacks SSE 4.2");
        hs_free_compile_error(why);
        return rc == HS_NOMEM ? ASH_E_NOMEM : ASH_E_STATE;
    }
    forget_expressions(r);
    return 0;
}

static int fill(ash_rules *r, ash_view own, const char *name, ash_error *err)
{
    ash_arena_init(&r->arena, ASH_OWN_RULES_MAX * 4);
    r->version = RECOGNISER;
    r->classes = calloc(ASH_CLASSES_BUILT_IN + ASH_OWN_CLASSES_MAX, sizeof *r->classes);
    r->own = calloc(ASH_OWN_CLASSES_MAX, sizeof *r->own);
    if (r->classes == NULL || r->own == NULL)
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    for (size_t i = 0; i < ASH_CLASSES_BUILT_IN; i++)
        r->classes[i] = *ash_class_of((ash_class_id)i);
    r->n_classes = ASH_CLASSES_BUILT_IN;
    int rc = ash_names_new(&r->names, err);
    if (rc == 0)
        rc = add_built_in(r, err);
    if (rc == 0 && own.n > 0)
        rc = ash_rules_add_own(r, own, name, err);
    return rc == 0 ? compile(r, err) : rc;
}

int ash_rules_new(ash_rules **ret, ash_view own, const char *name, ash_error *err)
{
    ash_rules *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    int rc = fill(r, own, name, err);
    if (rc == 0)
        *ret = r;
    else
        ash_rules_free(r);
    return rc;
}

int ash_rules_load(ash_rules **ret, const char *path, ash_error *err)
{
    ash_buf text;
    ash_buf_init(&text, ASH_OWN_RULES_MAX);
    int rc = path == NULL ? 0 : ash_io_read_file(path, ASH_OWN_RULES_MAX, &text, err);
    if (rc == 0)
        rc = ash_rules_new(ret, ash_buf_view(&text), path, err);
    ash_buf_free(&text);
    return rc;
}

void ash_rules_free(ash_rules *r)
{
    if (r == NULL)
        return;
    forget_expressions(r);
    hs_free_database(r->db);
    ash_names_free(r->names);
    ash_arena_free(&r->arena);
    free(r->rules);
    free(r->classes);
    free(r->own);
    free(r);
}

size_t ash_rules_classes(const ash_rules *r)
{
    return r->n_classes;
}

const ash_class *ash_rules_class(const ash_rules *r, size_t id)
{
    return &r->classes[id];
}

uint64_t ash_rules_version(const ash_rules *r)
{
    return r->version;
}
