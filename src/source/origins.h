/* The distinct (server, share, account, client, workstation) one decoder met.
 * Entries never move, so that the fold may read those of finished batches
 * while the decoder adds more. */
#ifndef ASH_SOURCE_ORIGINS_H
#define ASH_SOURCE_ORIGINS_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/event.h"

typedef struct ash_origins ash_origins;

#define ASH_ORIGIN_NONE UINT32_MAX

ash_origins *ash_origins_new(void); /* NULL: out of memory; caller frees */
void ash_origins_free(ash_origins *o);

/* Index of the entry equal to *key, made if need be (strings are copied, cut
 * at ASH_NAME_MAX). ASH_ORIGIN_NONE when memory is exhausted. Above
 * ASH_ORIGINS_MAX distinct ones *ret_overflow is set and the index of the
 * entry "(too many actors)" returned. */
uint32_t ash_origins_intern(ash_origins *o, const ash_origin *key, bool *ret_overflow);

const ash_origin *ash_origins_at(const ash_origins *o, uint32_t index);

#endif
