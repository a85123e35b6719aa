#include <string.h>

#include "extract/office.h"

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* --- shared strings (ECMA-376 18.4) ------------------------------------------ */

static void strings_start(void *user, const char *name, const char **attributes)
{
    ash_shared *s = user;
    (void)attributes;
    if (is(name, "t"))
        s->in_t = true;
    else if (is(name, "rPh")) /* how the text is read, in kana: said twice otherwise */
        s->in_phonetic = true;
}

static void strings_end(void *user, const char *name)
{
    ash_shared *s = user;
    if (is(name, "t"))
        s->in_t = false;
    else if (is(name, "rPh"))
        s->in_phonetic = false;
    else if (is(name, "si"))
        ash_strings_end(&s->strings);
}

static void strings_text(void *user, const char *p, size_t n)
{
    ash_shared *s = user;
    if (s->in_t && !s->in_phonetic)
        ash_strings_add(&s->strings, p, n);
}

const ash_markup_ops ash_strings_ops = {
    .start = strings_start, .end = strings_end, .text = strings_text};

/* --- sheets (ECMA-376 18.3.1) -------------------------------------------------- */

static void put_shared(ash_sheet *s)
{
    size_t i = 0;
    for (size_t k = 0; k < s->number_n; k++) {
        if (s->number[k] < '0' || s->number[k] > '9')
            return;
        i = i * 10 + (size_t)(s->number[k] - '0');
        if (i > UINT32_MAX)
            return;
    }
    if (s->number_n > 0)
        ash_strings_put(s->job, s->strings, i);
}

static void sheet_start(void *user, const char *name, const char **attributes)
{
    ash_sheet *s = user;
    if (is(name, "c")) {
        const char *t = ash_attribute(attributes, "t");
        s->kind = t != NULL && is(t, "s") ? 's' : '\0';
        if (s->row_any)
            ash_emit_c(s->job, '\t');
        s->row_any = true;
    } else if (is(name, "v")) {
        s->in_value = true;
        s->number_n = 0;
    } else if (is(name, "t") || is(name, "oddHeader") || is(name, "oddFooter")) {
        s->in_text = true;
    } else if (is(name, "row")) {
        s->row_any = false;
    }
}

static void sheet_end(void *user, const char *name)
{
    ash_sheet *s = user;
    if (is(name, "v")) {
        if (s->kind == 's')
            put_shared(s);
        s->in_value = false;
    } else if (is(name, "t") || is(name, "oddHeader") || is(name, "oddFooter")) {
        s->in_text = false;
    } else if (is(name, "row")) {
        ash_emit_c(s->job, '\n');
    }
}

static void sheet_text(void *user, const char *p, size_t n)
{
    ash_sheet *s = user;
    if (s->in_value && s->kind == 's') {
        size_t k = n < sizeof s->number - s->number_n ? n : sizeof s->number - s->number_n;
        memcpy(s->number + s->number_n, p, k);
        s->number_n += k;
    } else if (s->in_value || s->in_text) {
        ash_emit(s->job, p, n);
    }
}

const ash_markup_ops ash_sheet_ops = {.start = sheet_start, .end = sheet_end, .text = sheet_text};
