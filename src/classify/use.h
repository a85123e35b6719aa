/* Recognition as the use of extracted text (extract/extract.h): what a helper does with the
 * pieces, and reading its results on the other side of the pipe. About 10 MiB for each helper. */
#ifndef ASH_CLASSIFY_USE_H
#define ASH_CLASSIFY_USE_H

#include "base/buf.h"
#include "classify/persons.h"
#include "classify/scan.h"
#include "extract/extract.h"

/* `shared` is the rules, compiled before the fork; `setup` the key of
 * ASH_IDENTITY_KEY_SIZE bytes. */
extern const ash_text_use ash_classify_use;

/* Compiles the rules (NULL: only the built-in ones): *ret is for `shared` and for
 * ash_found_read, freed with ash_rules_free. */
int ash_classify_prepare(ash_rules **ret, const char *yaml_path, ash_error *err) ASH_MUST_USE;

/* The same state outside of a helper, for tests and for a person who asks to see samples:
 * hooks->on_value gets the values. ash_classify_use's functions take it. */
int ash_use_open(void **ret, const ash_rules *rules, ash_view setup, const ash_scan_hooks *hooks,
                 ash_error *err) ASH_MUST_USE;
void ash_use_close(void *state); /* NULL is fine */

/* What was found in one content. Text in it is not to be trusted: places name parts
 * of documents. */
typedef struct ash_found {
    uint64_t bytes;      /* text seen */
    uint64_t records;    /* of persons */
    bool cut_lines, too_many;
    bool incomplete;     /* matching failed on the way */
    bool more_records;   /* more than are told one by one: the rest by a sketch */
    const uint8_t *sketch; /* then, of ASH_SKETCH_SIZE registers; else NULL */
} ash_found;

typedef struct ash_found_ops {
    void *user;
    /* Each class; false: wants no more. */
    bool (*on_class)(void *user, const ash_scan_class *c);
    /* Each record of a person that differs from those before. */
    bool (*on_person)(void *user, const ash_identity *who);
} ash_found_ops;

/* Reads the bytes that `end` wrote. Classes are numbered as in `rules`, which must be of
 * the same version. ASH_E_FORMAT: they are damaged. Members of ops may be NULL. */
int ash_found_read(ash_view found, const ash_rules *rules, const ash_found_ops *ops, ash_found *ret,
                   ash_error *err) ASH_MUST_USE;

#endif
