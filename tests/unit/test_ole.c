/* Streams of old Office documents, built here after the specifications. */
#include "unit.h"

#include "base/cursor.h"
#include "extract/ole.h"
#include "extracting.h"

struct streams {
    ash_view a, b;
};

static ash_readout doc(ash_job *j, void *user)
{
    struct streams *s = user;
    return ash_read_doc(j, s->a, (ash_view){0}, s->b);
}

static ash_readout xls(ash_job *j, void *user)
{
    return ash_read_xls(j, *(ash_view *)user);
}

static ash_readout ppt(ash_job *j, void *user)
{
    return ash_read_ppt(j, *(ash_view *)user);
}

static void put_utf16(ash_buf *b, const char *ascii)
{
    for (; *ascii != '\0'; ascii++)
        ash_put_u16(b, (uint8_t)*ascii);
}

/* --- Word: two pieces, the second before the first in the stream ------------------ */

static void make_doc(ash_buf *d, ash_buf *t, unsigned flags)
{
    char zeros[0x400] = {0};
    ash_buf_init(d, 1u << 20);
    ash_buf_init(t, 1u << 20);
    ash_put_u16(t, 0x0001 | 0 << 8); /* Prc of no bytes: type 1, length 0 */
    ash_put_u8(t, 0);
    ash_put_u8(t, 2);
    ash_put_u32(t, 3 * 4 + 2 * 8);
    ash_put_u32(t, 0);
    ash_put_u32(t, 6);
    ash_put_u32(t, 6 + 4);
    ash_put_u16(t, 0);
    ash_put_u32(t, 0x40000000 | (0x410 * 2)); /* of single bytes */
    ash_put_u16(t, 0);
    ash_put_u16(t, 0);
    ash_put_u32(t, 0x400);
    ash_put_u16(t, 0);
    ash_put_u16(d, 0xa5ec);
    ash_put_u16(d, 0xc1);
    ash_buf_add(d, zeros, 0x0a - d->n);
    ash_put_u16(d, (uint16_t)flags);
    ash_buf_add(d, zeros, 0x1a2 - d->n);
    ash_put_u32(d, 0);
    ash_put_u32(d, (uint32_t)t->n);
    ash_buf_add(d, zeros, 0x400 - d->n);
    ash_buf_add(d, "\x71\x5c\x30\x75\x0d\0\x07\0", 8); /* at 0x400: 山田, paragraph, cell */
    ash_buf_add(d, zeros, 0x410 - d->n);
    ash_buf_add(d, "caf\xe9\x92\r", 6);
}

static void word(void **state)
{
    (void)state;
    ash_buf d, t;
    extracted e;
    make_doc(&d, &t, 0x0200);
    struct streams s = {ash_buf_view(&d), ash_buf_view(&t)};
    extract_with(&e, doc, &s);
    assert_int_equal(e.r.outcome, ASH_READOUT_OK);
    assert_string_equal(ash_buf_z(&e.text), "café’\n山田\n\t");
    extracted_free(&e);
    for (size_t n = 0; n < d.n; n++) { /* cut anywhere: no crash, never more */
        struct streams cut = {ash_view_first(s.a, n), s.b};
        extract_with(&e, doc, &cut);
        assert_int_not_equal(e.r.outcome, ASH_READOUT_OK);
        extracted_free(&e);
    }
    for (size_t n = 0; n < t.n; n++) {
        struct streams cut = {s.a, ash_view_first(s.b, n)};
        extract_with(&e, doc, &cut);
        assert_int_not_equal(e.r.outcome, ASH_READOUT_OK);
        extracted_free(&e);
    }
    ash_buf_free(&d);
    ash_buf_free(&t);
    make_doc(&d, &t, 0x0300);
    s = (struct streams){ash_buf_view(&d), ash_buf_view(&t)};
    extract_with(&e, doc, &s);
    assert_int_equal(e.r.outcome, ASH_READOUT_ENCRYPTED);
    extracted_free(&e);
    ash_buf_free(&d);
    ash_buf_free(&t);
}

/* --- Excel ------------------------------------------------------------------------ */

static void record(ash_buf *b, unsigned type, const ash_buf *body)
{
    ash_put_u16(b, (uint16_t)type);
    ash_put_u16(b, (uint16_t)body->n);
    ash_buf_add_view(b, ash_buf_view(body));
}

