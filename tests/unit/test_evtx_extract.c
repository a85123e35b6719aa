/* From .evtx records to the form all Windows readers hand on; and that compiled
 * templates find what the walker finds. */
#include "base/time.h"
#include "evtx_build.h"
#include "source/evtx_extract.h"

static ash_evtx_extract extract;

typedef int way(ash_evtx_extract *x, const ash_evtx_record *r, ash_arena *arena, ash_win_event *ret);

static ash_evtx_record last_record(const evtx_build *b)
{
    ash_evtx_record r;
    assert_true(ash_evtx_record_at(ash_buf_view(&b->out), (uint32_t)b->record, &r));
    return r;
}

static void add_win(ash_buf *out, const char *name, const ash_win_value *v)
{
    if (v->kind == ASH_WIN_NONE)
        return;
    ash_buf_addf(out, " %s=", name);
    switch (v->kind) {
    case ASH_WIN_UTF16:
        for (size_t i = 0; i < v->bytes.n; i += 2)
            ash_buf_add_c(out, v->bytes.p[i]);
        break;
    case ASH_WIN_UTF8: ash_buf_add_view(out, v->bytes); break;
    case ASH_WIN_UINT: ash_buf_addf(out, "%llu", (unsigned long long)v->number); break;
    case ASH_WIN_TIME: ash_buf_addf(out, "@%llu", (unsigned long long)v->number); break;
    default: ash_buf_addf(out, "(%d:%zu)", v->kind, v->bytes.n);
    }
}

/* An event as text, or "! why". Caller frees. */
static char *event_text(int rc, const ash_win_event *e)
{
    static const char *const audits[] = {"", " success", " failure"};
    ash_buf out;
    ash_buf_init(&out, 1u << 20);
    if (rc != 0) {
        ash_buf_addf(&out, "! %s", extract.why);
        return out.p;
    }
    ash_buf_addf(&out, "%u %llu%s", e->id, (unsigned long long)e->record, audits[e->audit]);
    if (e->time == ASH_NOTE_NO_TIME)
        ash_buf_add_z(&out, " never");
    else
        ash_buf_addf(&out, " %+lld", (long long)(e->time / ASH_NS_PER_S - 1795392000));
    add_win(&out, "", &e->computer);
    add_win(&out, "", &e->channel);
    for (int i = 0; i < ASH_WIN_DATA_COUNT; i++)
        add_win(&out, ash_win_data_name((ash_win_data)i), &e->data[i]);
    return out.p;
}

/* The last record of b as text, both ways. */
static char *both_ways(const evtx_build *b)
{
    static way *const ways[] = {ash_evtx_extract_record, ash_evtx_extract_walking};
    char *text[2];
    ash_arena arena;
    ash_evtx_record r = last_record(b);
    ash_arena_init(&arena, 0);
    ash_evtx_extract_chunk(&extract, ash_buf_view(&b->out));
    for (int i = 0; i < 2; i++) {
        ash_win_event e;
        text[i] = event_text(ways[i](&extract, &r, &arena, &e), &e);
    }
    assert_string_equal(text[0], text[1]);
    free(text[1]);
    ash_arena_free(&arena);
    return text[0];
}

static bool compiled(void)
{
    bool all = extract.n_templates > 0;
    for (uint32_t i = 0; i < extract.n_templates; i++)
        all &= extract.templates[i].usable;
    return all;
}

static void expect(evtx_build *b, const char *expected)
{
    char *got = both_ways(b);
    assert_string_equal(got, expected);
    free(got);
    evtx_free(b);
}

static void begin(evtx_build *b)
{
    evtx_init(b);
    evtx_chunk_begin(b);
}

/* --- usual events ----------------------------------------------------------- */

static void a_security_event(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    evtx_add_share_access(&b, 6);
    evtx_add_share_access(&b, 7);
    char *got = both_ways(&b);
    assert_string_equal(
        got, "5145 7 success +7 =fs01 =Security SubjectUserSid=(4:28) SubjectUserName=kato "
             "SubjectDomainName=CORP SubjectLogonId=255905 IpAddress=10.0.0.5 ShareName=\\\\*\\Data "
             "ShareLocalPath=\\??\\D:\\Data RelativeTargetName=Finance\\plan 7.xlsx "
             "AccessMask=1179785 AccessList=%%4416 ObjectType=File");
    free(got);
    assert_true(compiled());
    assert_int_equal(extract.n_templates, 2);
    evtx_free(&b);
}

