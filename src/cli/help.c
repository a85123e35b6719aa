#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cli/cli.h"

static void pad_to(const char *text, size_t columns)
{
    size_t w = ash_text_width(text);
    for (; w < columns; w++)
        putchar(' ');
}

static void print_program(void)
{
    printf("%s\n\n", _("Ashiato: what was read on your file servers, by whom, since when - and what "
                       "the logs cannot tell."));
    printf("%s\n  ashiato investigate /var/log/samba --case ./case\n\n", _("Begin with:"));
    printf("%s\n", _("Commands:"));
    for (size_t i = 0; i < ash_n_commands; i++)
        printf("  %-12s %s\n", ash_commands[i]->name, _(ash_commands[i]->summary));
    printf("\n%s\n", _("`ashiato COMMAND --help` explains one; `ashiato --version` prints the version."));
}

void ash_print_help(const ash_command *c)
{
    if (c == NULL) {
        print_program();
        return;
    }
    printf("%s: ashiato %s %s%s[%s]\n\n%s\n", _("Usage"), c->name, c->operands,
           c->operands[0] != '\0' ? " " : "", _("options"), _(c->summary));
    if (c->details != NULL)
        printf("\n%s\n", _(c->details));
    printf("\n%s\n", _("Options:"));
    for (size_t i = 0; i < c->n_options; i++) {
        const ash_option *o = &c->options[i];
        char left[80];
        char letter[8] = "   ";
        if (o->letter != 0)
            snprintf(letter, sizeof letter, "-%c,", o->letter);
        snprintf(left, sizeof left, "  %s --%s%s%s", letter, o->name, o->arg != NULL ? " " : "",
                 o->arg != NULL ? o->arg : "");
        fputs(left, stdout);
        pad_to(left, 30);
        printf(" %s%s\n", _(o->help), o->repeatable ? _(" (may be repeated)") : "");
    }
    if (c->examples != NULL)
        printf("\n%s\n%s\n", _("Examples:"), c->examples);
}
