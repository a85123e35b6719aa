#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "ledger/book.h"
#include "ledger/seal.h"

#define COMMAND(x) extern const ash_command ash_command_##x;
#include "cli/commands.def"
#undef COMMAND

const ash_command *const ash_commands[] = {
#define COMMAND(x) &ash_command_##x,
#include "cli/commands.def"
#undef COMMAND
};
const size_t ash_n_commands = sizeof ash_commands / sizeof ash_commands[0];

atomic_bool ash_stop;

static void on_signal(int sig)
{
    if (atomic_exchange(&ash_stop, true)) {
        signal(sig, SIG_DFL);
        raise(sig);
    }
}

void ash_catch_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
}

/* Messages quote arguments, file names and values, which may hold anything. */
static void print_error(const char *text)
{
    char shown[8 * 1024];
    fputs("ashiato: ", stderr);
    for (ash_view rest = ash_view_z(text);;) {
        ptrdiff_t nl = ash_view_find(rest, '\n');
        ash_view line = ash_view_first(rest, nl < 0 ? rest.n : (size_t)nl);
        fprintf(stderr, "%s\n", ash_text_escape(shown, sizeof shown, line));
        if (nl < 0)
            return;
        rest = ash_view_skip(rest, line.n + 1);
    }
}

int ash_complain(const ash_error *err)
{
    char text[ASH_ERROR_MSG_MAX + ASH_ERROR_INPUT_MAX + 128];
    print_error(ash_error_text(err, text, sizeof text));
    switch (err->code) {
    case ASH_E_USAGE: return ASH_EXIT_USAGE;
    case ASH_E_INTERRUPTED: return ASH_EXIT_INTERRUPTED;
    case ASH_E_CHANGED: return ASH_EXIT_CHANGED;
    default: return ASH_EXIT_FAILED;
    }
}

int ash_usage_error(const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    print_error(text);
    return ASH_EXIT_USAGE;
}

static int open_ledger(const ash_args *a, ash_case *c)
{
    ash_error err;
    const ash_ledger_options o = {.key = ash_arg(a, "key"),
                                  .ask = ash_ask_passphrase,
                                  .command = a->line,
                                  .n_command = a->n_line};
    if (ash_flag(a, "no-seal"))
        return ash_book_exists(c->dir)
                   ? ash_usage_error("%s", _("--no-seal is for cases without a ledger; this one is "
                                             "sealed, and what is not sealed in it counts as damage"))
                   : ASH_EXIT_OK;
    return ash_ledger_open(&c->ledger, c, &o, &err) < 0 ? ash_complain(&err) : ASH_EXIT_OK;
}

bool ash_open_case(const ash_args *a, ash_case_mode mode, ash_case *ret, int *ret_exit)
{
    ash_error err;
    const char *dir = ash_arg(a, "case");
    if (dir == NULL) {
        *ret_exit = ash_usage_error(_("--case DIR is missing; try `ashiato %s --help`"),
                                    a->command->name);
        return false;
    }
    if (ash_case_open(ret, dir, mode, &err) < 0) {
        *ret_exit = ash_complain(&err);
        return false;
    }
    if (mode == ASH_CASE_READ)
        return true;
    *ret_exit = open_ledger(a, ret);
    if (*ret_exit != ASH_EXIT_OK)
        ash_case_close(ret);
    return *ret_exit == ASH_EXIT_OK;
}

int ash_close_case(ash_case *c, int exit_code)
{
    ash_error err;
    int rc = c->ledger == NULL ? 0 : ash_ledger_close(c->ledger, exit_code, &err);
    c->ledger = NULL;
    ash_case_close(c);
    return rc < 0 && exit_code == ASH_EXIT_OK ? ash_complain(&err) : exit_code;
}

/* --- parsing ----------------------------------------------------------- */

static int option_index(const ash_command *c, const char *name, size_t n)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (strlen(c->options[i].name) == n && memcmp(c->options[i].name, name, n) == 0)
            return (int)i;
    return -1;
}

static int letter_index(const ash_command *c, char letter)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (c->options[i].letter == letter)
            return (int)i;
    return -1;
}

const char *ash_arg(const ash_args *a, const char *name)
{
    int i = option_index(a->command, name, strlen(name));
    return i < 0 ? NULL : a->values[i];
}

size_t ash_arg_list(const ash_args *a, const char *name, const char *const **ret)
{
    int i = option_index(a->command, name, strlen(name));
    *ret = i < 0 ? NULL : a->lists[i];
    return i < 0 ? 0 : a->n_lists[i];
}

