#include "ledger/tree.h"

ash_node ash_tree_leaf(ash_sha256 *h, ash_view entry)
{
    ash_node node;
    ash_sha256_update(h, "\0", 1);
    ash_sha256_update(h, entry.p, entry.n);
    ash_sha256_take(h, node.b);
    return node;
}

ash_node ash_tree_join(ash_sha256 *h, const ash_node *left, const ash_node *right)
{
    uint8_t both[1 + 2 * ASH_SHA256_SIZE] = {1};
    ash_node node;
    memcpy(both + 1, left->b, sizeof left->b);
    memcpy(both + 1 + sizeof left->b, right->b, sizeof right->b);
    ash_sha256_update(h, both, sizeof both);
    ash_sha256_take(h, node.b);
    return node;
}

void ash_tree_add(ash_tree *p, ash_sha256 *h, const ash_node *leaf,
                   void (*on_node)(void *user, const ash_node *node), void *user)
{
    ash_node node = *leaf;
    unsigned level = 0;
    if (on_node != NULL)
        on_node(user, &node);
    for (; p->n >> level & 1; level++) {
        node = ash_tree_join(h, &p->at[level], &node);
        if (on_node != NULL)
            on_node(user, &node);
    }
    p->at[level] = node;
    p->n++;
}

ash_node ash_tree_root(const ash_tree *p, ash_sha256 *h)
{
    ash_node root = {{0}};
    bool any = false;
    for (unsigned level = 0; level < 64; level++) {
        if (!(p->n >> level & 1))
            continue;
        root = any ? ash_tree_join(h, &p->at[level], &root) : p->at[level];
        any = true;
    }
    if (!any)
        ash_sha256_take(h, root.b);
    return root;
}

/* The largest power of two below n, n > 1. */
static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

bool ash_tree_range(ash_node_source get, void *user, ash_sha256 *h, uint64_t from, uint64_t to,
                    ash_node *ret)
{
    uint64_t n = to - from;
    if (n == 0) {
        ash_sha256_take(h, ret->b);
        return true;
    }
    if ((n & (n - 1)) == 0) {
        unsigned level = (unsigned)__builtin_ctzll(n);
        return get(user, level, from >> level, ret);
    }
    uint64_t k = split(n);
    ash_node left, right;
    if (!ash_tree_range(get, user, h, from, from + k, &left) ||
        !ash_tree_range(get, user, h, from + k, to, &right))
        return false;
    *ret = ash_tree_join(h, &left, &right);
    return true;
}

bool ash_tree_inclusion(ash_node_source get, void *user, ash_sha256 *h, uint64_t index,
                        uint64_t size, ash_proof *ret)
{
    uint64_t from = 0, to = size;
    ash_node down[64];
    size_t n = 0;
    if (index >= size)
        return false;
    while (to - from > 1) {
        uint64_t middle = from + split(to - from);
        bool left = index < middle;
        if (!ash_tree_range(get, user, h, left ? middle : from, left ? to : middle, &down[n++]))
            return false;
        if (left)
            to = middle;
        else
            from = middle;
    }
    ret->n = n;
    for (size_t i = 0; i < n; i++)
        ret->nodes[i] = down[n - 1 - i];
    return true;
}

bool ash_tree_consistency(ash_node_source get, void *user, ash_sha256 *h, uint64_t size_from,
                          uint64_t size, ash_proof *ret)
{
    uint64_t from = 0, to = size, m = size_from;
    ash_node down[65];
    size_t n = 0;
    bool whole = true; /* [from, from + m) is all of the old tree: its root is known */
    if (size_from == 0 || size_from > size)
        return false;
    while (m != to - from) {
        uint64_t k = split(to - from);
        bool left = m <= k;
        if (!ash_tree_range(get, user, h, left ? from + k : from, left ? to : from + k, &down[n++]))
            return false;
        if (left) {
            to = from + k;
        } else {
            from += k;
            m -= k;
            whole = false;
        }
    }
    if (!whole && !ash_tree_range(get, user, h, from, to, &down[n++]))
        return false;
    ret->n = n;
    for (size_t i = 0; i < n; i++)
        ret->nodes[i] = down[n - 1 - i];
    return true;
}

bool ash_tree_check_inclusion(ash_sha256 *h, const ash_node *leaf, uint64_t index, uint64_t size,
                              const ash_proof *p, const ash_node *root)
{
    if (index >= size || p->n > ASH_PROOF_MAX)
        return false;
    uint64_t fn = index, sn = size - 1;
    ash_node r = *leaf;
    for (size_t i = 0; i < p->n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            r = ash_tree_join(h, &p->nodes[i], &r);
            while (!(fn & 1) && fn != 0)
                fn >>= 1, sn >>= 1;
        } else {
            r = ash_tree_join(h, &r, &p->nodes[i]);
        }
        fn >>= 1, sn >>= 1;
    }
    return sn == 0 && ash_node_eq(&r, root);
}

bool ash_tree_check_consistency(ash_sha256 *h, uint64_t from, const ash_node *from_root,
                                uint64_t size, const ash_node *root, const ash_proof *p)
{
    if (from == 0 || from > size || p->n > ASH_PROOF_MAX)
        return false;
    if (from == size)
        return p->n == 0 && ash_node_eq(from_root, root);
    uint64_t fn = from - 1, sn = size - 1;
    size_t i = 0;
    bool power = (from & (from - 1)) == 0;
    if (!power && p->n == 0)
        return false;
    ash_node fr = power ? *from_root : p->nodes[i++], sr = fr;
    while (fn & 1)
        fn >>= 1, sn >>= 1;
    for (; i < p->n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            fr = ash_tree_join(h, &p->nodes[i], &fr);
            sr = ash_tree_join(h, &p->nodes[i], &sr);
            while (!(fn & 1) && fn != 0)
                fn >>= 1, sn >>= 1;
        } else {
            sr = ash_tree_join(h, &sr, &p->nodes[i]);
        }
        fn >>= 1, sn >>= 1;
    }
    return sn == 0 && ash_node_eq(&fr, from_root) && ash_node_eq(&sr, root);
}
