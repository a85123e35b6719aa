#ifndef ASH_STORE_DUCK_INTERNAL_H
#define ASH_STORE_DUCK_INTERNAL_H

#include <duckdb.h>

#include "store/duck.h"

struct ash_duck {
    duckdb_database db;
    duckdb_connection conn;
    const ash_columns *stream; /* what the table function ash_stream() yields now */
    size_t stream_at;
    char *scratch; /* for repaired text */
    size_t scratch_cap;
};

int ash_duck_fail(ash_error *err, const char *what, const char *detail);
int ash_duck_register(ash_duck *d, ash_error *err);

#endif
