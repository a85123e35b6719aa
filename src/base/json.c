#include "base/json.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"

void ash_json_init(ash_json *j, ash_out *out, bool for_html)
{
    *j = (ash_json){.out = out, .for_html = for_html, .pretty = !for_html};
    j->first[0] = true;
}

static void separate(ash_json *j)
{
    ash_buf *b = &j->out->buf;
    if (!j->first[j->depth])
        ash_buf_add_c(b, ',');
    if (j->pretty && j->depth > 0 && j->depth <= 2) {
        ash_buf_add_c(b, '\n');
        for (unsigned i = 0; i < j->depth; i++)
            ash_buf_add_c(b, ' ');
    }
    j->first[j->depth] = false;
    ash_out_drain(j->out);
}

/* Called before a value: inside an object its key has done the separating. */
static void before_value(ash_json *j)
{
    if (j->depth < ASH_JSON_DEPTH && j->out->buf.n > 0 && j->out->buf.p[j->out->buf.n - 1] == ':')
        return;
    separate(j);
}

void ash_json_begin(ash_json *j, char bracket)
{
    before_value(j);
    ash_buf_add_c(&j->out->buf, bracket);
    if (j->depth + 1 < ASH_JSON_DEPTH)
        j->depth++;
    j->first[j->depth] = true;
}

void ash_json_end(ash_json *j, char bracket)
{
    bool empty = j->first[j->depth];
    j->depth--;
    if (j->pretty && !empty && j->depth < 2) {
        ash_buf_add_c(&j->out->buf, '\n');
        for (unsigned i = 0; i < j->depth; i++)
            ash_buf_add_c(&j->out->buf, ' ');
    }
    ash_buf_add_c(&j->out->buf, bracket);
    if (j->depth == 0)
        ash_buf_add_c(&j->out->buf, '\n');
    ash_out_drain(j->out);
}

void ash_json_quote(ash_buf *b, ash_view v, bool for_html)
{
    ash_buf_add_c(b, '"');
    for (size_t i = 0; i < v.n;) {
        /* Runs without anything special go in one piece. */
        size_t run = i;
        while (run < v.n && (unsigned char)v.p[run] >= 0x20 && (unsigned char)v.p[run] < 0x7f &&
               v.p[run] != '"' && v.p[run] != '\\' && v.p[run] != '<' && v.p[run] != '>' &&
               v.p[run] != '&')
            run++;
        if (run > i) {
            ash_buf_add(b, v.p + i, run - i);
            i = run;
            continue;
        }
        uint32_t cp;
        unsigned k = ash_utf8_decode(v.p + i, v.n - i, &cp);
        bool markup = for_html && (cp == '<' || cp == '>' || cp == '&' || cp == 0x2028 || cp == 0x2029);
        if (k == 0) {
            ash_buf_add_z(b, "\\ufffd");
            k = 1;
        } else if (cp == '"' || cp == '\\') {
            ash_buf_add_c(b, '\\');
            ash_buf_add_c(b, (char)cp);
        } else if (cp == '\n') {
            ash_buf_add_z(b, "\\n");
        } else if (cp == '\t') {
            ash_buf_add_z(b, "\\t");
        } else if (cp < 0x20 || cp == 0x7f || markup) {
            ash_buf_addf(b, "\\u%04x", cp);
        } else {
            ash_buf_add(b, v.p + i, k);
        }
        i += k;
    }
    ash_buf_add_c(b, '"');
}

void ash_json_key(ash_json *j, const char *key)
{
    separate(j);
    ash_json_quote(&j->out->buf, ash_view_z(key), j->for_html);
    ash_buf_add_c(&j->out->buf, ':');
}

void ash_json_text(ash_json *j, ash_view v)
{
    before_value(j);
    ash_json_quote(&j->out->buf, v, j->for_html);
}

void ash_json_z(ash_json *j, const char *z)
{
    if (z == NULL)
        ash_json_null(j);
    else
        ash_json_text(j, ash_view_z(z));
}

void ash_json_int(ash_json *j, int64_t n)
{
    before_value(j);
    ash_buf_addf(&j->out->buf, "%lld", (long long)n);
}

void ash_json_float(ash_json *j, double d)
{
    before_value(j);
    if (isfinite(d))
        ash_buf_addf(&j->out->buf, "%.6g", d);
    else
        ash_buf_add_z(&j->out->buf, "null");
}

void ash_json_bool(ash_json *j, bool v)
{
    before_value(j);
    ash_buf_add_z(&j->out->buf, v ? "true" : "false");
}

void ash_json_null(ash_json *j)
{
    before_value(j);
    ash_buf_add_z(&j->out->buf, "null");
}

void ash_json_key_text(ash_json *j, const char *key, ash_view v)
{
    ash_json_key(j, key);
    ash_json_text(j, v);
}

void ash_json_key_z(ash_json *j, const char *key, const char *z)
{
    ash_json_key(j, key);
    ash_json_z(j, z);
}

void ash_json_key_int(ash_json *j, const char *key, int64_t n)
{
    ash_json_key(j, key);
    ash_json_int(j, n);
}

void ash_json_base64(ash_json *j, ash_view v)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    ash_buf *b = &j->out->buf;
    before_value(j);
    ash_buf_add_c(b, '"');
    for (size_t i = 0; i < v.n; i += 3) {
        uint32_t x = 0;
        for (size_t k = 0; k < 3; k++)
            x = x << 8 | (i + k < v.n ? (unsigned char)v.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            ash_buf_add_c(b, i + k > v.n ? '=' : digits[x >> (18 - 6 * k) & 63]);
    }
    ash_buf_add_c(b, '"');
}

void ash_json_key_exact(ash_json *j, const char *key, ash_view v)
{
    ash_json_key_text(j, key, v);
    if (ash_utf8_valid(v))
        return;
    char name[64];
    snprintf(name, sizeof name, "%s_base64", key);
    ash_json_key(j, name);
    ash_json_base64(j, v);
}