static void every_type(void **state)
{
    (void)state;
    static const char sid[] = "\1\1\0\0\0\0\0\5\x12\0\0\0", guid[] = "0123456789abcdef";
    static const char day[] = "\xea\7\x0b\0\1\0\x17\0\1\0\2\0\3\0\4\0"; /* 2026-11-23 01:02:03.004 */
    const evtx_data data[] = {
        {"SubjectUserSid", {.type = ASH_EVTX_SID, .bytes = {sid, 12}}},
        {"SubjectUserName", {.type = ASH_EVTX_ANSI, .bytes = {"kato\0", 5}}},
        {"SubjectDomainName", EVTX_NONE},
        {"TargetUserSid", {.type = ASH_EVTX_SID, .bytes = {sid, 7}}},
        {"TargetUserName", {.type = ASH_EVTX_STRING, .bytes = {"a\0b\0\0\0", 6}}},
        {"TargetDomainName", EVTX_TEXT("")},
        {"LogonType", EVTX_NUMBER(ASH_EVTX_UINT32, 3)},
        {"Status", EVTX_NUMBER(ASH_EVTX_INT32, 0xC000006D)},
        {"SubStatus", EVTX_NUMBER(ASH_EVTX_INT8, 0xff)},
        {"ProcessId", EVTX_NUMBER(ASH_EVTX_SIZE, 4)},
        {"HandleId", {.type = ASH_EVTX_SIZE, .bytes = {"\1\0\0\0", 4}}},
        {"SubcategoryGuid", {.type = ASH_EVTX_GUID, .bytes = {guid, 16}}},
        {"PreviousTime", EVTX_NUMBER(ASH_EVTX_FILETIME, 77)},
        {"NewTime", {.type = ASH_EVTX_SYSTEMTIME, .bytes = {day, 16}}},
        {"ObjectName", {.type = ASH_EVTX_BINARY, .bytes = {"xyz", 3}}},
        {"FileName", EVTX_NUMBER(ASH_EVTX_REAL64, 5)},
        {"AccessMask", {.type = ASH_EVTX_HEX32, .bytes = {"\1\2\3", 3}}},
        {"LinkName", {.type = 0x77, .bytes = {"xyz", 3}}},
        {"ServiceName", EVTX_NUMBER(ASH_EVTX_BOOL, 7)},
    };
    evtx_build b;
    begin(&b);
    evtx_add_event(&b, &(evtx_event){.id = 4624, .record = 1, .filetime = EVTX_DAY0, .failure = true,
                                     .data = data, .n_data = COUNT(data)});
    expect(&b, "4624 1 failure +0 =fs01 =Security SubjectUserSid=(4:12) SubjectUserName=kato "
               "TargetUserName=ab TargetDomainName= LogonType=3 ServiceName=7 Status=3221225581 "
               "SubStatus=255 HandleId=1 ProcessId=4 SubcategoryGuid=(5:16) PreviousTime=@77 "
               "NewTime=@134398693230040000");
    assert_true(compiled());
}

static void user_data(void **state)
{
    (void)state;
    const evtx_data data[] = {{"SubjectUserName", EVTX_TEXT("mallory")},
                              {"Unwanted", EVTX_TEXT("x")},
                              {"SubjectLogonId", EVTX_NUMBER(ASH_EVTX_HEX64, 0x1f)}};
    evtx_build b;
    begin(&b);
    evtx_add_event(&b, &(evtx_event){.id = 1102, .record = 9, .filetime = EVTX_DAY0,
                                     .user_data = true, .data = data, .n_data = COUNT(data)});
    expect(&b, "1102 9 success +0 =fs01 =Security SubjectUserName=mallory SubjectLogonId=31");
    assert_true(compiled());
}

/* What the header of a record says stands in for what the event does not. */
static void an_event_without_time_and_number(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    evtx_record_begin(&b, 33, EVTX_DAY0 + 50000000);
    evtx_fragment(&b);
    evtx_open(&b, "Event", false);
    evtx_opened(&b);
    evtx_open(&b, "System", false);
    evtx_opened(&b);
    evtx_element_text(&b, "EventID", "4634");
    evtx_close(&b);
    evtx_close(&b);
    evtx_record_end(&b);
    expect(&b, "4634 33 +5");
}

/* --- unusual ones ------------------------------------------------------------ */

