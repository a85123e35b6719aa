/* Between this process, the nursery and helpers: descriptors and frames over
 * socket pairs. Whoever reads trusts nothing of it. */
#ifndef ASH_EXTRACT_WIRE_H
#define ASH_EXTRACT_WIRE_H

#include <sys/types.h>

#include "extract/extract.h"

#define ASH_WIRE_FDS 2
#define ASH_WIRE_MESSAGE (8u << 10)

/* One message of at most ASH_WIRE_MESSAGE bytes with descriptors. False: the other
 * side is gone. */
bool ash_wire_send(int socket, const void *p, size_t n, const int *fds, unsigned n_fds);

/* Receives one; descriptors beyond those wanted are closed, *ret_n_fds says how many
 * came. Length, 0 at the end, -1 on failure. */
ssize_t ash_wire_receive(int socket, void *p, size_t n, int fds[ASH_WIRE_FDS], unsigned *ret_n_fds);

/* Writes all of it to a stream. */
bool ash_wire_write(int socket, const void *p, size_t n);

/* --- results: a frame of a length, and that many bytes ---------------------------- */

#define ASH_WIRE_FRAME_MAX (ASH_RESULT_MAX + 4096u)

void ash_wire_put_result(ash_buf *b, const ash_extract_result *r);
/* False: no result that a helper of ours would send. *ret_rest: what is behind. */
bool ash_wire_get_result(ash_view v, ash_extract_result *ret, ash_view *ret_rest);

/* --- the processes ------------------------------------------------------------------ */

struct ash_pool_options;

/* The nursery's whole life (nursery.c): does not return. */
_Noreturn void ash_nursery_run(int socket, const struct ash_pool_options *o);

/* A helper's (helper.c). jobs: from the parent; programs: to the nursery. */
_Noreturn void ash_helper_run(int jobs, int programs, const struct ash_pool_options *o, ash_view setup);

#endif
