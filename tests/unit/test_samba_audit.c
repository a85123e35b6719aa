/* One full_audit message -> one event: where the fields are, what an intruder's
 * file names can and cannot do, what is noted. */
#include "base/buf.h"
#include "base/limits.h"
#include "decode.h"
#include "source/samba.h"

/* --- splitting --------------------------------------------------------- */

typedef struct parts {
    const char *message;
    const char *prefix, *operation, *result, *args;
    bool known, ok;
} parts;

static const parts splits[] = {
    {"kato|10.0.0.5|pread_recv|ok|/srv/share/a", "kato|10.0.0.5", "pread_recv", "ok",
     "/srv/share/a", true, true},
    {"kato|10.0.0.5|openat|fail (Permission denied)|r|/srv/share/", "kato|10.0.0.5", "openat",
     "fail (Permission denied)", "r|/srv/share/", true, false},
    {"u||m||S|connect|ok|data", "u||m||S", "connect", "ok", "data", true, true},
    {"kato|a|pread|ok|/srv/x|unlinkat|ok|/srv/fake", "kato|a", "pread", "ok",
     "/srv/x|unlinkat|ok|/srv/fake", true, true},
    {"kato|a|pread|ok|/srv/ok|read|fake.txt", "kato|a", "pread", "ok", "/srv/ok|read|fake.txt",
     true, true},
    {"kato|a|unlinkat|fail (x|unlinkat|ok|/y)|/z", "kato|a", "unlinkat", "fail (x",
     "unlinkat|ok|/y)|/z", true, false},
    {"kato|a|frobnicate|ok|/srv/x", "kato|a", "frobnicate", "ok", "/srv/x", false, true},
    {"kato|a|pread|fail|/srv/x", "kato|a", "pread", "fail", "/srv/x", true, false},
    {"kato|a|disconnect|ok|data", "kato|a", "disconnect", "ok", "data", true, true},
    {"kato|a|pread|ok|", "kato|a", "pread", "ok", "", true, true},
    {"kato|a|pread|ok", "kato|a", "pread", "ok", "", true, true},
    {"|pread|ok|/x", "", "pread", "ok", "/x", true, true},
};

static void the_leftmost_operation_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(splits); i++) {
        const parts *s = &splits[i];
        ash_audit_parts p;
        if (!ash_samba_split(ash_view_z(s->message), 0, &p))
            fail_msg("not taken: %s", s->message);
        EXPECT_VIEW(p.prefix, s->prefix);
        EXPECT_VIEW(p.operation, s->operation);
        EXPECT_VIEW(p.result, s->result);
        EXPECT_VIEW(p.args, s->args);
        assert_int_equal(p.native >= 0, s->known);
        assert_int_equal(p.ok, s->ok);
    }
}

static void other_messages_are_not_split(void **state)
{
    (void)state;
    static const char *const others[] = {
        "", "|", "||||", "kato", "kato|10.0.0.5", "pread|ok|/x", "kato|a|PREAD|okay|/x",
        "kato|a|pread|failure|/x", "kato|a|p!|ok|/x", "kato|a|ab|ok|/x", "kato|a|pread|Ok|/x",
        "connect to service data by user kato", "a|b|c|d|e|f|g|h",
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        ash_audit_parts p;
        if (ash_samba_split(ash_view_z(others[i]), 0, &p))
            fail_msg("taken: %s", others[i]);
    }
}

/* 24 fields of prefix are taken, more are not. */
static void prefix_fields_are_bounded(void **state)
{
    (void)state;
    for (unsigned fields = 1; fields < 40; fields++) {
        char message[256];
        ash_audit_parts p;
        for (unsigned i = 0; i < fields; i++)
            memcpy(message + 2 * i, "f|", 2);
        snprintf(message + 2 * fields, sizeof message - 2 * fields, "pread|ok|/x");
        bool taken = ash_samba_split(ash_view_z(message), 0, &p);
        if (fields <= ASH_PREFIX_FIELDS_MAX)
            assert_true(taken && ash_view_is(p.args, "/x"));
        else if (fields > ASH_PREFIX_FIELDS_MAX + 2)
            assert_false(taken);
    }
}

