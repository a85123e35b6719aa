/* One document: text goes in, in any pieces; classes, counts and places come out.
 * What was found is never in the result.
 *
 *     ash_scan_begin(s, &hints);
 *     ash_scan_part(s, ASH_VIEW_LIT("Sheet1"));
 *     rc = ash_scan_text(s, piece);  ... as often as needed
 *     rc = ash_scan_end(s, &result);
 *
 * Memory: about 1.5 MiB for each ash_scan, whatever the text. Not thread-safe: one
 * for each thread; the rules are shared. */
#ifndef ASH_CLASSIFY_SCAN_H
#define ASH_CLASSIFY_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/view.h"
#include "classify/classes.h"
#include "classify/identity.h"
#include "classify/rules.h"

typedef struct ash_scan ash_scan;

#define ASH_SCAN_PLACES 4     /* places kept for each class */
#define ASH_SCAN_PART_MAX 64u /* bytes of a part's name, cut at a character */

typedef struct ash_scan_place {
    char part[ASH_SCAN_PART_MAX]; /* as given to ash_scan_part; "" for none. Hostile text */
    uint64_t line;                /* within the part, 1-based; 0: the document as a whole */
} ash_scan_place;

typedef struct ash_scan_class {
    uint32_t id;               /* ash_rules_class */
    ash_confidence confidence; /* of the best; LOW: only doubtful ones, count is 0 */
    uint64_t count;            /* occurrences with at least medium confidence */
    uint64_t doubtful;         /* occurrences with low confidence */
    uint64_t distinct;         /* different values among `count`, +- 2 % above 256 */
    uint32_t n_places;
    ash_scan_place places[ASH_SCAN_PLACES]; /* first ones */
} ash_scan_class;

typedef struct ash_scan_result {
    const ash_scan_class *classes; /* found or doubtful, by id; until the next begin */
    size_t n;
    uint64_t bytes;    /* text seen */
    uint64_t records;  /* identities handed to on_person */
    bool cut_lines;    /* a line longer than the window was judged in pieces */
    bool too_many_own; /* one line held more candidates than are judged */
} ash_scan_result;

typedef struct ash_scan_hints {
    ash_view name;      /* file name or path; may be empty. Looked at for markings and kind */
    char delimiter;     /* '\t', ',', ';', '|' where the format says so; 0: find out */
} ash_scan_hints;

/* What is wanted besides the result. NULL members are not called. */
typedef struct ash_scan_hooks {
    void *user;
    /* Each record that speaks of one person: digests only. */
    void (*on_person)(void *user, const ash_identity *who);
    /* Each occurrence with its text, which is personal data: only for ash_mask and a
     * terminal. `text` is valid during the call. */
    void (*on_value)(void *user, uint32_t id, ash_confidence c, ash_view text,
                     const ash_scan_place *where);
} ash_scan_hooks;

/* key: the case's secret for digests (ash_identity_key_make). The rules must
 * outlive the scan. The caller frees. */
int ash_scan_new(ash_scan **ret, const ash_rules *rules, const uint8_t key[ASH_IDENTITY_KEY_SIZE],
                 const ash_scan_hooks *hooks, ash_error *err) ASH_MUST_USE;
void ash_scan_free(ash_scan *s); /* NULL is fine */

/* Begins a document and forgets the one before. hints may be NULL. */
void ash_scan_begin(ash_scan *s, const ash_scan_hints *hints);
/* The first bytes of the file as it lies on the disk (64 are enough): for files that are
 * known by them, such as KeePass databases. */
void ash_scan_head(ash_scan *s, ash_view bytes);
/* What follows belongs to this sheet, page, member of an archive, ... Lines count anew;
 * a table ends. */
int ash_scan_part(ash_scan *s, ash_view name, ash_error *err) ASH_MUST_USE;
/* What follows is line `number` of the part: where text leaves rows out. */
int ash_scan_line(ash_scan *s, uint64_t number, ash_error *err) ASH_MUST_USE;
/* The document, or a part of it, is of a class by what kind of file it is. */
void ash_scan_kind(ash_scan *s, ash_class_id id);
/* Text in UTF-8, NFKC, lines ended by '\n', cells of one row separated by '\t'. Pieces may
 * be cut anywhere, within a character too. Bytes that are not UTF-8 match nothing. */
int ash_scan_text(ash_scan *s, ash_view text, ash_error *err) ASH_MUST_USE;
/* ASH_E_NOMEM or ASH_E_STATE (the pattern library failed). *ret is valid until the
 * next begin or free. */
int ash_scan_end(ash_scan *s, ash_scan_result *ret, ash_error *err) ASH_MUST_USE;

/* For a person who asks to see what was found: the first and last characters, the rest
 * as '*' ("山***", "12**********"). Length shown is cut to 16. Always NUL-terminated,
 * escaped for a terminal; size must be > 64. Returns out. */
char *ash_mask(char *out, size_t size, ash_view text);

#endif
