/* Records -> accesses: one case for every rule of grading, listing, searching
 * and splitting. Each case is a log of its own. */
#include "base/limits.h"
#include "base/time.h"
#include "folding.h"

typedef struct fold_case {
    const char *name, *script, *expected;
} fold_case;

#define S "/srv/share"
#define SHARE_RECORDS_OPENS "0 create_file|ok|0x80|file|open|" S "/z\n"
#define Z "seen " S "/z\n"
#define SHARE_RECORDS_READS "0 pread_recv|ok|" S "/r\n"
#define R "read " S "/r\n"

static const fold_case grades[] = {
    {"a looked up name is seen, not opened (trap 1)", "1 openat|ok|r|" S "/a\n", "seen " S "/a\n"},
    {"pread is a read", "1 pread|ok|" S "/a\n", "read " S "/a\n"},
    {"pread_recv is a read", "1 pread_recv|ok|" S "/a\n", "read " S "/a\n"},
    {"sendfile is a read", "1 sendfile|ok|" S "/a\n", "read " S "/a\n"},
    {"read is a read (old Samba)", "1 read|ok|sub/a\n", "read sub/a\n"},
    {"a read that fails is none", "1 pread|fail (Input/output error)|" S "/a\n", ""},
    {"pread_send alone is a read where no pread_recv is ever logged", "1 pread_send|ok|" S "/a\n",
     "read " S "/a\n"},
    {"pread_send alone is half a read where pread_recv is logged",
     SHARE_RECORDS_READS "1 pread_send|ok|" S "/a\n", R "opened " S "/a half-read\n"},
    {"a pair is one read", "1 pread_send|ok|" S "/a\n2 pread_recv|ok|" S "/a\n", "read " S "/a\n"},
    {"create_file with the right to read is opened", "1 create_file|ok|0x120089|file|open|" S "/a\n",
     "opened " S "/a\n"},
    {"... and with GENERIC_READ", "1 create_file|ok|0x80000000|file|open|" S "/a\n",
     "opened " S "/a\n"},
    {"... and with GENERIC_ALL", "1 create_file|ok|0x10000000|file|open|" S "/a\n",
     "opened " S "/a\n"},
    {"MAXIMUM_ALLOWED proves nothing", "1 create_file|ok|0x2000000|file|open|" S "/a\n",
     "seen " S "/a\n"},
    {"create_file for attributes is seen", "1 create_file|ok|0x80|file|open|" S "/a\n",
     "seen " S "/a\n"},
    {"an opened file that is read is read",
     "1 create_file|ok|0x120089|file|open|" S "/a\n2 pread_recv|ok|" S "/a\n", "read " S "/a\n"},
    {"a file made empty cannot be read by opening it",
     "1 create_file|ok|0x12019f|file|overwrite_if|" S "/a\n", "none+written " S "/a new\n"},
    {"... but read later it is read",
     "1 create_file|ok|0x12019f|file|overwrite_if|" S "/a\n2 pread|ok|" S "/a\n",
     "read+written " S "/a new\n"},
    {"an open that fails is denied, whatever errno says (trap 3)",
     "1 create_file|fail (No such file or directory)|0x1|file|open|" S "/a\n", "denied " S "/a\n"},
    {"an open that fails after its name was looked up in vain is missing",
     "1 openat|fail (No such file or directory)|r|" S "/a\n"
     "2 create_file|fail (Argument list too long)|0x1|file|open|" S "/a\n",
     "missing " S "/a\n"},
    {"a name not found is missing", "1 openat|fail (No such file or directory)|r|" S "/a\n",
     "missing " S "/a\n"},
    {"a lookup refused is denied", "1 openat|fail (Permission denied)|r|" S "/a\n",
     "denied " S "/a\n"},
    {"denied and then allowed: the stronger counts",
     "1 openat|fail (Permission denied)|r|" S "/a\n2 pread|ok|" S "/a\n", "read " S "/a\n"},
    {"looked up in vain and then made: no missing file",
     "1 openat|fail (No such file or directory)|r|" S "/a\n"
     "2 create_file|ok|0x12019f|file|create|" S "/a\n3 pwrite_recv|ok|" S "/a\n",
     "none+written " S "/a new\n"},
    {"a write is a change beside the grade", "1 pwrite_recv|ok|" S "/a\n", "none+written " S "/a\n"},
    {"a file written over and read is both",
     "1 create_file|ok|0x120089|file|open|" S "/a\n2 pread|ok|" S "/a\n3 pwrite|ok|" S "/a\n",
     "read+written " S "/a\n"},
    {"a write that fails is none", "1 pwrite|fail (No space left on device)|" S "/a\n", ""},
    {"a deleted file", "1 unlinkat|ok|" S "/a\n", "none+deleted " S "/a\n"},
    {"a deletion refused is denied", "1 unlinkat|fail (Permission denied)|" S "/a\n",
     "denied " S "/a\n"},
    {"a folder made", "1 mkdirat|ok|" S "/d\n", "none+written " S "/d new dir\n"},
    {"a hard link gives another name", "1 linkat|ok|" S "/a|" S "/b\n",
     "seen+linked " S "/a -> " S "/b\n"},
    {"rights changed", "1 fset_nt_acl|ok|" S "/a\n", "none+security " S "/a\n"},
    {"open(2) of old Samba for reading is opened", "1 open|ok|r|sub/a\n", "opened sub/a\n"},
    {"open(2) of old Samba for writing is not", "1 open|ok|w|sub/a\n", "seen sub/a\n"},
    {"records without a path make no access",
     "1 connect|ok|data\n2 disconnect|ok|data\n3 frobnicate|ok|" S "/a\n", ""},
    {"a cut path is marked", "1 pread|ok|" S "/\xe3\x81\n", "read " S "/\xe3\x81 cut\n"},
    {"a lost name is marked (trap 4)", "1 openat|fail (Permission denied)|r|" S "/\n",
     "denied " S "/ name-lost\n"},
    {"O_PATH lookup of a folder and of its file",
     "1 openat|ok|r|" S "/d\n2 openat|ok|r|" S "/d/a\n", "seen " S "/d\nseen " S "/d/a\n"},
};

