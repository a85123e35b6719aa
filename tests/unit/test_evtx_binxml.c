/* The walker over binary XML: what tokens come of templates, and that no input
 * leads it astray. */
#include "evtx_build.h"
#include "source/evtx_binxml.h"

/* One record in a chunk; tokens are added to `b` between these two. */
static void begin(evtx_build *b)
{
    evtx_init(b);
    evtx_chunk_begin(b);
    evtx_record_begin(b, 1, EVTX_DAY0);
    evtx_fragment(b);
}

static void add_ascii(ash_buf *out, ash_view utf16)
{
    for (size_t i = 0; i + 1 < utf16.n; i += 2)
        ash_buf_add_c(out, utf16.p[i]);
}

static void add_value(ash_buf *out, ash_evtx_value v)
{
    uint64_t x;
    if (v.type == ASH_EVTX_STRING)
        add_ascii(out, ash_evtx_value_text(v));
    else if (ash_evtx_value_uint(v, &x))
        ash_buf_addf(out, "#%llu", (unsigned long long)x);
    else
        ash_buf_addf(out, "(%02x:%zu)", v.type, v.bytes.n);
}

static void add_token(ash_buf *out, const ash_evtx_token *t)
{
    static const char *const before[] = {
        [ASH_EVTX_OPEN] = "<",      [ASH_EVTX_ATTRIBUTE] = " @", [ASH_EVTX_CLOSE] = "</",
        [ASH_EVTX_VALUE] = "'",     [ASH_EVTX_CDATA] = "[",      [ASH_EVTX_ENTITY] = "&",
        [ASH_EVTX_PI_TARGET] = "?", [ASH_EVTX_PI_DATA] = "="};
    if (t->kind == ASH_EVTX_OPENED) {
        ash_buf_add_z(out, t->empty ? "/>" : ">");
    } else if (t->kind == ASH_EVTX_CHAR) {
        ash_buf_addf(out, "&%u", t->number);
    } else if (t->kind == ASH_EVTX_SUBSTITUTION) {
        ash_buf_addf(out, "%%%u:%02x", t->number, t->value.type);
    } else {
        ash_buf_add_z(out, before[t->kind]);
        add_ascii(out, t->name);
        if (t->kind == ASH_EVTX_VALUE || t->kind == ASH_EVTX_CDATA || t->kind == ASH_EVTX_PI_DATA)
            add_value(out, t->value);
    }
}

static ash_evtx_walk walk;

/* Tokens as text; "!" at the end if the walk is broken. */
static char *tokens(void)
{
    ash_buf out;
    ash_evtx_token t;
    ash_buf_init(&out, 16u << 20);
    ash_buf_add_z(&out, "");
    while (ash_evtx_walk_next(&walk, &t) > ASH_EVTX_BROKEN)
        add_token(&out, &t);
    if (t.kind == ASH_EVTX_BROKEN) {
        ash_buf_add_c(&out, '!');
        assert_non_null(walk.why);
    }
    assert_int_equal(ash_evtx_walk_next(&walk, &t), t.kind);
    return out.p;
}

/* Ends the record and walks over it. */
static char *walk_over(evtx_build *b)
{
    ash_evtx_record r;
    evtx_record_end(b);
    ash_view chunk = ash_view_skip(ash_buf_view(&b->out), b->chunk);
    assert_true(ash_evtx_record_at(chunk, (uint32_t)(b->record - b->chunk), &r));
    /* Its own allocation, so that reading beyond it is seen. */
    char *copy = malloc(chunk.n);
    memcpy(copy, chunk.p, chunk.n);
    ash_evtx_walk_record(&walk, ash_view_of(copy, chunk.n), &r);
    char *text = tokens();
    free(copy);
    return text;
}

static void expect(evtx_build *b, const char *expected)
{
    char *got = walk_over(b);
    assert_string_equal(got, expected);
    free(got);
    evtx_free(b);
}

static void expect_broken(evtx_build *b)
{
    char *got = walk_over(b);
    if (got[strlen(got) - 1] != '!')
        fail_msg("walks to the end: %.200s", got);
    free(got);
    evtx_free(b);
}

/* --- without templates --------------------------------------------------- */

static void plain_tokens(evtx_build *b)
{
    evtx_open(b, "Data", true);
    evtx_attribute(b, "Name");
    evtx_text(b, "x");
    evtx_attribute(b, "Data");
    evtx_text(b, "y");
    evtx_entity(b, "amp");
    evtx_opened(b);
    evtx_text(b, "a");
    evtx_entity(b, "amp");
    evtx_char(b, 66);
    evtx_cdata(b, "<c>");
    evtx_open(b, "Empty", false);
    evtx_empty(b);
    evtx_close(b);
    evtx_eof(b);
}

