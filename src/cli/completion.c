#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/values.h"

/* What to offer for an argument whose values are not known by name. */
typedef enum place { PLACE_ANYTHING, PLACE_FILES, PLACE_FOLDERS } place;

static place place_of(const char *arg)
{
    if (strcmp(arg, "DIR") == 0)
        return PLACE_FOLDERS;
    return strcmp(arg, "INPUT...") == 0 || strcmp(arg, "FILE") == 0 ? PLACE_FILES : PLACE_ANYTHING;
}

static void list_values(const char *arg)
{
    const char *value;
    for (size_t i = 0; (value = ash_value_of(arg, i)) != NULL; i++)
        printf("%s%s", i > 0 ? " " : "", value);
}

/* Inside single quotes of a shell, the characters of `special` behind a
 * backslash. */
static void put_quoted(const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(special, *text) != NULL)
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

/* --- bash -------------------------------------------------------------- */

static void bash_offer(const char *arg)
{
    switch (place_of(arg)) {
    case PLACE_FOLDERS:
        puts("compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;");
        return;
    case PLACE_FILES:
        puts("compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;");
        return;
    case PLACE_ANYTHING:
        if (ash_value_of(arg, 0) == NULL) {
            puts(";;");
            return;
        }
        fputs("mapfile -t COMPREPLY < <(compgen -W '", stdout);
        list_values(arg);
        puts("' -- \"$cur\") ;;");
    }
}

static void bash_command(const ash_command *c)
{
    printf("    %s)\n        case $prev in\n", c->name);
    for (size_t i = 0; i < c->n_options; i++) {
        const ash_option *o = &c->options[i];
        if (o->arg == NULL)
            continue;
        printf("        --%s", o->name);
        if (o->letter != 0)
            printf("|-%c", o->letter);
        fputs(") ", stdout);
        bash_offer(o->arg);
    }
    puts("        *)\n            case $cur in");
    fputs("            -*) mapfile -t COMPREPLY < <(compgen -W '", stdout);
    for (size_t i = 0; i < c->n_options; i++)
        printf("%s--%s", i > 0 ? " " : "", c->options[i].name);
    puts("' -- \"$cur\") ;;");
    fputs("            *) ", stdout);
    bash_offer(c->operands);
    puts("            esac ;;\n        esac ;;");
}

static void print_bash(void)
{
    puts("# bash completion of ashiato\n"
         "_ashiato()\n"
         "{\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
         "    local command=${COMP_WORDS[1]}\n"
         "    COMPREPLY=()\n"
         "    # --option=value is three words, or two as long as there is no value.\n"
         "    if [[ $cur == = ]]; then\n"
         "        cur=\n"
         "    elif [[ $prev == = ]]; then\n"
         "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
         "    fi\n"
         "    if ((COMP_CWORD == 1)); then");
    fputs("        mapfile -t COMPREPLY < <(compgen -W '", stdout);
    list_values("[COMMAND]");
    puts(" --help --version' -- \"$cur\")\n"
         "        return\n"
         "    fi\n"
         "    case $command in");
    for (size_t i = 0; i < ash_n_commands; i++)
        bash_command(ash_commands[i]);
    puts("    esac\n"
         "}\n"
         "complete -F _ashiato ashiato");
}

/* --- zsh --------------------------------------------------------------- */

static void zsh_offer(const char *arg)
{
    switch (place_of(arg)) {
    case PLACE_FOLDERS: fputs("_files -/", stdout); return;
    case PLACE_FILES: fputs("_files", stdout); return;
    case PLACE_ANYTHING:
        if (ash_value_of(arg, 0) == NULL)
            return;
        putchar('(');
        list_values(arg);
        putchar(')');
    }
}

static void zsh_option(const ash_option *o)
{
    fputs("            ", stdout);
    if (o->repeatable)
        fputs("'*'", stdout);
    else if (o->letter != 0)
        printf("'(-%c --%s)'", o->letter, o->name);
    if (o->letter != 0)
        printf("{-%c%s,--%s%s}", o->letter, o->arg != NULL ? "+" : "", o->name,
               o->arg != NULL ? "=" : "");
    else
        printf("--%s%s", o->name, o->arg != NULL ? "=" : "");
    fputs("'[", stdout);
    put_quoted(o->help, "[]\\:");
    putchar(']');
    if (o->arg != NULL) {
        printf(":%s:", o->arg);
        zsh_offer(o->arg);
    }
    puts("' \\");
}

