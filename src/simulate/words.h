/* The vocabulary of paths, accounts and hosts. */
#ifndef ASH_SIMULATE_WORDS_H
#define ASH_SIMULATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ASH_WORD_CAP = 48, /* callers copy this many bytes whatever the length */
    ASH_DEPT_COUNT = 14,
    ASH_SHARE_COUNT = 3,
    ASH_TOPICS_PER_DEPT = 4,
};

typedef struct ash_word {
    char s[ASH_WORD_CAP];
    uint8_t len;
} ash_word;

typedef struct ash_dept {
    ash_word name;
    uint8_t share;
    uint8_t people;     /* share of the users, relative */
    uint8_t files;      /* share of the files, relative */
    bool restricted;    /* others may see the folder's name, no more */
    bool western_years; /* "2024" instead of "2024年度" */
    ash_word topics[ASH_TOPICS_PER_DEPT];
} ash_dept;

typedef struct ash_share {
    const char *name;
    const char *backup_name; /* the same tree, as the backup job sees it */
    const char *root;
} ash_share;

typedef struct ash_doc_kind {
    ash_word name;
    ash_word ext;
} ash_doc_kind;

extern const ash_dept ash_words_depts[ASH_DEPT_COUNT];
extern const ash_share ash_words_shares[ASH_SHARE_COUNT];
extern const ash_doc_kind ash_words_kinds[];
extern const size_t ash_words_kind_count;
extern const ash_word ash_words_exts[];
extern const size_t ash_words_ext_count;
extern const ash_word ash_words_clients[];
extern const size_t ash_words_client_count;
extern const ash_word ash_words_themes[];
extern const size_t ash_words_theme_count;
extern const ash_word ash_words_subs[];
extern const size_t ash_words_sub_count;
extern const ash_word ash_words_new_names[];
extern const size_t ash_words_new_name_count;
extern const char *const ash_words_surnames[];
extern const size_t ash_words_surname_count;

#endif