static const fold_case listings[] = {
    {"a folder opened with the right to list is listed (trap 2)",
     "1 create_file|ok|0x81|dir|open|" S "/d\n", "listed " S "/d dir\n"},
    {"a folder opened for attributes is seen", "1 create_file|ok|0x80|dir|open|" S "/d\n",
     "seen " S "/d dir\n"},
    {"fdopendir alone is a listing where opens are not recorded", "1 fdopendir|ok|" S "/d\n",
     "listed " S "/d dir\n"},
    {"fdopendir alone is none where opens are recorded",
     SHARE_RECORDS_OPENS "1 fdopendir|ok|" S "/d\n", Z "seen " S "/d dir\n"},
    {"a listing's lookups are counted and make no accesses",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.1 fdopendir|ok|" S "/d\n"
     "1.2 openat|ok|r|" S "/d/a\n1.3 openat|ok|r|" S "/d/b\n1.4 openat|ok|r|" S "/d/c\n",
     "listed " S "/d names=3 dir\n"},
    {"an entry looked up twice in one listing counts once",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.1 fdopendir|ok|" S "/d\n"
     "1.2 openat|ok|r|" S "/d/a\n1.3 openat|ok|r|" S "/d/a\n1.4 openat|ok|r|" S "/d/b\n",
     "listed " S "/d names=2 dir\n"},
    {"listed again: the longest listing counts, not the sum",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.2 openat|ok|r|" S "/d/a\n1.3 openat|ok|r|" S "/d/b\n"
     "5 create_file|ok|0x81|dir|open|" S "/d\n5.2 openat|ok|r|" S "/d/a\n",
     "listed " S "/d names=2 dir\n"},
    {"a listed entry that is then read is an access of its own",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.2 openat|ok|r|" S "/d/a\n1.3 openat|ok|r|" S "/d/b\n"
     "3 create_file|ok|0x120089|file|open|" S "/d/b\n3.1 pread|ok|" S "/d/b\n",
     "listed " S "/d names=2 dir\nread " S "/d/b\n"},
    {"a listed entry that is then refused is denied",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.2 openat|ok|r|" S "/d/a\n"
     "2 openat|fail (Permission denied)|r|" S "/d/a\n",
     "listed " S "/d names=1 dir\ndenied " S "/d/a\n"},
    {"lookups after the listing paused are of their own",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.2 openat|ok|r|" S "/d/a\n"
     "20 openat|ok|r|" S "/d/b\n",
     "listed " S "/d names=1 dir\nseen " S "/d/b\n"},
    {"a long listing goes on as long as its entries come",
     "1 create_file|ok|0x81|dir|open|" S "/d\n9 openat|ok|r|" S "/d/a\n17 openat|ok|r|" S "/d/b\n"
     "25 openat|ok|r|" S "/d/c\n",
     "listed " S "/d names=3 dir\n"},
    {"entries of a sub-folder are not its own",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.2 openat|ok|r|" S "/d/e/a\n",
     "listed " S "/d dir\nseen " S "/d/e/a\n"},
    {"another actor's lookups are no entries of this listing",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.2@suzuki openat|ok|r|" S "/d/a\n",
     "listed " S "/d dir\nseen " S "/d/a\n"},
    {"a folder in a listed folder is listed itself later",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.2 openat|ok|r|" S "/d/e\n"
     "2 create_file|ok|0x81|dir|open|" S "/d/e\n2.1 openat|ok|r|" S "/d/e/a\n",
     "listed " S "/d names=1 dir\nlisted " S "/d/e names=1 dir\n"},
    {"the root of a file system", "1 create_file|ok|0x81|dir|open|/\n1.2 openat|ok|r|/a\n",
     "listed / dir\nseen /a\n"},
};

