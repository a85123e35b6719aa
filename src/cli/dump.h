/* Reads event logs and writes them to the standard output as text, on one thread or
 * several; the output is the same. */
#ifndef ASH_CLI_DUMP_H
#define ASH_CLI_DUMP_H

#include "source/evtx_dump.h"

#define ASH_DUMP_THREADS_MAX 16u

typedef struct ash_dumper ash_dumper;

/* threads: 1 or less renders on the caller's. Recovering takes one, since what can be
 * recovered depends on what was read before. */
int ash_dumper_new(ash_dumper **ret, ash_evtx_form form, bool recover, unsigned threads,
                   ash_error *err) ASH_MUST_USE;
void ash_dumper_free(ash_dumper *d); /* NULL is fine */

/* One input, to its end. *ret_seen is filled on failure too. ASH_E_NOTFOUND: it is no
 * event log. */
int ash_dumper_file(ash_dumper *d, const char *path, ash_evtx_seen *ret_seen,
                    ash_error *err) ASH_MUST_USE;

/* Bytes that are no event, in their order. */
void ash_dumper_text(ash_dumper *d, const char *text);

/* Writes out everything held. The errno of the first write that failed, 0 if none did. */
int ash_dumper_flush(ash_dumper *d);

#endif
