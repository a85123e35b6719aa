/* The Merkle tree of RFC 6962, section 2.1: leaves SHA-256(0x00 || entry), nodes
 * SHA-256(0x01 || left || right), split at the largest power of two below the
 * number of leaves.
 *
 * Nodes come from wherever the caller keeps them: (level, index) names the root
 * of the whole subtree over leaves index << level to (index + 1) << level. */
#ifndef ASH_LEDGER_TREE_H
#define ASH_LEDGER_TREE_H

#include <stdbool.h>

#include "base/hash.h"

typedef struct ash_node {
    uint8_t b[ASH_SHA256_SIZE];
} ash_node;

/* Longest proof: one node a level, and one more where the tree is not whole. */
#define ASH_PROOF_MAX 66u

typedef struct ash_proof {
    ash_node nodes[ASH_PROOF_MAX];
    size_t n;
} ash_proof;

/* Gives a node of a whole subtree; false if it cannot. */
typedef bool (*ash_node_source)(void *user, unsigned level, uint64_t index, ash_node *ret);

/* The tree while it grows: its whole subtrees, largest first, and no more. */
typedef struct ash_tree {
    uint64_t n; /* leaves */
    ash_node at[64]; /* by level; valid where n has the bit */
} ash_tree;

ash_node ash_tree_leaf(ash_sha256 *h, ash_view entry);
ash_node ash_tree_join(ash_sha256 *h, const ash_node *left, const ash_node *right);

/* Adds a leaf. on_node, where given, gets the leaf and each subtree it completes,
 * from level 0 up. */
void ash_tree_add(ash_tree *p, ash_sha256 *h, const ash_node *leaf,
                   void (*on_node)(void *user, const ash_node *node), void *user);
/* The root; of no leaves: SHA-256 of nothing. */
ash_node ash_tree_root(const ash_tree *p, ash_sha256 *h);

/* Root over leaves [from, to); from is a multiple of the power of two not below
 * to - from, as all ranges of one tree are. */
bool ash_tree_range(ash_node_source get, void *user, ash_sha256 *h, uint64_t from, uint64_t to,
                    ash_node *ret);

/* RFC 6962, 2.1.1: that leaf `index` is in the tree of `size` leaves. */
bool ash_tree_inclusion(ash_node_source get, void *user, ash_sha256 *h, uint64_t index,
                        uint64_t size, ash_proof *ret);
/* RFC 6962, 2.1.2: that the tree of `from` leaves is the beginning of that of
 * `size`; 0 < from <= size. */
bool ash_tree_consistency(ash_node_source get, void *user, ash_sha256 *h, uint64_t from,
                          uint64_t size, ash_proof *ret);

/* RFC 9162, 2.1.3.2 and 2.1.4.2. */
bool ash_tree_check_inclusion(ash_sha256 *h, const ash_node *leaf, uint64_t index, uint64_t size,
                              const ash_proof *p, const ash_node *root);
bool ash_tree_check_consistency(ash_sha256 *h, uint64_t from, const ash_node *from_root,
                                uint64_t size, const ash_node *root, const ash_proof *p);

static inline bool ash_node_eq(const ash_node *a, const ash_node *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

#endif
