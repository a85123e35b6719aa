/* Windows records -> accesses: what each event means, and the join that finds
 * client and share. A script has one event a line:
 *
 *   SECONDS ID NAME=VALUE;NAME=VALUE...
 *
 * "U" stands for the subject kato of logon 0x100, "M" for a mask, "O" for an
 * object on the disk, "H" for a handle, "R" for a name below the share data.
 * Expected: one line an access, "GRADE PATH ... server/account/client/workstation
 * share *records". */
#include "base/arena.h"
#include "base/limits.h"
#include "base/time.h"
#include "folding.h"
#include "source/windows_event.h"

#define ROOT "D:\\data"

typedef struct win {
    folding f;
    ash_win_decoder *decoder;
    ash_batch batch;
    ash_arena arena;
    ash_profile profile;
    uint64_t offset;
    int64_t shift; /* of times, ns */
} win;

static void win_open(win *w)
{
    ash_error err = {0};
    memset(w, 0, sizeof *w);
    folding_open(&w->f);
    w->f.who = true;
    w->profile.options.seed = TEST_SEED;
    ash_arena_init(&w->arena, 0);
    w->batch.arena = &w->arena;
    ASSERT_OK(ash_win_decoder_new(&w->decoder, &w->profile, &err));
}

static void win_close(win *w)
{
    folding_close(&w->f);
    ash_win_decoder_free(w->decoder);
    ash_batch_free(&w->batch);
    ash_arena_free(&w->arena);
}

static ash_win_value utf8(const char *p, size_t n)
{
    return (ash_win_value){.kind = ASH_WIN_UTF8, .bytes = {p, n}};
}

static void set(ash_win_event *e, ash_win_data i, const char *z)
{
    e->data[i] = utf8(z, strlen(z));
}

static void abbreviation(ash_win_event *e, char what, const char *value, size_t n)
{
    switch (what) {
    case 'U':
        set(e, ASH_WIN_SUBJECT_NAME, "kato");
        set(e, ASH_WIN_SUBJECT_SID, "S-1-5-21-1-2-3-1104");
        e->data[ASH_WIN_SUBJECT_LOGON_ID] = n > 0 ? utf8(value, n) : utf8("0x100", 5);
        break;
    case 'M': e->data[ASH_WIN_ACCESS_MASK] = utf8(value, n); break;
    case 'O':
        set(e, ASH_WIN_OBJECT_TYPE, "File");
        set(e, ASH_WIN_PROCESS_ID, "0x4");
        e->data[ASH_WIN_OBJECT_NAME] = utf8(value, n);
        break;
    case 'H':
        set(e, ASH_WIN_PROCESS_ID, "0x4");
        e->data[ASH_WIN_HANDLE_ID] = utf8(value, n);
        break;
    case 'R':
        set(e, ASH_WIN_SHARE_NAME, "\\\\*\\data");
        set(e, ASH_WIN_SHARE_PATH, "\\??\\" ROOT);
        set(e, ASH_WIN_IP_ADDRESS, "10.0.0.5");
        e->data[ASH_WIN_RELATIVE_NAME] = utf8(value, n);
        break;
    default: fail_msg("abbreviation %c", what);
    }
}

static void assign(ash_win_event *e, const char *p, size_t n)
{
    const char *eq = memchr(p, '=', n);
    size_t name = eq == NULL ? n : (size_t)(eq - p);
    const char *value = eq == NULL ? p + n : eq + 1;
    size_t value_n = (size_t)(p + n - value);
    if (name == 1) {
        abbreviation(e, *p, value, value_n);
        return;
    }
    if (ash_view_is(ash_view_of(p, name), "fail")) {
        e->audit = ASH_WIN_AUDIT_FAILURE;
        return;
    }
    if (ash_view_is(ash_view_of(p, name), "on")) {
        e->computer = utf8(value, value_n);
        return;
    }
    ash_win_data i = ash_win_data_by_name(ash_view_of(p, name));
    if (i == ASH_WIN_DATA_COUNT)
        fail_msg("no value is called %.*s", (int)name, p);
    e->data[i] = utf8(value, value_n);
}

