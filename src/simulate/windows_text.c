#include "simulate/windows_text.h"

#include <stdio.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define NO_GUID "{00000000-0000-0000-0000-000000000000}"
#define PROVIDER "Microsoft-Windows-Security-Auditing"
#define PROVIDER_GUID "{54849625-5478-4994-A5BA-3E3B0328C30D}"
#define PROVIDER_GUID_LOWER "{54849625-5478-4994-a5ba-3e3b0328c30d}"

static const struct {
    int id;
    const char *names;
} layouts[] = {
#define ASH_WIN_LAYOUT(id, names) {id, names},
#include "source/win_layouts.def"
#undef ASH_WIN_LAYOUT
};

/* row: which of the layouts of that number; version, task: as the event states them. */
static const struct {
    int id;
    unsigned row, version, task;
    const char *task_name;
    bool failure;
} records[ASH_WIN_RECORDS] = {
    [ASH_WIN_CLOCK] = {4616, 0, 1, 12288, "Security State Change", false},
    [ASH_WIN_LOGON] = {4624, 2, 2, 12544, "Logon", false},
    [ASH_WIN_LOGON_FAILED] = {4625, 0, 0, 12544, "Logon", true},
    [ASH_WIN_LOGOFF] = {4634, 0, 0, 12545, "Logoff", false},
    [ASH_WIN_OPEN] = {4656, 1, 1, 12800, "File System", false},
    [ASH_WIN_OPEN_FAILED] = {4656, 1, 1, 12800, "File System", true},
    [ASH_WIN_CLOSE] = {4658, 0, 0, 12800, "File System", false},
    [ASH_WIN_DELETE] = {4660, 0, 0, 12800, "File System", false},
    [ASH_WIN_USE] = {4663, 1, 1, 12800, "File System", false},
    [ASH_WIN_NTLM] = {4776, 0, 0, 14336, "Credential Validation", false},
    [ASH_WIN_NTLM_FAILED] = {4776, 0, 0, 14336, "Credential Validation", true},
    [ASH_WIN_SHARE] = {5140, 0, 1, 12808, "File Share", false},
    [ASH_WIN_CHECK] = {5145, 0, 0, 12811, "Detailed File Share", false},
};

/* What a value is: the same in every record, or one of the variables. */
typedef struct value {
    const char *name;
    ash_win_var var; /* ASH_WV_END: it is text */
    const char *text;
} value;

static const value usual[] = {
    {"SubjectUserSid", ASH_WV_SID, NULL},
    {"SubjectUserName", ASH_WV_USER, NULL},
    {"SubjectDomainName", ASH_WV_DOMAIN, NULL},
    {"SubjectLogonId", ASH_WV_LOGON, NULL},
    {"TargetUserSid", ASH_WV_SID, NULL},
    {"TargetUserName", ASH_WV_USER, NULL},
    {"TargetDomainName", ASH_WV_DOMAIN, NULL},
    {"TargetLogonId", ASH_WV_LOGON, NULL},
    {"LogonType", ASH_WV_END, "3"},
    {"LogonProcessName", ASH_WV_LOGON_PROCESS, NULL},
    {"AuthenticationPackageName", ASH_WV_PACKAGE, NULL},
    {"WorkstationName", ASH_WV_WORKSTATION, NULL},
    {"Workstation", ASH_WV_WORKSTATION, NULL},
    {"LogonGuid", ASH_WV_END, NO_GUID},
    {"LmPackageName", ASH_WV_LM, NULL},
    {"KeyLength", ASH_WV_KEY, NULL},
    {"ProcessId", ASH_WV_PROCESS, NULL},
    {"ProcessName", ASH_WV_PROGRAM, NULL},
    {"IpAddress", ASH_WV_ADDRESS, NULL},
    {"IpPort", ASH_WV_PORT, NULL},
    {"ImpersonationLevel", ASH_WV_END, "%%1833"},
    {"VirtualAccount", ASH_WV_END, "%%1843"},
    {"ElevatedToken", ASH_WV_END, "%%1842"},
    {"TargetLinkedLogonId", ASH_WV_END, "0x0"},
    {"FailureReason", ASH_WV_END, "%%2313"},
    {"Status", ASH_WV_END, "0xc000006d"},
    {"SubStatus", ASH_WV_STATUS, NULL},
    {"PackageName", ASH_WV_END, "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0"},
    {"PreviousTime", ASH_WV_BEFORE, NULL},
    {"NewTime", ASH_WV_AFTER, NULL},
    {"ObjectServer", ASH_WV_END, "Security"},
    {"ObjectType", ASH_WV_END, "File"},
    {"ObjectName", ASH_WV_OBJECT, NULL},
    {"HandleId", ASH_WV_HANDLE, NULL},
    {"TransactionId", ASH_WV_END, NO_GUID},
    {"AccessList", ASH_WV_LIST, NULL},
    {"AccessMask", ASH_WV_MASK, NULL},
    {"RestrictedSidCount", ASH_WV_END, "0"},
    {"ShareName", ASH_WV_SHARE, NULL},
    {"ShareLocalPath", ASH_WV_ROOT, NULL},
    {"RelativeTargetName", ASH_WV_RELATIVE, NULL},
};

