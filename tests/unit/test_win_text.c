/* Windows events in text form: every shape says the same of the same event. */
#include "base/buf.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/time.h"
#include "decode.h"
#include "source/win_json_event.h"
#include "source/win_xml_event.h"

static ash_arena arena;

static ash_win_found read_xml(const char *text, ash_win_event *e, ash_win_xml_result *r)
{
    ash_error err = {0};
    ash_win_xml *x;
    ASSERT_OK(ash_win_xml_new(&x, &err));
    ash_win_found found = ash_win_xml_read(x, ash_view_z(text), &arena, e, r);
    /* In a parser that has seen others it is the same. */
    ash_win_event again;
    ash_win_xml_result ignored;
    for (int i = 0; i < 2; i++)
        assert_int_equal(ash_win_xml_read(x, ash_view_z(text), &arena, &again, &ignored), found);
    assert_int_equal(again.id, e->id);
    assert_int_equal(again.time, e->time);
    ash_win_xml_free(x);
    return found;
}

static ash_win_found read_json(const char *text, ash_win_event *e, ash_win_json_result *r)
{
    static ash_json_tree tree; /* values may be in the text only, never in the tree */
    const char *why;
    size_t used;
    if (ash_json_read(&tree, ash_view_z(text), &used, &why) != ASH_JSON_OK)
        fail_msg("%s at %zu: %s", why, used, text);
    ash_win_found found = ash_win_json_event(&tree, &arena, e, r);
    ash_json_tree_free(&tree);
    return found;
}

/* --- the same event ---------------------------------------------------- */

#define SID "S-1-5-21-658495921-4185342820-3824891517-1113"
#define PATH "\\Device\\HarddiskVolume8\\share\\日本 <&>.txt"
#define PATH_XML "\\Device\\HarddiskVolume8\\share\\日本 &lt;&amp;&gt;.txt"
#define PATH_JSON "\\\\Device\\\\HarddiskVolume8\\\\share\\\\\\u65e5\\u672c <\\u0026>.txt"
#define TIME "2021-05-18T04:51:56"

typedef struct expected {
    uint32_t id;
    uint64_t record;
    ash_win_audit audit;
    struct {
        ash_win_data data;
        const char *text;
    } data[12];
} expected;

static const expected use = {
    .id = 4663,
    .record = 315452,
    .audit = ASH_WIN_AUDIT_SUCCESS,
    .data = {{ASH_WIN_SUBJECT_SID, SID},
             {ASH_WIN_SUBJECT_NAME, "Admin"},
             {ASH_WIN_SUBJECT_DOMAIN, "example"},
             {ASH_WIN_SUBJECT_LOGON_ID, "0x50932f71"},
             {ASH_WIN_OBJECT_SERVER, "Security"},
             {ASH_WIN_OBJECT_TYPE, "File"},
             {ASH_WIN_OBJECT_NAME, PATH},
             {ASH_WIN_HANDLE_ID, "0x12e0"},
             {ASH_WIN_ACCESS_LIST, "%%4416\n\t\t\t\t"},
             {ASH_WIN_ACCESS_MASK, "0x1"},
             {ASH_WIN_PROCESS_ID, "0x4"},
             {ASH_WIN_PROCESS_NAME, ""}},
};

/* 1102 has its values as user data. */
static const expected cleared = {
    .id = 1102,
    .record = 77,
    .audit = ASH_WIN_AUDIT_SUCCESS,
    .data = {{ASH_WIN_SUBJECT_SID, SID},
             {ASH_WIN_SUBJECT_NAME, "Admin"},
             {ASH_WIN_SUBJECT_DOMAIN, "example"},
             {ASH_WIN_SUBJECT_LOGON_ID, "0x50932f71"}},
};

static const expected failed_logon = {
    .id = 4625,
    .record = 9,
    .audit = ASH_WIN_AUDIT_FAILURE,
    .data = {{ASH_WIN_TARGET_NAME, "kato"}, {ASH_WIN_IP_ADDRESS, "10.0.0.5"}},
};

typedef struct example {
    const char *shape; /* of JSON; NULL: XML */
    const expected *want;
    const char *fraction; /* of TIME that this shape keeps */
    const char *text;
} example;

#define XMLNS "http://schemas.microsoft.com/win/2004/08/events/event"
#define SYSTEM_XML(id, task, keywords, record)                                                  \
    "<System><Provider Name='Microsoft-Windows-Security-Auditing' "                             \
    "Guid='{54849625-5478-4994-A5BA-3E3B0328C30D}'/><EventID>" id "</EventID><Version>1</Version>" \
    "<Level>0</Level><Task>" task "</Task><Opcode>0</Opcode><Keywords>" keywords "</Keywords>"  \
    "<TimeCreated SystemTime='" TIME ".916563800Z'/><EventRecordID>" record "</EventRecordID>"  \
    "<Correlation/><Execution ProcessID='4' ThreadID='5636'/><Channel>Security</Channel>"       \
    "<Computer>fs1.example.com</Computer><Security/></System>"
