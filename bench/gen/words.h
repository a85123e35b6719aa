/* The vocabulary of paths, accounts and hosts. */
#ifndef GEN_WORDS_H
#define GEN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WORD_CAP = 48, /* callers copy this many bytes whatever the length */
    DEPT_COUNT = 14,
    SHARE_COUNT = 3,
    TOPICS_PER_DEPT = 4,
};

struct word {
    char s[WORD_CAP];
    uint8_t len;
};

struct dept {
    struct word name;
    uint8_t share;
    uint8_t people;     /* share of the users, relative */
    uint8_t files;      /* share of the files, relative */
    bool restricted;    /* others may see the folder's name, no more */
    bool western_years; /* "2024" instead of "2024年度" */
    struct word topics[TOPICS_PER_DEPT];
};

struct share {
    const char *name;
    const char *backup_name; /* the same tree, as the backup job sees it */
    const char *root;
};

struct kind {
    struct word name;
    struct word ext;
};

extern const struct dept words_depts[DEPT_COUNT];
extern const struct share words_shares[SHARE_COUNT];
extern const struct kind words_kinds[];
extern const size_t words_kind_count;
extern const struct word words_exts[];
extern const size_t words_ext_count;
extern const struct word words_clients[];
extern const size_t words_client_count;
extern const struct word words_themes[];
extern const size_t words_theme_count;
extern const struct word words_subs[];
extern const size_t words_sub_count;
extern const struct word words_new_names[];
extern const size_t words_new_name_count;
extern const char *const words_surnames[];
extern const size_t words_surname_count;

#endif
