/* NFKC in one pass against ICU's own. */
#include "unit.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/text.h"
#include "extract/nfkc.h"

static void expect(const char *in, const char *want)
{
    char out[ASH_NFKC_ROOM(256)];
    size_t n = ash_nfkc(out, in, strlen(in));
    assert_int_equal(n, strlen(want));
    assert_memory_equal(out, want, n);
}

static void what_people_type(void **state)
{
    (void)state;
    expect("０９０－１２３４－５６７８", "090-1234-5678");
    expect("ﾔﾏﾀﾞ ﾊﾟﾊﾟ", "ヤマダ パパ");
    expect("か\xe3\x82\x99", "が");
    expect("㈱①㍻", "(株)1平成");
    expect("a\r\nb\rc\n", "a\nb\nc\n");
    expect("\xff" "a\xe3\x81", "\xef\xbf\xbd" "a\xef\xbf\xbd\xef\xbf\xbd");
    expect("plain ASCII that is longer than eight bytes", "plain ASCII that is longer than eight bytes");
    char out[64];
    assert_int_equal(ash_nfkc(out, "a\0b", 3), 3);
    assert_memory_equal(out, "a b", 3);
}

static uint64_t seed = 20261124;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* Characters from where normalisation has work to do. */
static uint32_t random_char(void)
{
    static const uint32_t from[] = {0x20, 0xc0, 0x300, 0x1100, 0x3040, 0x3099, 0x3200, 0x4e00, 0xac00, 0xf900, 0xff00, 0x1f100, 0x2f800};
    static const uint32_t n[] = {0x5f, 0x180, 0x70, 0x100, 0xc0, 2, 0x200, 0x100, 0x100, 0x100, 0xf0, 0x100, 0x100};
    uint32_t i = random_below(COUNT(from));
    return from[i] + random_below(n[i]);
}

static void as_icu(void **state)
{
    (void)state;
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&e);
    for (unsigned round = 0; round < (SLOW ? 2000u : 50000u); round++) {
        char in[256], out[ASH_NFKC_ROOM(256)], want[4096];
        UChar units[256], norm[4096];
        int32_t m, w;
        size_t n = 0;
        for (unsigned i = random_below(20) + 1; i > 0; i--)
            n += ash_utf8_encode(random_char(), in + n);
        u_strFromUTF8(units, 256, &m, in, (int32_t)n, &e);
        m = unorm2_normalize(nfkc, units, m, norm, 4096, &e);
        u_strToUTF8(want, sizeof want, &w, norm, m, &e);
        assert_true(U_SUCCESS(e));
        size_t got = ash_nfkc(out, in, n);
        assert_int_equal(got, w);
        assert_memory_equal(out, want, got);
    }
}

static int setup(void **state)
{
    (void)state;
    return ash_nfkc_prepare(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_type),
        cmocka_unit_test(as_icu),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
