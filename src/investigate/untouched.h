/* Whether files were provably not touched: yes only where the record is whole.
 *
 * Two questions about all that lies at or below a path, asked of each server
 * whose records reach there: was any content read; was anything opened for
 * reading, listed or changed. The answer is "untouched" only if no access says
 * otherwise and nothing could have hidden one; what could is named with its
 * times. Rules: untouched_rules.def, docs/UNTOUCHED.md. */
#ifndef ASH_INVESTIGATE_UNTOUCHED_H
#define ASH_INVESTIGATE_UNTOUCHED_H

#include <stdint.h>

#include "investigate/reader.h"

typedef enum ash_answer {
    ASH_ANSWER_UNTOUCHED,
    ASH_ANSWER_NOT_PROVABLE,
    ASH_ANSWER_TOUCHED,
} ash_answer;

/* "untouched", "not-provable", "touched". */
const char *ash_answer_name(ash_answer a);

#define ASH_HIDES_NOTHING 0u
#define ASH_HIDES_READS 1u
#define ASH_HIDES_OPENS 2u
#define ASH_HIDES_ALL 3u

/* "reads", "opens", "all". */
const char *ash_hides_name(unsigned hides);

typedef struct ash_asked_path {
    ash_view text; /* the caller's */
    bool glob;     /* '*', '?' and '[' mean what they mean in --path */
} ash_asked_path;

typedef struct ash_question {
    const ash_asked_path *paths;
    size_t n_paths;
    const char *share, *server; /* names or globs, NULL = any */
    int64_t since, until;       /* ns; ASH_TIME_NONE: as far as the server's records reach */
    bool assume_quiet; /* silences at usual times hide nothing: the asker's word for it */
} ash_question;

/* Open ends of times, where nothing bounds them. */
#define ASH_TIME_NEVER_BEFORE (INT64_MIN + 1)
#define ASH_TIME_EVER INT64_MAX

/* A time in which something could have been that no record tells. */
typedef struct ash_hidden {
    int64_t first, last; /* ns, within the time asked about */
    unsigned hides;      /* ASH_HIDES_* */
    const char *reason;  /* stable */
    char *text;          /* owned; for people */
    char *input;         /* owned; NULL = none */
} ash_hidden;

typedef struct ash_hiddens {
    ash_hidden *rows;
    size_t n, cap;
} ash_hiddens;

/* One server, and what hides something there whatever the path. */
typedef struct ash_untouched_server {
    ash_view name;       /* as long as the reader */
    int64_t first, last; /* of its records; ASH_TIME_NONE: it has none */
    int64_t since, until; /* asked about; open where nothing was asked and it has no records */
    int64_t shift;       /* largest step of its clock, ns; 0: none */
    ash_hiddens hidden;
} ash_untouched_server;

/* An access that says it was touched, or may have been moved. */
typedef struct ash_touch {
    uint32_t segment, actor, share;
    int64_t row, track; /* track 0: none */
    uint8_t grade, changes, flags;
    int64_t first_cs, last_cs;
    char *path; /* owned, bytes as logged */
    size_t path_n;
} ash_touch;

/* Accesses, not files. */
typedef struct ash_touch_counts {
    int64_t read, opened, listed, changed, denied, missing, seen;
    int64_t opened_first_cs, opened_last_cs; /* of those opened */
} ash_touch_counts;

#define ASH_NO_SERVER SIZE_MAX

/* One path on one server. */
typedef struct ash_untouched_row {
    size_t path;   /* index in the question */
    size_t server; /* index in `servers`; ASH_NO_SERVER: no server's records reach there */
    uint32_t *shares; /* owned; whose records reach there */
    size_t n_shares;
    ash_answer read, opened;
    ash_touch_counts counts;
    ash_touch *touches; /* the strongest, at most ASH_TOUCHES_SHOWN */
    size_t n_touches;
    ash_hiddens hidden; /* for this path, beside the server's */
    bool named;         /* some record of the case names the path or something below it */
} ash_untouched_row;

typedef struct ash_untouched {
    ash_untouched_server *servers;
    size_t n_servers;
    ash_untouched_row *rows; /* by path, then by server: those whose records reach there */
    size_t n_rows;
} ash_untouched;

/* ASH_E_NOTFOUND: no server of the case has that name. */
int ash_untouched_ask(ash_untouched *ret, ash_reader *r, const ash_question *q, ash_error *err)
    ASH_MUST_USE;
void ash_untouched_free(ash_untouched *u);

#endif