static void simple(ash_buf *b, unsigned type, const void *p, size_t n)
{
    ash_put_u16(b, (uint16_t)type);
    ash_put_u16(b, (uint16_t)n);
    ash_buf_add(b, p, n);
}

static void make_xls(ash_buf *b)
{
    ash_buf r;
    ash_buf_init(&r, 1u << 16);
    ash_buf_init(b, 1u << 20);
    simple(b, 0x809, "\0\6\5\0", 4);
    size_t sheet = b->n + 4;
    simple(b, 0x85, "\0\0\0\0\0\0\2\1\xd5\x6c\xd5\x6c", 12); /* named 法法; where is filled in below */
    ash_put_u32(&r, 2);
    ash_put_u32(&r, 2);
    ash_put_u16(&r, 4);
    ash_put_u8(&r, 0);
    ash_buf_add(&r, "ab", 2); /* goes on in two bytes a character */
    record(b, 0xfc, &r);
    ash_buf_clear(&r);
    ash_put_u8(&r, 1);
    put_utf16(&r, "cd");
    ash_put_u16(&r, 2);
    ash_put_u8(&r, 9); /* wide, with one run of formats */
    ash_put_u16(&r, 1);
    ash_buf_add(&r, "\x71\x5c\x30\x75", 4);
    ash_put_u32(&r, 0xffffffff);
    record(b, 0x3c, &r);
    uint32_t at = (uint32_t)b->n;
    memcpy(b->p + sheet, &at, 4);
    simple(b, 0x809, "\0\6\x10\0", 4);
    simple(b, 0xfd, "\0\0\0\0\0\0\1\0\0\0", 10);             /* 山田 */
    simple(b, 0x27e, "\0\0\1\0\0\0\x3b\x12\0\0", 10);        /* RK: integer 1166 / 100 */
    simple(b, 0xfd, "\1\0\0\0\0\0\0\0\0\0", 10);             /* abcd */
    simple(b, 0x203, "\1\0\1\0\0\0\0\0\0\0\0\0\xf8\x3f", 14); /* 1.5 */
    simple(b, 0x204, "\2\0\0\0\0\0\2\0\0hi", 11);
    ash_buf_free(&r);
}

static void excel(void **state)
{
    (void)state;
    ash_buf b;
    extracted e;
    make_xls(&b);
    ash_view v = ash_buf_view(&b);
    extract_with(&e, xls, &v);
    assert_int_equal(e.r.outcome, ASH_READOUT_OK);
    assert_string_equal(ash_buf_z(&e.text), "山田\t11.66\nabcd\t1.5\nhi");
    assert_string_equal(ash_buf_z(&e.log), "|法法|2:1\n");
    extracted_free(&e);
    for (size_t n = 0; n < b.n; n++) {
        ash_view cut = ash_view_first(v, n);
        extract_with(&e, xls, &cut);
        extracted_free(&e);
    }
    ash_buf_clear(&b);
    simple(&b, 0x809, "\0\6\5\0", 4);
    simple(&b, 0x2f, "\0\0", 2);
    v = ash_buf_view(&b);
    extract_with(&e, xls, &v);
    assert_int_equal(e.r.outcome, ASH_READOUT_ENCRYPTED);
    extracted_free(&e);
    ash_buf_free(&b);
}

/* --- PowerPoint ----------------------------------------------------------------------- */

static void power_point(void **state)
{
    (void)state;
    static const char stream[] = "\x0f\0\xe8\x03\xff\0\0\0"            /* a container, whatever its length says */
                                 "\0\0\xa0\x0f\6\0\0\0\x71\x5c\r\0\x30\x75" /* characters */
                                 "\0\0\xa8\x0f\3\0\0\0caf"              /* bytes */
                                 "\0\0\x01\x0c\2\0\0\0zz";              /* something else */
    ash_view v = ash_view_of(stream, sizeof stream - 1);
    extracted e;
    extract_with(&e, ppt, &v);
    assert_int_equal(e.r.outcome, ASH_READOUT_OK);
    assert_string_equal(ash_buf_z(&e.text), "山\n田\ncaf\n");
    extracted_free(&e);
    v.n -= 1;
    extract_with(&e, ppt, &v);
    assert_int_equal(e.r.outcome, ASH_READOUT_DAMAGED);
    extracted_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word),
        cmocka_unit_test(excel),
        cmocka_unit_test(power_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