static void operations_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; strcmp(ash_samba_native_name(i), "(unknown)") != 0; i++) {
        char message[128];
        ash_audit_parts p;
        snprintf(message, sizeof message, "u|%s|ok|/x", ash_samba_native_name(i));
        assert_true(ash_samba_split(ash_view_z(message), 0, &p));
        assert_int_equal(p.native, i); /* no name stands twice in the table */
    }
    assert_string_equal(ash_samba_native_name(65535), "(unknown)");
}

/* --- arguments --------------------------------------------------------- */

typedef struct meaning {
    const char *record; /* behind the prefix */
    ash_op op;
    ash_outcome outcome;
    ash_object object;
    uint32_t mask;
    unsigned flags;
    const char *path, *new_path;
} meaning;

#define FILE_ ASH_OBJECT_UNKNOWN /* create_file says "file" for what is not known to be a folder */
#define DIR_ ASH_OBJECT_DIR
#define ANY ASH_OBJECT_UNKNOWN
#define OK_ ASH_OUTCOME_OK

static const meaning meanings[] = {
    {"create_file|ok|0x120089|file|open|/s/a", ASH_OP_OPEN, OK_, FILE_, 0x120089, 0, "/s/a", ""},
    {"create_file|ok|0x81|dir|open|/s/d", ASH_OP_OPEN, OK_, DIR_, 0x81, 0, "/s/d", ""},
    {"create_file|ok|0x81|dir|open|/s", ASH_OP_OPEN, OK_, DIR_, 0x81, 0, "/s", ""},
    {"create_file|ok|0x12019F|file|overwrite_if|/s/a", ASH_OP_OPEN, OK_, FILE_, 0x12019f,
     ASH_EVENT_NEW_CONTENT, "/s/a", ""},
    {"create_file|ok|0x2|file|create|/s/a", ASH_OP_OPEN, OK_, FILE_, 2, ASH_EVENT_NEW_CONTENT,
     "/s/a", ""},
    {"create_file|ok|0x2|file|overwrite|/s/a", ASH_OP_OPEN, OK_, FILE_, 2, ASH_EVENT_NEW_CONTENT,
     "/s/a", ""},
    {"create_file|ok|0x2|file|supersede|/s/a", ASH_OP_OPEN, OK_, FILE_, 2, ASH_EVENT_NEW_CONTENT,
     "/s/a", ""},
    {"create_file|ok|0x2|file|open_if|/s/a", ASH_OP_OPEN, OK_, FILE_, 2, 0, "/s/a", ""},
    {"create_file|ok|0x80000000|file|open|/s/a|b|file|open|/c", ASH_OP_OPEN, OK_, FILE_, 0x80000000,
     0, "/s/a|b|file|open|/c", ""},
    {"create_file|ok|zzz|file|open|/s/a", ASH_OP_OPEN, OK_, FILE_, 0, 0, "/s/a", ""},
    /* The text is a stale errno (trap 3). */
    {"create_file|fail (No such file or directory)|0x1|file|open|/s/a", ASH_OP_OPEN,
     ASH_OUTCOME_FAILED, FILE_, 1, 0, "/s/a", ""},
    {"create_file|fail (Permission denied)|0x1|file|open|/s/a", ASH_OP_OPEN, ASH_OUTCOME_FAILED,
     FILE_, 1, 0, "/s/a", ""},
    {"openat|ok|r|/s/a", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/s/a", ""},
    {"openat|ok|w|/s/a|b", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/s/a|b", ""},
    {"openat|fail (No such file or directory)|r|/s/a", ASH_OP_LOOKUP, ASH_OUTCOME_MISSING, ANY, 0, 0,
     "/s/a", ""},
    {"openat|fail (Not a directory)|r|/s/a", ASH_OP_LOOKUP, ASH_OUTCOME_MISSING, ANY, 0, 0, "/s/a",
     ""},
    {"openat|fail (Permission denied)|r|/s/a", ASH_OP_LOOKUP, ASH_OUTCOME_DENIED, ANY, 0, 0, "/s/a",
     ""},
    {"unlinkat|fail (Operation not permitted)|/s/a", ASH_OP_DELETE, ASH_OUTCOME_DENIED, ANY, 0, 0,
     "/s/a", ""},
    {"openat|fail (許可がありません)|r|/s/a", ASH_OP_LOOKUP, ASH_OUTCOME_DENIED, ANY, 0, 0, "/s/a",
     ""},
    {"openat|fail (そのようなファイルやディレクトリはありません)|r|/s/a", ASH_OP_LOOKUP,
     ASH_OUTCOME_MISSING, ANY, 0, 0, "/s/a", ""},
    {"openat|fail (Too many levels of symbolic links)|r|/s/a", ASH_OP_LOOKUP, ASH_OUTCOME_FAILED, ANY,
     0, 0, "/s/a", ""},
    /* A refusal deep down names only the share's root (trap 4). */
    {"openat|fail (Permission denied)|r|/srv/share/", ASH_OP_LOOKUP, ASH_OUTCOME_DENIED, ANY, 0,
     ASH_EVENT_NAME_LOST, "/srv/share/", ""},
    /* Old Samba. */
    {"open|ok|r|/s/a", ASH_OP_OPEN, OK_, ANY, ASH_MASK_READ_DATA, ASH_EVENT_POSIX_OPEN, "/s/a", ""},
    {"open|ok|w|/s/a", ASH_OP_OPEN, OK_, ANY, ASH_MASK_WRITE_DATA, ASH_EVENT_POSIX_OPEN, "/s/a", ""},
    {"open|ok|r|sub/a", ASH_OP_OPEN, OK_, ANY, ASH_MASK_READ_DATA, ASH_EVENT_POSIX_OPEN, "sub/a", ""},
    {"opendir|ok|.", ASH_OP_OPENDIR, OK_, ANY, 0, 0, ".", ""},
    {"opendir|ok|./", ASH_OP_OPENDIR, OK_, ANY, 0, 0, ".", ""},
    {"mkdir|ok|sub", ASH_OP_CREATE_DIR, OK_, ANY, 0, 0, "sub", ""},
    {"rename|ok|sub/a|sub/b", ASH_OP_RENAME, OK_, ANY, 0, 0, "sub/a", "sub/b"},
    {"read|ok|sub/a", ASH_OP_READ, OK_, ANY, 0, 0, "sub/a", ""},
    /* Reads and their twins (traps 1 and 7). */
    {"pread|ok|/s/a", ASH_OP_READ, OK_, ANY, 0, 0, "/s/a", ""},
    {"sendfile|ok|/s/a", ASH_OP_READ, OK_, ANY, 0, 0, "/s/a", ""},
    {"pread_recv|ok|/s/a", ASH_OP_READ, OK_, ANY, 0, ASH_EVENT_TWIN, "/s/a", ""},
    {"pread_send|ok|/s/a", ASH_OP_READ_BEGIN, OK_, ANY, 0, ASH_EVENT_TWIN, "/s/a", ""},
    {"pwrite_recv|ok|/s/a", ASH_OP_WRITE, OK_, ANY, 0, ASH_EVENT_TWIN, "/s/a", ""},
    {"pwrite|ok|/s/a", ASH_OP_WRITE, OK_, ANY, 0, 0, "/s/a", ""},
    {"fdopendir|ok|/s/d", ASH_OP_OPENDIR, OK_, ANY, 0, 0, "/s/d", ""},
    {"mkdirat|ok|/s/d", ASH_OP_CREATE_DIR, OK_, ANY, 0, 0, "/s/d", ""},
    {"unlinkat|ok|/s/a", ASH_OP_DELETE, OK_, ANY, 0, 0, "/s/a", ""},
    {"fset_nt_acl|ok|/s/a", ASH_OP_SET_SECURITY, OK_, ANY, 0, 0, "/s/a", ""},
    {"linkat|ok|/s/a|/s/b", ASH_OP_LINK, OK_, ANY, 0, 0, "/s/a", "/s/b"},
    {"connect|ok|data", ASH_OP_CONNECT, OK_, ANY, 0, 0, "", ""},
    {"disconnect|ok|data", ASH_OP_DISCONNECT, OK_, ANY, 0, 0, "", ""},
    {"frobnicate|ok|/s/a", ASH_OP_OTHER, OK_, ANY, 0, 0, "", ""},
    /* Paths are tidied where the record succeeded. */
    {"openat|ok|r|/s/d/.", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/s/d", ""},
    {"openat|ok|r|/s/d/..", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/s/d", ""},
    {"openat|ok|r|/s/d//", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/s/d", ""},
    {"openat|ok|r|/", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/", ""},
    {"openat|ok|r|/s/name.", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/s/name.", ""},
    {"openat|ok|r|/s/name..", ASH_OP_LOOKUP, OK_, ANY, 0, 0, "/s/name..", ""},
};

static void expect_meaning(const meaning *m)
{
    char record[512];
    decoder d;
    snprintf(record, sizeof record, "kato|10.0.0.5|pc|data|%s\n", m->record);
    decode_audit(&d, record);
    if (d.batch.n != 1)
        fail_msg("%s: %zu events", m->record, d.batch.n);
    const ash_event *e = &d.batch.events[0];
    if (e->op != m->op || e->outcome != m->outcome || e->object != m->object ||
        e->access_mask != m->mask || e->flags != m->flags || !ash_view_is(e->path, m->path) ||
        !ash_view_is(e->new_path, m->new_path))
        fail_msg("%s: op %u outcome %u object %u mask %x flags %x path %.*s new %.*s", m->record,
                 e->op, e->outcome, e->object, e->access_mask, e->flags, (int)e->path.n, e->path.p,
                 (int)e->new_path.n, e->new_path.n == 0 ? "" : e->new_path.p);
    EXPECT_VIEW(origin_of(&d, 0)->account, "kato");
    EXPECT_VIEW(origin_of(&d, 0)->server, "fs01");
    assert_int_equal(d.batch.records, 1);
    decoder_close(&d);
}

static void every_operation_means_what_the_server_did(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(meanings); i++)
        expect_meaning(&meanings[i]);
}

/* --- renames ----------------------------------------------------------- */

typedef struct rename_case {
    const char *args, *path, *new_path;
    unsigned ambiguous, lost;
} rename_case;

static void renames_are_split_where_both_paths_make_sense(void **state)
{
    (void)state;
    static const rename_case cases[] = {
        {"/s/a|/s/b", "/s/a", "/s/b", 0, 0},
        {"/s/a|b|/s/c", "/s/a|b", "/s/c", 0, 0},          /* '|' in a name is no split */
        {"/s/d/a|/x/s/d/b", "/s/d/a", "/x/s/d/b", 0, 0},
        {"/s/a|/b|/s/c", NULL, NULL, 1, 0}, /* either is possible: only marked */
        {"/s/q|/r/a|/s/q|/r/b", "/s/q|/r/a", "/s/q|/r/b", 1, 0}, /* the folder stays */
        {"/s/q|/r/a|/t/u|/v/a", "/s/q|/r/a", "/t/u|/v/a", 1, 0}, /* the name stays */
        {"/s/d/a|/s/d/b|/s/d/c", "/s/d/a", "/s/d/b|/s/d/c", 1, 0},
        {"/s/a", "/s/a", "", 0, 1},
        {"/s/a|", "/s/a|", "", 0, 1},
        {"a|b", "a", "b", 0, 0},
        {"sub/a|b|sub/c", "sub/a|b", "sub/c", 1, 0},      /* old Samba: relative */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const rename_case *c = &cases[i];
        char record[256];
        decoder d;
        snprintf(record, sizeof record, "kato|10.0.0.5|pc|data|renameat|ok|%s\n", c->args);
        decode_audit(&d, record);
        assert_int_equal(d.batch.n, 1);
        if (c->path != NULL) {
            EXPECT_VIEW(d.batch.events[0].path, c->path);
            EXPECT_VIEW(d.batch.events[0].new_path, c->new_path);
        }
        assert_int_equal(d.batch.counts[ASH_REASON_AMBIGUOUS_RENAME], c->ambiguous);
        assert_int_equal(d.batch.counts[ASH_REASON_TARGET_LOST], c->lost);
        decoder_close(&d);
    }
}

static void a_rename_of_nothing_but_bars_is_taken_in_good_time(void **state)
{
    (void)state;
    decoder d;
    ash_buf record;
    ash_buf_init(&record, 1u << 20);
    ash_buf_add_z(&record, "kato|10.0.0.5|pc|data|renameat|ok|/");
    while (record.n < 200000)
        ash_buf_add_z(&record, "|/");
    ash_buf_add_z(&record, "x\n");
    decode_audit(&d, ash_buf_z(&record));
    assert_int_equal(d.batch.n, 1);
    assert_int_equal(d.batch.counts[ASH_REASON_AMBIGUOUS_RENAME], 1);
    decoder_close(&d);
    ash_buf_free(&record);
}

/* --- hostile and damaged records --------------------------------------- */

static void names_cannot_forge_records(void **state)
{
    (void)state;
    decoder d;
    decode_audit(&d, "kato|10.0.0.5|pc|data|connect|ok|data\n"
                     "kato|10.0.0.5|pc|data|openat|ok|r|/s/x|pread_recv|ok|/s/secret\n"
                     "kato|10.0.0.5|pc|data|unlinkat|ok|/s/a|ok|unlinkat|ok|/s/b\n");
    assert_int_equal(d.batch.n, 3);
    assert_int_equal(d.batch.events[1].op, ASH_OP_LOOKUP);
    EXPECT_VIEW(d.batch.events[1].path, "/s/x|pread_recv|ok|/s/secret");
    EXPECT_VIEW(d.batch.events[2].path, "/s/a|ok|unlinkat|ok|/s/b");
    decoder_close(&d);
}

/* The same where the operation is one this version does not know: the number of
 * fields in front of it is known from the other records. */
static void names_cannot_forge_records_behind_an_unknown_operation(void **state)
{
    (void)state;
    decoder d;
    decode_audit(&d, "kato|10.0.0.5|pc|data|connect|ok|data\n"
                     "kato|10.0.0.5|pc|data|openat|ok|r|/s/x\n"
                     "kato|10.0.0.5|pc|data|copy_chunk_next|ok|/s/x|pread_recv|ok|/s/secret\n");
    assert_int_equal(d.batch.n, 3);
    assert_int_equal(d.batch.events[2].op, ASH_OP_OTHER);
    EXPECT_VIEW(origin_of(&d, 2)->account, "kato");
    assert_int_equal(d.batch.counts[ASH_REASON_UNKNOWN_OPERATION], 1);
    decoder_close(&d);
}

static void an_account_named_like_a_result_is_an_account(void **state)
{
    (void)state;
    decoder d;
    decode_bytes(&d,
                 ASH_VIEW_LIT("2026-11-23T10:00:00+09:00 fs01 smbd_audit: "
                              "data|ok|10.0.0.5|pread|ok|/s/a\n"),
                 "%S|%u|%I");
    assert_int_equal(d.batch.n, 1);
    assert_int_equal(d.batch.events[0].op, ASH_OP_READ);
    EXPECT_VIEW(origin_of(&d, 0)->account, "ok");
    decoder_close(&d);
}

static void unknown_operations_are_kept_and_counted(void **state)
{
    (void)state;
    decoder d;
    decode_audit(&d, "kato|10.0.0.5|pc|data|connect|ok|data\n"
                     "kato|10.0.0.5|pc|data|frobnicate|ok|/s/a\n"
                     "kato|10.0.0.5|pc|data|frobnicate|fail (x)|/s/a\n");
    assert_int_equal(d.batch.n, 3);
    assert_int_equal(d.batch.counts[ASH_REASON_UNKNOWN_OPERATION], 2);
    assert_string_equal(d.batch.notes[0].detail, "frobnicate");
    assert_string_equal(ash_samba_native_name(d.batch.events[1].native), "(unknown)");
    decoder_close(&d);
}

static void missing_paths_are_counted(void **state)
{
    (void)state;
    decoder d;
    decode_audit(&d, "kato|10.0.0.5|pc|data|pread|ok|\n"
                     "kato|10.0.0.5|pc|data|pread|ok\n"
                     "kato|10.0.0.5|pc|data|openat|ok|r\n"
                     "kato|10.0.0.5|pc|data|openat|ok|r|\n"
                     "kato|10.0.0.5|pc|data|create_file|ok|0x1|file\n"
                     "kato|10.0.0.5|pc|data|create_file|ok|0x1|file|open|\n");
    assert_int_equal(d.batch.n, 6);
    assert_int_equal(d.batch.counts[ASH_REASON_NO_PATH], 6);
    for (size_t i = 0; i < d.batch.n; i++)
        assert_int_equal(d.batch.events[i].op, ASH_OP_OTHER);
    decoder_close(&d);
}

static void cut_characters_are_marked(void **state)
{
    (void)state;
    decoder d;
    decode_audit(&d, "kato|10.0.0.5|pc|data|pread|ok|/s/\xe3\x81\x82\n"
                     "kato|10.0.0.5|pc|data|pread|ok|/s/\xe3\x81\n"
                     "kato|10.0.0.5|pc|data|pread|ok|/s/\xe3\n"
                     "kato|10.0.0.5|pc|data|pread|ok|/s/\xf0\x9f\x98\n"
                     "kato|10.0.0.5|pc|data|renameat|ok|/s/a|/s/\xe3\x81\n"
                     /* Shift_JIS: its last byte is no beginning of UTF-8 */
                     "kato|10.0.0.5|pc|data|pread|ok|/s/\x83\x65\n");
    static const bool cut[] = {false, true, true, true, true, false};
    assert_int_equal(d.batch.n, COUNT(cut));
    for (size_t i = 0; i < COUNT(cut); i++)
        assert_int_equal((d.batch.events[i].flags & ASH_EVENT_CUT) != 0, cut[i]);
    assert_int_equal(d.batch.counts[ASH_REASON_CUT], 4);
    decoder_close(&d);
}

static void lost_names_are_marked_and_counted(void **state)
{
    (void)state;
    decoder d;
    decode_audit(&d, "kato|10.0.0.5|pc|data|openat|fail (Permission denied)|r|/srv/share/\n"
                     "kato|10.0.0.5|pc|data|openat|fail (No such file or directory)|r|/srv/share/\n"
                     "kato|10.0.0.5|pc|data|openat|ok|r|/srv/share/\n");
    assert_int_equal(d.batch.counts[ASH_REASON_NAME_LOST], 2);
    assert_true(d.batch.events[0].flags & ASH_EVENT_NAME_LOST);
    EXPECT_VIEW(d.batch.events[0].path, "/srv/share/"); /* not tidied: it is not a folder's name */
    assert_false(d.batch.events[2].flags & ASH_EVENT_NAME_LOST);
    decoder_close(&d);
}

/* --- other lines ------------------------------------------------------- */

static void repeated_messages_count_once_and_are_marked(void **state)
{
    (void)state;
    decoder d;
    decode_audit(&d, "kato|10.0.0.5|pc|data|pread|ok|/s/a]b\n"
                     "message repeated 10 times: [ kato|10.0.0.5|pc|data|pread|ok|/s/a]b]\n"
                     "message repeated 2 times: [ something else]\n"
                     "message repeated 2 times\n");
    assert_int_equal(d.batch.n, 2);
    EXPECT_VIEW(d.batch.events[1].path, "/s/a]b");
    assert_true(d.batch.events[1].flags & ASH_EVENT_REPEATED);
    assert_false(d.batch.events[0].flags & ASH_EVENT_REPEATED);
    EXPECT_VIEW(origin_of(&d, 1)->account, "kato");
    assert_int_equal(d.batch.counts[ASH_REASON_NO_OPERATION], 2);
    decoder_close(&d);
}

static void other_lines_are_counted_by_what_they_are(void **state)
{
    (void)state;
    decoder d;
    decode(&d, "2026-11-23T10:00:00+09:00 fs01 smbd_audit: kato|10.0.0.5|pread|ok|/s/a\n"
               "2026-11-23T10:00:00+09:00 fs01 sshd[77]: Accepted password for root\n"
               "2026-11-23T10:00:00+09:00 fs01 smbd_audit: what is this\n"
               "2026-11-23T10:00:00+09:00 fs01 smbd_audit[12]: connect to service data by user kato\n"
               "kato|10.0.0.5|pread|ok|/s/nowrapping\n"
               "nothing at all\n");
    assert_int_equal(d.batch.n, 1);
    assert_int_equal(d.batch.records, 6);
    assert_int_equal(d.batch.counts[ASH_REASON_FOREIGN], 2);
    assert_int_equal(d.batch.counts[ASH_REASON_NO_OPERATION], 1);
    assert_int_equal(d.batch.counts[ASH_REASON_OTHER_MODULE], 1);
    assert_int_equal(d.batch.counts[ASH_REASON_NO_TIME], 1);
    decoder_close(&d);
}

static void smbd_log_records_span_lines(void **state)
{
    (void)state;
    decoder d;
    decode(&d, "[2026/11/23 10:35:46.837812,  1] ../../source3/modules/vfs_full_audit.c:643(do_log)\n"
               "  kato|10.0.0.5|pc|data|pread_recv|ok|/s/a\n"
               "[2026/11/23 10:35:47.000000,  1] ../../source3/modules/vfs_full_audit.c:643(do_log)\n"
               "  kato|10.0.0.5|pc|data|pread_recv|ok|/s/two\n"
               "  [2026/11/23 10:35:48.000000,  1] lines\n"
               "[2026/11/23 10:35:49.000000,  1] ../../source3/x.c:1(f)\n"
               "  something else\n");
    assert_int_equal(d.batch.n, 2);
    EXPECT_VIEW(d.batch.events[0].path, "/s/a");
    EXPECT_VIEW(d.batch.events[1].path, "/s/two\n[2026/11/23 10:35:48.000000,  1] lines");
    assert_int_equal(d.batch.counts[ASH_REASON_FOREIGN], 1);
    decoder_close(&d);
}

#define DEBUG_HEADER "[2026/11/23 10:35:46.000000,  1] ../../source3/x.c:1(f)\n"

/* Many short lines: what is kept of a record grows, but neither beyond its limit
 * nor by copying it for each of them. */
static void smbd_log_records_are_bounded(void **state)
{
    (void)state;
    static const unsigned lines[] = {1000, ASH_RECORD_MAX / 2 - 50, ASH_RECORD_MAX};
    for (size_t i = 0; i < COUNT(lines); i++) {
        decoder d;
        ash_buf b;
        ash_buf_init(&b, 64u << 20);
        ash_buf_add_z(&b, DEBUG_HEADER "  kato|10.0.0.5|pread|ok|/s/a\n");
        for (unsigned k = 0; k < lines[i]; k++)
            ash_buf_add_z(&b, "  b\n");
        ash_buf_add_z(&b, DEBUG_HEADER "  kato|10.0.0.5|pread|ok|/s/c\n");
        decode_bytes(&d, ash_buf_view(&b), "%u|%I");
        bool fits = lines[i] < ASH_RECORD_MAX / 2;
        assert_int_equal(d.batch.records, 2);
        assert_int_equal(d.batch.n, fits ? 2 : 1);
        assert_int_equal(d.batch.counts[ASH_REASON_TOO_LONG], !fits);
        assert_true(d.arena.used < 8u * ASH_RECORD_MAX);
        EXPECT_VIEW(d.batch.events[d.batch.n - 1].path, "/s/c");
        decoder_close(&d);
        ash_buf_free(&b);
    }
}

/* Also in a file of other records. */
static void smbd_log_records_are_not_parted(void **state)
{
    (void)state;
#define PLAIN "2026-11-23T10:00:00+09:00 fs01 smbd_audit: kato|10.0.0.5|pread|ok|/s/a\n"
    static const struct {
        const char *bytes;
        size_t at;
    } cuts[] = {
        {PLAIN, sizeof PLAIN - 1},
        {PLAIN "half", sizeof PLAIN - 1},
        {PLAIN DEBUG_HEADER, sizeof PLAIN - 1},
        {PLAIN DEBUG_HEADER "  kato|", sizeof PLAIN - 1},
        {PLAIN DEBUG_HEADER "  kato|10.0.0.5|pread|ok|/s/a\n", sizeof PLAIN - 1},
        {PLAIN DEBUG_HEADER "  kato|10.0.0.5|pread|ok|/s/a\n  b\n\n\r\n", sizeof PLAIN - 1},
        {PLAIN DEBUG_HEADER "  x\n" PLAIN, 2 * (sizeof PLAIN - 1) + sizeof DEBUG_HEADER - 1 + 4},
        {PLAIN "  indented\n", sizeof PLAIN - 1 + 11},
    };
    decoder d;
    decoder_open(&d, "samba", ASH_VIEW_LIT(PLAIN), NULL);
    for (size_t i = 0; i < COUNT(cuts); i++)
        assert_int_equal(d.profile.source->cut(&d.profile, ash_view_z(cuts[i].bytes)), cuts[i].at);
    decoder_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_leftmost_operation_counts),
        cmocka_unit_test(other_messages_are_not_split),
        cmocka_unit_test(prefix_fields_are_bounded),
        cmocka_unit_test(operations_have_names),
        cmocka_unit_test(every_operation_means_what_the_server_did),
        cmocka_unit_test(renames_are_split_where_both_paths_make_sense),
        cmocka_unit_test(a_rename_of_nothing_but_bars_is_taken_in_good_time),
        cmocka_unit_test(names_cannot_forge_records),
        cmocka_unit_test(names_cannot_forge_records_behind_an_unknown_operation),
        cmocka_unit_test(an_account_named_like_a_result_is_an_account),
        cmocka_unit_test(unknown_operations_are_kept_and_counted),
        cmocka_unit_test(missing_paths_are_counted),
        cmocka_unit_test(cut_characters_are_marked),
        cmocka_unit_test(lost_names_are_marked_and_counted),
        cmocka_unit_test(repeated_messages_count_once_and_are_marked),
        cmocka_unit_test(other_lines_are_counted_by_what_they_are),
        cmocka_unit_test(smbd_log_records_span_lines),
        cmocka_unit_test(smbd_log_records_are_bounded),
        cmocka_unit_test(smbd_log_records_are_not_parted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
