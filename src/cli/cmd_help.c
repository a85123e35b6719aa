#include <stdio.h>

#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/completion.h"
#include "cli/man.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int run(const ash_args *a)
{
    const char *shell = ash_arg(a, "completion");
    const ash_command *c = NULL;
    if (a->n_operands > 1)
        return ash_usage_error("%s", _("help explains one command at a time"));
    if (a->n_operands == 1 && (c = ash_command_by_name(a->operands[0])) == NULL)
        return ash_usage_error(_("there is no command '%s'; `ashiato --help` lists them"),
                               a->operands[0]);
    if (shell != NULL && !ash_print_completion(shell))
        return ash_usage_error(_("--completion is bash, zsh or fish"));
    if (shell == NULL && ash_flag(a, "man"))
        ash_print_man(c);
    else if (shell == NULL)
        ash_print_help(c);
    return ASH_EXIT_OK;
}

static const ash_option options[] = {
    {"man", 0, NULL, N_("print the manual page as man(7) source"), false},
    {"completion", 0, "SHELL", N_("print a completion script"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = N_("Explain a command"),
    .details = N_("`make install` puts manual pages and completions in their places; these options\n"
                  "print them where nothing was installed."),
    .examples = "  ashiato help scope\n"
                "  ashiato help --man scope | man -l -\n"
                "  source <(ashiato help --completion bash)",
    .options = options,
    .n_options = N(options),
    .run = run,
};