static void without_a_template(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    evtx_record_begin(&b, 3, EVTX_DAY0);
    evtx_open(&b, "Event", false);
    evtx_opened(&b);
    evtx_open(&b, "System", false);
    evtx_opened(&b);
    evtx_element_text(&b, "EventID", "4663");
    evtx_element_text(&b, "Keywords", "0x8020000000000000");
    evtx_open(&b, "TimeCreated", true);
    evtx_attribute(&b, "SystemTime");
    evtx_text(&b, "2026-11-23T00:01:00.5Z");
    evtx_empty(&b);
    evtx_element_text(&b, "EventRecordID", "77");
    evtx_element_text(&b, "Channel", "Security");
    evtx_element_text(&b, "Computer", "fs02");
    evtx_close(&b);
    evtx_open(&b, "EventData", false);
    evtx_opened(&b);
    evtx_open(&b, "Data", true);
    evtx_attribute(&b, "Name");
    evtx_text(&b, "Object");
    evtx_text(&b, "Name");
    evtx_opened(&b);
    evtx_text(&b, "D:\\R");
    evtx_entity(&b, "amp");
    evtx_char(&b, 'D');
    evtx_cdata(&b, "\\x");
    evtx_close(&b);
    evtx_element_text(&b, "Data", "without a name");
    evtx_close(&b);
    evtx_close(&b);
    evtx_record_end(&b);
    expect(&b, "4663 77 success +60 =fs02 =Security ObjectName=D:\\R&D\\x");
}

/* Begins a record with a template for a whole event, up to what is in Event
 * behind System. */
static void open_event(evtx_build *b, const char *id)
{
    begin(b);
    evtx_record_begin(b, 1, EVTX_DAY0);
    evtx_fragment(b);
    assert_true(evtx_instance(b, 5));
    evtx_open(b, "Event", false);
    evtx_opened(b);
    evtx_open(b, "System", false);
    evtx_opened(b);
    evtx_element_text(b, "EventID", id);
    evtx_close(b);
}

static void close_event(evtx_build *b, const evtx_val *values, size_t n)
{
    evtx_close(b);
    evtx_definition_end(b);
    evtx_values(b, values, n);
    evtx_eof(b);
    evtx_record_end(b);
}

static void data_of(evtx_build *b, const char *name)
{
    evtx_open(b, "Data", true);
    evtx_attribute(b, "Name");
    evtx_text(b, name);
    evtx_opened(b);
}

static void text_in_pieces(void **state)
{
    (void)state;
    evtx_build b;
    open_event(&b, "4663");
    evtx_open(&b, "EventData", false);
    evtx_opened(&b);
    data_of(&b, "ObjectName");
    evtx_text(&b, "D:\\");
    evtx_substitution(&b, 0, ASH_EVTX_STRING);
    evtx_close(&b);
    evtx_close(&b);
    close_event(&b, (evtx_val[]){EVTX_TEXT("file")}, 1);
    expect(&b, "4663 1 +0 ObjectName=D:\\file");
    assert_false(compiled());
}

static void an_array_gives_its_first_item(void **state)
{
    (void)state;
    evtx_build b;
    open_event(&b, "4663");
    evtx_open(&b, "EventData", false);
    evtx_opened(&b);
    data_of(&b, "ObjectName");
    evtx_substitution(&b, 0, ASH_EVTX_STRING);
    evtx_close(&b);
    evtx_close(&b);
    close_event(&b, (evtx_val[]){{.type = 0x81, .bytes = {"a\0\0\0b\0\0\0", 8}}}, 1);
    expect(&b, "4663 1 +0 ObjectName=a");
}

/* Elements may come out of a value anywhere. */
static void data_in_a_value(void **state)
{
    (void)state;
    static const char *const around[] = {NULL, "EventData", "UserData", "System", "Other"};
    static const char *const expected[] = {"4663 1 +0 ObjectName=x", "4663 1 +0 ObjectName=x",
                                           "4663 1 +0", "4663 1 +0", "4663 1 +0"};
    for (size_t i = 0; i < COUNT(around); i++) {
        evtx_build b;
        open_event(&b, "4663");
        if (around[i] != NULL) {
            evtx_open(&b, around[i], false);
            evtx_opened(&b);
        }
        evtx_optional(&b, 0, ASH_EVTX_BINXML);
        if (around[i] != NULL)
            evtx_close(&b);
        evtx_close(&b);
        evtx_definition_end(&b);
        evtx_values(&b, (evtx_val[]){{.type = ASH_EVTX_BINXML}}, 1);
        size_t value = b.out.n;
        assert_true(evtx_instance(&b, 6));
        if (i == 0) {
            evtx_open(&b, "EventData", false);
            evtx_opened(&b);
        }
        data_of(&b, "ObjectName");
        evtx_substitution(&b, 0, ASH_EVTX_STRING);
        evtx_close(&b);
        if (i == 0)
            evtx_close(&b);
        evtx_definition_end(&b);
        evtx_values(&b, (evtx_val[]){EVTX_TEXT("x")}, 1);
        evtx_put(&b, value - 4, b.out.n - value, 2);
        evtx_eof(&b);
        evtx_record_end(&b);
        expect(&b, expected[i]);
    }
}