/* Where some records differ from the table above: {record, what}. */
static const struct {
    ash_win_record record;
    value value;
} special[] = {
    {ASH_WIN_LOGON, {"SubjectUserSid", ASH_WV_END, "S-1-0-0"}},
    {ASH_WIN_LOGON, {"SubjectUserName", ASH_WV_END, "-"}},
    {ASH_WIN_LOGON, {"SubjectDomainName", ASH_WV_END, "-"}},
    {ASH_WIN_LOGON, {"SubjectLogonId", ASH_WV_END, "0x0"}},
    {ASH_WIN_LOGON, {"ProcessId", ASH_WV_END, "0x0"}},
    {ASH_WIN_LOGON, {"ProcessName", ASH_WV_END, "-"}},
    {ASH_WIN_LOGON_FAILED, {"SubjectUserSid", ASH_WV_END, "S-1-0-0"}},
    {ASH_WIN_LOGON_FAILED, {"SubjectUserName", ASH_WV_END, "-"}},
    {ASH_WIN_LOGON_FAILED, {"SubjectDomainName", ASH_WV_END, "-"}},
    {ASH_WIN_LOGON_FAILED, {"SubjectLogonId", ASH_WV_END, "0x0"}},
    {ASH_WIN_LOGON_FAILED, {"TargetUserSid", ASH_WV_END, "S-1-0-0"}},
    {ASH_WIN_LOGON_FAILED, {"ProcessId", ASH_WV_END, "0x0"}},
    {ASH_WIN_LOGON_FAILED, {"ProcessName", ASH_WV_END, "-"}},
    {ASH_WIN_NTLM, {"Status", ASH_WV_END, "0x0"}},
    {ASH_WIN_NTLM_FAILED, {"Status", ASH_WV_STATUS, NULL}},
    {ASH_WIN_USE, {"ResourceAttributes", ASH_WV_END, "S:AI"}},
};

static bool is_name(const char *have, const char *name, size_t n)
{
    return strncmp(have, name, n) == 0 && have[n] == '\0';
}

static value value_of(ash_win_record r, const char *name, size_t n)
{
    for (size_t i = 0; i < N(special); i++)
        if (special[i].record == r && is_name(special[i].value.name, name, n))
            return special[i].value;
    for (size_t i = 0; i < N(usual); i++)
        if (is_name(usual[i].name, name, n))
            return usual[i];
    return (value){"", ASH_WV_END, "-"};
}

/* --- templates --------------------------------------------------------------- */

