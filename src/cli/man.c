#include "cli/man.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cli/values.h"

/* --- roff -------------------------------------------------------------- */

static void put_char(char c, bool literal)
{
    switch (c) {
    case '\\': fputs("\\e", stdout); break;
    case '\'': fputs("\\(aq", stdout); break;
    case '"': fputs("\\(dq", stdout); break;
    case '^': fputs("\\(ha", stdout); break;
    case '~': fputs("\\(ti", stdout); break;
    case '-': fputs(literal ? "\\-" : "-", stdout); break;
    default: putchar(c);
    }
}

static void put_literal(const char *text)
{
    for (; *text != '\0'; text++)
        put_char(*text, true);
}

/* After a character of a script written without spaces a line break must not
 * become one. */
static bool ends_wide(const char *begin, const char *end)
{
    const char *p = end;
    uint32_t cp;
    while (p > begin && ((unsigned char)p[-1] & 0xc0) == 0x80)
        p--;
    return p > begin && ash_utf8_decode(p - 1, (size_t)(end - p + 1), &cp) > 0 && cp >= 0x2e80;
}

/* Prose: `words` in bold, line breaks filled, an empty line a new paragraph. */
static void put_prose(const char *text)
{
    bool bold = false, at_line = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (p[0] == '\n' && p[1] == '\n') {
            fputs("\n.PP\n", stdout);
            p++;
            at_line = true;
        } else if (*p == '\n') {
            at_line = !ends_wide(text, p);
            if (at_line)
                putchar('\n');
        } else if (*p == '`') {
            bold = !bold;
            fputs(bold ? "\\fB" : "\\fR", stdout);
            at_line = false;
        } else {
            if (at_line && (*p == '.' || *p == '\''))
                fputs("\\&", stdout);
            put_char(*p, bold);
            at_line = false;
        }
    }
    putchar('\n');
}

static void section(const char *title)
{
    printf(".SH %s\n", title);
}

static void term(const char *text)
{
    fputs(".TP\n\\fB", stdout);
    put_literal(text);
    fputs("\\fR\n", stdout);
}

/* The commands of an examples text, their two spaces of indentation dropped. */
static void put_examples(const char *text, size_t at_most)
{
    for (const char *p = text; *p != '\0' && at_most > 0; at_most--) {
        size_t n = strcspn(p, "\n");
        const char *end = p + n;
        while (p < end && *p == ' ')
            p++;
        for (; p < end; p++)
            put_char(*p, true);
        putchar('\n');
        p = end + (*end == '\n');
    }
}

/* --- parts of a page --------------------------------------------------- */

static void head(const char *name, const char *summary)
{
    printf(".TH ");
    for (const char *p = name; *p != '\0'; p++)
        putchar(toupper((unsigned char)*p));
    printf(" 1 " ASH_RELEASE_DATE " \"ashiato " ASH_VERSION "\" \"%s\"\n", _("Ashiato Manual"));
    puts(".ad l"); /* lines of a script without spaces cannot be stretched */
    section(_("NAME"));
    put_literal(name);
    fputs(" \\- ", stdout);
    put_prose(summary);
}

/* The values of an option, unless its help names them all. */
static void put_values(const ash_option *o)
{
    const char *value;
    bool named = true;
    for (size_t i = 0; (value = ash_value_of(o->arg, i)) != NULL; i++)
        named = named && strstr(o->help, value) != NULL;
    for (size_t i = 0; !named && (value = ash_value_of(o->arg, i)) != NULL; i++) {
        fputs(i == 0 ? ".br\n\\fB" : ", \\fB", stdout);
        put_literal(value);
        fputs("\\fR", stdout);
    }
    if (!named)
        putchar('\n');
}

