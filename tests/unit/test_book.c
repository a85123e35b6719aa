/* The ledger's files: what is signed stays, what is not goes, and any entry is
 * found and proved at any size. */
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "ledger/proof.h"
#include "unit.h"

#define ID "00112233445566778899aabbccddeeff"

static ash_error err;

static ash_key test_key(void)
{
    ash_key k;
    uint8_t seed[crypto_sign_SEEDBYTES] = {1, 2, 3};
    assert_true(sodium_init() >= 0);
    crypto_sign_seed_keypair(k.public_key, k.secret, seed);
    return k;
}

/* Entry n: the first names the case, others are of any length. */
static ash_view entry(uint64_t n, char buf[400])
{
    int k = n == 0 ? snprintf(buf, 400, "{\"n\":0,\"type\":\"case\",\"case\":\"" ID "\"}")
                   : snprintf(buf, 400, "{\"n\":%llu,\"type\":\"run\",\"x\":\"%0*d\"}",
                              (unsigned long long)n, (int)(n * 37 % 300) + 1, 7);
    return ash_view_of(buf, (size_t)k);
}

static void add(ash_book *b, uint64_t n)
{
    char buf[400];
    for (uint64_t i = 0; i < n; i++)
        ash_book_add(b, entry(ash_book_size(b), buf));
}

static void seal(ash_book *b, uint64_t n)
{
    const ash_key k = test_key();
    add(b, n);
    ASSERT_OK(ash_book_seal(b, ID, &k, &err));
}

static off_t size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static void append(const char *path, const char *text)
{
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const char *ledger_file(const char *dir, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "ledger/%s", name);
    return temp_path(dir, path);
}

/* --- after a crash ---------------------------------------------------------- */

static void what_was_never_signed_is_cut_off(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    ash_book b;
    ASSERT_OK(ash_book_open(&b, dir, true, &err));
    seal(&b, 3);
    seal(&b, 4);
    ash_book_close(&b);
    const char *entries = ledger_file(dir, "entries.jsonl"), *heads = ledger_file(dir, "heads.jsonl");
    off_t e = size_of(entries), h = size_of(heads);
    append(entries, "{\"n\":7,\"type\":\"run\"}\n{\"n\":8");
    append(heads, "{\"head\":3,\"size\":9");
    ASSERT_OK(ash_book_open(&b, dir, true, &err));
    assert_int_equal(ash_book_size(&b), 7);
    ash_book_close(&b);
    assert_int_equal(size_of(entries), e);
    assert_int_equal(size_of(heads), h);
    temp_dir_remove(dir);
}

static void the_tree_is_made_again(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    ash_book b;
    ASSERT_OK(ash_book_open(&b, dir, true, &err));
    seal(&b, 5000);
    ash_node before = b.last.root;
    ash_book_close(&b);
    const char *tree = ledger_file(dir, "tree.bin");
    size_t n, again;
    char *good = read_file(tree, &n);
    for (int round = 0; round < 3; round++) {
        if (round == 0)
            assert_int_equal(unlink(tree), 0);
        else if (round == 1)
            assert_int_equal(truncate(tree, 1000), 0);
        else
            write_file(tree, good + 32, n - 32);
        ASSERT_OK(ash_book_open(&b, dir, true, &err));
        assert_true(ash_node_eq(&b.last.root, &before));
        ash_book_close(&b);
        char *made = read_file(tree, &again);
        assert_int_equal(again, n);
        assert_memory_equal(made, good, n);
        free(made);
    }
    free(good);
    temp_dir_remove(dir);
}

static void changed_entries_are_not_written_on(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    ash_book b;
    ASSERT_OK(ash_book_open(&b, dir, true, &err));
    seal(&b, 50);
    ash_book_close(&b);
    const char *entries = ledger_file(dir, "entries.jsonl");
    size_t n;
    char *text = read_file(entries, &n);
    write_file(entries, text, n - 1);
    assert_int_equal(ash_book_open(&b, dir, true, &err), ASH_E_CHANGED);
    text[n / 2] ^= 1;
    write_file(entries, text, n);
    /* Noticed as soon as the tree cannot be taken for it. */
    assert_int_equal(unlink(ledger_file(dir, "tree.bin")), 0);
    assert_int_equal(ash_book_open(&b, dir, true, &err), ASH_E_CHANGED);
    free(text);
    temp_dir_remove(dir);
}

