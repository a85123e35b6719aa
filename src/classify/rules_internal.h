/* The compiled rules, as scanning sees them. */
#ifndef ASH_CLASSIFY_RULES_INTERNAL_H
#define ASH_CLASSIFY_RULES_INTERNAL_H

#include <hs/hs.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "classify/names.h"
#include "classify/rules.h"

/* What a label says of the value beside it: roles.def. */
typedef enum ash_role {
    ASH_ROLE_NONE,
#define ROLE(symbol, words) ASH_ROLE_##symbol,
#include "classify/roles.def"
#undef ROLE
    ASH_ROLES
} ash_role;

typedef enum ash_rule_kind {
    ASH_RULE_ROLE, /* a label */
    ASH_RULE_WORD, /* counts towards a class */
    ASH_RULE_MARK, /* a marking */
    ASH_RULE_OWN,      /* a user's pattern */
    ASH_RULE_OWN_WORD, /* its context */
    /* Patterns by handler: patterns.def. */
    ASH_RULE_DIGITS, ASH_RULE_MAIL, ASH_RULE_IBAN, ASH_RULE_PASSPORT, ASH_RULE_MRZ,
    ASH_RULE_TRACK, ASH_RULE_HONORIFIC, ASH_RULE_TITLE, ASH_RULE_PLACE, ASH_RULE_STREET,
    ASH_RULE_BORN, ASH_RULE_POSTAL, ASH_RULE_KEY, ASH_RULE_TOKEN, ASH_RULE_HASHED,
} ash_rule_kind;

typedef struct ash_rule {
    uint8_t kind;   /* ash_rule_kind */
    uint8_t role;   /* ROLE: ash_role */
    uint8_t weight; /* WORD, OWN */
    bool stamp;     /* MARK: only where it stands alone */
    bool whole;     /* ASCII at both ends: no letter or digit may be beside it */
    uint16_t cls;   /* class it counts for */
    uint16_t n;     /* bytes of a literal; 0: not a literal */
    uint16_t word;  /* WORD: number among all words */
    uint16_t own;   /* OWN, OWN_WORD: ash_own */
} ash_rule;

/* A user's class. */
typedef struct ash_own {
    uint16_t cls;
    uint8_t weight;
    bool (*valid)(ash_view digits); /* NULL: none */
    bool context_required;
    bool has_words;
} ash_own;

struct ash_rules {
    hs_database_t *db;
    ash_rule *rules; /* by id of their pattern */
    size_t n, cap;
    char **expressions;   /* until compiled */
    unsigned *flags, *ids;
    ash_class *classes;
    size_t n_classes;
    ash_own *own;
    size_t n_own;
    uint16_t words; /* how many */
    ash_names *names;
    ash_arena arena; /* text of a user's rules */
    uint64_t version;
};

/* A pattern, or with literal set the bytes of `text` themselves. */
int ash_rules_add(ash_rules *r, ash_rule rule, ash_view text, unsigned flags, bool literal,
                  ash_error *err) ASH_MUST_USE;

/* Reads a user's rules and adds them (rules_own.c). */
int ash_rules_add_own(ash_rules *r, ash_view yaml, const char *name, ash_error *err) ASH_MUST_USE;

#endif