#define SUBJECT_XML                                                                             \
    "<Data Name='SubjectUserSid'>" SID "</Data><Data Name='SubjectUserName'>Admin</Data>"       \
    "<Data Name='SubjectDomainName'>example</Data><Data Name='SubjectLogonId'>0x50932f71</Data>"
#define SUBJECT_JSON                                                                            \
    "\"SubjectUserSid\":\"" SID "\",\"SubjectUserName\":\"Admin\","                             \
    "\"SubjectDomainName\":\"example\",\"SubjectLogonId\":\"0x50932f71\""
#define OBJECT_JSON                                                                             \
    "\"ObjectServer\":\"Security\",\"ObjectType\":\"File\",\"ObjectName\":\"" PATH_JSON "\","   \
    "\"HandleId\":\"0x12e0\",\"AccessList\":\"%%4416\\n\\t\\t\\t\\t\",\"AccessMask\":\"0x1\","  \
    "\"ResourceAttributes\":\"S:AI\""

static const example examples[] = {
    /* wevtutil qe Security /f:xml */
    {NULL, &use, ".916563800",
     "<Event xmlns='" XMLNS "'>" SYSTEM_XML("4663", "12800", "0x8020000000000000", "315452")
     "<EventData>" SUBJECT_XML "<Data Name='ObjectServer'>Security</Data><Data Name='ObjectType'>File"
     "</Data><Data Name='ObjectName'>" PATH_XML "</Data><Data Name='HandleId'>0x12e0</Data>"
     "<Data Name='AccessList'>%%4416\r\n\t\t\t\t</Data><Data Name='AccessMask'>0x1</Data>"
     "<Data Name='ProcessId'>0x4</Data><Data Name='ProcessName'></Data></EventData></Event>"},
    /* Event Viewer: with what the event means in words, in any language */
    {NULL, &failed_logon, ".916563800",
     "<Event xmlns='" XMLNS "'>" SYSTEM_XML("4625", "12544", "0x8010000000000000", "9")
     "<EventData><Data Name='TargetUserName'>kato</Data><Data Name='IpAddress'>10.0.0.5</Data>"
     "</EventData><RenderingInfo Culture='ja-JP'><Message>失敗しました。</Message><Level>情報</Level>"
     "<Channel>Application</Channel><Keywords><Keyword>失敗の監査</Keyword></Keywords>"
     "<EventID>4624</EventID></RenderingInfo></Event>"},
    /* evtxexport -f xml */
    {NULL, &cleared, ".916563800",
     "<Event xmlns=\"" XMLNS "\">\n  <System>\n    <Provider Name=\"Microsoft-Windows-Eventlog\"/>\n"
     "    <EventID Qualifiers=\"16384\">1102</EventID>\n    <Keywords>0x4020000000000000</Keywords>\n"
     "    <TimeCreated SystemTime=\"" TIME ".916563800Z\"/>\n    <EventRecordID>77</EventRecordID>\n"
     "    <Channel>Security</Channel>\n    <Computer>fs1.example.com</Computer>\n  </System>\n"
     "  <UserData>\n    <LogFileCleared xmlns:auto-ns3=\"" XMLNS "\" xmlns=\"x\">\n"
     "      <SubjectUserSid>" SID "</SubjectUserSid>\n      <SubjectUserName>Admin</SubjectUserName>\n"
     "      <SubjectDomainName>example</SubjectDomainName>\n"
     "      <SubjectLogonId>0x50932f71</SubjectLogonId>\n    </LogFileCleared>\n  </UserData>\n"
     "</Event>"},
    {"Winlogbeat", &use, ".916",
     "{\"@timestamp\":\"" TIME ".916Z\",\"@metadata\":{\"beat\":\"winlogbeat\"},"
     "\"event\":{\"code\":\"4663\",\"kind\":\"event\",\"outcome\":\"success\"},\"host\":{\"name\":\"x\"},"
     "\"winlog\":{\"channel\":\"Security\",\"event_id\":\"4663\",\"record_id\":\"315452\","
     "\"computer_name\":\"fs1.example.com\",\"keywords\":[\"Audit Success\"],"
     "\"provider_name\":\"Microsoft-Windows-Security-Auditing\",\"event_data\":{" SUBJECT_JSON ","
     OBJECT_JSON ",\"ProcessId\":\"0x4\",\"ProcessName\":\"\"}}}"},
    {"Winlogbeat", &cleared, ".916",
     "{\"winlog\":{\"user_data\":{" SUBJECT_JSON ",\"xml_name\":\"LogFileCleared\"},\"event_id\":1102,"
     "\"channel\":\"Security\",\"record_id\":77,\"keywords\":[\"成功の監査\",\"Audit Success\"]},"
     "\"@timestamp\":\"" TIME ".916Z\",\"host\":{\"name\":\"fs1.example.com\"}}"},
    {"Winlogbeat", &failed_logon, ".916563800",
     "{\"_index\":\"winlogbeat\",\"_source\":{\"@timestamp\":\"2021-05-19T00:00:00Z\",\"winlog\":{"
     "\"time_created\":\"" TIME ".9165638Z\",\"event_id\":4625,\"record_id\":9,\"channel\":\"Security\","
     "\"keywords\":[\"失敗の監査\"],\"computer_name\":\"fs1.example.com\",\"event_data\":{"
     "\"TargetUserName\":\"kato\",\"IpAddress\":\"10.0.0.5\"}},\"event\":{\"outcome\":\"failure\"}}}"},
    {"Winlogbeat 6", &use, ".916",
     "{\"@timestamp\":\"" TIME ".916Z\",\"event_id\":4663,\"record_number\":\"315452\","
     "\"log_name\":\"Security\",\"computer_name\":\"fs1.example.com\",\"keywords\":[\"Audit Success\"],"
     "\"source_name\":\"Microsoft-Windows-Security-Auditing\",\"event_data\":{" SUBJECT_JSON ","
     OBJECT_JSON ",\"ProcessId\":\"0x4\",\"ProcessName\":\"\"}}"},
    /* NXLog through Logstash, as in OTRF's data sets: local time, zone by receipt */
    {"NXLog", &use, "",
     "{\"EventTime\":\"2021-05-18 00:51:56\",\"EventReceivedTime\":\"2021-05-18 00:51:58\","
     "\"@timestamp\":\"2021-05-18T04:52:03.182Z\",\"Hostname\":\"fs1.example.com\","
     "\"Keywords\":-9214364837600034816,\"EventType\":\"AUDIT_SUCCESS\",\"EventID\":4663,"
     "\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"RecordNumber\":315452,"
     "\"ProcessID\":4,\"Channel\":\"security\",\"host\":\"collector\"," SUBJECT_JSON "," OBJECT_JSON
     ",\"ProcessId\":\"0x4\",\"ProcessName\":\"\"}"},
    /* newer NXLog */
    {"NXLog", &failed_logon, ".916563",
     "{\"EventTime\":\"2021-05-18T06:51:56.916563+02:00\",\"Hostname\":\"fs1.example.com\","
     "\"Keywords\":\"9227875636482146304\",\"EventType\":\"AUDIT_FAILURE\",\"EventID\":4625,"
     "\"RecordNumber\":9,\"Channel\":\"Security\",\"TargetUserName\":\"kato\",\"IpAddress\":\"10.0.0.5\"}"},
    {"Fluent Bit", &use, "",
     "{\"ProviderName\":\"Microsoft-Windows-Security-Auditing\",\"Qualifiers\":\"\",\"EventID\":4663,"
     "\"Version\":1,\"Keywords\":\"0x8020000000000000\",\"TimeCreated\":\"2021-05-18 13:51:56 +0900\","
     "\"EventRecordID\":315452,\"Channel\":\"Security\",\"Computer\":\"fs1.example.com\","
     "\"Message\":\"An attempt was made\",\"StringInserts\":[\"" SID "\",\"Admin\",\"example\","
     "\"0x50932f71\",\"Security\",\"File\",\"" PATH_JSON "\",\"0x12e0\",\"%%4416\\n\\t\\t\\t\\t\",\"0x1\","
     "\"0x4\",\"\",\"S:AI\"]}"},
    /* in_winlog, the older plugin */
    {"Fluent Bit", &failed_logon, "",
     "{\"RecordNumber\":9,\"TimeGenerated\":\"2021-05-18 13:51:56 +0900\",\"EventID\":4625,"
     "\"EventType\":\"FailureAudit\",\"Channel\":\"Security\",\"ComputerName\":\"fs1.example.com\","
     "\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"StringInserts\":[\"S-1-0-0\",\"-\",\"-\","
     "\"0x0\",\"S-1-0-0\",\"kato\",\"EX\",\"0xc000006d\",\"%%2313\",\"0xc000006a\",3,\"NtLmSsp\",\"NTLM\","
     "\"PC\",\"-\",\"-\",0,\"0x0\",\"-\",\"10.0.0.5\",50000]}"},
    {"evtx_dump", &use, ".916563",
     "{\"Event\":{\"#attributes\":{\"xmlns\":\"" XMLNS "\"},\"System\":{\"Provider\":{\"#attributes\":{"
     "\"Name\":\"Microsoft-Windows-Security-Auditing\"}},\"EventID\":4663,\"Version\":1,"
     "\"Keywords\":\"0x8020000000000000\",\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"" TIME
     ".916563Z\"}},\"EventRecordID\":315452,\"Correlation\":null,\"Channel\":\"Security\","
     "\"Computer\":\"fs1.example.com\",\"Security\":null},\"EventData\":{" SUBJECT_JSON "," OBJECT_JSON
     ",\"ProcessId\":\"0x4\",\"ProcessName\":null}}}"},
    {"evtx_dump", &cleared, ".916563",
     "{\"Event\":{\"System\":{\"EventID\":{\"#attributes\":{\"Qualifiers\":16384},\"#text\":1102},"
     "\"TimeCreated_attributes\":{\"SystemTime\":\"" TIME ".916563Z\"},\"EventRecordID\":77,"
     "\"Keywords\":\"0x4020000000000000\",\"Channel\":\"Security\",\"Computer\":\"fs1.example.com\"},"
     "\"UserData\":{\"LogFileCleared\":{\"#attributes\":{\"xmlns\":\"x\"}," SUBJECT_JSON "}}}}"},
};