/* What the server does by itself when a name does not exist (trap 2). */
static const fold_case searches[] = {
    {"a folder searched for a missing name is not listed",
     SHARE_RECORDS_OPENS "1 openat|fail (No such file or directory)|r|" S "/d/Nosuch\n"
                         "1.1 openat|ok|r|" S "/d\n1.2 fdopendir|ok|" S "/d\n",
     Z "missing " S "/d/Nosuch\nseen " S "/d dir\n"},
    {"... also where opens are not recorded",
     "1 openat|fail (No such file or directory)|r|" S "/d/Nosuch\n"
     "1.1 openat|ok|r|" S "/d\n1.2 fdopendir|ok|" S "/d\n",
     "missing " S "/d/Nosuch\nseen " S "/d dir\n"},
    {"but a listing of it a while later is one",
     "1 openat|fail (No such file or directory)|r|" S "/d/Nosuch\n1.2 fdopendir|ok|" S "/d\n"
     "9 fdopendir|ok|" S "/d\n",
     "missing " S "/d/Nosuch\nlisted " S "/d dir\n"},
    {"a listing stays one when the folder is searched afterwards",
     "1 create_file|ok|0x81|dir|open|" S "/d\n1.1 fdopendir|ok|" S "/d\n"
     "5 openat|fail (No such file or directory)|r|" S "/d/Nosuch\n5.1 fdopendir|ok|" S "/d\n",
     "listed " S "/d dir\nmissing " S "/d/Nosuch\n"},
    {"an open that fails right after a search is missing, not denied",
     SHARE_RECORDS_OPENS "1 fdopendir|ok|" S "/d\n"
                         "1.1 create_file|fail (Argument list too long)|0x1|file|open|" S "/d/x\n",
     Z "seen " S "/d dir\nmissing " S "/d/x\n"},
    {"an open that fails long after a search is denied",
     SHARE_RECORDS_OPENS "1 fdopendir|ok|" S "/d\n"
                         "9 create_file|fail (Argument list too long)|0x1|file|open|" S "/d/x\n",
     Z "seen " S "/d dir\ndenied " S "/d/x\n"},
};