/* The script must live until the batch is folded. */
static void event(win *w, const char *line, size_t n)
{
    char *end;
    double seconds = strtod(line, &end);
    ash_win_event e = {.audit = ASH_WIN_AUDIT_SUCCESS,
                       .computer = utf8("fs01", 4),
                       .channel = utf8("Security", 8),
                       .offset = w->offset,
                       .length = 100};
    e.time = ash_days_from_civil(2026, 11, 23) * 86400 * ASH_NS_PER_S + (int64_t)(seconds * 1e9) + w->shift;
    e.id = (uint32_t)strtoul(end, &end, 10);
    e.record = w->offset / 100 + 1;
    const char *stop = line + n;
    for (const char *p = end + 1; p < stop;) {
        const char *semi = memchr(p, ';', (size_t)(stop - p));
        const char *to = semi == NULL ? stop : semi;
        assign(&e, p, (size_t)(to - p));
        p = to + 1;
    }
    w->offset += 100;
    w->batch.records++;
    assert_int_equal(ash_win_event_add(w->decoder, &e, &w->batch), 0);
}

static void fold(win *w)
{
    if (w->batch.origins != NULL)
        folding_batch(&w->f, &w->batch);
    ash_batch_reset(&w->batch);
}

static void script(win *w, const char *text)
{
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        event(w, p, n);
        p += n + (p[n] == '\n');
    }
    fold(w);
}

