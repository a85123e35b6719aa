/* report.html: the page built from web/ with the model put in as JSON. */
#include <stdlib.h>

#include "report/report.h"

#define PLACEHOLDER "__ASHIATO_DATA__"

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

static int write_html(ash_model *m, ash_error *err)
{
    char path[4096];
    ash_json j;
    ash_view page = ash_view_of(ash_page, (size_t)(ash_page_end - ash_page));
    ptrdiff_t at = ash_view_find_str(page, ASH_VIEW_LIT(PLACEHOLDER));
    if (at < 0)
        return ash_fail(err, ASH_E_STATE, "report", "the page was built without its data element");
    ash_out *out = malloc(sizeof *out);
    if (out == NULL)
        return ash_fail(err, ASH_E_NOMEM, "report", "out of memory");
    int rc = ash_out_open(out, ash_case_path(m->r->c, "report.html", path, sizeof path), err);
    if (rc == 0) {
        ash_out_write(out, ash_view_first(page, (size_t)at));
        ash_json_init(&j, out, true);
        rc = ash_report_write_model(m, &j, err);
        ash_out_write(out, ash_view_skip(page, (size_t)at + sizeof PLACEHOLDER - 1));
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