static void check(const char *name, const example *x, const ash_win_event *e)
{
    char when[64];
    int64_t t;
    int32_t zone;
    snprintf(when, sizeof when, TIME "%sZ", x->fraction);
    assert_true(ash_time_parse_iso(ash_view_z(when), &t, &zone) > 0);
    if (e->id != x->want->id || e->time != t || e->record != x->want->record ||
        e->audit != x->want->audit || e->time_flags != 0)
        fail_msg("%s: id %u time %lld (want %lld) record %llu audit %d", name, (unsigned)e->id,
                 (long long)e->time, (long long)t, (unsigned long long)e->record, (int)e->audit);
    EXPECT_VIEW(e->computer.bytes, "fs1.example.com");
    EXPECT_VIEW(e->channel.bytes, "Security");
    for (size_t i = 0; i < COUNT(x->want->data) && x->want->data[i].text != NULL; i++) {
        const ash_win_value *v = &e->data[x->want->data[i].data];
        if (v->kind != ASH_WIN_UTF8 || !ash_view_is(v->bytes, x->want->data[i].text))
            fail_msg("%s: %s is \"%.*s\" (kind %d), expected \"%s\"", name,
                     ash_win_data_name(x->want->data[i].data), (int)v->bytes.n, v->bytes.p,
                     (int)v->kind, x->want->data[i].text);
    }
}

