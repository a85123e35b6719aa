/* Statements put together from the answers of earlier ones. */
#ifndef ASH_INVESTIGATE_SQL_H
#define ASH_INVESTIGATE_SQL_H

#include "base/buf.h"
#include "investigate/reader.h"

/* Runs the statement in the buffer and empties it. */
int ash_sql_run(ash_reader *r, ash_buf *sql, ash_error *err) ASH_MUST_USE;

/* The first value of a query's first row; 0 if it has none. */
int ash_sql_number(ash_reader *r, const char *query, int64_t *ret, ash_error *err) ASH_MUST_USE;

/* Appends "column IN (...)": the numbers the query yields as a list if they are
 * few, since a list prunes row groups and a join does not. */
int ash_sql_in(ash_reader *r, ash_buf *sql, const char *column, const char *query, ash_error *err)
    ASH_MUST_USE;

#endif
