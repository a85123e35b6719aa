/* The programs that work on the server every day: backup and search index. */
#ifndef GEN_SERVICE_H
#define GEN_SERVICE_H

#include "world.h"

void services_init(struct world *w);
void services_free(struct world *w);

#endif
