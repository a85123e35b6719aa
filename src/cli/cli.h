/* The command line: one file per command in this folder, one row each in
 * commands.def. Options are tables; --help, man pages and completions are made
 * from them. */
#ifndef ASH_CLI_CLI_H
#define ASH_CLI_CLI_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "case/case.h"

/* Exit codes; documented in docs/OUTPUT.md. */
#define ASH_EXIT_OK 0
#define ASH_EXIT_FAILED 1   /* something failed; stderr says what */
#define ASH_EXIT_USAGE 2
#define ASH_EXIT_NO_INPUT 3 /* none of the inputs could be used */
#define ASH_EXIT_CHANGED 4  /* evidence is not what it was */
#define ASH_EXIT_INCOMPLETE 5 /* the ledger does not cover everything */
#define ASH_EXIT_TOUCHED 6  /* untouched: a file was read */
#define ASH_EXIT_NOT_PROVABLE 7 /* untouched: cannot be proved */
#define ASH_EXIT_INTERRUPTED 130

typedef struct ash_option {
    const char *name; /* without "--" */
    char letter;      /* short form, 0 = none */
    const char *arg;  /* "DIR": a word known to values.c if its values are; NULL: a switch */
    const char *help; /* marked for translation */
    bool repeatable;
} ash_option;

#define ASH_OPTIONS_MAX 24

typedef struct ash_args {
    const struct ash_command *command;
    const char *values[ASH_OPTIONS_MAX]; /* by position in the command's table; "" = switch set */
    const char **lists[ASH_OPTIONS_MAX]; /* repeatable ones: all values */
    size_t n_lists[ASH_OPTIONS_MAX];
    const char **operands;
    size_t n_operands;
    const char *const *line; /* as it was given, from the command's name on */
    size_t n_line;
} ash_args;

typedef struct ash_command {
    const char *name;
    const char *operands; /* "INPUT...", "" */
    const char *summary;  /* one line, marked for translation */
    const char *details;  /* paragraphs, marked for translation */
    const char *examples; /* lines "command\n  what it does" */
    const ash_option *options;
    size_t n_options;
    int (*run)(const ash_args *a);
} ash_command;

extern const ash_command *const ash_commands[];
extern const size_t ash_n_commands;
/* NULL if there is none of that name. */
const ash_command *ash_command_by_name(const char *name);

/* The value of an option by name; NULL if not given. */
const char *ash_arg(const ash_args *a, const char *name);
static inline bool ash_flag(const ash_args *a, const char *name)
{
    return ash_arg(a, name) != NULL;
}
/* All values of a repeatable option. */
size_t ash_arg_list(const ash_args *a, const char *name, const char *const **ret);

/* Set by SIGINT and SIGTERM once ash_catch_signals was called; a second signal
 * ends the process at once. */
extern atomic_bool ash_stop;
void ash_catch_signals(void);

/* Prints "ashiato: ..." to stderr and returns the exit code for the error. */
int ash_complain(const ash_error *err);
int ash_usage_error(const char *fmt, ...) ASH_PRINTF(1, 2);

void ash_print_help(const ash_command *c); /* NULL: of the program */

/* Opens the case named by --case, for writing with its ledger (--key,
 * --no-seal); on failure complains and returns an exit code in *ret_exit. */
bool ash_open_case(const ash_args *a, ash_case_mode mode, ash_case *ret, int *ret_exit);
/* Seals what was written, closes the case and returns the exit code: the one
 * given, unless sealing fails after a success. */
int ash_close_case(ash_case *c, int exit_code);

/* A key file's passphrase: from ASHIATO_PASSPHRASE, else from the terminal. */
bool ash_ask_passphrase(const char *path, char *buf, size_t size);
/* A new one, asked for twice. */
bool ash_ask_new_passphrase(char *buf, size_t size);

#define ASH_OPT_FILES                                                                  \
    {"files", 0, "ROOT", N_("look whether the files read are still below this folder, and unchanged"), false}
#define ASH_OPT_CASE {"case", 'c', "DIR", N_("the case's folder"), false}
#define ASH_OPT_KEY {"key", 0, "FILE", N_("the key that seals the case; made if there is none"), false}
#define ASH_OPTS_SEAL                                                                    \
    ASH_OPT_KEY,                                                                         \
    {"no-seal", 0, NULL, N_("keep no ledger: nobody can verify the case later"), false}
#define ASH_OPT_LANG {"lang", 0, "LANG", N_("language of messages and reports: en or ja"), false}
#define ASH_OPT_HELP {"help", 'h', NULL, N_("print this help"), false}

#endif
