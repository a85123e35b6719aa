#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "investigate/retain.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int print_state(ash_case *c, ash_error *err)
{
    char reason[ASH_WHY_MAX + 1], shown[4 * ASH_WHY_MAX + 16];
    int rc = ash_hold_reason(c, reason, sizeof reason, err);
    if (rc < 0)
        return rc;
    if (reason[0] == '\0')
        puts(_("Not held."));
    else
        printf(_("Held: %s\n"), ash_text_escape(shown, sizeof shown, ash_view_z(reason)));
    return 0;
}

static int run(const ash_args *a)
{
    ash_case c;
    ash_error err;
    const char *reason = ash_arg(a, "reason");
    bool release = ash_flag(a, "release"), write = reason != NULL || release;
    int exit_code = ASH_EXIT_OK;
    if (reason != NULL && release)
        return ash_usage_error("%s", _("--reason holds the case, --release lets it go: not both"));
    if (reason != NULL && (reason[0] == '\0' || strlen(reason) > ASH_WHY_MAX))
        return ash_usage_error(_("--reason needs a text of at most %u bytes"), ASH_WHY_MAX);
    if (!ash_open_case(a, write ? ASH_CASE_WRITE : ASH_CASE_READ, &c, &exit_code))
        return exit_code;
    int rc = write ? ash_hold_set(&c, reason, &err) : 0;
    if (rc == 0)
        rc = print_state(&c, &err);
    if (rc < 0)
        exit_code = ash_complain(&err);
    return ash_close_case(&c, exit_code);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"reason", 0, "TEXT", N_("hold the case: nothing may be removed from it until it is released"), false},
    {"release", 0, NULL, N_("let it go again"), false},
    ASH_OPT_KEY,
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_hold = {
    .name = "hold",
    .operands = "",
    .summary = N_("Hold a case for a proceeding: nothing may be removed from it"),
    .details = N_("A case that is held refuses `ashiato retain`. Who held it, when and why, and who released\n"
                  "it, is in its ledger (`ashiato custody`). Without --reason and --release: whether it is held."),
    .examples = "  ashiato hold --case ./case --reason 'proceedings 2026-117, until further notice'\n"
                "  ashiato hold --case ./case --release",
    .options = options,
    .n_options = N(options),
    .run = run,
};
