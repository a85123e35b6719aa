/*
 * The folder tree of the servers: share / department / project / year / sub-folder.
 * Nothing but numbers is stored; every name is computed from the seed when it is
 * printed, so that 3 million files cost a few megabytes.
 */
#ifndef GEN_TREE_H
#define GEN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words.h"

enum {
    MAX_SERVERS = 16,
    MAX_VOLUMES = MAX_SERVERS * SHARE_COUNT, /* must fit the bits of actor.connected */
    MAX_GROUPS = MAX_SERVERS * DEPT_COUNT,
    SLOTS = 64,        /* files a folder can hold: one bit each */
    MIN_FILES = 20,    /* files a year's folder starts with */
    MAX_FILES = 60,
    MIN_SUB_FILES = 5, /* and a sub-folder */
    MAX_SUB_FILES = 25,
    FIRST_YEAR = 2019,
    YEARS = 8,
    PATH_CAP = 512,    /* longest path is below 330 bytes; see words.c */
};
#define NO_FOLDER UINT32_MAX

enum node_kind { NODE_VOLUME, NODE_GROUP, NODE_PROJECT, NODE_FOLDER };

struct node {
    enum node_kind kind;
    uint32_t id;
};

struct volume { /* one share on one server */
    uint8_t server;
    uint8_t share;
};

struct group { /* one department on one server */
    uint32_t first_project;
    uint32_t projects;
    uint8_t dept;
    uint8_t volume;
};

struct project {
    uint32_t first_year; /* folder of the oldest year; the years are chained by next */
    uint16_t group;
    uint8_t years;
    uint32_t number; /* within the group */
};

struct folder {
    uint64_t alive;   /* which file slots are in use */
    uint64_t created; /* those made by users during the run: other names */
    uint64_t gen_lo;  /* times renamed, two bits per slot */
    uint64_t gen_hi;
    uint32_t project;
    uint32_t parent; /* the year folder of a sub-folder, else NO_FOLDER */
    uint32_t first_child;
    uint32_t next; /* sibling */
    uint8_t year;
    uint8_t sub; /* name of a sub-folder */
    uint8_t children;
};

struct file_state {
    uint8_t slot;
    uint8_t gen;
    bool created;
};

struct tree {
    uint64_t seed;
    uint64_t files;
    struct folder *folders;
    uint32_t folder_count, folder_cap;
    struct project *projects;
    uint32_t project_count, project_cap;
    struct group groups[MAX_GROUPS];
    uint32_t group_count;
    struct volume volumes[MAX_VOLUMES];
    uint32_t volume_count;
};

/* Builds about `files` files. */
void tree_init(struct tree *t, uint64_t seed, uint64_t files, unsigned servers);
void tree_free(struct tree *t);

const struct group *tree_group_of(const struct tree *t, struct node n);
uint32_t tree_volume_of(const struct tree *t, struct node n);
/* n must not be a volume. */
struct node tree_parent(const struct tree *t, struct node n);
bool tree_restricted(const struct tree *t, struct node n);

/* Absolute path without a trailing slash, not terminated; returns its length. */
size_t tree_path(const struct tree *t, struct node n, char out[PATH_CAP]);
/* The last component only. */
size_t tree_leaf(const struct tree *t, struct node n, char *out);
size_t tree_file_name(const struct tree *t, uint32_t folder, struct file_state f, char *out);

struct file_state tree_file(const struct tree *t, uint32_t folder, unsigned slot);
uint64_t tree_file_hash(const struct tree *t, uint32_t folder, unsigned slot);
/* i-th slot in the order the disk returns a folder's entries. */
unsigned tree_disk_order(uint32_t folder, unsigned i);

/* A folder of the group: few projects and recent years take most of the picks. */
uint32_t tree_pick_folder(const struct tree *t, uint32_t group, uint64_t *rng);
/* A file of the folder, or -1 when it holds none. */
int tree_pick_file(const struct tree *t, uint32_t folder, uint64_t *rng);

/* Changes made by users. A refused one returns -1, false or NO_FOLDER. */
int tree_create_file(struct tree *t, uint32_t folder);
bool tree_rename_file(struct tree *t, uint32_t folder, unsigned slot);
void tree_delete_file(struct tree *t, uint32_t folder, unsigned slot);
uint32_t tree_make_folder(struct tree *t, uint32_t parent);

#endif