static void reversed(win *w, const char *text)
{
    const char *lines[200];
    size_t n = 0;
    for (const char *p = text; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n')
        lines[n++] = p;
    while (n-- > 0)
        event(w, lines[n], strcspn(lines[n], "\n"));
    fold(w);
}

/* "@ACTOR/SHARE" written out, now that all is known. */
static char *finish(win *w)
{
    ash_buf out;
    ash_buf_init(&out, 1u << 20);
    folding_flush(&w->f);
    for (char *p = sorted_lines(ash_buf_z(&w->f.accesses)), *line = p, *nl; ; line = nl + 1) {
        nl = strchr(line, '\n');
        if (nl == NULL) {
            free(p);
            break;
        }
        char *at = line;
        for (char *q = line; (q = strstr(q, " @")) != NULL && q < nl; q++)
            at = q;
        char *slash;
        ash_actor a = ash_actors_at(w->f.actors, (uint32_t)strtoul(at + 2, &slash, 10));
        ash_share s = ash_shares_at(w->f.actors, (uint32_t)strtoul(slash + 1, &slash, 10));
        ash_buf_add_view(&out, ash_view_of(line, (size_t)(at - line)));
        ash_buf_addf(&out, " %.*s/%.*s/%.*s/%.*s %.*s%.*s\n", (int)a.server.n, a.server.p,
                     (int)a.account.n, a.account.p, (int)a.client.n, a.client.p,
                     (int)a.workstation.n, a.workstation.p, (int)s.name.n, s.name.p, (int)(nl - slash), slash);
    }
    char *text = sorted_lines(ash_buf_z(&out));
    ash_buf_free(&out);
    return text;
}

static void compare(const char *name, char *got, const char *expected)
{
    char *want = sorted_lines(expected);
    if (strcmp(got, want) != 0)
        fail_msg("%s\ngot:\n%sexpected:\n%s", name, got, want);
    free(got);
    free(want);
}

typedef struct win_case {
    const char *name, *script, *expected;
} win_case;

#define LOGON \
    "0 4624 TargetUserName=kato;TargetUserSid=S-1-5-21-1-2-3-1104;TargetLogonId=0x100;LogonType=3;" \
    "IpAddress=10.0.0.5;WorkstationName=PC01\n"
#define CONNECT "0.5 5140 U;ShareName=\\\\*\\data;ShareLocalPath=\\??\\" ROOT ";IpAddress=10.0.0.5\n"
#define KATO "fs01/kato/10.0.0.5/PC01"

static const win_case grades[] = {
    {"5145 shows that access was checked: opened at most", LOGON "1 5145 U;R=a.txt;M=0x120089\n",
     "opened a.txt " KATO " data *1\n"},
    {"... by its mask", LOGON "1 5145 U;R=a.txt;M=0x80\n", "seen a.txt " KATO " data *1\n"},
    {"... and denied where it failed", LOGON "1 5145 U;R=a.txt;M=0x120089;fail\n",
     "denied a.txt " KATO " data *1\n"},
    {"a pipe is no file", LOGON "1 5145 U;ShareName=\\\\*\\IPC$;RelativeTargetName=svcctl;M=0x12019f;IpAddress=10.0.0.5\n",
     "seen svcctl pipe " KATO " IPC$ *1\n"},
    {"4656 shows that a handle was given", LOGON CONNECT "1 4656 U;O=" ROOT "\\a.txt;M=0x120089;H=0x5\n",
     "opened " ROOT "\\a.txt " KATO " data *1\n"},
    {"... or not", LOGON CONNECT "1 4656 U;O=" ROOT "\\a.txt;M=0x120089;fail\n",
     "denied " ROOT "\\a.txt " KATO " data *1\n"},
    {"what the share lets pass the file may refuse",
     LOGON CONNECT "1 5145 U;R=a.txt;M=0x120089\n1 4656 U;O=" ROOT "\\a.txt;M=0x120089;fail\n",
     "denied " ROOT "\\a.txt " KATO " data *2\n"},
    {"... and give another time",
     LOGON CONNECT "1 4656 U;O=" ROOT "\\a.txt;M=0x120089;fail\n2 4656 U;O=" ROOT "\\a.txt;M=0x120089\n",
     "opened " ROOT "\\a.txt " KATO " data *2\n"},
    {"4663 with ReadData on a file is a read", LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n",
     "read " ROOT "\\a.txt " KATO " data *1\n"},
    {"... by the access list where there is no mask",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;AccessList=%%4416\n", "read " ROOT "\\a.txt " KATO " data *1\n"},
    {"... decimal as NetApp writes it", LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=1\n",
     "read " ROOT "\\a.txt " KATO " data *1\n"},
    {"4663 with ReadAttributes is none", LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x80\n",
     "seen " ROOT "\\a.txt " KATO " data *1\n"},
    {"the same bit on a folder is a listing: its files are known",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\x;M=0x1\n2 4663 U;O=" ROOT "\\x\\a.txt;M=0x1\n",
     "listed " ROOT "\\x dir " KATO " data *1\nread " ROOT "\\x\\a.txt " KATO " data *1\n"},
    {"... even if its name looks like a file's",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\v1.2;M=0x1\n2 4663 U;O=" ROOT "\\v1.2\\a.txt;M=0x1\n",
     "listed " ROOT "\\v1.2 dir " KATO " data *1\nread " ROOT "\\v1.2\\a.txt " KATO " data *1\n"},
    {"... and when they came first",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\x\\y\\a.txt;M=0x1\n2 4663 U;O=" ROOT "\\x;M=0x1\n",
     "listed " ROOT "\\x dir " KATO " data *1\nread " ROOT "\\x\\y\\a.txt " KATO " data *1\n"},
    {"the share's own folder", LOGON "1 5145 U;R=\\;M=0x100081\n", "listed \\ dir " KATO " data *1\n"},
    {"a name that says nothing is not claimed to be read",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\x;M=0x1\n", "opened " ROOT "\\x unsure " KATO " data *1\n"},
    {"writing, and rights", LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x6\n2 4670 U;O=" ROOT "\\b.txt\n",
     "none+written " ROOT "\\a.txt " KATO " data *1\nnone+security " ROOT "\\b.txt " KATO " data *1\n"},
    {"a file added to a folder does not write the folder",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\x;M=0x2\n2 4663 U;O=" ROOT "\\x\\a.txt;M=0x2\n",
     "none+written " ROOT "\\x\\a.txt " KATO " data *1\n"},
    {"several rights in one record", LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x3\n",
     "read+written " ROOT "\\a.txt " KATO " data *1\n"},
    {"a hard link", LOGON CONNECT "1 4664 U;FileName=" ROOT "\\a.txt;LinkName=" ROOT "\\b.txt\n",
     "seen+linked " ROOT "\\a.txt -> " ROOT "\\b.txt " KATO " data *1\n"},
    {"registry keys and processes are no files",
     LOGON "1 4663 U;ObjectType=Key;ObjectName=\\REGISTRY\\MACHINE;M=0x1\n", ""},
    {"the same numbers in another channel mean something else", "1 4663 U;on=fs01;ObjectType=Process;ObjectName=x;M=0x1\n", ""},
};

static const win_case handles[] = {
    {"a handle's life is one access",
     LOGON CONNECT "1 4656 U;O=" ROOT "\\a.txt;M=0x120089;H=0x5\n1 4663 U;O=" ROOT "\\a.txt;M=0x1;H=0x5\n"
     "2 4658 U;H=0x5\n",
     "read " ROOT "\\a.txt " KATO " data *3\n"},
    {"a deletion names only the handle",
     LOGON CONNECT "1 4656 U;O=" ROOT "\\a.txt;M=0x10080;H=0x5\n1 4663 U;O=" ROOT "\\a.txt;M=0x10000;H=0x5\n"
     "1 4660 U;H=0x5\n2 4658 U;H=0x5\n",
     "seen+deleted " ROOT "\\a.txt " KATO " data *4\n"},
    {"the right to delete without a deletion is a rename",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x10000;H=0x5\n2 4658 U;H=0x5\n",
     "none+renamed " ROOT "\\a.txt " KATO " data *2\n"},
    {"... also where closing is not recorded", LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x10000;H=0x5\n",
     "none+renamed " ROOT "\\a.txt " KATO " data *1\n"},
    {"deleted on closing", LOGON CONNECT "1 4659 U;O=" ROOT "\\a.txt;M=0x10000\n",
     "none+deleted " ROOT "\\a.txt " KATO " data *1\n"},
    {"a number given to another file",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1;H=0x5\n2 4658 U;H=0x5\n"
     "3 4663 U;O=" ROOT "\\b.txt;M=0x10000;H=0x5\n3 4660 U;H=0x5\n",
     "read " ROOT "\\a.txt " KATO " data *2\nnone+deleted " ROOT "\\b.txt " KATO " data *2\n"},
    {"a handle nobody opened", LOGON CONNECT "1 4660 U;H=0x5\n", ""},
};

static const win_case joins[] = {
    {"the logon names the client", LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n",
     "read " ROOT "\\a.txt " KATO " data *1\n"},
    {"a share record names it where the logon is not in the log",
     CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n", "read " ROOT "\\a.txt fs01/kato/10.0.0.5/ data *1\n"},
    {"... and after the fact", "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n2" CONNECT,
     "read " ROOT "\\a.txt fs01/kato/10.0.0.5/  *1\n"},
    {"a logon without an address, and a share record with one",
     "0 4624 TargetUserName=kato;TargetLogonId=0x100;LogonType=3;IpAddress=-;WorkstationName=PC01\n" CONNECT
     "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n",
     "read " ROOT "\\a.txt " KATO " data *1\n"},
    {"nobody names it", "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n",
     "read " ROOT "\\a.txt fs01/kato/(logon 0x100 not in the log)/  *1\n"},
    {"another account's logon of that number does not count",
     "0 4624 TargetUserName=sato;TargetUserSid=S-1-5-21-1-2-3-1105;TargetLogonId=0x100;IpAddress=10.0.0.6\n"
     "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n",
     "read " ROOT "\\a.txt fs01/kato/(logon 0x100 not in the log)/  *1\n"},
    {"another server's does not count",
     "0 4624 on=fs02;TargetUserName=kato;TargetLogonId=0x100;IpAddress=10.0.0.6\n"
     "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n",
     "read " ROOT "\\a.txt fs01/kato/(logon 0x100 not in the log)/  *1\n"},
    {"a restart gives numbers anew",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n10 4608 \n"
     "20 4624 TargetUserName=kato;TargetUserSid=S-1-5-21-1-2-3-1104;TargetLogonId=0x100;IpAddress=10.0.0.9\n"
     "21 4663 U;O=" ROOT "\\b.txt;M=0x1\n",
     "read " ROOT "\\a.txt " KATO " data *1\nread " ROOT "\\b.txt fs01/kato/10.0.0.9/ data *1\n"},
    {"... and nothing is known of the new one until it is met",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n10 4608 \n21 4663 U;O=" ROOT "\\b.txt;M=0x1\n",
     "read " ROOT "\\a.txt " KATO " data *1\n"
     "read " ROOT "\\b.txt fs01/kato/(logon 0x100 not in the log)/ data *1\n"},
    {"two sessions of one number, of which one is found later",
     "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n10 4608 \n21 4663 U;O=" ROOT "\\b.txt;M=0x1\n"
     "22 5140 U;ShareName=\\\\*\\data;ShareLocalPath=\\??\\" ROOT ";IpAddress=10.0.0.9\n",
     "read " ROOT "\\a.txt fs01/kato/(logon 0x100 not in the log)/  *1\n"
     "read " ROOT "\\b.txt fs01/kato/10.0.0.9/  *1\n"},
    {"a restart that is not in the log shows by the logon",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n"
     "20 4624 TargetUserName=kato;TargetUserSid=S-1-5-21-1-2-3-1104;TargetLogonId=0x100;IpAddress=10.0.0.9\n"
     "21 4663 U;O=" ROOT "\\b.txt;M=0x1\n",
     "read " ROOT "\\a.txt " KATO " data *1\nread " ROOT "\\b.txt fs01/kato/10.0.0.9/ data *1\n"},
    {"the server's own sessions have no client",
     "1 4663 SubjectUserName=FS01$;SubjectLogonId=0x3e7;ProcessId=0x1c4;O=" ROOT "\\a.txt;ProcessId=0x1c4;M=0x1\n",
     "read " ROOT "\\a.txt fs01/FS01$//  *1\n"},
    {"5145 before the share's files are recorded, and the file itself: one access",
     LOGON "1 5145 U;R=a.txt;M=0x120089\n1 4656 U;O=" ROOT "\\a.txt;M=0x120089\n1 4663 U;O=" ROOT "\\a.txt;M=0x1\n",
     "read " ROOT "\\a.txt " KATO " data *3\n"},
    {"... and both name files alike from then on",
     LOGON CONNECT "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n2 5145 U;R=b.txt;M=0x120089\n3 5145 U;R=a.txt;M=0x80\n",
     "read " ROOT "\\a.txt " KATO " data *2\nopened " ROOT "\\b.txt " KATO " data *1\n"},
    {"the longest root is the share",
     LOGON CONNECT
     "0.6 5140 U;ShareName=\\\\*\\inner;ShareLocalPath=\\??\\" ROOT "\\inner;IpAddress=10.0.0.5\n"
     "1 4663 U;O=" ROOT "\\inner\\a.txt;M=0x1\n1 4663 U;O=" ROOT "\\innermost.txt;M=0x1\n",
     "read " ROOT "\\inner\\a.txt " KATO " inner *1\nread " ROOT "\\innermost.txt " KATO " data *1\n"},
    {"an administrative share is meant only by who uses it",
     LOGON "0.6 5140 U=0x200;ShareName=\\\\*\\D$;ShareLocalPath=\\??\\D:\\;IpAddress=10.0.0.5\n"
     "1 4663 U;O=D:\\a.txt;M=0x1\n1 4663 U=0x200;O=D:\\b.txt;M=0x1\n",
     "read D:\\a.txt " KATO "  *1\nread D:\\b.txt fs01/kato/10.0.0.5/ D$ *1\n"},
    {"NetApp states the address itself",
     "1 4663 SubjectUserName=kato;SubjectIP=10.0.0.7;ObjectType=File;ObjectName=/vol/a.txt;M=1\n",
     "read /vol/a.txt fs01/kato/10.0.0.7/  *1\n"},
};

#define D ROOT "\\plan\\"
#define USE(t, name, mask) t " 4663 U;O=" D name ";M=" mask ";H=" t "\n"
#define GONE(t, name) USE(t, name, "0x10000") t " 4660 U;H=" t "\n"

static const win_case saves[] = {
    {"Word saves: one document written",
     LOGON CONNECT USE("1", "report.docx", "0x1") USE("1.1", "~$report.docx", "0x2")
     USE("2", "~WRD0000.tmp", "0x2") USE("2.1", "report.docx", "0x10000") "2.1 4658 U;H=2.1\n"
     USE("2.2", "~WRD0000.tmp", "0x10000") "2.2 4658 U;H=2.2\n" GONE("2.3", "~WRL0001.tmp")
     GONE("9", "~$report.docx"),
     "read+written " D "report.docx saved " KATO " data *3\n"
     "none+written+deleted " D "~$report.docx step " KATO " data *3\n"
     "none+written+renamed " D "~WRD0000.tmp -> " D "report.docx step " KATO " data *3\n"
     "none+deleted " D "~WRL0001.tmp -> " D "report.docx step " KATO " data *2\n"},
    {"a temporary file alone is a file", LOGON CONNECT USE("1", "x.tmp", "0x2") GONE("2", "x.tmp"),
     "none+written+deleted " D "x.tmp " KATO " data *3\n"},
    {"files of another folder have nothing to do with it",
     LOGON CONNECT USE("1", "x.tmp", "0x2") "1 4663 U;O=" ROOT "\\other\\a.docx;M=0x10000\n",
     "none+written " D "x.tmp " KATO " data *1\n"
     "none+renamed " ROOT "\\other\\a.docx " KATO " data *1\n"},
    {"nor do those of another time",
     LOGON CONNECT USE("1", "x.tmp", "0x2") USE("100", "a.docx", "0x10000"),
     "none+written " D "x.tmp " KATO " data *1\nnone+renamed " D "a.docx " KATO " data *1\n"},
    {"a document deleted is deleted, whatever lies beside it",
     LOGON CONNECT USE("1", "x.tmp", "0x2") GONE("2", "a.docx"),
     "none+written " D "x.tmp " KATO " data *1\nnone+deleted " D "a.docx " KATO " data *2\n"},
};

static void run(const win_case *c)
{
    win w;
    win_open(&w);
    script(&w, c->script);
    compare(c->name, finish(&w), c->expected);
    win_close(&w);
}

static void every_grade(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(grades); i++)
        run(&grades[i]);
}

static void every_handle(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(handles); i++)
        run(&handles[i]);
}

static void every_join(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(joins); i++)
        run(&joins[i]);
}

static void every_save(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(saves); i++)
        run(&saves[i]);
}

