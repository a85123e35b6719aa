/* The ledger's files, in DIR/ledger:
 *
 *   entries.jsonl   one entry a line, only ever added to
 *   heads.jsonl     signed heads, one a line
 *   tree.bin        the tree's nodes, 32 bytes each: behind leaf m those of the
 *                   subtrees it completes, from level 1 up; can be made from the
 *                   entries, and is where it is missing or wrong
 *
 * Writing: entries are made durable, then a head is. What lies behind the last
 * head after a crash was never signed: opening for writing cuts it off. */
#ifndef ASH_LEDGER_BOOK_H
#define ASH_LEDGER_BOOK_H

#include "ledger/head.h"

typedef struct ash_book {
    char dir[4096];
    int entries, heads, tree; /* descriptors, -1 = none */
    uint64_t bytes;           /* of entries.jsonl, with what is pending */
    ash_tree peaks;           /* with what is pending */
    ash_head last; /* counter 0: there is none yet */
    ash_sha256 *hash;
    ash_buf lines, nodes; /* pending */
    bool broken;          /* a write failed: nothing more is written */
} ash_book;

/* ret_exists of a case folder: whether it has a ledger at all. */
bool ash_book_exists(const char *case_dir);

/* Opens DIR/ledger. write: makes it if it is missing, cuts off what was never
 * signed, and checks the last head's root (not its signature) against the tree.
 * Else: the files as they are; size and root are the last head's.
 * ASH_E_CHANGED where they do not fit together. */
int ash_book_open(ash_book *b, const char *case_dir, bool write, ash_error *err) ASH_MUST_USE;
void ash_book_close(ash_book *b);

/* Adds an entry (without LF) to what is pending. */
void ash_book_add(ash_book *b, ash_view line);
/* Number the next entry gets. */
static inline uint64_t ash_book_size(const ash_book *b)
{
    return b->peaks.n;
}
static inline bool ash_book_pending(const ash_book *b)
{
    return b->lines.n > 0;
}
/* Makes what is pending durable, then a head over it. */
int ash_book_seal(ash_book *b, const char *case_id, const ash_key *k, ash_error *err) ASH_MUST_USE;

/* Node source over tree.bin. */
bool ash_book_node(void *book, unsigned level, uint64_t index, ash_node *ret);
/* Root of the first `size` entries, from tree.bin. */
bool ash_book_root(ash_book *b, uint64_t size, ash_node *ret);
/* Entry n without its LF, found by bisection. */
int ash_book_entry(ash_book *b, uint64_t n, ash_buf *out, ash_error *err) ASH_MUST_USE;

/* Place in tree.bin, in nodes, of what belongs to leaf m. */
static inline uint64_t ash_tree_place(uint64_t m)
{
    return 2 * m - (uint64_t)__builtin_popcountll(m);
}

#endif