static void put_options(const ash_command *c)
{
    section(_("OPTIONS"));
    for (size_t i = 0; i < c->n_options; i++) {
        const ash_option *o = &c->options[i];
        fputs(".TP\n", stdout);
        if (o->letter != 0)
            printf("\\fB\\-%c\\fR, ", o->letter);
        fputs("\\fB\\-\\-", stdout);
        put_literal(o->name);
        fputs("\\fR", stdout);
        if (o->arg != NULL)
            printf(" \\fI%s\\fR", o->arg);
        putchar('\n');
        put_prose(_(o->help));
        if (o->repeatable)
            put_prose(_("May be given more than once."));
        if (o->arg != NULL)
            put_values(o);
    }
}

static void see_also(const ash_command *c)
{
    section(_("SEE ALSO"));
    if (c != NULL)
        fputs(".BR ashiato (1)", stdout);
    for (size_t i = 0; i < ash_n_commands; i++) {
        if (ash_commands[i] == c)
            continue;
        if (c != NULL || i > 0)
            puts(",");
        printf(".BR ashiato\\-%s (1)", ash_commands[i]->name);
    }
    putchar('\n');
}

typedef enum manual_kind { KIND_EXIT, KIND_VARIABLE, KIND_FILE } manual_kind;

#define STRING_OF(x) #x
#define MANUAL_EXIT(code, text) {KIND_EXIT, STRING_OF(code), text},
#define MANUAL_VARIABLE(name, text) {KIND_VARIABLE, name, text},
#define MANUAL_FILE(name, text) {KIND_FILE, name, text},
static const struct {
    manual_kind kind;
    const char *term, *text;
} manual[] = {
#include "cli/manual.def"
};

static void put_manual(const char *title, manual_kind kind)
{
    section(title);
    for (size_t i = 0; i < sizeof manual / sizeof manual[0]; i++) {
        if (manual[i].kind != kind)
            continue;
        term(manual[i].term);
        put_prose(_(manual[i].text));
    }
}

static void man_of_command(const ash_command *c)
{
    char name[64];
    snprintf(name, sizeof name, "ashiato-%s", c->name);
    head(name, _(c->summary));
    section(_("SYNOPSIS"));
    printf("\\fBashiato %s\\fR [\\fI%s\\fR]", c->name, _("options"));
    if (c->operands[0] != '\0') {
        fputs(" \\fI", stdout);
        put_literal(c->operands);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    section(_("DESCRIPTION"));
    put_prose(_(c->details != NULL ? c->details : c->summary));
    put_options(c);
    section(_("EXIT STATUS"));
    put_prose(_("As in `ashiato`(1)."));
    if (c->examples != NULL) {
        section(_("EXAMPLES"));
        puts(".EX");
        put_examples(c->examples, SIZE_MAX);
        puts(".EE");
    }
    see_also(c);
}

static void man_of_program(void)
{
    head("ashiato", _("tell from the logs of file servers who read which files, since when"));
    section(_("SYNOPSIS"));
    printf("\\fBashiato\\fR \\fI%s\\fR [\\fI%s\\fR]\n.br\n", _("command"), _("options"));
    puts("\\fBashiato \\-\\-version\\fR");
    section(_("DESCRIPTION"));
    put_prose(_("Reads the logs that file servers already write into a case, a folder, and answers "
                "from it: what was read, by whom, since when - and what the logs cannot tell. "
                "Inputs are opened read-only and hashed; every figure leads back to the raw records "
                "behind it."));
    section(_("COMMANDS"));
    for (size_t i = 0; i < ash_n_commands; i++) {
        term(ash_commands[i]->name);
        put_prose(_(ash_commands[i]->summary));
    }
    put_manual(_("EXIT STATUS"), KIND_EXIT);
    put_manual(_("ENVIRONMENT"), KIND_VARIABLE);
    put_manual(_("FILES"), KIND_FILE);
    section(_("EXAMPLES"));
    puts(".EX");
    for (size_t i = 0; i < ash_n_commands; i++)
        if (ash_commands[i]->examples != NULL)
            put_examples(ash_commands[i]->examples, 1);
    puts(".EE");
    see_also(NULL);
}

void ash_print_man(const ash_command *c)
{
    if (c == NULL)
        man_of_program();
    else
        man_of_command(c);
}