static void every_shape_says_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        const example *x = &examples[i];
        char name[64];
        ash_win_event e;
        ash_win_xml_result rx;
        ash_win_json_result rj = {0};
        snprintf(name, sizeof name, "example %zu", i);
        ash_win_found found =
            x->shape == NULL ? read_xml(x->text, &e, &rx) : read_json(x->text, &e, &rj);
        if (found != ASH_WIN_FOUND_EVENT || (x->shape != NULL && strcmp(rj.shape, x->shape) != 0))
            fail_msg("%s: found %d, shape %s", name, (int)found, rj.shape);
        check(name, x, &e);
        ash_arena_reset(&arena);
    }
}

/* "beats/winlogbeat/sys/winevent/event_test.go" has such an event. */
static void netapp_events(void **state)
{
    (void)state;
    ash_win_event e;
    ash_win_xml_result r;
    assert_int_equal(
        read_xml("<Event xmlns=\"http://schemas.netapp.com/events/event\"><System>"
                 "<Provider Name=\"NetApp-Security-Auditing\" Guid=\"{3CB2A168}\"/><EventID>4656</EventID>"
                 "<EventName>Open Object</EventName><Version>101.3</Version><Source>CIFS</Source>"
                 "<Result>Audit Failure</Result>"
                 "<TimeCreated SystemTime=\"2019-03-26T23:27:07.015494000Z\"/><Channel>Security</Channel>"
                 "<Computer>anvil/vs-anvil</Computer></System><EventData>"
                 "<Data Name=\"SubjectIP\" IPVersion=\"4\">192.168.1.2</Data>"
                 "<Data Name =\"SubjectUnix\" Uid=\"65534\"/><Data Name='SubjectUserName'>john.doe</Data>"
                 "<Data Name=\"HandleID\">00000000000000;00;00000000;00000000</Data>"
                 "<Data Name=\"ObjectName\">(workshop);/Some/Path/2020.jpg</Data>"
                 "<Data Name=\"AccessMask\">8607</Data></EventData></Event>",
                 &e, &r),
        ASH_WIN_FOUND_EVENT);
    assert_true(r.netapp);
    assert_int_equal(e.audit, ASH_WIN_AUDIT_FAILURE);
    EXPECT_VIEW(e.computer.bytes, "anvil/vs-anvil");
    EXPECT_VIEW(e.data[ASH_WIN_SUBJECT_IP].bytes, "192.168.1.2");
    EXPECT_VIEW(e.data[ASH_WIN_HANDLE_ID].bytes, "00000000000000;00;00000000;00000000");
    EXPECT_VIEW(e.data[ASH_WIN_OBJECT_NAME].bytes, "(workshop);/Some/Path/2020.jpg");
    EXPECT_VIEW(e.data[ASH_WIN_ACCESS_MASK].bytes, "8607");
    /* A logon, as ONTAP 9.18 has it. */
    assert_int_equal(
        read_xml("<Event><System><Provider Name=\"NetApp-Security-Auditing\"/><EventID>4624</EventID>"
                 "<Result>Audit Success</Result>"
                 "<TimeCreated SystemTime=\"2026-09-01 05:57:51.494787+00:00\"/><Computer>n/svm</Computer>"
                 "</System><EventData><Data Name=\"IpAddress\" IPVersion=\"4\">10.0.0.9</Data>"
                 "<Data Name=\"TargetUserSID\">S-1-5-21-1000</Data><Data Name=\"TargetUserName\">mori"
                 "</Data><Data Name=\"LogonType\">3</Data></EventData></Event>",
                 &e, &r),
        ASH_WIN_FOUND_EVENT);
    assert_int_equal(e.time, INT64_C(1788242271494787000));
    assert_int_equal(e.audit, ASH_WIN_AUDIT_SUCCESS);
    EXPECT_VIEW(e.data[ASH_WIN_TARGET_SID].bytes, "S-1-5-21-1000");
}

