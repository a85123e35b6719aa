/* The Merkle tree against RFC 6962 taken literally, and proofs of every size. */
#include "ledger/tree.h"
#include "unit.h"

#define MOST 70u

/* --- the definition, section 2.1, as it stands there --------------------- */

static ash_sha256 *hash;
static ash_node leaves[MOST];
static ash_error err;

static uint64_t largest_power_below(uint64_t n)
{
    uint64_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return k;
}

static ash_node slow_root(uint64_t from, uint64_t to)
{
    ash_node node;
    if (to == from) {
        ash_sha256_take(hash, node.b);
        return node;
    }
    if (to - from == 1)
        return leaves[from];
    uint64_t k = largest_power_below(to - from);
    ash_node left = slow_root(from, from + k), right = slow_root(from + k, to);
    uint8_t both[65] = {1};
    memcpy(both + 1, left.b, 32);
    memcpy(both + 33, right.b, 32);
    ash_sha256_update(hash, both, sizeof both);
    ash_sha256_take(hash, node.b);
    return node;
}

/* PATH(m, D[n]) */
static void slow_path(uint64_t m, uint64_t from, uint64_t to, ash_proof *p)
{
    if (to - from == 1)
        return;
    uint64_t k = largest_power_below(to - from);
    if (m < k) {
        slow_path(m, from, from + k, p);
        p->nodes[p->n++] = slow_root(from + k, to);
    } else {
        slow_path(m - k, from + k, to, p);
        p->nodes[p->n++] = slow_root(from, from + k);
    }
}

/* SUBPROOF(m, D[n], b) */
static void slow_subproof(uint64_t m, uint64_t from, uint64_t to, bool b, ash_proof *p)
{
    if (m == to - from) {
        if (!b)
            p->nodes[p->n++] = slow_root(from, to);
        return;
    }
    uint64_t k = largest_power_below(to - from);
    if (m <= k) {
        slow_subproof(m, from, from + k, b, p);
        p->nodes[p->n++] = slow_root(from + k, to);
    } else {
        slow_subproof(m - k, from + k, to, false, p);
        p->nodes[p->n++] = slow_root(from, from + k);
    }
}

static void expect_same(const ash_proof *a, const ash_proof *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++)
        assert_true(ash_node_eq(&a->nodes[i], &b->nodes[i]));
}

/* Whole subtrees only: that is all a ledger keeps. */
static bool get(void *user, unsigned level, uint64_t index, ash_node *ret)
{
    uint64_t n = *(uint64_t *)user, from = index << level, to = (index + 1) << level;
    assert_true(to <= n);
    *ret = slow_root(from, to);
    return true;
}

