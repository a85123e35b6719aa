/* The answer sheet: what the attacker really did. */
#ifndef GEN_TRUTH_H
#define GEN_TRUTH_H

#include <stdio.h>

#include "simulate/tree.h"

/* Order matters: on the ladder denied < listed < read the strongest is kept. */
enum grade { GRADE_LISTED, GRADE_READ, GRADE_DENIED };

struct truth_item {
    uint64_t key; /* what, packed; see truth.c */
    uint64_t us;  /* when the line that proves it is due */
    uint8_t grade;
};

struct truth {
    struct truth_item *items;
    size_t count, cap;
};

void truth_add_node(struct truth *t, uint64_t us, ash_node n, enum grade g);
void truth_add_file(struct truth *t, uint64_t us, uint32_t folder, ash_file_state f,
                    enum grade g);
/*
 * Writes one line per path and grade; a path read is not also written as listed.
 * What was due after last_us never came into the log and is left out. `skip_root`:
 * paths relative to the share, as old Samba logs them.
 */
bool truth_write(struct truth *t, const ash_sim_tree *tree, const char *account,
                 const char *client, uint64_t last_us, bool skip_root, FILE *f);
void truth_free(struct truth *t);

#endif