static void the_first_of_equal_names_counts(void **state)
{
    (void)state;
    evtx_build b;
    open_event(&b, "4663");
    evtx_open(&b, "EventData", false);
    evtx_opened(&b);
    for (uint16_t i = 0; i < 2; i++) {
        data_of(&b, "ObjectName");
        evtx_substitution(&b, i, ASH_EVTX_STRING);
        evtx_close(&b);
    }
    evtx_close(&b);
    close_event(&b, (evtx_val[]){EVTX_TEXT("one"), EVTX_TEXT("two")}, 2);
    expect(&b, "4663 1 +0 ObjectName=one");
}

static void expect_refused(evtx_build *b)
{
    char *got = both_ways(b);
    if (got[0] != '!')
        fail_msg("taken: %s", got);
    free(got);
    evtx_free(b);
}

static void what_cannot_be_used_is_refused(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b); /* nothing in it */
    evtx_record_begin(&b, 1, EVTX_DAY0);
    evtx_record_end(&b);
    expect_refused(&b);
    open_event(&b, "many");
    close_event(&b, NULL, 0);
    expect_refused(&b);
    open_event(&b, "4663"); /* text and a number in one value */
    evtx_open(&b, "EventData", false);
    evtx_opened(&b);
    data_of(&b, "ObjectName");
    evtx_substitution(&b, 0, ASH_EVTX_UINT8);
    evtx_text(&b, "x");
    evtx_close(&b);
    evtx_close(&b);
    close_event(&b, (evtx_val[]){EVTX_NUMBER(ASH_EVTX_UINT8, 1)}, 1);
    expect_refused(&b);
    begin(&b); /* a value reaches beyond the record */
    evtx_add_share_access(&b, 1);
    size_t at = b.out.n;
    evtx_add_share_access(&b, 2);
    evtx_put(&b, at + 24 + 4 + 10 + 4, 0xfff0, 2);
    expect_refused(&b);
}

static void pieces_are_limited(void **state)
{
    (void)state;
    evtx_build b;
    open_event(&b, "4663");
    evtx_open(&b, "EventData", false);
    evtx_opened(&b);
    data_of(&b, "ObjectName");
    for (unsigned i = 0; i < ASH_EVTX_JOINED_MAX / 2 + 1; i++)
        evtx_char(&b, 'x');
    evtx_close(&b);
    evtx_close(&b);
    close_event(&b, NULL, 0);
    expect_refused(&b);
}

/* More templates than are compiled. */
static void many_templates(void **state)
{
    (void)state;
    evtx_build b;
    begin(&b);
    ash_arena arena;
    ash_arena_init(&arena, 0);
    ash_evtx_record r[ASH_EVTX_TEMPLATES_MAX + 10];
    for (uint32_t i = 0; i < COUNT(r); i++) {
        evtx_record_begin(&b, i + 1, EVTX_DAY0);
        b.n_templates = 0;
        assert_true(evtx_instance(&b, i));
        evtx_open(&b, "Event", false);
        evtx_opened(&b);
        evtx_open(&b, "System", false);
        evtx_opened(&b);
        evtx_element_value(&b, "EventID", 0, ASH_EVTX_UINT16);
        evtx_close(&b);
        evtx_close(&b);
        evtx_definition_end(&b);
        evtx_values(&b, (evtx_val[]){EVTX_NUMBER(ASH_EVTX_UINT16, 1000 + i)}, 1);
        evtx_eof(&b);
        evtx_record_end(&b);
        r[i] = last_record(&b);
    }
    ash_evtx_extract_chunk(&extract, ash_buf_view(&b.out));
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < COUNT(r); i++) {
            ash_win_event e;
            assert_int_equal(ash_evtx_extract_record(&extract, &r[i], &arena, &e), 0);
            assert_int_equal(e.id, 1000 + i);
        }
    assert_int_equal(extract.n_templates, ASH_EVTX_TEMPLATES_MAX);
    ash_arena_free(&arena);
    evtx_free(&b);
}

int main(void)
{
    ash_evtx_extract_init(&extract);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_security_event),
        cmocka_unit_test(every_type),
        cmocka_unit_test(user_data),
        cmocka_unit_test(an_event_without_time_and_number),
        cmocka_unit_test(without_a_template),
        cmocka_unit_test(text_in_pieces),
        cmocka_unit_test(an_array_gives_its_first_item),
        cmocka_unit_test(data_in_a_value),
        cmocka_unit_test(the_first_of_equal_names_counts),
        cmocka_unit_test(what_cannot_be_used_is_refused),
        cmocka_unit_test(pieces_are_limited),
        cmocka_unit_test(many_templates),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ash_evtx_extract_free(&extract);
    return failed;
}