static void elements_and_text(void **state)
{
    (void)state;
    for (int ids = 0; ids < 2; ids++) {
        evtx_build b;
        begin(&b);
        b.dependency_ids = ids;
        plain_tokens(&b);
        expect(&b, "<Data @Name'x @Data'y&amp>'a&amp&66[<c><Empty/></Empty</Data");
    }
}

static void processing_instructions(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    evtx_uint(&b, 0x0a, 1); /* target: a name, as an attribute has it */
    evtx_uint(&b, evtx_at(&b) + 4, 4);
    evtx_raw(&b, "\0\0\0\0\0\0\1\0p\0\0", 12);
    evtx_uint(&b, 0x0b, 1);
    evtx_raw(&b, "\1\0q", 4);
    evtx_open(&b, "E", false);
    evtx_empty(&b);
    expect(&b, "?p=q<E/></E");
}

/* --- templates ------------------------------------------------------------ */

static void values_are_put_in(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    assert_true(evtx_instance(&b, 7));
    evtx_open(&b, "E", true);
    evtx_attribute(&b, "a");
    evtx_substitution(&b, 1, ASH_EVTX_STRING);
    evtx_opened(&b);
    evtx_substitution(&b, 0, ASH_EVTX_UINT32);
    evtx_text(&b, " and ");
    evtx_substitution(&b, 1, ASH_EVTX_STRING);
    evtx_substitution(&b, 9, ASH_EVTX_STRING); /* there is no such value */
    evtx_close(&b);
    evtx_definition_end(&b);
    evtx_values(&b, (evtx_val[]){EVTX_NUMBER(ASH_EVTX_UINT32, 42), EVTX_TEXT("t")}, 2);
    evtx_eof(&b);
    expect(&b, "<E @a't>'#42' and 't'(00:0)</E");
}

/* [MS-EVEN6] 3.1.4.7.2. */
static void optional_ones_are_left_out(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    assert_true(evtx_instance(&b, 7));
    evtx_open(&b, "E", true);
    evtx_attribute(&b, "gone");
    evtx_optional(&b, 0, ASH_EVTX_STRING);
    evtx_attribute(&b, "here");
    evtx_optional(&b, 1, ASH_EVTX_STRING);
    evtx_attribute(&b, "empty");
    evtx_substitution(&b, 0, ASH_EVTX_STRING);
    evtx_opened(&b);
    evtx_open(&b, "Gone", true);
    evtx_attribute(&b, "a");
    evtx_text(&b, "kept nowhere");
    evtx_opened(&b);
    evtx_text(&b, "text");
    evtx_optional(&b, 0, ASH_EVTX_STRING);
    evtx_open(&b, "Child", false);
    evtx_opened(&b);
    evtx_close(&b);
    evtx_close(&b);
    evtx_element_value(&b, "Here", 1, ASH_EVTX_STRING);
    evtx_close(&b);
    evtx_definition_end(&b);
    evtx_values(&b, (evtx_val[]){EVTX_NONE, EVTX_TEXT("t")}, 2);
    evtx_eof(&b);
    expect(&b, "<E @here't @empty'(00:0)><Here>'t</Here</E");
}

static void an_array_repeats_its_element(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    assert_true(evtx_instance(&b, 7));
    evtx_open(&b, "E", false);
    evtx_opened(&b);
    evtx_open(&b, "Data", true);
    evtx_attribute(&b, "n");
    evtx_substitution(&b, 1, ASH_EVTX_STRING);
    evtx_opened(&b);
    evtx_substitution(&b, 0, ASH_EVTX_STRING | ASH_EVTX_ARRAY);
    evtx_close(&b);
    evtx_element_value(&b, "N", 2, ASH_EVTX_UINT16 | ASH_EVTX_ARRAY);
    evtx_element_value(&b, "None", 3, ASH_EVTX_UINT16 | ASH_EVTX_ARRAY);
    evtx_close(&b);
    evtx_definition_end(&b);
    static const char strings[] = "a\0\0\0\0\0b\0c\0\0"; /* "a", "", "bc" */
    static const char numbers[] = "\1\0\2";
    evtx_values(&b,
                (evtx_val[]){{.type = 0x81, .bytes = {strings, 12}},
                             EVTX_TEXT("x"),
                             {.type = 0x86, .bytes = {numbers, 4}},
                             {.type = 0x86}},
                4);
    evtx_eof(&b);
    expect(&b, "<E><Data @n'x>'a</Data<Data @n'x>'</Data<Data @n'x>'bc</Data"
               "<N>'#1</N<N>'#2</N<None>'(00:0)</None</E");
}

