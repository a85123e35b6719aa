#include <stdio.h>
#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/summary.h"
#include "report/report.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int run(const ash_args *a)
{
    ash_case c;
    ash_reader r;
    ash_model m;
    ash_error err;
    int exit_code = ASH_EXIT_OK;
    if (!ash_open_case(a, ASH_CASE_WRITE, &c, &exit_code))
        return exit_code;
    int rc = ash_reader_open(&r, &c, 0, &err);
    if (rc == 0) {
        rc = ash_model_make(&m, &r, ash_arg(a, "files"), &err);
        if (rc == 0) {
            rc = ash_report_write(&m, &err);
            if (rc == 0)
                ash_summary_print(&m, NULL);
            ash_model_free(&m);
        }
        ash_reader_close(&r);
    }
    if (rc < 0)
        exit_code = ash_complain(&err);
    return ash_close_case(&c, exit_code);
}

static const ash_option options[] = {ASH_OPT_CASE, ASH_OPT_FILES, ASH_OPTS_SEAL, ASH_OPT_LANG,
                                     ASH_OPT_HELP};

const ash_command ash_command_report = {
    .name = "report",
    .operands = "",
    .summary = N_("Write report.html and report.json again, for example in another language"),
    .examples = "  ashiato report --case ./case --lang ja",
    .options = options,
    .n_options = N(options),
    .run = run,
};