static void zsh_command(const ash_command *c)
{
    printf("    %s)\n        _arguments -s -S \\\n", c->name);
    for (size_t i = 0; i < c->n_options; i++)
        zsh_option(&c->options[i]);
    bool many = strstr(c->operands, "...") != NULL;
    if (c->operands[0] == '\0') {
        puts("            && return ;;");
        return;
    }
    printf("            '%s:%s:", many ? "*" : "", "argument");
    zsh_offer(c->operands);
    puts("' ;;");
}

static void print_zsh(void)
{
    puts("#compdef ashiato\n"
         "# zsh completion of ashiato\n"
         "local -a known=(");
    for (size_t i = 0; i < ash_n_commands; i++) {
        printf("    '%s:", ash_commands[i]->name);
        put_quoted(ash_commands[i]->summary, "\\:");
        puts("'");
    }
    puts(")\n"
         "if ((CURRENT == 2)); then\n"
         "    _describe -t commands command known\n"
         "    _arguments '(- *)'{-h,--help}'[print help]' '(- *)--version[print the version]'\n"
         "    return\n"
         "fi\n"
         "local command=$words[2]\n"
         "shift words\n"
         "((CURRENT--))\n"
         "case $command in");
    for (size_t i = 0; i < ash_n_commands; i++)
        zsh_command(ash_commands[i]);
    puts("esac");
}

/* --- fish -------------------------------------------------------------- */

static void fish_offer(const char *arg)
{
    switch (place_of(arg)) {
    case PLACE_FOLDERS: fputs(" -x -a '(__fish_complete_directories)'", stdout); return;
    case PLACE_FILES: fputs(" -r -F", stdout); return;
    case PLACE_ANYTHING:
        fputs(" -x", stdout);
        if (ash_value_of(arg, 0) == NULL)
            return;
        fputs(" -a '", stdout);
        list_values(arg);
        putchar('\'');
    }
}

static void fish_command(const ash_command *c)
{
    for (size_t i = 0; i < c->n_options; i++) {
        const ash_option *o = &c->options[i];
        printf("complete -c ashiato -n '__fish_seen_subcommand_from %s' -l %s", c->name, o->name);
        if (o->letter != 0)
            printf(" -s %c", o->letter);
        fputs(" -d '", stdout);
        put_quoted(o->help, "\\");
        putchar('\'');
        if (o->arg != NULL)
            fish_offer(o->arg);
        putchar('\n');
    }
    if (c->operands[0] == '\0' ||
        (place_of(c->operands) == PLACE_ANYTHING && ash_value_of(c->operands, 0) == NULL))
        return;
    printf("complete -c ashiato -n '__fish_seen_subcommand_from %s'", c->name);
    fish_offer(c->operands);
    putchar('\n');
}

static void print_fish(void)
{
    puts("# fish completion of ashiato\n"
         "complete -c ashiato -f\n"
         "complete -c ashiato -n __fish_use_subcommand -s h -l help -d 'print help'\n"
         "complete -c ashiato -n __fish_use_subcommand -l version -d 'print the version'");
    for (size_t i = 0; i < ash_n_commands; i++) {
        printf("complete -c ashiato -n __fish_use_subcommand -a %s -d '", ash_commands[i]->name);
        put_quoted(ash_commands[i]->summary, "\\");
        puts("'");
    }
    for (size_t i = 0; i < ash_n_commands; i++)
        fish_command(ash_commands[i]);
}

/* ----------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*print)(void);
} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
#define N_SHELLS (sizeof shells / sizeof shells[0])

const char *ash_shell_name(size_t i)
{
    return i < N_SHELLS ? shells[i].name : NULL;
}

bool ash_print_completion(const char *shell)
{
    for (size_t i = 0; i < N_SHELLS; i++) {
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].print();
            return true;
        }
    }
    return false;
}
