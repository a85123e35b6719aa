/* Personal names: which words are surnames and given names (IPADIC's list for Japanese
 * in kanji and kana, a short one of given names in Latin letters), and which texts are
 * names. */
#ifndef ASH_CLASSIFY_NAMES_H
#define ASH_CLASSIFY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "ashiato/error.h"
#include "base/view.h"

typedef struct ash_names ash_names;

int ash_names_new(ash_names **ret, ash_error *err) ASH_MUST_USE; /* caller frees */
void ash_names_free(ash_names *n);

/* How much a text is a name. */
typedef enum ash_name_kind {
    ASH_NAME_NO,
    ASH_NAME_POSSIBLE, /* its form allows it: enough beside a label */
    ASH_NAME_SURNAME,  /* only a surname */
    ASH_NAME_FULL,     /* surname and given name, or given name and another word */
} ash_name_kind;

/* Judges a whole text (no honorifics, no spaces at its ends). */
ash_name_kind ash_name_judge(const ash_names *n, ash_view text);

/* A full name at the front of `text`, kanji or kana, with or without one space: its
 * length, or 0. Where no boundary (space, end, or something that is no kanji) follows,
 * none. */
size_t ash_name_at(const ash_names *n, ash_view text);

/* The longest name that ends `text` (before an honorific): its length, or 0. */
size_t ash_name_before(const ash_names *n, ash_view text);

bool ash_name_is_given_latin(const ash_names *n, ash_view word);

/* Normalised for comparing: spaces, case, order of Latin words and variants of kanji do
 * not matter. out needs text.n + 8 bytes, at least 8. Returns the length. */
size_t ash_name_normal(char *out, ash_view text);

/* Length of the character at the front of text if it is a kanji; of hiragana, katakana;
 * else 0. */
size_t ash_is_kanji(ash_view text);
size_t ash_is_kana(ash_view text);
bool ash_all_kana(ash_view text); /* kana and spaces only, at least two characters */

#endif
