/*
 * Client requests as smbd logs them. Each call renders its lines into w->out, which
 * stands at the time the operation starts; afterwards w->out.us is the time of the
 * last line.
 */
#ifndef GEN_OPS_H
#define GEN_OPS_H

#include "world.h"

void op_init(struct world *w);

void op_connect(struct world *w, struct actor *a, uint32_t volume); /* with IPC$ */
void op_disconnect_all(struct world *w, struct actor *a);

void op_cd(struct world *w, struct actor *a, struct node n);
/* tail: smbclient's "ls", which asks for the free space afterwards. */
void op_list(struct world *w, struct actor *a, struct node n, bool tail);
/* Listing of something inside a restricted department; where it fails depends on the depth. */
void op_list_denied(struct world *w, struct actor *a, struct node n);

/* extra: further read requests, as backup programs make them. */
void op_read(struct world *w, struct actor *a, uint32_t folder, struct file_state f,
             unsigned extra);
void op_read_denied(struct world *w, struct actor *a, uint32_t folder, struct file_state f);
void op_read_missing(struct world *w, struct actor *a, uint32_t folder, struct file_state f);

void op_create(struct world *w, struct actor *a, uint32_t folder, struct file_state f);
void op_overwrite(struct world *w, struct actor *a, uint32_t folder, struct file_state f);
/* Office: lock file and temporary file first, the exchange some seconds later. */
void op_save_begin(struct world *w, struct actor *a, uint32_t folder, struct file_state f,
                   uint32_t temp);
void op_save_end(struct world *w, struct actor *a, uint32_t folder, struct file_state f,
                 uint32_t temp);
void op_rename(struct world *w, struct actor *a, uint32_t folder, struct file_state from,
               struct file_state to);
void op_delete(struct world *w, struct actor *a, uint32_t folder, struct file_state f);
void op_mkdir(struct world *w, struct actor *a, uint32_t parent, uint32_t folder);

#endif