static const fold_case renames[] = {
    {"a rename carries its target", "1 renameat|ok|" S "/a|" S "/b\n",
     "none+renamed " S "/a -> " S "/b\n"},
    {"the target, looked up in vain before, is not missing",
     "1 openat|fail (No such file or directory)|r|" S "/b\n1.1 renameat|ok|" S "/a|" S "/b\n",
     "none+renamed " S "/a -> " S "/b\n"},
    {"renamed twice: the last target is kept",
     "1 renameat|ok|" S "/a|" S "/b\n2 renameat|ok|" S "/a|" S "/c\n",
     "none+renamed " S "/a -> " S "/c\n"},
    {"a rename that fails has no target",
     "1 renameat|fail (Permission denied)|" S "/a|" S "/b\n", "denied " S "/a\n"},
    {"read, then renamed: one access",
     "1 pread|ok|" S "/a\n2 renameat|ok|" S "/a|" S "/b\n", "read+renamed " S "/a -> " S "/b\n"},
    {"the renamed file read under its new name is another path",
     "1 renameat|ok|" S "/a|" S "/b\n2 pread|ok|" S "/b\n",
     "none+renamed " S "/a -> " S "/b\nread " S "/b\n"},
};

/* What Word does: a new file, the old one out of the way, the new one in its place. */
#define SAVE                                                                                       \
    "1 create_file|ok|0x12019f|file|create|" S "/d/1A2B3C4D.tmp\n"                                \
    "1 pwrite_recv|ok|" S "/d/1A2B3C4D.tmp\n"                                                     \
    "1.1 renameat|ok|" S "/d/a.docx|" S "/d/5E6F7A8B.tmp\n"                                       \
    "1.2 renameat|ok|" S "/d/1A2B3C4D.tmp|" S "/d/a.docx\n"

static const fold_case saves[] = {
    {"a document is replaced by its new version: written, not renamed", SAVE,
     "none+written " S "/d/a.docx -> " S "/d/5E6F7A8B.tmp saved\n"
     "none+written+renamed " S "/d/1A2B3C4D.tmp -> " S "/d/a.docx new step\n"},
    {"saved and then renamed: both",
     SAVE "9 renameat|ok|" S "/d/a.docx|" S "/d/b.docx\n",
     "none+written+renamed " S "/d/a.docx -> " S "/d/b.docx\n"
     "none+written+renamed " S "/d/1A2B3C4D.tmp -> " S "/d/a.docx new step\n"},
    {"... but a copy kept by the program is no renaming",
     SAVE "9 renameat|ok|" S "/d/a.docx|" S "/d/a.docx~\n",
     "none+written " S "/d/a.docx -> " S "/d/a.docx~ saved\n"
     "none+written+renamed " S "/d/1A2B3C4D.tmp -> " S "/d/a.docx new step\n"},
};

static const fold_case splits[] = {
    {"15 idle minutes end an access", "0 pread|ok|" S "/a\n901 pread|ok|" S "/a\n",
     "read " S "/a\nread " S "/a\n"},
    {"exactly 15 minutes do not", "0 pread|ok|" S "/a\n900 pread|ok|" S "/a\n", "read " S "/a\n"},
    {"a busy path is one access however long",
     "0 pread|ok|" S "/a\n800 pread|ok|" S "/a\n1600 pread|ok|" S "/a\n2400 pread|ok|" S "/a\n",
     "read " S "/a\n"},
    {"others' records in between change nothing",
     "0 pread|ok|" S "/a\n400@suzuki pread|ok|" S "/b\n901 pread|ok|" S "/a\n",
     "read " S "/a\nread " S "/a\nread " S "/b\n"},
    {"two actors, two accesses", "0 pread|ok|" S "/a\n1@suzuki openat|ok|r|" S "/a\n",
     "read " S "/a\nseen " S "/a\n"},
    {"times out of order stay in one access",
     "5 pread|ok|" S "/a\n3 openat|ok|r|" S "/a\n4 openat|ok|r|" S "/a\n", "read " S "/a\n"},
    {"but not when they lie far back", "1000 pread|ok|" S "/a\n0 pread|ok|" S "/a\n",
     "read " S "/a\nread " S "/a\n"},
    {"idle time counts per access, not per session",
     "0 openat|ok|r|" S "/a\n500 pread|ok|" S "/b\n1000 pread|ok|" S "/a\n",
     "seen " S "/a\nread " S "/b\nread " S "/a\n"},
};

static void run_cases(const fold_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_accesses(cases[i].name, cases[i].script, cases[i].expected);
}

static void every_grade_is_what_the_records_prove(void **state)
{
    (void)state;
    run_cases(grades, COUNT(grades));
}

