/* HTML through libxml2's forgiving parser, element by element: nothing is kept. */
#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "extract/job.h"
#include "extract/text.h"

struct html {
    ash_job *job;
    htmlParserCtxtPtr parser;
    unsigned depth, skip, cells;
};

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

static bool is_skipped(const char *name)
{
    static const char *const list[] = {"script", "style", "svg", NULL};
    return is_one_of(name, list);
}

static bool is_block(const char *name)
{
    static const char *const list[] = {"p",  "div", "br",   "li", "ul",      "ol",  "h1",     "h2",
                                       "h3", "h4",  "h5",   "h6", "title",   "pre", "option", "table",
                                       "dt", "dd",  "form", "hr", "section", "tr",  "blockquote", NULL};
    return is_one_of(name, list);
}

/* Attributes that hold what a reader sees or sends. */
static void put_attributes(struct html *h, const xmlChar **attributes)
{
    static const char *const list[] = {"href", "alt", "title", "value", "placeholder", "content", NULL};
    for (; attributes != NULL && attributes[0] != NULL; attributes += 2) {
        const char *value = (const char *)attributes[1];
        if (value == NULL || !is_one_of((const char *)attributes[0], list) ||
            strncmp(value, "data:", 5) == 0)
            continue;
        ash_emit_c(h->job, ' ');
        ash_emit(h->job, value, strlen(value));
        ash_emit_c(h->job, ' ');
    }
}

static void on_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    struct html *h = user;
    const char *z = (const char *)name;
    if (++h->depth > ASH_EXTRACT_XML_DEPTH || !ash_job_goes(h->job)) {
        xmlStopParser(h->parser);
        return;
    }
    h->cells += strcmp(z, "td") == 0 || strcmp(z, "th") == 0;
    h->skip += is_skipped(z);
    if (h->skip == 0)
        put_attributes(h, attributes);
}

static void on_end(void *user, const xmlChar *name)
{
    struct html *h = user;
    const char *z = (const char *)name;
    h->depth -= h->depth > 0;
    if (is_skipped(z)) {
        h->skip -= h->skip > 0;
    } else if (strcmp(z, "td") == 0 || strcmp(z, "th") == 0) {
        h->cells -= h->cells > 0;
        ash_emit_c(h->job, '\t');
    } else if (is_block(z)) {
        ash_emit_c(h->job, h->cells > 0 ? ' ' : '\n');
    }
}

static void on_text(void *user, const xmlChar *p, int n)
{
    struct html *h = user;
    bool space = false;
    if (h->skip > 0)
        return;
    for (int i = 0, from = 0; i <= n; i++) {
        bool blank = i < n && (p[i] == '\n' || p[i] == '\r');
        if (i == n || blank) {
            ash_emit(h->job, (const char *)p + from, (size_t)(i - from));
            if (blank && !space)
                ash_emit_c(h->job, ' ');
            from = i + 1;
        }
        space = blank;
    }
}

static void quiet(void *user, const char *fmt, ...)
{
    (void)user;
    (void)fmt;
}

static void feed(void *user, const char *p, size_t n)
{
    struct html *h = user;
    while (n > 0 && ash_job_goes(h->job) && h->depth <= ASH_EXTRACT_XML_DEPTH) {
        int k = n < 32768 ? (int)n : 32768;
        htmlParseChunk(h->parser, p, k, 0);
        p += k, n -= (size_t)k;
    }
}

/* charset=... of a meta element in the first bytes. */
static void declared(const ash_bytes *b, char out[32])
{
    char head[2049];
    int64_t n = ash_bytes_read(b, 0, head, sizeof head - 1);
    out[0] = '\0';
    head[n > 0 ? n : 0] = '\0';
    char *at = strcasestr(head, "charset=");
    if (at == NULL)
        return;
    at += 8;
    at += strspn(at, "\"' ");
    size_t k = strcspn(at, "\"'> ;/");
    if (k < 32) {
        memcpy(out, at, k);
        out[k] = '\0';
    }
}

ash_readout ash_read_html(ash_job *j, const ash_bytes *b, const ash_told *told)
{
    struct html h = {.job = j};
    char charset[32];
    ash_told t = {0};
    htmlSAXHandler sax = {.startElement = on_start,
                          .endElement = on_end,
                          .characters = on_text,
                          .ignorableWhitespace = on_text,
                          .warning = quiet,
                          .error = quiet,
                          .fatalError = quiet};
    declared(b, charset);
    t.charset = told != NULL && told->charset != NULL ? told->charset : charset[0] != '\0' ? charset : NULL;
    ash_emit_begin(j, ASH_UNIT_PARAGRAPH, (ash_view){0});
    h.parser = htmlCreatePushParserCtxt(&sax, &h, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (h.parser == NULL)
        return ASH_READOUT_NO_MEMORY;
    htmlCtxtUseOptions(h.parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                     HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    ash_readout o = ash_text_decode(j, b, &t, feed, &h);
    if (ash_job_goes(j) && h.depth <= ASH_EXTRACT_XML_DEPTH)
        htmlParseChunk(h.parser, "", 0, 1);
    if (h.depth > ASH_EXTRACT_XML_DEPTH)
        o = ASH_READOUT_DAMAGED;
    if (h.parser->myDoc != NULL)
        xmlFreeDoc(h.parser->myDoc);
    htmlFreeParserCtxt(h.parser);
    return o;
}