/* --- large ------------------------------------------------------------------- */

static void any_entry_is_found_and_proved(void **state)
{
    (void)state;
    const uint64_t many = SLOW ? 20000 : 200000, part = many / 20;
    char *dir = temp_dir_make();
    ash_book b;
    ash_ledger_reader r;
    ASSERT_OK(ash_book_open(&b, dir, true, &err));
    for (int i = 0; i < 20; i++)
        seal(&b, part);
    ash_book_close(&b);
    ASSERT_OK(ash_ledger_read(&r, dir, &err));
    rng random = {99};
    ash_buf out;
    ash_buf_init(&out, 1u << 20);
    for (int i = 0; i < 300; i++) {
        char buf[400];
        uint64_t n = i == 0 ? 0 : i == 1 ? many - 1 : rng_below(&random, (uint32_t)many);
        ash_view expected = entry(n, buf);
        ASSERT_OK(ash_book_entry(&r.book, n, &out, &err));
        assert_true(ash_view_eq(ash_buf_view(&out), expected));
        ash_buf_clear(&out);
        ash_proof_checked c;
        ASSERT_OK(i % 2 == 0 ? ash_proof_entry(&r, n, &out, &err) : ash_proof_since(&r, n + 1, &out, &err));
        ASSERT_OK(ash_proof_check(&c, ash_buf_view(&out), &r, test_key().public_key, &err));
        assert_string_equal(c.kind, i % 2 == 0 ? "inclusion" : "consistency");
        assert_int_equal(i % 2 == 0 ? c.entry : c.from - 1, n);
        ash_buf_clear(&out);
    }
    assert_int_equal(ash_book_entry(&r.book, many, &out, &err), ASH_E_NOTFOUND);
    ash_buf_free(&out);
    ash_ledger_read_end(&r);
    temp_dir_remove(dir);
}

/* --- heads ---------------------------------------------------------------------- */

static void a_head_is_read_back_exactly_or_not(void **state)
{
    (void)state;
    const ash_key k = test_key();
    ash_head h = {.counter = 3, .size = 12, .bytes = 3456, .root = {{9, 8, 7}}}, got = {0};
    char id[ASH_CASE_ID_SIZE];
    ash_buf line, note;
    ash_ledger_now(h.time);
    ash_head_sign(&h, ID, &k);
    assert_true(ash_head_check(&h, ID));
    assert_false(ash_head_check(&h, "ff112233445566778899aabbccddeeff"));
    ash_buf_init(&line, 4096);
    ash_buf_init(&note, 4096);
    ash_head_line(&h, &line);
    assert_true(ash_head_parse(&got, ash_buf_view(&line)));
    assert_memory_equal(&got, &h, sizeof h);
    for (size_t i = 0; i < line.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            line.p[i] ^= (char)(1 << bit);
            assert_true(!ash_head_parse(&got, ash_buf_view(&line)) || !ash_head_check(&got, ID));
            line.p[i] ^= (char)(1 << bit);
        }
    ash_head_note(&h, ID, &note);
    memcpy(got.key, h.key, sizeof got.key);
    assert_true(ash_head_from_note(&got, id, ash_buf_view(&note)));
    assert_string_equal(id, ID);
    assert_true(ash_head_check(&got, id));
    for (size_t n = 0; n < note.n; n++)
        assert_false(ash_head_from_note(&got, id, ash_view_first(ash_buf_view(&note), n)));
    ash_buf_free(&line);
    ash_buf_free(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_never_signed_is_cut_off),
        cmocka_unit_test(the_tree_is_made_again),
        cmocka_unit_test(changed_entries_are_not_written_on),
        cmocka_unit_test(any_entry_is_found_and_proved),
        cmocka_unit_test(a_head_is_read_back_exactly_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