static int set_value(ash_args *a, int i, const char *value)
{
    const ash_option *o = &a->command->options[i];
    if (a->values[i] != NULL && !o->repeatable)
        return ash_usage_error(_("--%s may be given only once"), o->name);
    a->values[i] = value;
    if (!o->repeatable)
        return 0;
    const char **list = realloc(a->lists[i], (a->n_lists[i] + 1) * sizeof *list);
    if (list == NULL)
        return ash_usage_error("%s", strerror(ENOMEM));
    list[a->n_lists[i]++] = value;
    a->lists[i] = list;
    return 0;
}

/* One argument that begins with '-'; *i moves on when it takes the next one. */
static int parse_option(ash_args *a, int argc, char **argv, int *i)
{
    const char *arg = argv[*i], *value = NULL;
    int index;
    if (arg[1] == '-') {
        const char *eq = strchr(arg, '=');
        index = option_index(a->command, arg + 2, eq == NULL ? strlen(arg + 2) : (size_t)(eq - arg - 2));
        value = eq == NULL ? NULL : eq + 1;
    } else {
        index = letter_index(a->command, arg[1]);
        value = arg[2] == '\0' ? NULL : arg + 2;
    }
    if (index < 0)
        return ash_usage_error(_("unknown option %s; try `ashiato %s --help`"), arg, a->command->name);
    const ash_option *o = &a->command->options[index];
    if (o->arg == NULL)
        return value != NULL ? ash_usage_error(_("--%s takes no value"), o->name)
                             : set_value(a, index, "");
    if (value == NULL && ++*i >= argc)
        return ash_usage_error(_("--%s needs a value (%s)"), o->name, o->arg);
    return set_value(a, index, value != NULL ? value : argv[*i]);
}

static int parse(ash_args *a, int argc, char **argv)
{
    bool only_operands = false;
    a->operands = calloc((size_t)argc + 1, sizeof *a->operands);
    if (a->operands == NULL)
        return ash_usage_error("%s", strerror(ENOMEM));
    for (int i = 0; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1] != '\0') {
            int rc = parse_option(a, argc, argv, &i);
            if (rc != 0)
                return rc;
        } else {
            a->operands[a->n_operands++] = argv[i];
        }
    }
    return 0;
}

const ash_command *ash_command_by_name(const char *name)
{
    for (size_t i = 0; i < ash_n_commands; i++)
        if (strcmp(ash_commands[i]->name, name) == 0)
            return ash_commands[i];
    return NULL;
}

/* --lang has to be known before anything is printed. */
static const char *find_lang(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            return argv[i] + 7;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}

static int run_command(const ash_command *c, int argc, char **argv)
{
    ash_args a = {.command = c, .line = (const char *const *)(argv - 1), .n_line = (size_t)argc + 1};
    int rc = parse(&a, argc, argv);
    if (rc == 0 && ash_flag(&a, "help"))
        ash_print_help(c);
    else if (rc == 0 && a.n_operands > 0 && c->operands[0] == '\0')
        rc = ash_usage_error(_("%s takes no argument '%s'"), c->name, a.operands[0]);
    else if (rc == 0)
        rc = c->run(&a);
    for (size_t i = 0; i < ASH_OPTIONS_MAX; i++)
        free(a.lists[i]);
    free(a.operands);
    /* Output that did not reach its file is a failure, whatever came before. */
    int why = fflush(stdout) != 0 ? errno : ash_output_errno();
    if (why != 0 && why != EPIPE && rc == 0) {
        fprintf(stderr, "ashiato: %s: %s\n", _("output cannot be written"), strerror(why));
        rc = ASH_EXIT_FAILED;
    }
    return rc;
}

/* Few arenas, and large blocks by mmap always: what a stage frees, the next one
 * has. Without it, a month's log leaves 70 MB of holes behind. */
static void tame_malloc(void)
{
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

int main(int argc, char **argv)
{
    tame_malloc();
    const char *lang = find_lang(argc, argv);
    ash_i18n_init(lang);
    if (lang != NULL && strcmp(lang, "en") != 0 && strcmp(lang, "ja") != 0)
        return ash_usage_error(_("--lang must be en or ja"));
    /* A reader that goes away (head, a pager) ends output, not the program. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        ash_print_help(NULL);
        return argc < 2 ? ASH_EXIT_USAGE : ASH_EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("ashiato " ASH_VERSION);
        return ASH_EXIT_OK;
    }
    const ash_command *c = ash_command_by_name(argv[1]);
    if (c == NULL)
        return ash_usage_error(_("there is no command '%s'; `ashiato --help` lists them"), argv[1]);
    return run_command(c, argc - 2, argv + 2);
}
