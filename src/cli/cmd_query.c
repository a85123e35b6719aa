#include "base/i18n.h"
#include "cli/list_options.h"
#include "investigate/reader.h"

#include <stdio.h>
#include <stdlib.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void put_value(ash_table *t, const ash_rows *rows, size_t i)
{
    if (ash_rows_null(rows, i))
        ash_table_z(t, NULL);
    else
        ash_table_text(t, ash_rows_text(rows, i));
}

/* Everything as text, as DuckDB writes it: the same value in every format. */
static char *as_text(const char *sql)
{
    size_t n = strlen(sql);
    while (n > 0 && strchr("; \t\n\r", sql[n - 1]) != NULL)
        n--;
    char *out = malloc(n + 64);
    if (out != NULL)
        snprintf(out, n + 64, "SELECT COLUMNS(*)::VARCHAR FROM (\n%.*s\n)", (int)n, sql);
    return out;
}

static int query(const ash_listing *l, ash_error *err)
{
    const char *sql = l->args->operands[0];
    ash_rows *rows = NULL;
    ash_table t;
    ash_column_def defs[ASH_TABLE_COLUMNS];
    char *text = as_text(sql);
    if (text == NULL)
        return ash_fail(err, ASH_E_NOMEM, "cli", "out of memory");
    int rc = ash_duck_query(l->r->duck, text, NULL, 0, &rows, err);
    free(text);
    if (rc < 0)
        return rc;
    size_t n = ash_rows_columns(rows);
    if (n > ASH_TABLE_COLUMNS) {
        ash_rows_free(rows);
        return ash_fail(err, ASH_E_LIMIT, "cli", "the query has %zu columns; %d can be shown", n,
                        ASH_TABLE_COLUMNS);
    }
    for (size_t i = 0; i < n; i++)
        defs[i] = (ash_column_def){.name = ash_rows_name(rows, i), .title = ash_rows_name(rows, i)};
    if (l->people)
        ash_pager_begin();
    ash_table_begin(&t, l->format, defs, n);
    while ((rc = ash_rows_next(rows, err)) == 1)
        for (size_t i = 0; i < n; i++)
            put_value(&t, rows, i);
    ash_table_end(&t);
    ash_pager_end();
    ash_rows_free(rows);
    return rc;
}

static int run(const ash_args *a)
{
    if (a->n_operands != 1)
        return ash_usage_error("%s", _("query needs one SQL query, in quotes"));
    return ash_list_run(a, ASH_READER_CONFINED, query);
}

static const ash_option options[] = {
    ASH_OPT_CASE, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_LANG, ASH_OPT_HELP,
};

const ash_command ash_command_query = {
    .name = "query",
    .operands = "\"SELECT ...\"",
    .summary = N_("Ask the case in SQL (DuckDB)"),
    .details = N_("Views: accesses, actors, shares, folder_activity, sessions, logons, findings,\n"
                  "track_parts, inputs. docs/QUERIES.md has ten useful questions. The query can read\n"
                  "nothing but this case and change nothing."),
    .examples = "  ashiato query --case ./case \"SELECT account, client, count(*) FROM accesses "
                "WHERE grade = 'read' GROUP BY ALL ORDER BY 3 DESC\"",
    .options = options,
    .n_options = N(options),
    .run = run,
};
