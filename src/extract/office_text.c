#include <string.h>

#include "extract/office.h"

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* --- OOXML (ECMA-376) ------------------------------------------------------- */

static void ooxml_start(void *user, const char *name, const char **attributes)
{
    ash_ooxml_text *t = user;
    (void)attributes;
    if (is(name, "t") || is(name, "delText") || is(name, "instrText") || is(name, "v") ||
        is(name, "text"))
        t->in_text = true;
    else if (is(name, "tc"))
        t->cells++;
    else if (is(name, "tab"))
        ash_emit_c(t->job, '\t');
    else if (is(name, "br") || is(name, "cr"))
        ash_emit_c(t->job, ' ');
    else if (is(name, "noBreakHyphen"))
        ash_emit_c(t->job, '-');
}

static void ooxml_end(void *user, const char *name)
{
    ash_ooxml_text *t = user;
    if (t->in_text && (is(name, "t") || is(name, "delText") || is(name, "instrText") || is(name, "v") ||
                       is(name, "text"))) {
        t->in_text = false;
    } else if (is(name, "p") || is(name, "pt") || is(name, "comment")) {
        ash_emit_c(t->job, t->cells > 0 ? ' ' : '\n');
    } else if (is(name, "tc")) {
        t->cells -= t->cells > 0;
        ash_emit_c(t->job, '\t');
    } else if (is(name, "tr") && t->cells == 0) {
        ash_emit_c(t->job, '\n');
    }
}

static void ooxml_chars(void *user, const char *p, size_t n)
{
    ash_ooxml_text *t = user;
    if (t->in_text)
        ash_emit_flat(t->job, p, n);
}

const ash_markup_ops ash_ooxml_text_ops = {.start = ooxml_start, .end = ooxml_end, .text = ooxml_chars};

/* --- OpenDocument (ISO/IEC 26300) -------------------------------------------- */

static void odf_start(void *user, const char *name, const char **attributes)
{
    ash_odf_text *t = user;
    if (is(name, "body") || is(name, "master-styles"))
        t->body = true;
    else if (is(name, "table") || is(name, "page")) {
        const char *title = ash_attribute(attributes, "name");
        if (t->body)
            ash_emit_begin(t->job, is(name, "table") ? ASH_UNIT_ROW : ASH_UNIT_PARAGRAPH,
                           ash_view_z(title == NULL ? "" : title));
    } else if (is(name, "table-cell") || is(name, "covered-table-cell"))
        t->cells++;
    else if (is(name, "tab") || is(name, "s") || is(name, "line-break"))
        ash_emit_c(t->job, is(name, "tab") ? '\t' : ' ');
    else if (is(name, "binary-data") || is(name, "script"))
        t->skip++;
}

static void odf_end(void *user, const char *name)
{
    ash_odf_text *t = user;
    if (is(name, "p") || is(name, "h") || (t->all && t->body))
        ash_emit_c(t->job, t->cells > 0 ? ' ' : '\n');
    else if (is(name, "table-cell") || is(name, "covered-table-cell")) {
        t->cells -= t->cells > 0;
        ash_emit_c(t->job, '\t');
    } else if (is(name, "table-row") && t->cells == 0)
        ash_emit_c(t->job, '\n');
    else if (is(name, "binary-data") || is(name, "script"))
        t->skip -= t->skip > 0;
    else if (is(name, "body") || is(name, "master-styles"))
        t->body = false;
    else if (is(name, "table") && t->cells == 0)
        ash_emit_begin(t->job, ASH_UNIT_PARAGRAPH, (ash_view){0});
}

static void odf_chars(void *user, const char *p, size_t n)
{
    ash_odf_text *t = user;
    if (t->body && t->skip == 0)
        ash_emit_flat(t->job, p, n);
}

const ash_markup_ops ash_odf_text_ops = {.start = odf_start, .end = odf_end, .text = odf_chars};
