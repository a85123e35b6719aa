/* What to look for, compiled: the built-in tables and a user's own classes
 * (docs/CLASSES.md, "Own classes"). One for all documents and threads. */
#ifndef ASH_CLASSIFY_RULES_H
#define ASH_CLASSIFY_RULES_H

#include <stddef.h>

#include "ashiato/error.h"
#include "base/view.h"
#include "classify/classes.h"

typedef struct ash_rules ash_rules;

/* The built-in rules and, where `own` is not empty, the YAML text `own`, which is
 * called `name` in errors ("rules.yaml:12: ..."). Takes about 0.3 s. The caller
 * frees. Read-only from then on, and safe to share between threads.
 * ASH_E_FORMAT: the YAML is not what it should be; line says where.
 * ASH_E_LIMIT: more than limits.h allows. */
int ash_rules_new(ash_rules **ret, ash_view own, const char *name, ash_error *err) ASH_MUST_USE;
/* The same from a file; NULL: only the built-in rules. */
int ash_rules_load(ash_rules **ret, const char *path, ash_error *err) ASH_MUST_USE;
void ash_rules_free(ash_rules *r); /* NULL is fine */

/* Classes are numbered 0 .. count-1; the first ASH_CLASSES_BUILT_IN are ash_class_id. */
size_t ash_rules_classes(const ash_rules *r);
const ash_class *ash_rules_class(const ash_rules *r, size_t id); /* lives as long as r */

/* A number that differs where rules (or the recogniser's version) do: results kept
 * under another are out of date. */
uint64_t ash_rules_version(const ash_rules *r);

#endif