static const char story[] =
    LOGON CONNECT
    "1 4663 U;O=" ROOT "\\a.txt;M=0x1\n"
    "2 4663 U;O=" ROOT "\\b.txt;M=0x1\n"
    "1000 4608 \n"
    "1010 4624 TargetUserName=kato;TargetUserSid=S-1-5-21-1-2-3-1104;TargetLogonId=0x100;IpAddress=10.0.0.9\n"
    "1011 5140 U;ShareName=\\\\*\\data;ShareLocalPath=\\??\\" ROOT ";IpAddress=10.0.0.9\n"
    "1012 4663 U;O=" ROOT "\\b.txt;M=0x1\n";

/* Newest first, as PowerShell's Get-WinEvent writes it: the clients are the
 * same; the share is not known yet when the first files come. */
static void newest_first(void **state)
{
    (void)state;
    win w;
    win_open(&w);
    reversed(&w, story);
    compare("reversed", finish(&w),
            "read " ROOT "\\b.txt fs01/kato/10.0.0.9/  *1\n"
            "read " ROOT "\\b.txt " KATO " data *1\n"
            "read " ROOT "\\a.txt " KATO " data *1\n");
    win_close(&w);
}

/* Cut anywhere into two batches, with the state saved and loaded between. */
static void split_anywhere(void **state)
{
    (void)state;
    win whole;
    win_open(&whole);
    script(&whole, story);
    char *want = finish(&whole);
    win_close(&whole);
    for (const char *cut = strchr(story, '\n'); cut != NULL; cut = strchr(cut + 1, '\n')) {
        char *first = strndup(story, (size_t)(cut + 1 - story));
        win w;
        win_open(&w);
        script(&w, first);
        folding_reload(&w.f);
        script(&w, cut + 1);
        char *got = finish(&w);
        if (strcmp(got, want) != 0)
            fail_msg("cut after %s\ngot:\n%sexpected:\n%s", first, got, want);
        free(got);
        free(first);
        win_close(&w);
    }
    free(want);
}

