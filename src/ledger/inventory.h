/* What a ledger says a case consists of, gathered entry by entry. */
#ifndef ASH_LEDGER_INVENTORY_H
#define ASH_LEDGER_INVENTORY_H

#include "base/arena.h"
#include "ledger/head.h"

/* Where an entry is in entries.jsonl. */
typedef struct ash_entry_place {
    uint64_t n, offset, bytes; /* bytes without the LF */
} ash_entry_place;

typedef struct ash_sealed_file {
    const char *name; /* below the case's folder */
    uint64_t bytes;
    uint8_t sha256[ASH_SHA256_SIZE];
    ash_entry_place entry;
    bool snapshot; /* one of the files that change */
    bool gone;     /* void, or of a snapshot that is past */
} ash_sealed_file;

typedef struct ash_sealed_input {
    int64_t id;
    const char *name, *path;
    uint64_t raw, bytes, blocks;
    bool has_sha256;
    uint8_t sha256[ASH_SHA256_SIZE];
    ash_node root; /* of the evidence index's rows */
    ash_entry_place entry;
    bool gone; /* void, or sealed again later */
} ash_sealed_input;

typedef struct ash_sealed_segment {
    uint32_t number;
    uint64_t entry;
    bool gone;
} ash_sealed_segment;

/* A segment of which a rule of retention left nothing. */
typedef struct ash_removed_segment {
    uint32_t number;
    uint64_t entry;
    bool gone; /* void */
} ash_removed_segment;

/* A file that a rule of retention removed. */
typedef struct ash_removed_file {
    const char *name;
    uint64_t bytes;
    uint8_t sha256[ASH_SHA256_SIZE];
    uint64_t entry;
    bool gone;  /* void: it is still there */
    bool wrong; /* it was not what was sealed under that name */
} ash_removed_file;

typedef struct ash_retention {
    uint64_t entry, accesses, segments, files;
    const char *time, *rule, *until;
    bool gone;
} ash_retention;

typedef struct ash_inventory {
    ash_arena arena; /* of the names */
    char case_id[ASH_CASE_ID_SIZE];
    uint8_t key[ASH_PUBLIC_KEY_SIZE]; /* in force at the last entry */
    uint8_t (*keys)[ASH_PUBLIC_KEY_SIZE];
    size_t n_keys, cap_keys;
    ash_sealed_file *files;
    size_t n_files, cap_files;
    ash_sealed_input *inputs;
    size_t n_inputs, cap_inputs;
    ash_sealed_segment *segments;
    size_t n_segments, cap_segments;
    ash_removed_file *removed;
    size_t n_removed, cap_removed;
    ash_removed_segment *dropped;
    size_t n_dropped, cap_dropped;
    ash_retention *retentions;
    size_t n_retentions, cap_retentions;
    uint64_t acknowledged; /* removals from this entry on never happened; set before settling */
    const char *hold;      /* reason of the hold in force; NULL: none */
    size_t snapshot; /* files from here on are the last snapshot's, where there is one */
    bool has_snapshot;
    bool run_open;         /* a run began that no snapshot ended */
    char run_time[ASH_LEDGER_TIME];
    uint64_t runs, voids, unfinished; /* unfinished runs that others followed */
    bool failed; /* out of memory */
} ash_inventory;

void ash_inventory_init(ash_inventory *v);
void ash_inventory_free(ash_inventory *v);

/* Takes one entry; NULL, or what is wrong with it (a static sentence). Whether it
 * was signed is the caller's business: bytes are taken as hostile. */
const char *ash_inventory_add(ash_inventory *v, ash_view line, ash_entry_place place);

/* The block hashes an entry holds of a file; false if it holds none. Caller
 * frees *ret. */
bool ash_inventory_blocks(ash_view line, const char *name, ash_node **ret, size_t *ret_n);

/* After the last entry: drops what is gone, was removed, or was sealed again later;
 * files by name, inputs by number from then on. */
void ash_inventory_settle(ash_inventory *v);
/* A name below the case's folder that leads nowhere else. */
bool ash_inventory_is_inside(const char *name);
/* NULL if it is not among them. */
const ash_sealed_file *ash_inventory_file(const ash_inventory *v, const char *name);
/* After settling: what a retention removed under this name; NULL if none did. */
const ash_removed_file *ash_inventory_removed(const ash_inventory *v, const char *name);
/* After settling; NULL if it is not among them. */
const ash_sealed_input *ash_inventory_input(const ash_inventory *v, int64_t id);
/* Live ones only. */
const ash_sealed_segment *ash_inventory_segment(const ash_inventory *v, uint32_t number);

#endif
