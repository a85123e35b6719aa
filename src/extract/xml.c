/* XML of no known vocabulary: names of elements and values, so that what a
 * value is can be told from what stands before it. An element with others in it
 * ends a row, which makes a record one row however the file is laid out. */
#include <stdlib.h>
#include <string.h>

#include "extract/markup.h"
#include "extract/strings.h"
#include "extract/text.h"

struct xml {
    ash_job *job;
    ash_markup *markup;
    bool leaf;      /* nothing was opened since the last start */
    bool prolog;    /* the declaration was looked at */
};

static void put(ash_job *j, const char *z)
{
    ash_emit(j, z, strlen(z));
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct xml *x = user;
    put(x->job, name);
    for (; attributes[0] != NULL; attributes += 2) {
        ash_emit_c(x->job, ' ');
        put(x->job, attributes[0]);
        ash_emit_c(x->job, ' ');
        put(x->job, attributes[1]);
    }
    ash_emit_c(x->job, ' ');
    x->leaf = true;
}

static void on_end(void *user, const char *name)
{
    struct xml *x = user;
    (void)name;
    ash_emit_c(x->job, x->leaf ? '\t' : '\n');
    x->leaf = false;
}

/* Layout is no text. */
static void on_text(void *user, const char *p, size_t n)
{
    struct xml *x = user;
    ash_emit_flat(x->job, p, n);
}

static bool to_markup(void *user, const char *p, size_t n)
{
    struct xml *x = user;
    return ash_markup_feed(x->markup, p, n);
}

/* The declared encoding, where expat does not know it; "" where it does. */
static void declared(const ash_bytes *b, char out[32])
{
    char head[257];
    int64_t n = ash_bytes_read(b, 0, head, sizeof head - 1);
    out[0] = '\0';
    head[n > 0 ? n : 0] = '\0';
    char *end = strstr(head, "?>"), *at = strstr(head, "encoding=");
    if (at == NULL || end == NULL || at > end)
        return;
    at += 10;
    size_t k = strcspn(at, "\"'");
    if (k < 32) {
        memcpy(out, at, k);
        out[k] = '\0';
    }
    static const char *const known[] = {"UTF-8", "utf-8", "UTF-16", "utf-16", "US-ASCII", "ISO-8859-1"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(out, known[i]) == 0)
            out[0] = '\0';
}

/* Decoded first; the declaration would contradict. */
static void decoded(void *user, const char *p, size_t n)
{
    struct xml *x = user;
    if (!x->prolog) {
        const char *end = memmem(p, n, "?>", 2);
        if (end != NULL) {
            n -= (size_t)(end + 2 - p);
            p = end + 2;
        }
        x->prolog = true;
    }
    ash_markup_feed(x->markup, p, n);
}

ash_readout ash_read_xml(ash_job *j, const ash_bytes *b)
{
    static const ash_markup_ops ops = {.start = on_start, .end = on_end, .text = on_text};
    struct xml x = {.job = j};
    char charset[32];
    ash_emit_begin(j, ASH_UNIT_ROW, (ash_view){0});
    x.markup = ash_markup_new(j, &ops, &x);
    if (x.markup == NULL)
        return ASH_READOUT_NO_MEMORY;
    declared(b, charset);
    bool ok = true;
    if (charset[0] != '\0') {
        ash_told told = {.charset = charset};
        ok = ash_text_decode(j, b, &told, decoded, &x) == ASH_READOUT_OK;
    } else {
        ok = ash_bytes_each(b, to_markup, &x);
    }
    ash_readout o = ash_markup_end(x.markup);
    return ok ? o : ASH_READOUT_UNREADABLE;
}
