/* Reading JSON (RFC 8259) where it lies: one pass over a text gives a flat list
 * of its values, which point into the text. Nothing is copied, sorted or
 * hashed: a record of fifty members costs about 2 us, a tenth of what a
 * tree of allocated values does (docs/decisions/0020-json.md).
 *
 * Structure is checked strictly; what stands inside a string is not: any bytes
 * but a newline may, also control characters and text that is not UTF-8. Logs
 * hold names that an intruder chose, and not every writer escapes them right. */
#ifndef ASH_BASE_JSON_READ_H
#define ASH_BASE_JSON_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef enum ash_json_kind {
    ASH_JSON_NULL,
    ASH_JSON_FALSE,
    ASH_JSON_TRUE,
    ASH_JSON_NUMBER,
    ASH_JSON_STRING,
    ASH_JSON_ARRAY,
    ASH_JSON_OBJECT,
} ash_json_kind;

typedef struct ash_json_node {
    ash_view key;  /* in an object: what is between the quotes, escapes as written */
    ash_view text; /* string: between the quotes; number, true, ...: as written */
    uint32_t next; /* index of what follows this value and all in it */
    uint8_t kind;  /* ash_json_kind */
    bool escaped;  /* the string holds escapes */
    bool key_escaped;
} ash_json_node;

/* The values of one text in the order they stand, nodes[0] the outermost. Kept
 * for the next text; at most ASH_JSON_NODES_MAX. */
typedef struct ash_json_tree {
    ash_json_node *nodes; /* owned */
    uint32_t n, cap;
    bool nomem;
} ash_json_tree;

typedef enum ash_json_status {
    ASH_JSON_OK,
    ASH_JSON_BAD,        /* no JSON, nested too deeply, or too many values */
    ASH_JSON_INCOMPLETE, /* the text ends inside of the value */
} ash_json_status;

/* Reads the value at the front of `text` (space before it is passed over). OK:
 * *ret_n is where it ends. BAD: where it stopped making sense, *ret_why says
 * how (static, translated). INCOMPLETE: *ret_n is text.n. Nodes point into
 * `text`. With tree NULL only the end is looked for. tree->nomem: out of memory. */
ash_json_status ash_json_read(ash_json_tree *tree, ash_view text, size_t *ret_n,
                              const char **ret_why);
void ash_json_tree_free(ash_json_tree *t);

/* The member of an object, the last one where several have the name; NULL if
 * there is none, or `of` is NULL or no object. */
const ash_json_node *ash_json_get(const ash_json_tree *t, const ash_json_node *of, ash_view name);

/* Walks what is directly in an array or object: NULL at the end.
 *     for (n = ash_json_first(t, of); n != NULL; n = ash_json_next(t, of, n)) */
const ash_json_node *ash_json_first(const ash_json_tree *t, const ash_json_node *of);
const ash_json_node *ash_json_next(const ash_json_tree *t, const ash_json_node *of,
                                   const ash_json_node *n);

/* The key, and the text of a string, with escapes resolved; of a number, true or
 * false as written; "" for null, arrays, objects and NULL. A lone half of a
 * surrogate pair keeps its value (base/utf16.h). In the text that was read, or
 * in the arena; .p is NULL when memory is exhausted, and only then. */
ash_view ash_json_text_of(const ash_json_node *n, ash_arena *arena);
ash_view ash_json_key_of(const ash_json_node *n, ash_arena *arena);

#endif