/* --- what is no event of ours ------------------------------------------- */

static void other_logs_are_foreign(void **state)
{
    (void)state;
    static const char *const xml[] = {
        /* numbers mean something else in other channels and of other providers */
        "<Event><System><EventID>4663</EventID><Channel>Application</Channel></System></Event>",
        "<Event><System><Provider Name='Sysmon'/><EventID>11</EventID></System></Event>",
        "<Event><System><Channel>Security</Channel></System></Event>",
        "<Event><System><EventID>x</EventID><Channel>Security</Channel></System></Event>",
        "<Event><System><EventID>99999</EventID><Channel>Security</Channel></System></Event>",
        "<Event></Event>",
        /* what is asked for is in <System>, nowhere else */
        "<Event><EventData><EventID>4663</EventID><Channel>Security</Channel></EventData></Event>",
        "<Event><System><x><EventID>4663</EventID></x><Channel>Security</Channel></System></Event>",
    };
    static const char *const json[] = {
        "{\"EventID\":4663,\"EventTime\":\"2021-05-18 00:51:56\",\"Channel\":\"Application\"}",
        "{\"EventID\":4663,\"EventTime\":\"2021-05-18 00:51:56\",\"SourceName\":\"Other\"}",
        "{\"EventID\":4663,\"Channel\":\"Security\"}", /* no shape without a time */
        "{\"winlog\":{\"event_id\":null,\"channel\":\"Security\"},\"@timestamp\":\"2021-05-18T00:51:56Z\"}",
        "{\"winlog\":\"x\",\"@timestamp\":1}",
        "{\"Event\":{\"System\":[1,2]}}",
        "{}",
        "[]",
        "[{\"EventID\":4663}]",
        "{\"_source\":{}}",
        "{\"_source\":4663,\"EventID\":4663,\"EventTime\":\"2021-05-18 00:51:56\",\"Channel\":\"Security\"}",
        "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"x\"}",
        ("{\"timestamp\":\"2021-05-18T00:51:56Z\",\"type\":\"Authentication\",\"Authentication\":"
         "{\"eventId\":4624,\"status\":\"NT_STATUS_OK\"}}"),
    };
    ash_win_event e;
    ash_win_xml_result rx;
    ash_win_json_result rj;
    for (size_t i = 0; i < COUNT(xml); i++)
        if (read_xml(xml[i], &e, &rx) != ASH_WIN_FOUND_FOREIGN)
            fail_msg("taken: %s", xml[i]);
    for (size_t i = 0; i < COUNT(json); i++)
        if (read_json(json[i], &e, &rj) != ASH_WIN_FOUND_FOREIGN)
            fail_msg("taken: %s", json[i]);
}