/* Ends a piece: what was added since the last one, then the value. */
static void add_var(ash_win_text *t, ash_win_var var)
{
    uint32_t from = t->n_pieces == 0
                        ? 0
                        : t->pieces[t->n_pieces - 1].text + t->pieces[t->n_pieces - 1].len;
    if (t->n_pieces < ASH_WIN_PIECES)
        t->pieces[t->n_pieces++] = (ash_win_piece){from, (uint32_t)t->text.n - from, var};
    else
        t->text.failed = true;
}

static void add_value(ash_win_text *t, ash_win_record r, const char *name, size_t n, bool first)
{
    value v = value_of(r, name, n);
    if (t->json)
        ash_buf_addf(&t->text, "%s\"%.*s\": \"", first ? "" : ", ", (int)n, name);
    else
        ash_buf_addf(&t->text, "<Data Name='%.*s'>", (int)n, name);
    if (v.var != ASH_WV_END)
        add_var(t, v.var);
    else
        ash_buf_add_z(&t->text, v.text);
    ash_buf_add_z(&t->text, t->json ? "\"" : "</Data>");
}

static const char *layout_of(int id, unsigned row)
{
    for (size_t i = 0; i < N(layouts); i++)
        if (layouts[i].id == id && row-- == 0)
            return layouts[i].names;
    return "";
}

static void add_values(ash_win_text *t, ash_win_record r)
{
    const char *names = layout_of(records[r].id, records[r].row);
    for (bool first = true; *names != '\0'; first = false) {
        size_t n = strcspn(names, " ");
        add_value(t, r, names, n, first);
        names += n + (names[n] == ' ');
    }
}

/* As `wevtutil query-events Security /format:xml` prints it. */
static void add_xml(ash_win_text *t, ash_win_record r)
{
    ash_buf_addf(
        &t->text,
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
        "Name='" PROVIDER "' Guid='" PROVIDER_GUID_LOWER "'/><EventID>%d</EventID><Version>%u</Version>"
        "<Level>0</Level><Task>%u</Task><Opcode>0</Opcode><Keywords>0x80%s0000000000000</Keywords>"
        "<TimeCreated SystemTime='",
        records[r].id, records[r].version, records[r].task, records[r].failure ? "1" : "2");
    add_var(t, ASH_WV_TIME);
    ash_buf_add_z(&t->text, "000Z'/><EventRecordID>");
    add_var(t, ASH_WV_NUMBER);
    ash_buf_add_z(&t->text, "</EventRecordID><Correlation/><Execution ProcessID='4' ThreadID='");
    add_var(t, ASH_WV_THREAD);
    ash_buf_add_z(&t->text, "'/><Channel>Security</Channel><Computer>");
    add_var(t, ASH_WV_COMPUTER);
    ash_buf_add_z(&t->text, "</Computer><Security/></System><EventData>");
    add_values(t, r);
    ash_buf_add_z(&t->text, "</EventData></Event>\n");
    add_var(t, ASH_WV_END);
}