/* More sessions, folders and share roots than are remembered: counted, and the
 * newest ones are joined all the same. */
static void limits_are_counted(void **state)
{
    (void)state;
    win w;
    char line[300];
    win_open(&w);
    const ash_fold_stats *stats = ash_fold_stats_of(w.f.fold);
    for (unsigned i = 0; i < ASH_LOGONS_MAX + 10; i++) {
        int n = snprintf(line, sizeof line, "%u 5140 U=0x%x;ShareName=s;IpAddress=10.0.0.%u", i / 1000,
                         0x1000 + i, i % 200);
        event(&w, line, (size_t)n);
        if (i % 1000 == 0)
            fold(&w);
    }
    fold(&w);
    assert_true(stats->lost_logons >= ASH_LOGONS_MAX / 2 && stats->lost_logons < ASH_LOGONS_MAX);
    for (unsigned i = 0; i < ASH_ROOTS_MAX + 10; i++) {
        int n = snprintf(line, sizeof line, "200 5140 U;ShareName=s%u;ShareLocalPath=E:\\%u;IpAddress=10.0.0.5",
                         i, i);
        event(&w, line, (size_t)n);
        fold(&w);
    }
    assert_int_equal(stats->lost_folders, 10);
    for (unsigned i = 0; i < ASH_FOLDERS_MAX + 10; i++) {
        int n = snprintf(line, sizeof line, "300 4663 U;O=D:\\x%u\\a;M=0x80", i);
        event(&w, line, (size_t)n);
        fold(&w); /* paths are still in the line */
    }
    if (stats->lost_folders <= 10 || stats->lost_folders >= 30)
        fail_msg("%llu folders", (unsigned long long)stats->lost_folders);
    event(&w, "301 4660 U;H=0x77", 17);
    fold(&w);
    assert_int_equal(stats->lost_handles, 1);
    win_close(&w);
}