/* Of a kind that is not read, but of our log: its record number counts. */
static void events_that_are_not_wanted_keep_their_number(void **state)
{
    (void)state;
    ash_win_event e;
    ash_win_xml_result rx;
    ash_win_json_result rj;
    assert_false(ash_win_wanted(5156));
    assert_int_equal(read_xml("<Event><System><EventID>5156</EventID><EventRecordID>8</EventRecordID>"
                              "<Channel>Security</Channel></System><EventData>"
                              "<Data Name='ProcessId'>4</Data></EventData></Event>",
                              &e, &rx),
                     ASH_WIN_FOUND_EVENT);
    assert_int_equal(e.record, 8);
    assert_int_equal(e.data[ASH_WIN_PROCESS_ID].kind, ASH_WIN_NONE);
    assert_int_equal(read_json("{\"EventID\":5156,\"EventTime\":\"x\",\"Channel\":\"Security\","
                               "\"RecordNumber\":8,\"ProcessId\":\"4\"}",
                               &e, &rj),
                     ASH_WIN_FOUND_EVENT);
    assert_int_equal(e.record, 8);
    assert_int_equal(e.time, ASH_NOTE_NO_TIME);
    assert_int_equal(e.data[ASH_WIN_PROCESS_ID].kind, ASH_WIN_NONE);
}

/* --- XML as it should not be -------------------------------------------- */

#define OURS "<System><EventID>4663</EventID><Channel>Security</Channel></System>"
#define NAMED(name) "<Event>" OURS "<EventData><Data Name='ObjectName'>" name "</Data></EventData></Event>"

