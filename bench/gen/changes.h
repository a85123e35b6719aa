/* Files written, for the services that look after them. */
#ifndef GEN_CHANGES_H
#define GEN_CHANGES_H

#include "world.h"

void changes_add(struct changes *c, struct change item);
/* Forgets what both the backup and the indexer have seen. */
void changes_trim(struct changes *c);
void changes_free(struct changes *c);

#endif