/* As Windows writes every event: a template within a value of a template. */
static void binary_xml_in_values(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    assert_true(evtx_instance(&b, 7));
    evtx_open(&b, "E", false);
    evtx_opened(&b);
    evtx_optional(&b, 0, ASH_EVTX_BINXML);
    evtx_close(&b);
    evtx_definition_end(&b);
    evtx_values(&b, (evtx_val[]){{.type = ASH_EVTX_BINXML}}, 1);
    size_t value = b.out.n;
    evtx_open(&b, "In", false);
    evtx_opened(&b);
    evtx_text(&b, "ner");
    evtx_close(&b);
    assert_true(evtx_instance(&b, 8));
    evtx_element_value(&b, "Deep", 0, ASH_EVTX_INT8);
    evtx_definition_end(&b);
    evtx_values(&b, (evtx_val[]){EVTX_NUMBER(ASH_EVTX_INT8, 5)}, 1);
    evtx_put(&b, value - 4, b.out.n - value, 2);
    evtx_eof(&b);
    expect(&b, "<E><In>'ner</In<Deep>'#5</Deep</E");
}

static void a_definition_by_itself(void **state)
{
    (void)state;
    evtx_build b;
    ash_evtx_instance in;
    begin(&b);
    uint32_t at = evtx_at(&b) + 1;
    assert_true(evtx_instance(&b, 7));
    evtx_element_value(&b, "E", 5, ASH_EVTX_HEX64);
    evtx_definition_end(&b);
    evtx_values(&b, (evtx_val[]){EVTX_NONE}, 1);
    evtx_eof(&b);
    evtx_record_end(&b);
    ash_view chunk = ash_buf_view(&b.out);
    assert_null(ash_evtx_instance_read(chunk, &at, (uint32_t)chunk.n, &in));
    assert_int_equal(in.count, 1);
    ash_evtx_walk_definition(&walk, chunk, &in.definition);
    char *got = tokens();
    assert_string_equal(got, "<E>%5:15</E");
    free(got);
    evtx_free(&b);
}

/* --- damage ---------------------------------------------------------------- */

static void what_does_not_match_is_broken(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b); /* never closed */
    evtx_open(&b, "E", false);
    evtx_opened(&b);
    evtx_eof(&b);
    expect_broken(&b);
    begin(&b); /* closed twice */
    evtx_open(&b, "E", false);
    evtx_empty(&b);
    evtx_uint(&b, 0x04, 1);
    expect_broken(&b);
    begin(&b); /* the tag does not end */
    evtx_open(&b, "E", false);
    evtx_eof(&b);
    expect_broken(&b);
    begin(&b); /* a tag's end without a tag */
    evtx_uint(&b, 0x02, 1);
    expect_broken(&b);
    begin(&b); /* no such token */
    evtx_uint(&b, 0x1f, 1);
    expect_broken(&b);
    begin(&b); /* a template in a tag */
    evtx_open(&b, "E", false);
    evtx_uint(&b, 0x0c, 1);
    expect_broken(&b);
}

static void names_are_within_the_chunk(void **state)
{
    (void)state;
    static const uint32_t places[] = {0xffffffff, 0x7fffffff, 65536, 600};
    for (size_t i = 0; i < COUNT(places); i++) {
        evtx_build b;
        begin(&b);
        evtx_uint(&b, 0x01, 1);
        evtx_uint(&b, 0, 4);
        evtx_uint(&b, places[i], 4);
        evtx_uint(&b, 0x03, 1);
        expect_broken(&b);
    }
}

/* An instance with this count of values and this place of its definition. */
static void expect_bad_instance(uint32_t count, uint32_t definition, uint32_t length)
{
    evtx_build b;
    begin(&b);
    evtx_instance(&b, 7);
    evtx_element_value(&b, "E", 0, ASH_EVTX_STRING);
    evtx_definition_end(&b);
    evtx_put(&b, b.definition, length == 0 ? b.out.n - b.definition - 4 : length, 4);
    if (definition != 0)
        evtx_put(&b, b.definition - 24, definition, 4);
    evtx_uint(&b, count, 4);
    evtx_uint(&b, 0xffff, 2); /* one value of 64 KiB */
    evtx_uint(&b, ASH_EVTX_STRING, 2);
    expect_broken(&b);
}