static void xml_text_is_resolved(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
        bool repaired;
    } cases[] = {
        {NAMED("a&lt;b&#x65e5;&#26412;&quot;&apos;"), "a<b日本\"'", false},
        {NAMED("<![CDATA[<x>&amp;]]>"), "<x>&amp;", false},
        {NAMED(" a <!-- no --> b "), " a  b ", false},
        {NAMED("a<b>c</b>d"), "ad", false},
        {NAMED(""), "", false},
        /* Windows writes what it was given. */
        {NAMED("a\x01" "b"), "a\xef\xbf\xbd" "b", true},
        {NAMED("a&#x1;&#0;&#xD800;&#x110000;b"),
         "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "b", true},
        {NAMED("a\xff\xed\xa0\x80" "b"), "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "b", true},
        {NAMED("a\xef\xbf\xbf" "b"), "a\xef\xbf\xbd" "b", true},
        {NAMED("\x93\xfa\x96{"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd{", true}, /* code page 932 */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        ash_win_event e;
        ash_win_xml_result r;
        if (read_xml(cases[i].text, &e, &r) != ASH_WIN_FOUND_EVENT)
            fail_msg("case %zu: %s", i, r.why);
        EXPECT_VIEW(e.data[ASH_WIN_OBJECT_NAME].bytes, cases[i].name);
        assert_int_equal(r.repaired, cases[i].repaired);
    }
}

static void xml_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<Event>" OURS "<EventData></Event>",
        "<Event>" OURS "<EventData><Data Name='x'></Event>",
        "<Event>" OURS "<EventData><Data Name='ObjectName'>a & b</Data></EventData></Event>",
        "<Event>" OURS "<EventData a='1' a='2'/></Event>",
        "<Event>" OURS "&lol;</Event>",
        "<Event>" OURS "<!-- </Event>",
        "<Event>" OURS "<![CDATA[ </Event>",
        "<Event>" OURS "</events></Event>",
        "<Event><System></Event>",
        "<Event x='</Event>",
        /* no document type, so no entity, inside of an element */
        "<Event><!DOCTYPE lolz [<!ENTITY lol \"lol\">]>" OURS "&lol;</Event>",
        "<Event><!ENTITY lol SYSTEM \"file:///etc/passwd\">" OURS "</Event>",
        "<Event>" OURS "<?xml version='1.0'?></Event>",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        ash_win_event e;
        ash_win_xml_result r;
        if (read_xml(texts[i], &e, &r) != ASH_WIN_FOUND_BAD || r.why[0] == '\0')
            fail_msg("taken: %s", texts[i]);
    }
}

static void a_bad_event_does_not_harm_the_next(void **state)
{
    (void)state;
    static const char *const bad[] = {"<Event>" OURS "<!-- </Event>", "<Event><a><b></Event>",
                                      "<Event>" OURS "<![CDATA[</Event>", "<Event>\xff\xff</a></Event>"};
    ash_error err = {0};
    ash_win_xml *x;
    ASSERT_OK(ash_win_xml_new(&x, &err));
    for (size_t i = 0; i < COUNT(bad); i++) {
        ash_win_event e;
        ash_win_xml_result r;
        assert_int_equal(ash_win_xml_read(x, ash_view_z(bad[i]), &arena, &e, &r), ASH_WIN_FOUND_BAD);
        assert_int_equal(ash_win_xml_read(x, ASH_VIEW_LIT(NAMED("good")), &arena, &e, &r),
                         ASH_WIN_FOUND_EVENT);
        EXPECT_VIEW(e.data[ASH_WIN_OBJECT_NAME].bytes, "good");
        assert_int_equal(e.data[ASH_WIN_SUBJECT_NAME].kind, ASH_WIN_NONE);
    }
    ash_win_xml_free(x);
}

static void deep_xml_is_refused(void **state)
{
    (void)state;
    for (unsigned depth = ASH_XML_DEPTH_MAX - 1; depth <= ASH_XML_DEPTH_MAX + 20000; depth += 20000) {
        ash_buf b;
        ash_win_event e;
        ash_win_xml_result r;
        ash_buf_init(&b, 1u << 20);
        ash_buf_add_z(&b, "<Event>" OURS);
        for (unsigned i = 0; i < depth; i++)
            ash_buf_add_z(&b, "<a>");
        for (unsigned i = 0; i < depth; i++)
            ash_buf_add_z(&b, "</a>");
        ash_buf_add_z(&b, "</Event>");
        assert_int_equal(read_xml(ash_buf_z(&b), &e, &r),
                         depth < ASH_XML_DEPTH_MAX ? ASH_WIN_FOUND_EVENT : ASH_WIN_FOUND_BAD);
        ash_buf_free(&b);
    }
}

/* --- JSON in detail ----------------------------------------------------- */

#define NXLOG(more) "{\"EventID\":4663,\"Channel\":\"Security\"," more "}"

static void zones_by_receipt(void **state)
{
    (void)state;
    static const struct {
        const char *utc, *local;
        int32_t zone; /* minutes; 1: none */
    } cases[] = {
        {"2020-10-22T08:29:48.785Z", "2020-10-22 04:29:48", -240},
        {"2020-10-22T08:29:48.785Z", "2020-10-22 17:29:48", 540},
        {"2020-10-22T08:29:48Z", "2020-10-22 13:59:40", 330},
        {"2020-10-22T08:29:48Z", "2020-10-22 14:14:40", 345},
        {"2020-10-22T08:29:48Z", "2020-10-22 08:30:20", 0},   /* clocks differ a little */
        {"2020-10-22T08:34:47Z", "2020-10-22 08:29:48", 0},   /* late, */
        {"2020-10-22T08:36:00Z", "2020-10-22 08:29:48", 1},   /* too late to tell */
        {"2020-10-22T08:29:48Z", "2020-10-23 00:29:48", 1},   /* no such zone */
        {"2020-10-22T08:29:48Z", "2020-10-22 08:29:48Z", 1},
        {"2020-10-22T08:29:48", "2020-10-22 08:29:48", 1},
        {"x", "2020-10-22 08:29:48", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[512];
        ash_win_event e;
        ash_win_json_result r;
        snprintf(text, sizeof text,
                 NXLOG("\"EventTime\":\"1970-01-02 00:00:00\",\"@timestamp\":\"%s\","
                       "\"EventReceivedTime\":\"%s\""),
                 cases[i].utc, cases[i].local);
        assert_int_equal(read_json(text, &e, &r), ASH_WIN_FOUND_EVENT);
        bool known = cases[i].zone != 1;
        if (r.zone_s != (known ? cases[i].zone * 60 : INT32_MIN))
            fail_msg("case %zu: %d", i, r.zone_s);
        assert_int_equal(e.time_flags, known ? 0 : ASH_EVENT_NO_ZONE);
        assert_int_equal(e.time / ASH_NS_PER_S, 86400 - (known ? cases[i].zone * 60 : 0));
    }
}

static void keywords_and_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        ash_win_audit audit;
    } cases[] = {
        {"\"Keywords\":9232379236109516800", ASH_WIN_AUDIT_SUCCESS},
        {"\"Keywords\":-9214364837600034816", ASH_WIN_AUDIT_SUCCESS},
        {"\"Keywords\":-9218868437227405312", ASH_WIN_AUDIT_FAILURE},
        {"\"Keywords\":\"0x8010000000000000\",\"EventType\":\"AUDIT_SUCCESS\"", ASH_WIN_AUDIT_FAILURE},
        {"\"Keywords\":\"0x8000000000000000\",\"EventType\":\"audit_success\"", ASH_WIN_AUDIT_SUCCESS},
        {"\"Keywords\":\"Audit Failure\"", ASH_WIN_AUDIT_FAILURE},
        {"\"Keywords\":[]", ASH_WIN_AUDIT_UNKNOWN},
        {"\"Keywords\":[{}]", ASH_WIN_AUDIT_UNKNOWN},
        {"\"Keywords\":1e300", ASH_WIN_AUDIT_UNKNOWN},
        {"\"Keywords\":-99999999999999999999999", ASH_WIN_AUDIT_UNKNOWN},
        {"\"Keywords\":null", ASH_WIN_AUDIT_UNKNOWN},
        {"\"EventType\":\"INFO\"", ASH_WIN_AUDIT_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[512];
        ash_win_event e;
        ash_win_json_result r;
        snprintf(text, sizeof text, NXLOG("\"EventTime\":\"2021-05-18 00:51:56\",%s"), cases[i].text);
        assert_int_equal(read_json(text, &e, &r), ASH_WIN_FOUND_EVENT);
        if (e.audit != cases[i].audit)
            fail_msg("%s: %d", cases[i].text, (int)e.audit);
    }
}

static void names_that_nobody_should_have(void **state)
{
    (void)state;
    ash_win_event e;
    ash_win_json_result r;
    assert_int_equal(read_json(NXLOG("\"EventTime\":\"2021-05-18 00:51:56\",\"ObjectName\":\"x\","
                                     "\"Object\\u004eame\":\"\\\"}\\u0000\\ud800,{\\\"EventID\\\":4624}\","
                                     "\"AccessMask\":1,\"ProcessId\":true,\"HandleId\":null,"
                                     "\"FileName\":{\"x\":1},\"LinkName\":[1]"),
                               &e, &r),
                     ASH_WIN_FOUND_EVENT);
    static const char want[] = "\"}\0\xed\xa0\x80,{\"EventID\":4624}";
    ash_view got = e.data[ASH_WIN_OBJECT_NAME].bytes;
    assert_int_equal(got.n, sizeof want - 1);
    assert_memory_equal(got.p, want, got.n);
    EXPECT_VIEW(e.data[ASH_WIN_ACCESS_MASK].bytes, "1");
    EXPECT_VIEW(e.data[ASH_WIN_PROCESS_ID].bytes, "true");
    EXPECT_VIEW(e.data[ASH_WIN_HANDLE_ID].bytes, "");
    EXPECT_VIEW(e.data[ASH_WIN_FILE_NAME].bytes, "");
    assert_int_equal(e.data[ASH_WIN_LINK_NAME].kind, ASH_WIN_NONE);
}

static void values_without_names_need_a_known_layout(void **state)
{
    (void)state;
#define INSERTS(list) "{\"EventID\":4660,\"Channel\":\"Security\",\"TimeCreated\":\"2021-05-18 13:51:56 +0900\"," \
                      "\"StringInserts\":" list "}"
    ash_win_event e;
    ash_win_json_result r;
    assert_int_equal(read_json(INSERTS("[\"S-1\",\"a\",\"b\",\"0x1\",\"Security\",\"0x2\",\"0x4\",\"\",\"{0}\"]"),
                               &e, &r),
                     ASH_WIN_FOUND_EVENT);
    EXPECT_VIEW(e.data[ASH_WIN_HANDLE_ID].bytes, "0x2");
    assert_int_equal(read_json(INSERTS("[\"S-1\",\"a\"]"), &e, &r), ASH_WIN_FOUND_BAD);
    assert_string_equal(r.why, "4660");
    /* None at all is not another layout. */
    assert_int_equal(read_json(INSERTS("[]"), &e, &r), ASH_WIN_FOUND_EVENT);
    /* Every number of values leads to one row. */
    for (uint32_t id = 1000; id < 6000; id++)
        for (size_t n = 1; n < 64; n++) {
            ash_win_layout l = ash_win_layout_of(id, n);
            for (size_t i = 0; l.rest != NULL && i < n; i++)
                assert_true(ash_win_layout_next(&l).n > 0);
            assert_true(l.rest == NULL || *l.rest == '\0');
        }
}

static int set_up(void **state)
{
    (void)state;
    ash_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ash_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_says_the_same),
        cmocka_unit_test(netapp_events),
        cmocka_unit_test(other_logs_are_foreign),
        cmocka_unit_test(events_that_are_not_wanted_keep_their_number),
        cmocka_unit_test(xml_text_is_resolved),
        cmocka_unit_test(xml_that_is_none_is_refused),
        cmocka_unit_test(a_bad_event_does_not_harm_the_next),
        cmocka_unit_test(deep_xml_is_refused),
        cmocka_unit_test(zones_by_receipt),
        cmocka_unit_test(keywords_and_words),
        cmocka_unit_test(names_that_nobody_should_have),
        cmocka_unit_test(values_without_names_need_a_known_layout),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