static void what_was_done_to_the_log(void **state)
{
    (void)state;
    win w;
    win_open(&w);
    script(&w, "1 1102 SubjectUserName=admin\n"
               "2 4719 SubjectUserName=admin;SubcategoryGuid={0CCE921D-69AE-11D9-BED3-505054503030};"
               "AuditPolicyChanges=%%8448, %%8450\n"
               "3 4719 SubjectUserName=admin;SubcategoryGuid={0CCE9226-69AE-11D9-BED3-505054503030};"
               "AuditPolicyChanges=%%8448, %%8450\n"
               "4 5142 SubjectUserName=admin;ShareName=\\\\*\\new;ShareLocalPath=C:\\new\n");
    assert_int_equal(w.f.n_admin, 3);
    assert_int_equal(w.f.last_admin, 5142);
    win_close(&w);
}

static void notices_are_counted(void **state)
{
    (void)state;
    win w;
    win_open(&w);
    const char *text = "100 4672 \n3 4672 \n1 1102 SubjectUserName=admin\n1 1100 \n1 1104 \n1 1101 \n"
                       "1 4616 PreviousTime=2026-11-23T00:00:00Z;NewTime=2026-11-23T01:00:00Z\n"
                       "1 4616 PreviousTime=2026-11-23T00:00:00Z;NewTime=2026-11-23T00:00:02Z\n"
                       "1 4663 O=" ROOT "\\a.txt;U\n1 4663 U;O=;M=0x1\n1 5145 U;M=0x1\n1 4625 IpAddress=10.0.0.5\n1 9999 \n";
    for (const char *p = text; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n')
        event(&w, p, strcspn(p, "\n"));
    static const struct {
        ash_reason reason;
        uint64_t n;
    } counts[] = {{ASH_REASON_LOG_CLEARED, 1},   {ASH_REASON_LOG_STOPPED, 1}, {ASH_REASON_LOG_FULL, 1},
                  {ASH_REASON_AUDIT_DROPPED, 1}, {ASH_REASON_CLOCK_SET, 1},   {ASH_REASON_MISSING_VALUE, 3},
                  {ASH_REASON_NO_PATH, 1},       {ASH_REASON_FOREIGN, 4},
                  {ASH_REASON_CLOCK_BACK, 1}};
    for (size_t i = 0; i < COUNT(counts); i++)
        if (w.batch.counts[counts[i].reason] != counts[i].n)
            fail_msg("%s: %llu", ash_reason_name(counts[i].reason),
                     (unsigned long long)w.batch.counts[counts[i].reason]);
    win_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_grade),
        cmocka_unit_test(every_handle),
        cmocka_unit_test(every_join),
        cmocka_unit_test(every_save),
        cmocka_unit_test(newest_first),
        cmocka_unit_test(split_anywhere),
        cmocka_unit_test(limits_are_counted),
        cmocka_unit_test(what_was_done_to_the_log),
        cmocka_unit_test(notices_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
