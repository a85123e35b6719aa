/* Copies of inputs that cannot be read again: what came through a pipe is kept
 * as DIR/inputs/NAME.zst, so that the records behind an access can be shown. */
#ifndef ASH_INGEST_KEEP_H
#define ASH_INGEST_KEEP_H

#include "ingest/input_row.h"
#include "input/stream.h"

typedef struct ash_keep ash_keep;

/* From now on everything read from s goes into the copy too. */
int ash_keep_begin(ash_keep **ret, ash_stream *s, ash_case *c, ash_input *in, ash_error *err)
    ASH_MUST_USE;

/* Seals the copy and names it in the row; with err NULL it is thrown away.
 * NULL is fine. */
int ash_keep_end(ash_keep *k, ash_input *in, ash_error *err) ASH_MUST_USE;

#endif