static void listings_are_counted_not_multiplied(void **state)
{
    (void)state;
    run_cases(listings, COUNT(listings));
}

static void searches_of_the_server_are_no_listings(void **state)
{
    (void)state;
    run_cases(searches, COUNT(searches));
}

static void renames_keep_both_names(void **state)
{
    (void)state;
    run_cases(renames, COUNT(renames));
}

static void saves_are_one_change(void **state)
{
    (void)state;
    run_cases(saves, COUNT(saves));
}

static void accesses_end_after_idle_time(void **state)
{
    (void)state;
    run_cases(splits, COUNT(splits));
}

/* Unsorted records must not lose the true span. */
static void first_and_last_are_the_extremes(void **state)
{
    (void)state;
    folding f;
    decoder d;
    ash_buf log;
    ash_buf_init(&log, 65536);
    script_log("50 openat|ok|r|" S "/a\n10 openat|ok|r|" S "/a\n90 pread|ok|" S "/a\n"
               "30 openat|ok|r|" S "/a\n",
               &log);
    folding_open(&f);
    f.times = true;
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    folding_flush(&f);
    int64_t day = ash_days_from_civil(2026, 11, 23) * 86400 * ASH_NS_PER_S;
    char expected[256];
    snprintf(expected, sizeof expected, "read " S "/a [0 0 1 %lld %lld 4 0-%zu]\n",
             (long long)(day + 10 * ASH_NS_PER_S), (long long)(day + 90 * ASH_NS_PER_S), log.n);
    assert_string_equal(ash_buf_z(&f.accesses), expected);
    assert_int_equal(f.n_sessions, 1);
    assert_int_equal(f.session_records, 4);
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
}

/* The same access is reported again only when it becomes more. */
static void growth_is_reported_once(void **state)
{
    (void)state;
    folding f;
    decoder d;
    ash_buf log;
    ash_buf_init(&log, 65536);
    script_log("0 openat|ok|r|" S "/a\n1 create_file|ok|0x1|file|open|" S "/a\n2 pread|ok|" S "/a\n"
               "3 pread|ok|" S "/a\n4 pwrite|ok|" S "/a\n5 pwrite|ok|" S "/a\n"
               "6 unlinkat|ok|" S "/a\n",
               &log);
    folding_open(&f);
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    assert_string_equal(ash_buf_z(&f.grown), S "/a:8\n" S "/a:10\n" S "/a:20\n" S "/a:80\n");
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
}

/* Each refusal below a lost name is another name: all count. */
static void lost_names_are_reported_every_time(void **state)
{
    (void)state;
    folding f;
    decoder d;
    ash_buf log;
    ash_buf_init(&log, 65536);
    script_log("0 openat|fail (Permission denied)|r|" S "/\n1 openat|fail (Permission denied)|r|" S
               "/\n2 openat|fail (Permission denied)|r|" S "/\n",
               &log);
    folding_open(&f);
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    assert_string_equal(ash_buf_z(&f.grown), S "/:2\n" S "/:2\n" S "/:2\n");
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
}

static void a_failing_sink_ends_the_batch_with_its_error(void **state)
{
    (void)state;
    folding f;
    decoder d;
    ash_buf log;
    ash_error err = {0};
    ash_buf_init(&log, 65536);
    script_log("0 pread|ok|" S "/a\n0 pread|ok|" S "/b\n", &log);
    folding_open(&f);
    f.fail_after = 1;
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    assert_int_equal(ash_fold_flush(f.fold, &err), ASH_E_LIMIT);
    assert_string_equal(err.msg, "the sink fails");
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_grade_is_what_the_records_prove),
        cmocka_unit_test(listings_are_counted_not_multiplied),
        cmocka_unit_test(searches_of_the_server_are_no_listings),
        cmocka_unit_test(renames_keep_both_names),
        cmocka_unit_test(saves_are_one_change),
        cmocka_unit_test(accesses_end_after_idle_time),
        cmocka_unit_test(first_and_last_are_the_extremes),
        cmocka_unit_test(growth_is_reported_once),
        cmocka_unit_test(lost_names_are_reported_every_time),
        cmocka_unit_test(a_failing_sink_ends_the_batch_with_its_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
