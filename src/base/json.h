/* A streaming JSON writer: no document is held in memory, commas and nesting
 * are kept right, strings are always valid. */
#ifndef ASH_BASE_JSON_H
#define ASH_BASE_JSON_H

#include "base/io.h"

#define ASH_JSON_DEPTH 16

typedef struct ash_json {
    ash_out *out;
    bool for_html; /* also escape < > & and line separators */
    unsigned depth;
    bool first[ASH_JSON_DEPTH]; /* nothing written at this depth yet */
    bool pretty;                /* a line an element down to depth 2 */
} ash_json;

void ash_json_init(ash_json *j, ash_out *out, bool for_html);

void ash_json_begin(ash_json *j, char bracket); /* '{' or '[' */
void ash_json_end(ash_json *j, char bracket);   /* '}' or ']' */
void ash_json_key(ash_json *j, const char *key);

/* v as a JSON string, quotes included, into any buffer. */
void ash_json_quote(ash_buf *b, ash_view v, bool for_html);

void ash_json_text(ash_json *j, ash_view v); /* bytes that are not UTF-8 become U+FFFD */
void ash_json_z(ash_json *j, const char *z); /* NULL: null */
void ash_json_base64(ash_json *j, ash_view v); /* the bytes, as a string */
void ash_json_int(ash_json *j, int64_t n);
void ash_json_float(ash_json *j, double d);
void ash_json_bool(ash_json *j, bool b);
void ash_json_null(ash_json *j);

/* "key": value */
void ash_json_key_text(ash_json *j, const char *key, ash_view v);
void ash_json_key_z(ash_json *j, const char *key, const char *z);
void ash_json_key_int(ash_json *j, const char *key, int64_t n);

/* "key": text, and where bytes were lost "key_base64": the exact bytes. */
void ash_json_key_exact(ash_json *j, const char *key, ash_view v);

#endif
