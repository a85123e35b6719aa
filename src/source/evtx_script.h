/* A template definition made into what is left to do for each of its instances:
 * pieces of finished text, and values to be put between them.
 *
 * The writers (evtx_xml.c, evtx_json.c) turn a tree into such a script. Of a whole
 * record, which has no substitutions, they make text alone. Where the output would
 * depend on the values in a way that a script cannot say, it is not usable, and
 * instances go the long way: walker, tree, writer.
 */
#ifndef ASH_SOURCE_EVTX_SCRIPT_H
#define ASH_SOURCE_EVTX_SCRIPT_H

#include "source/evtx_text.h"
#include "source/evtx_tree.h"

typedef enum ash_evtx_op_kind {
    ASH_EVTX_OP_TEXT,   /* a, b: from and to in the script's text */
    ASH_EVTX_OP_VALUE,  /* text from a to b, then value `index` as text in `style` */
    ASH_EVTX_OP_JSON,   /* the same as a JSON value */
    ASH_EVTX_OP_DATA,   /* the same, "" instead of null */
    ASH_EVTX_OP_SKIP,   /* go on at op a if value `index` is NULL */
    ASH_EVTX_OP_JUMP,   /* go on at op a */
    ASH_EVTX_OP_NESTED, /* value `index` is binary XML: the script of its template. a, b: keys in
                             the text, a newline behind each, that it must not bring again */
    ASH_EVTX_OP_COMMA,  /* "," behind anything but "{" */
    ASH_EVTX_OP_MARK,   /* remember this place as `index` */
    ASH_EVTX_OP_CLOSE,  /* "}", or null if only "{" was written since mark `index` */
    ASH_EVTX_OP_ATTRIBUTES, /* if no attribute was written since mark `index`: back there, and on at op a */
} ash_evtx_op_kind;

typedef struct ash_evtx_op {
    uint8_t kind, style; /* style: of NESTED, 1 if a comma may have to come first */
    uint16_t index;
    uint32_t a, b;
} ash_evtx_op;

typedef struct ash_evtx_script {
    ash_buf *text;
    ash_evtx_op *ops; /* owned */
    uint32_t n, cap;
    uint32_t done; /* text up to here is in ops */
    bool definition;     /* of a template, not of a record */
    bool usable, failed; /* failed: out of memory */
    uint32_t key_at, key_n; /* JSON: of its root, in the text */
} ash_evtx_script;

void ash_evtx_script_init(ash_evtx_script *s, ash_buf *text, bool definition);
void ash_evtx_script_free(ash_evtx_script *s); /* not the text */

/* Appends an op, after the text before it; its number. */
uint32_t ash_evtx_script_op(ash_evtx_script *s, ash_evtx_op_kind kind, unsigned index);
/* Number of the op that comes next: where jumps may lead. */
uint32_t ash_evtx_script_here(ash_evtx_script *s);
/* Text behind the last op becomes an op too. */
void ash_evtx_script_end(ash_evtx_script *s);

/* SKIP ops for the optional substitutions in a run of text that ends at the first
 * element; to be given their goal by ash_evtx_script_land. Returns whether there
 * are any. */
typedef struct ash_evtx_skips {
    uint32_t first, n;
} ash_evtx_skips;
bool ash_evtx_script_skips(ash_evtx_script *s, const ash_evtx_node *text, ash_evtx_skips *ret);
void ash_evtx_script_land(ash_evtx_script *s, ash_evtx_skips skips);

/* A piece of text: value, substitution, character, entity. */
void ash_evtx_script_piece(ash_evtx_script *s, const ash_evtx_node *n, ash_evtx_style style);

/* --- names that must differ --------------------------------------------- */

/* Which number makes a name new among its siblings. Hashes only: that two names are
 * taken for the same gives one a number it would not need. */
typedef struct ash_evtx_names {
    ash_arena *arena;
    struct ash_evtx_name_slot *slots;
    uint32_t n, mask;
    bool failed;
} ash_evtx_names;

/* Takes the name that ends the text and begins at `at`. If it is not new, "_1" or
 * the next number is appended; returns whether that was so. */
bool ash_evtx_names_take(ash_evtx_names *names, ash_buf *text, size_t at);

/* --- the writers --------------------------------------------------------- */

/* Appends the elements of a tree, as wevtutil shows them: in one line, attributes in
 * single quotes. */
void ash_evtx_write_xml(ash_evtx_script *s, const ash_evtx_node *top, ash_arena *arena);

/* Appends the elements of a tree as members of a JSON object, in the shape of
 * evtx_dump:
 *
 * - <a x="1">t</a> is "a":{"#attributes":{"x":1},"#text":"t"}, without attributes
 *   "a":"t", without either "a":null;
 * - a second <a> beside it is "a_1", and so on;
 * - in EventData and UserData <Data Name="n">t</Data> is "n":"t"; <Data> without
 *   names are "Data":{"#text":["t","u"]}, a single one without the brackets.
 */
void ash_evtx_write_json(ash_evtx_script *s, const ash_evtx_node *top, ash_arena *arena);

#endif
