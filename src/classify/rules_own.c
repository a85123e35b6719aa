/* A user's classes, in YAML (docs/CLASSES.md, "Own classes"):
 *
 *     classes:
 *       - name: project-number
 *         title: Project numbers
 *         pattern: 'PX-[0-9]{6}'
 *         validator: luhn
 *         words: [project, 案件]
 *         context: required
 *         weight: 5
 */
#include <stdlib.h>
#include <yaml.h>

#include "base/limits.h"
#include "classify/rules_internal.h"
#include "classify/validate.h"

typedef struct reader {
    ash_rules *rules;
    yaml_document_t *doc;
    const char *name; /* of the file */
    ash_error *err;
} reader;

/* One class as it is read; views into the document. */
typedef struct draft {
    ash_view name, title, pattern;
    const yaml_node_t *pattern_node, *words;
    ash_own own;
} draft;

static int bad(const reader *r, size_t line, const char *fmt, ash_view what)
{
    int rc = ash_fail_at(r->err, ASH_E_FORMAT, "classify", r->name, ASH_NO_OFFSET, fmt,
                         (int)(what.n < 80 ? what.n : 80), what.p == NULL ? "" : what.p);
    if (r->err != NULL)
        r->err->line = line;
    return rc;
}

static size_t line_of(const yaml_node_t *n)
{
    return n->start_mark.line + 1;
}

static ash_view scalar(const yaml_node_t *n)
{
    return n->type == YAML_SCALAR_NODE ? ash_view_of(n->data.scalar.value, n->data.scalar.length)
                                       : (ash_view){0};
}

static int set_validator(const reader *r, const yaml_node_t *n, ash_own *o)
{
    static const struct {
        const char *name;
        bool (*valid)(ash_view);
    } all[] = {{"none", NULL},
               {"luhn", ash_valid_luhn},
               {"payment-card", ash_valid_card},
               {"my-number", ash_valid_mynumber},
               {"corporate-number", ash_valid_corporate},
               {"driving-licence", ash_valid_licence},
               {"insurer-number", ash_valid_insurer},
               {"us-ssn", ash_valid_ssn}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (ash_view_is(scalar(n), all[i].name)) {
            o->valid = all[i].valid;
            return 0;
        }
    }
    return bad(r, line_of(n), "there is no validator '%.*s'; docs/CLASSES.md lists them", scalar(n));
}

static int set_weight(const reader *r, const yaml_node_t *n, ash_own *o)
{
    ash_view v = scalar(n);
    unsigned x = 0;
    for (size_t i = 0; i < v.n && i < 3; i++)
        x = v.p[i] >= '0' && v.p[i] <= '9' ? x * 10 + (unsigned)(v.p[i] - '0') : 1000;
    if (v.n == 0 || v.n > 2 || x < 1 || x > 10)
        return bad(r, line_of(n), "weight is a number from 1 to 10, not '%.*s'", v);
    o->weight = (uint8_t)x;
    return 0;
}

static int set_context(const reader *r, const yaml_node_t *n, ash_own *o)
{
    o->context_required = ash_view_is(scalar(n), "required");
    return o->context_required || ash_view_is(scalar(n), "helps")
               ? 0
               : bad(r, line_of(n), "context is 'required' or 'helps', not '%.*s'", scalar(n));
}

static int set_key(const reader *r, const yaml_node_t *key, const yaml_node_t *value, draft *d)
{
    ash_view k = scalar(key);
    if (ash_view_is(k, "words")) {
        d->words = value;
        return value->type == YAML_SEQUENCE_NODE
                   ? 0
                   : bad(r, line_of(value), "words is a list%.*s", (ash_view){0});
    }
    if (value->type != YAML_SCALAR_NODE)
        return bad(r, line_of(value), "'%.*s' must be text", k);
    if (ash_view_is(k, "name"))
        d->name = scalar(value);
    else if (ash_view_is(k, "title"))
        d->title = scalar(value);
    else if (ash_view_is(k, "pattern"))
        d->pattern = scalar(value), d->pattern_node = value;
    else if (ash_view_is(k, "validator"))
        return set_validator(r, value, &d->own);
    else if (ash_view_is(k, "weight"))
        return set_weight(r, value, &d->own);
    else if (ash_view_is(k, "context"))
        return set_context(r, value, &d->own);
    else
        return bad(r, line_of(key),
                   "unknown key '%.*s'; there are name, title, pattern, validator, words, context, weight", k);
    return 0;
}

/* Lower-case letters, digits and hyphens: it becomes a column's value. */
static bool good_name(ash_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0)))
            return false;
    }
    return v.n > 0 && v.n <= 40;
}

static const char *kept(ash_rules *r, ash_view v)
{
    char *p = ash_arena_alloc(&r->arena, v.n + 1);
    if (p != NULL) {
        memcpy(p, v.p, v.n);
        p[v.n] = '\0';
    }
    return p;
}

/* Tried alone first, so that an error names the line. */
static int check_pattern(const reader *r, const draft *d, const char *pattern)
{
    hs_database_t *db = NULL;
    hs_compile_error_t *why = NULL;
    hs_error_t rc = hs_compile(pattern, HS_FLAG_SOM_LEFTMOST | HS_FLAG_UTF8, HS_MODE_BLOCK, NULL, &db, &why);
    if (rc == HS_SUCCESS) {
        hs_free_database(db);
        return 0;
    }
    int code = bad(r, line_of(d->pattern_node), "the pattern is not accepted: %.*s",
                   ash_view_z(why != NULL ? why->message : ""));
    hs_free_compile_error(why);
    return code;
}

