/*
 * The folder tree of the servers: share / department / project / year / sub-folder.
 * Nothing but numbers is stored; every name is computed from the seed when it is
 * printed, so that 3 million files cost a few megabytes.
 */
#ifndef ASH_SIMULATE_TREE_H
#define ASH_SIMULATE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "simulate/words.h"

enum {
    ASH_MAX_SERVERS = 16,
    ASH_MAX_VOLUMES = ASH_MAX_SERVERS *
                      ASH_SHARE_COUNT, /* must fit the bits of ash_smb_client.connected */
    ASH_MAX_GROUPS = ASH_MAX_SERVERS * ASH_DEPT_COUNT,
    ASH_SLOTS = 64,     /* files a folder can hold: one bit each */
    ASH_NOTE_SLOT = 64, /* not one of them: the note that extortioners leave */
    ASH_ZIP_SLOT = 65,  /* nor this: an archive of what the folder held */
    ASH_PATH_CAP = 512, /* longest path is below 330 bytes; see words.c */
};
#define ASH_NO_FOLDER UINT32_MAX

typedef enum ash_node_kind {
    ASH_NODE_VOLUME,
    ASH_NODE_GROUP,
    ASH_NODE_PROJECT,
    ASH_NODE_FOLDER,
} ash_node_kind;

/* How a tree is laid out when it begins. */
typedef struct ash_sim_tree_shape {
    unsigned first_year, years;    /* folders of years in each project */
    unsigned min_files, max_files; /* in a year's folder; at most ASH_SLOTS - 1 */
    unsigned min_sub, max_sub;     /* in a sub-folder */
} ash_sim_tree_shape;

typedef struct ash_node {
    ash_node_kind kind;
    uint32_t id;
} ash_node;

typedef struct ash_volume { /* one share on one server */
    uint8_t server;
    uint8_t share;
} ash_volume;

typedef struct ash_group { /* one department on one server */
    uint32_t first_project;
    uint32_t projects;
    uint8_t dept;
    uint8_t volume;
} ash_group;

typedef enum ash_project_kind {
    ASH_PROJECT_USUAL,
    ASH_PROJECT_CHECKOUT, /* a developer's copy of a repository: many small sources */
    ASH_PROJECT_MOVED,    /* where a project of another department was moved; number: which */
} ash_project_kind;

typedef struct ash_project {
    uint32_t first_year; /* folder of the oldest year; the years are chained by next */
    uint16_t group;
    uint8_t years;
    uint8_t kind;    /* ash_project_kind */
    uint32_t number; /* within the group */
} ash_project;

typedef struct ash_folder {
    uint64_t alive;   /* which file slots are in use */
    uint64_t created; /* those made by users during the run: other names */
    uint64_t gen_lo;  /* times renamed, two bits per slot */
    uint64_t gen_hi;
    uint64_t locked; /* encrypted and renamed by extortioners */
    uint32_t project;
    uint32_t parent; /* the year folder of a sub-folder, else ASH_NO_FOLDER */
    uint32_t first_child;
    uint32_t next; /* sibling */
    uint8_t year;
    uint8_t sub; /* name of a sub-folder */
    uint8_t children;
    bool note; /* the extortioners' note is here */
    bool zip;  /* an archive is here */
} ash_folder;

typedef struct ash_file_state {
    uint8_t slot;
    uint8_t gen;
    bool created, locked;
} ash_file_state;

typedef struct ash_sim_tree {
    uint64_t seed;
    uint64_t files;
    ash_sim_tree_shape shape;
    bool failed; /* no memory for a folder */
    ash_folder *folders;
    uint32_t folder_count, folder_cap;
    ash_project *projects;
    uint32_t project_count, project_cap;
    ash_group groups[ASH_MAX_GROUPS];
    uint32_t group_count;
    ash_volume volumes[ASH_MAX_VOLUMES];
    uint32_t volume_count;
} ash_sim_tree;

/* Builds about `files` files. False: no memory. */
bool ash_sim_tree_init(ash_sim_tree *t, uint64_t seed, const ash_sim_tree_shape *shape, uint64_t files,
                   unsigned servers);
void ash_sim_tree_free(ash_sim_tree *t);

const ash_group *ash_sim_tree_group_of(const ash_sim_tree *t, ash_node n);
uint32_t ash_sim_tree_volume_of(const ash_sim_tree *t, ash_node n);
/* n must not be a volume. */
ash_node ash_sim_tree_parent(const ash_sim_tree *t, ash_node n);
bool ash_sim_tree_restricted(const ash_sim_tree *t, ash_node n);

/* Absolute path without a trailing slash, not terminated; returns its length. */
size_t ash_sim_tree_path(const ash_sim_tree *t, ash_node n, char out[ASH_PATH_CAP]);
/* The last component only. */
size_t ash_sim_tree_leaf(const ash_sim_tree *t, ash_node n, char *out);
size_t ash_sim_tree_file_name(const ash_sim_tree *t, uint32_t folder, ash_file_state f, char *out);

/* slot: also ASH_NOTE_SLOT and ASH_ZIP_SLOT. */
ash_file_state ash_sim_tree_file(const ash_sim_tree *t, uint32_t folder, unsigned slot);
uint64_t ash_sim_tree_file_hash(const ash_sim_tree *t, uint32_t folder, unsigned slot);
/* i-th slot in the order the disk returns a folder's entries. */
unsigned ash_sim_tree_disk_order(uint32_t folder, unsigned i);

/* A folder of the group: few projects and recent years take most of the picks. */
uint32_t ash_sim_tree_pick_folder(const ash_sim_tree *t, uint32_t group, uint64_t *rng);
/* A file of the folder, or -1 when it holds none. */
int ash_sim_tree_pick_file(const ash_sim_tree *t, uint32_t folder, uint64_t *rng);

/* Office's owner file of a document: ~$ instead of the first two characters. out: two bytes
 * more than the name. Returns the length. */
size_t ash_owner_file_name(const char *name, size_t len, char *out);

/* Changes made by users. A refused one returns -1, false or ASH_NO_FOLDER. */
int ash_sim_tree_create_file(ash_sim_tree *t, uint32_t folder);
bool ash_sim_tree_rename_file(ash_sim_tree *t, uint32_t folder, unsigned slot);
/* It gets another ending; true unless it has it. */
bool ash_sim_tree_lock_file(ash_sim_tree *t, uint32_t folder, unsigned slot);
void ash_sim_tree_delete_file(ash_sim_tree *t, uint32_t folder, unsigned slot);
uint32_t ash_sim_tree_make_folder(ash_sim_tree *t, uint32_t parent);
/* A project made while the servers run; `years` empty folders. Listings of the department do
 * not show it, and people do not find it by chance. UINT32_MAX: no memory. */
uint32_t ash_sim_tree_make_project(ash_sim_tree *t, uint32_t group, ash_project_kind kind,
                                   unsigned years, uint32_t number);

#endif