static void instances_are_within_the_record(void **state)
{
    (void)state;
    expect_bad_instance(1, 0, 0);
    expect_bad_instance(0xffffffff, 0, 0);
    expect_bad_instance(0x40000001, 0, 0);
    expect_bad_instance(0, 0xfffffff0, 0);
    expect_bad_instance(0, 512, 0); /* another template's id stands there */
    expect_bad_instance(0, 0, 0xffffffff);
    expect_bad_instance(0, 0, 0xffffffe8);
}

static void depth_is_limited(void **state)
{
    (void)state;
    for (unsigned extra = 0; extra < 2; extra++) {
        evtx_build b;
        begin(&b);
        for (unsigned i = 0; i < ASH_EVTX_DEPTH_MAX + extra; i++) {
            evtx_open(&b, "E", false);
            evtx_opened(&b);
        }
        while (b.n_elements > 0)
            evtx_close(&b);
        evtx_eof(&b);
        char *got = walk_over(&b);
        assert_int_equal(got[strlen(got) - 1] == '!', extra);
        free(got);
        evtx_free(&b);
    }
}

/* A template whose body is an instance of itself. */
static void a_template_in_itself(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    evtx_instance(&b, 7);
    assert_false(evtx_instance(&b, 7));
    evtx_uint(&b, 0, 4);
    evtx_definition_end(&b);
    evtx_uint(&b, 0, 4);
    expect_broken(&b);
}

/* Each level puts its only value in twice; the value is another level. */
static void growth_is_limited(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    assert_true(evtx_instance(&b, 7));
    for (int i = 0; i < 4; i++)
        evtx_substitution(&b, 0, ASH_EVTX_BINXML);
    evtx_element_text(&b, "E", "text");
    evtx_definition_end(&b);
    size_t lengths[ASH_EVTX_FRAMES_MAX];
    const unsigned levels = 7;
    for (unsigned i = 0; i < levels; i++) {
        evtx_uint(&b, 1, 4);
        lengths[i] = b.out.n;
        evtx_uint(&b, (uint32_t)ASH_EVTX_BINXML << 16, 4);
        assert_false(evtx_instance(&b, 7));
    }
    evtx_uint(&b, 0, 4);
    for (unsigned i = 0; i < levels; i++)
        evtx_put(&b, lengths[i], b.out.n - lengths[i] - 4, 2);
    evtx_eof(&b);
    evtx_record_end(&b);
    uint32_t budget = ASH_EVTX_GROWTH_BASE + ASH_EVTX_GROWTH * (uint32_t)(b.out.n - b.record);
    b.out.n -= 4;
    char *got = walk_over(&b);
    assert_int_equal(got[strlen(got) - 1], '!');
    assert_true(strlen(got) < 4 * (size_t)budget);
    free(got);
    evtx_free(&b);
}

/* A long array beside a long text: each item would repeat that. */
static void growth_by_arrays_is_limited(void **state)
{
    (void)state;
    static char many[20000], text[10000];
    memset(many, 1, sizeof many);
    memset(text, 'x', sizeof text - 1);
    evtx_build b;
    begin(&b);
    assert_true(evtx_instance(&b, 7));
    evtx_open(&b, "E", true);
    evtx_attribute(&b, "a");
    evtx_text(&b, text);
    evtx_opened(&b);
    evtx_substitution(&b, 0, ASH_EVTX_UINT8 | ASH_EVTX_ARRAY);
    evtx_close(&b);
    evtx_definition_end(&b);
    evtx_values(&b, (evtx_val[]){{.type = 0x84, .bytes = {many, sizeof many}}}, 1);
    evtx_eof(&b);
    expect_broken(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_and_text),
        cmocka_unit_test(processing_instructions),
        cmocka_unit_test(values_are_put_in),
        cmocka_unit_test(optional_ones_are_left_out),
        cmocka_unit_test(an_array_repeats_its_element),
        cmocka_unit_test(binary_xml_in_values),
        cmocka_unit_test(a_definition_by_itself),
        cmocka_unit_test(what_does_not_match_is_broken),
        cmocka_unit_test(names_are_within_the_chunk),
        cmocka_unit_test(instances_are_within_the_record),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(a_template_in_itself),
        cmocka_unit_test(growth_is_limited),
        cmocka_unit_test(growth_by_arrays_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
