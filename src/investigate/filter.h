/* Which accesses are meant: the filters all list commands share. */
#ifndef ASH_INVESTIGATE_FILTER_H
#define ASH_INVESTIGATE_FILTER_H

#include "base/buf.h"
#include "investigate/reader.h"

typedef struct ash_filter {
    bool all;              /* every access, not only those of tracks */
    int64_t track;         /* only this track; 0 = any */
    const char *account;   /* names or globs (fnmatch), NULL = any */
    const char *client;
    const char *server;
    const char *share;
    const char *const *grades; /* words: read, opened, ..., written, ... */
    size_t n_grades;
    unsigned standings;    /* bit 1 << ash_standing; 0: any */
    int64_t since, until;  /* ns; ASH_TIME_NONE = open */
    const char *path;      /* glob over the whole path, NULL = any */
} ash_filter;

ash_filter ash_filter_none(void);

/* The same outside of SQL. ash_filter_actor: account, client, server;
 * ash_filter_server: a server's name; ash_filter_span: times that touch since to
 * until (ASH_TIME_NONE: the whole time). */
bool ash_filter_actor(const ash_filter *f, const ash_reader *r, uint32_t actor);
bool ash_filter_server(const ash_filter *f, ash_view name);
bool ash_filter_span(const ash_filter *f, int64_t first, int64_t last);

/* SQL condition (without WHERE) on view `a`; the path glob and the grades are not
 * in it. "false" if no actor matches. */
int ash_filter_sql(const ash_filter *f, const ash_reader *r, ash_buf *out, ash_error *err)
    ASH_MUST_USE;

/* SQL condition on the grade and changes of a path (a row of `alias`): what the
 * path's strongest evidence is, not what single accesses were. */
int ash_filter_grades_sql(const ash_filter *f, const char *alias, ash_buf *out, ash_error *err)
    ASH_MUST_USE;

/* SQL condition on a column that holds path text, or "true". '*' matches '/'
 * too; a folder without '*' means everything below it as well. */
void ash_filter_path_sql(const ash_filter *f, const char *column, ash_buf *out);

/* The grade words one by one; NULL after the last. */
const char *ash_grade_word(size_t i);
/* ASH_E_USAGE unless it is one of the grade words. */
int ash_grade_word_check(const char *word, ash_error *err) ASH_MUST_USE;

#endif