/* As Winlogbeat 8 writes it (ECS). */
static void add_json(ash_win_text *t, ash_win_record r)
{
    const char *task = records[r].task_name;
    bool failure = records[r].failure;
    ash_buf_add_z(&t->text, "{\"@timestamp\": \"");
    add_var(t, ASH_WV_TIME);
    ash_buf_addf(
        &t->text,
        "Z\", \"@metadata\": {\"beat\": \"winlogbeat\", \"type\": \"_doc\", \"version\": \"8.11.0\"}, "
        "\"event\": {\"code\": \"%d\", \"kind\": \"event\", \"provider\": \"" PROVIDER "\", "
        "\"action\": \"%s\", \"outcome\": \"%s\", \"created\": \"",
        records[r].id, task, failure ? "failure" : "success");
    add_var(t, ASH_WV_TIME);
    ash_buf_add_z(&t->text, "Z\"}, \"host\": {\"name\": \"");
    add_var(t, ASH_WV_COMPUTER);
    ash_buf_add_z(&t->text,
                  "\"}, \"log\": {\"level\": \"information\"}, \"ecs\": {\"version\": \"8.0.0\"}, "
                  "\"winlog\": {\"channel\": \"Security\", \"computer_name\": \"");
    add_var(t, ASH_WV_COMPUTER);
    ash_buf_addf(&t->text, "\", \"event_id\": \"%d\", \"record_id\": \"", records[r].id);
    add_var(t, ASH_WV_NUMBER);
    ash_buf_addf(
        &t->text,
        "\", \"provider_name\": \"" PROVIDER "\", \"provider_guid\": \"" PROVIDER_GUID "\", "
        "\"api\": \"wineventlog\", \"opcode\": \"Info\", \"task\": \"%s\", \"keywords\": [\"Audit %s\"], "
        "\"process\": {\"pid\": 4, \"thread\": {\"id\": ",
        task, failure ? "Failure" : "Success");
    add_var(t, ASH_WV_THREAD);
    ash_buf_add_z(&t->text, "}}, ");
    if (records[r].version != 0)
        ash_buf_addf(&t->text, "\"version\": %u, ", records[r].version);
    ash_buf_add_z(&t->text, "\"event_data\": {");
    add_values(t, r);
    ash_buf_add_z(&t->text, "}}}\n");
    add_var(t, ASH_WV_END);
}

bool ash_win_text_init(ash_win_text *t, bool json)
{
    *t = (ash_win_text){.json = json};
    ash_buf_init(&t->text, 1u << 20);
    for (unsigned r = 0; r < ASH_WIN_RECORDS; r++) {
        t->first[r] = t->n_pieces;
        if (json)
            add_json(t, (ash_win_record)r);
        else
            add_xml(t, (ash_win_record)r);
    }
    return !t->text.failed;
}

void ash_win_text_free(ash_win_text *t)
{
    ash_buf_free(&t->text);
}

/* --- records ------------------------------------------------------------------ */

static const char *escape_of(const ash_win_text *t, char c)
{
    if (t->json)
        return c == '\\'   ? "\\\\"
               : c == '"'  ? "\\\""
               : c == '\r' ? "\\r"
               : c == '\n' ? "\\n"
               : c == '\t' ? "\\t"
                           : NULL;
    return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : NULL;
}

size_t ash_win_escape(const ash_win_text *t, const char *s, size_t n, char *out)
{
    char *p = out;
    for (size_t i = 0; i < n; i++) {
        const char *e = escape_of(t, s[i]);
        if (e == NULL) {
            *p++ = s[i];
            continue;
        }
        size_t len = strlen(e);
        memcpy(p, e, len);
        p += len;
    }
    return (size_t)(p - out);
}

static char *put_time(const ash_win_text *t, const ash_spool *o, char *p)
{
    memcpy(p, o->stamp, 19);
    p[19] = '.';
    ash_spool_fraction(o, p + 20);
    return p + (t->json ? 23 : 26);
}

void ash_win_put(const ash_win_text *t, ash_spool *o, ash_win_record r,
                 const ash_win_value values[ASH_WV_COUNT])
{
    uint64_t step = ash_spool_tick(o, ASH_PACE_STEP);
    char *p = o->p, *number = NULL;
    for (const ash_win_piece *piece = &t->pieces[t->first[r]];; piece++) {
        memcpy(p, t->text.p + piece->text, piece->len);
        p += piece->len;
        if (piece->var == ASH_WV_END) {
            break;
        } else if (piece->var == ASH_WV_TIME) {
            p = put_time(t, o, p);
        } else if (piece->var == ASH_WV_NUMBER) {
            number = p;
            p += ASH_NUMBER_DIGITS;
        } else {
            memcpy(p, values[piece->var].s, values[piece->var].n);
            p += values[piece->var].n;
        }
    }
    ash_spool_commit(o, p, step, number);
}
