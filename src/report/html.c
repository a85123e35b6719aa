/* report.html: the page built from web/ with the model put in as JSON. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "report/report.h"

/* In the page, in this order. */
#define SUMMARY_PLACE "__ASHIATO_SUMMARY__"
#define DATA_PLACE "__ASHIATO_DATA__"

/* The page, as the linker found it. */
__asm__(".section .rodata\n"
        ".global ash_page\n"
        ".global ash_page_end\n"
        "ash_page:\n"
        ".incbin \"" ASH_PAGE_FILE "\"\n"
        "ash_page_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const char ash_page[], ash_page_end[];

static int write_json(ash_model *m, ash_error *err)
{
    char path[4096];
    ash_json j;
    ash_out *out = malloc(sizeof *out);
    if (out == NULL)
        return ash_fail(err, ASH_E_NOMEM, "report", "out of memory");
    int rc = ash_out_open(out, ash_case_path(m->r->c, "report.json", path, sizeof path), err);
    if (rc == 0) {
        ash_json_init(&j, out, false);
        rc = ash_report_write_model(m, &j, err);
        if (rc == 0)
            rc = ash_out_publish(out, err);
        ash_out_abandon(out);
    }
    free(out);
    return rc;
}

static void put(ash_out *out, const char *z)
{
    ash_out_write(out, ash_view_z(z));
}

static void put_escaped(ash_out *out, const char *z)
{
    while (*z != '\0') {
        size_t n = strcspn(z, "<>&\"'");
        ash_out_write(out, ash_view_of(z, n));
        z += n;
        switch (*z) {
        case '<': put(out, "&lt;"); break;
        case '>': put(out, "&gt;"); break;
        case '&': put(out, "&amp;"); break;
        case '"': put(out, "&quot;"); break;
        case '\'': put(out, "&#39;"); break;
        default: continue;
        }
        z++;
    }
}

static void put_element(ash_out *out, const char *tag, const char *text)
{
    put(out, "<");
    put(out, tag);
    put(out, ">");
    put_escaped(out, text);
    put(out, "</");
    put(out, tag);
    put(out, ">\n");
}

static void put_list(ash_out *out, char **lines, size_t n)
{
    put(out, "<ul>\n");
    for (size_t i = 0; i < n; i++) {
        /* Indented lines go on with the one before. */
        put(out, lines[i][0] == ' ' ? "<li class=\"sub\">" : "<li>");
        put_escaped(out, lines[i]);
        put(out, "</li>\n");
    }
    put(out, "</ul>\n");
}

/* The answer as plain markup: what is seen where scripts are not allowed, and
 * until the script has read a large report. */
static void put_summary(ash_out *out, const ash_model *m)
{
    put(out, "<main class=\"plain\" lang=\"");
    put(out, ash_i18n_language());
    put(out, "\">\n");
    put_element(out, "h1", m->headline);
    put_element(out, "p", m->paragraph);
    put_list(out, m->lines, m->n_lines);
    put_element(out, "h2", _("What the logs cannot tell:"));
    put_list(out, m->limits, m->n_limits);
    put(out, "</main>");
}

static int write_html(ash_model *m, ash_error *err)
{
    char path[4096];
    ash_json j;
    ash_view page = ash_view_of(ash_page, (size_t)(ash_page_end - ash_page));
    ptrdiff_t summary = ash_view_find_str(page, ASH_VIEW_LIT(SUMMARY_PLACE));
    ptrdiff_t data = ash_view_find_str(page, ASH_VIEW_LIT(DATA_PLACE));
    if (summary < 0 || data < summary)
        return ash_fail(err, ASH_E_STATE, "report", "the page was built without its places for data");
    ash_view head = ash_view_first(page, (size_t)summary);
    ash_view middle = ash_view_skip(ash_view_first(page, (size_t)data),
                                    (size_t)summary + sizeof SUMMARY_PLACE - 1);
    ash_view tail = ash_view_skip(page, (size_t)data + sizeof DATA_PLACE - 1);
    ash_out *out = malloc(sizeof *out);
    if (out == NULL)
        return ash_fail(err, ASH_E_NOMEM, "report", "out of memory");
    int rc = ash_out_open(out, ash_case_path(m->r->c, "report.html", path, sizeof path), err);
    if (rc == 0) {
        ash_out_write(out, head);
        put_summary(out, m);
        ash_out_write(out, middle);
        ash_json_init(&j, out, true);
        rc = ash_report_write_model(m, &j, err);
        ash_out_write(out, tail);
        if (rc == 0)
            rc = ash_out_publish(out, err);
        ash_out_abandon(out);
    }
    free(out);
    return rc;
}

int ash_report_write(ash_model *m, ash_error *err)
{
    int rc = write_json(m, err);
    return rc == 0 ? write_html(m, err) : rc;
}

int ash_report_again(ash_case *c, ash_error *err)
{
    ash_reader r;
    ash_model m;
    int rc = ash_reader_open(&r, c, 0, err);
    if (rc < 0)
        return rc;
    rc = ash_model_make(&m, &r, NULL, err);
    if (rc == 0) {
        rc = ash_report_write(&m, err);
        ash_model_free(&m);
    }
    ash_reader_close(&r);
    return rc;
}