static int add_words(const reader *r, const draft *d, uint16_t own)
{
    int rc = 0;
    size_t n = 0;
    for (const yaml_node_item_t *i = d->words->data.sequence.items.start;
         i < d->words->data.sequence.items.top && rc == 0; i++, n++) {
        const yaml_node_t *node = yaml_document_get_node(r->doc, *i);
        ash_view w = scalar(node);
        if (w.n == 0 || w.n > 100)
            return bad(r, line_of(node), "a word has 1 to 100 bytes%.*s", (ash_view){0});
        if (n == ASH_OWN_WORDS_MAX)
            return bad(r, line_of(node), "more words than a class may have%.*s", (ash_view){0});
        rc = ash_rules_add(r->rules, (ash_rule){.kind = ASH_RULE_OWN_WORD, .own = own}, w,
                           HS_FLAG_CASELESS, true, r->err);
    }
    return rc;
}

static int add_class(const reader *r, size_t line, draft *d)
{
    ash_rules *rules = r->rules;
    if (!good_name(d->name))
        return bad(r, line, "a class needs a name of lower-case letters, digits and hyphens, not '%.*s'", d->name);
    for (size_t i = 0; i < rules->n_classes; i++) {
        if (ash_view_is(d->name, rules->classes[i].name))
            return bad(r, line, "there is a class '%.*s' already", d->name);
    }
    if (d->pattern.n == 0 || d->pattern.n > ASH_OWN_PATTERN_MAX)
        return bad(r, line, "class '%.*s' needs a pattern of at most 1,000 bytes", d->name);
    if (d->own.context_required && d->words == NULL)
        return bad(r, line, "class '%.*s' requires context and has no words", d->name);
    if (rules->n_own == ASH_OWN_CLASSES_MAX)
        return bad(r, line, "class '%.*s' is one more than the 200 there may be", d->name);
    const char *name = kept(rules, d->name), *pattern = kept(rules, d->pattern),
               *title = kept(rules, d->title.n > 0 ? ash_view_first(d->title, 200) : d->name);
    if (name == NULL || pattern == NULL || title == NULL)
        return ash_fail(r->err, ASH_E_NOMEM, "classify", "out of memory");
    int rc = check_pattern(r, d, pattern);
    if (rc != 0)
        return rc;
    d->own.cls = (uint16_t)rules->n_classes;
    d->own.has_words = d->words != NULL;
    rules->classes[rules->n_classes++] = (ash_class){name, title, ASH_GROUP_OWN};
    rules->own[rules->n_own] = d->own;
    uint16_t own = (uint16_t)rules->n_own++;
    rules->version = rules->version * 31 + d->own.weight + d->own.context_required * 16u;
    rc = ash_rules_add(rules, (ash_rule){.kind = ASH_RULE_OWN, .cls = d->own.cls, .own = own},
                       ash_view_z(pattern), HS_FLAG_SOM_LEFTMOST | HS_FLAG_UTF8, false, r->err);
    return rc == 0 && d->words != NULL ? add_words(r, d, own) : rc;
}

static int read_class(const reader *r, const yaml_node_t *node)
{
    draft d = {.own = {.weight = 5}};
    int rc = 0;
    if (node->type != YAML_MAPPING_NODE)
        return bad(r, line_of(node), "a class is a mapping with name and pattern%.*s", (ash_view){0});
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
         p < node->data.mapping.pairs.top && rc == 0; p++)
        rc = set_key(r, yaml_document_get_node(r->doc, p->key),
                     yaml_document_get_node(r->doc, p->value), &d);
    return rc == 0 ? add_class(r, line_of(node), &d) : rc;
}

static int read_document(const reader *r)
{
    const yaml_node_t *root = yaml_document_get_root_node(r->doc);
    if (root == NULL)
        return 0; /* empty, or only comments */
    const yaml_node_pair_t *pair = root->type == YAML_MAPPING_NODE ? root->data.mapping.pairs.start : NULL;
    if (pair == NULL || pair >= root->data.mapping.pairs.top || pair + 1 != root->data.mapping.pairs.top ||
        !ash_view_is(scalar(yaml_document_get_node(r->doc, pair->key)), "classes"))
        return bad(r, line_of(root), "the file has one key, 'classes'%.*s", (ash_view){0});
    const yaml_node_t *list = yaml_document_get_node(r->doc, pair->value);
    if (list->type != YAML_SEQUENCE_NODE)
        return bad(r, line_of(list), "'classes' is a list%.*s", (ash_view){0});
    int rc = 0;
    for (const yaml_node_item_t *i = list->data.sequence.items.start;
         i < list->data.sequence.items.top && rc == 0; i++)
        rc = read_class(r, yaml_document_get_node(r->doc, *i));
    return rc;
}

int ash_rules_add_own(ash_rules *rules, ash_view yaml, const char *name, ash_error *err)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    if (!yaml_parser_initialize(&parser))
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    reader r = {.rules = rules, .doc = &doc, .name = name, .err = err};
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml.p, yaml.n);
    int rc;
    if (!yaml_parser_load(&parser, &doc)) {
        rc = bad(&r, parser.problem_mark.line + 1, "not YAML: %.*s",
                 ash_view_z(parser.problem == NULL ? "out of memory" : parser.problem));
    } else {
        rc = read_document(&r);
        yaml_document_delete(&doc);
    }
    yaml_parser_delete(&parser);
    return rc;
}
