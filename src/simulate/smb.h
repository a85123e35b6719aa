/*
 * Client requests as smbd logs them. Each call renders its lines into the spool,
 * which stands at the time the operation starts; afterwards its `us` is the time of
 * the last line. When memory runs out the spool's `failed` is set and nothing is
 * written.
 */
#ifndef ASH_SIMULATE_SMB_H
#define ASH_SIMULATE_SMB_H

#include "simulate/smb_script.h"
#include "simulate/tree.h"

/* The client as full_audit:prefix = %u|%I|%m|%S names it. */
typedef struct ash_smb_client {
    uint64_t connected; /* bit per volume */
    bool backup_share;  /* comes over the backup's own share names */
    bool noted;         /* what it does is reported to ash_smb.note */
    uint8_t who_len;
    char who[110]; /* "account|client|workstation|" */
} ash_smb_client;

typedef enum ash_smb_noted { ASH_SMB_LISTED, ASH_SMB_READ_IT, ASH_SMB_DENIED } ash_smb_noted;

/* Arguments of the running operation. Most are prefixes of one path. */
typedef struct ash_smb_args {
    ash_arg_text v[ARG_COUNT];
    size_t root_len;
    char dir[ASH_ARG_CAP], dots[ASH_ARG_CAP], entry[ASH_ARG_CAP], file[ASH_ARG_CAP],
        dest[ASH_ARG_CAP];
    char pair[ASH_ARG_CAP * 2], times[ASH_ARG_CAP * 2];
    char share[64], none[64];
    char root_id[128], parent_id[128], dir_id[128], entry_id[128], file_id[128], size[128];
} ash_smb_args;

typedef struct ash_smb {
    const ash_sim_tree *tree;
    ash_spool *out; /* may be changed between operations */
    ash_smb_config config;
    ash_scripts scripts;
    ash_smb_args op;
    /* Called when the line that proves it is written; f is NULL for n itself, else
     * n is the file's folder. May be NULL. */
    void (*note)(void *user, ash_smb_noted what, ash_node n, const ash_file_state *f);
    void *user;
} ash_smb;

/* False: no memory. */
bool ash_smb_init(ash_smb *s, const ash_sim_tree *tree, ash_spool *out, ash_smb_config config);
void ash_smb_free(ash_smb *s);
void ash_smb_set_who(ash_smb_client *c, const char *account, const char *client,
                     const char *workstation);

void ash_smb_connect(ash_smb *s, ash_smb_client *c, uint32_t volume); /* with IPC$ */
/* Leaves one volume; nothing if it is not connected. */
void ash_smb_disconnect(ash_smb *s, ash_smb_client *c, uint32_t volume);

void ash_smb_cd(ash_smb *s, ash_smb_client *c, ash_node n);
/* tail: smbclient's "ls", which asks for the free space afterwards. */
void ash_smb_list(ash_smb *s, ash_smb_client *c, ash_node n, bool tail);
/* Listing of something inside a restricted department; where it fails depends on the
 * depth. False: so deep that the line does not tell what was wanted. */
bool ash_smb_list_denied(ash_smb *s, ash_smb_client *c, ash_node n);

/* extra: further read requests, as backup programs make them. */
void ash_smb_read(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f, unsigned extra);
/* Opened for reading, and nothing read. */
void ash_smb_open(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f);
void ash_smb_read_denied(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f);
void ash_smb_read_missing(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f);

void ash_smb_create(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f);
void ash_smb_overwrite(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f);
/* Office: lock file and temporary file first, the exchange some seconds later. */
void ash_smb_save_begin(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f,
                        uint32_t temp);
void ash_smb_save_end(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f,
                      uint32_t temp);
void ash_smb_rename(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state from,
                    ash_file_state to);
void ash_smb_delete(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f);
void ash_smb_mkdir(ash_smb *s, ash_smb_client *c, ash_node parent, ash_node made);

#endif