static int set_up(void **state)
{
    (void)state;
    ASSERT_OK(ash_sha256_new(&hash, &err));
    for (uint32_t i = 0; i < MOST; i++) {
        char text[16];
        int n = snprintf(text, sizeof text, "entry %u", i);
        uint8_t prefixed[32] = {0};
        memcpy(prefixed + 1, text, (size_t)n);
        ash_sha256_update(hash, prefixed, (size_t)n + 1);
        ash_sha256_take(hash, leaves[i].b);
        ash_node got = ash_tree_leaf(hash, ash_view_of(text, (size_t)n));
        assert_true(ash_node_eq(&got, &leaves[i]));
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ash_sha256_free(hash);
    return 0;
}

/* --- tests ----------------------------------------------------------------- */

/* The eight entries and roots that implementations of RFC 6962 test with. */
static void known_roots(void **state)
{
    (void)state;
    static const struct {
        const char *entry;
        size_t n;
        const char *root;
    } known[] = {
        {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    char hex[65];
    ash_tree t = {0};
    ash_node root = ash_tree_root(&t, hash);
    assert_string_equal(ash_hex(hex, root.b, 32),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < COUNT(known); i++) {
        ash_node leaf = ash_tree_leaf(hash, ash_view_of(known[i].entry, known[i].n));
        ash_tree_add(&t, hash, &leaf, NULL, NULL);
        root = ash_tree_root(&t, hash);
        assert_string_equal(ash_hex(hex, root.b, 32), known[i].root);
    }
}

static void count_nodes(void *user, const ash_node *node)
{
    (void)node;
    ++*(uint64_t *)user;
}

static void roots_of_every_size(void **state)
{
    (void)state;
    ash_tree t = {0};
    uint64_t nodes = 0;
    for (uint64_t n = 1; n <= MOST; n++) {
        ash_tree_add(&t, hash, &leaves[n - 1], count_nodes, &nodes);
        ash_node fast = ash_tree_root(&t, hash), slow = slow_root(0, n), range;
        assert_true(ash_node_eq(&fast, &slow));
        assert_true(ash_tree_range(get, &n, hash, 0, n, &range));
        assert_true(ash_node_eq(&range, &slow));
        assert_int_equal(nodes, 2 * n - (uint64_t)__builtin_popcountll(n));
    }
}

static void inclusion(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= MOST; n++) {
        ash_node root = slow_root(0, n);
        for (uint64_t m = 0; m < n; m++) {
            ash_proof fast, slow = {.n = 0};
            slow_path(m, 0, n, &slow);
            assert_true(ash_tree_inclusion(get, &n, hash, m, n, &fast));
            expect_same(&fast, &slow);
            assert_true(ash_tree_check_inclusion(hash, &leaves[m], m, n, &fast, &root));
            /* another leaf, another place, another size, a cut or longer proof */
            assert_false(ash_tree_check_inclusion(hash, &leaves[(m + 1) % MOST], m, n, &fast, &root));
            if (n > 1)
                assert_false(ash_tree_check_inclusion(hash, &leaves[m], (m + 1) % n, n, &fast, &root));
            assert_false(ash_tree_check_inclusion(hash, &leaves[m], n, n, &fast, &root));
            if (fast.n > 0) {
                fast.n--;
                assert_false(ash_tree_check_inclusion(hash, &leaves[m], m, n, &fast, &root));
                fast.n++;
                fast.nodes[0].b[7] ^= 1;
                assert_false(ash_tree_check_inclusion(hash, &leaves[m], m, n, &fast, &root));
                fast.nodes[0].b[7] ^= 1;
            }
            fast.nodes[fast.n++] = root;
            assert_false(ash_tree_check_inclusion(hash, &leaves[m], m, n, &fast, &root));
        }
    }
}

static void consistency(void **state)
{
    (void)state;
    const ash_node wrong = {{7}};
    for (uint64_t n = 1; n <= MOST; n++) {
        ash_node root = slow_root(0, n);
        for (uint64_t m = 1; m <= n; m++) {
            ash_proof fast, slow = {.n = 0};
            ash_node old = slow_root(0, m), other = slow_root(0, m == 1 ? 2 : m - 1);
            slow_subproof(m, 0, n, true, &slow);
            assert_true(ash_tree_consistency(get, &n, hash, m, n, &fast));
            expect_same(&fast, &slow);
            assert_true(ash_tree_check_consistency(hash, m, &old, n, &root, &fast));
            assert_false(ash_tree_check_consistency(hash, m, &other, n, &root, &fast));
            assert_false(ash_tree_check_consistency(hash, m, &old, n, &wrong, &fast));
            for (size_t i = 0; i < fast.n; i++) {
                fast.nodes[i].b[31] ^= 0x80;
                assert_false(ash_tree_check_consistency(hash, m, &old, n, &root, &fast));
                fast.nodes[i].b[31] ^= 0x80;
            }
            fast.nodes[fast.n++] = root;
            assert_false(ash_tree_check_consistency(hash, m, &old, n, &root, &fast));
        }
        ash_proof none;
        assert_false(ash_tree_consistency(get, &n, hash, 0, n, &none));
        assert_false(ash_tree_consistency(get, &n, hash, n + 1, n, &none));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_roots),
        cmocka_unit_test(roots_of_every_size),
        cmocka_unit_test(inclusion),
        cmocka_unit_test(consistency),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
