#include "ledger/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "ledger/digest.h"
#include "ledger/seal_internal.h"
#include "store/store.h"

#define EVIDENCE_ROW 36u

const char *ash_segment_file_kind(size_t i)
{
    static const char *const kinds[] = {"paths", "dirs", "accesses", "folders", "sessions", "logons"};
    return i < sizeof kinds / sizeof kinds[0] ? kinds[i] : NULL;
}

void ash_ledger_rotation_text(ash_buf *out, const char *case_id, uint64_t entry,
                              const uint8_t public_key[ASH_PUBLIC_KEY_SIZE])
{
    char hex[2 * ASH_PUBLIC_KEY_SIZE + 1];
    ash_buf_addf(out, "ashiato key\n%s\n%" PRIu64 "\n%s\n", case_id, entry,
                 ash_hex(hex, public_key, ASH_PUBLIC_KEY_SIZE));
}

/* --- entries -------------------------------------------------------------- */

ash_buf *ash_ledger_begin(ash_ledger *l, const char *type)
{
    ash_buf_clear(&l->line);
    ash_buf_addf(&l->line, "{\"n\":%" PRIu64 ",\"type\":\"%s\",\"time\":\"%s\"",
                 ash_book_size(&l->book), type, ash_ledger_now(l->time));
    return &l->line;
}

int ash_ledger_end(ash_ledger *l, ash_error *err)
{
    ash_buf_add_c(&l->line, '}');
    if (l->line.failed)
        return ash_fail(err, ASH_E_LIMIT, "ledger", "an entry of the ledger is too long");
    ash_book_add(&l->book, ash_buf_view(&l->line));
    return 0;
}

void ash_ledger_text(ash_ledger *l, const char *key, const char *value)
{
    ash_buf_addf(&l->line, ",\"%s\":", key);
    ash_json_quote(&l->line, ash_view_z(value), false);
}

static int add_case(ash_ledger *l, ash_error *err)
{
    ash_ledger_begin(l, "case");
    ash_ledger_text(l, "case", l->case_id);
    ash_ledger_text(l, "version", ASH_VERSION);
    ash_buf_addf(&l->line, ",\"format\":%d", ASH_CASE_FORMAT);
    return ash_ledger_end(l, err);
}

/* The key heads are signed with from now on; `by`: the former one, or NULL. */
static int add_key(ash_ledger *l, const ash_key *by, ash_error *err)
{
    char hex[2 * ASH_SIGNATURE_SIZE + 1];
    ash_ledger_begin(l, "key");
    ash_ledger_text(l, "public", ash_hex(hex, l->key.public_key, ASH_PUBLIC_KEY_SIZE));
    if (by != NULL) {
        uint8_t signature[ASH_SIGNATURE_SIZE];
        ash_buf text;
        ash_buf_init(&text, 1024);
        ash_ledger_rotation_text(&text, l->case_id, ash_book_size(&l->book), l->key.public_key);
        ash_key_sign(by, ash_buf_view(&text), signature);
        ash_buf_free(&text);
        ash_ledger_text(l, "previous", ash_hex(hex, by->public_key, ASH_PUBLIC_KEY_SIZE));
        ash_ledger_text(l, "signature", ash_hex(hex, signature, sizeof signature));
    }
    return ash_ledger_end(l, err);
}

static int add_run(ash_ledger *l, const ash_ledger_options *o, ash_error *err)
{
    struct utsname host;
    const struct passwd *pw = getpwuid(geteuid());
    ash_buf *b = ash_ledger_begin(l, "run");
    ash_ledger_text(l, "version", ASH_VERSION);
    ash_buf_add_z(b, ",\"command\":[");
    for (size_t i = 0; i < o->n_command; i++) {
        ash_buf_add_z(b, i > 0 ? "," : "");
        ash_json_quote(b, ash_view_z(o->command[i]), false);
    }
    ash_buf_addf(b, "],\"uid\":%ld", (long)getuid());
    ash_ledger_text(l, "user", pw == NULL ? "" : pw->pw_name);
    ash_ledger_text(l, "host", uname(&host) == 0 ? host.nodename : "");
    return ash_ledger_end(l, err);
}

/* One file of the case below "files". */
static int add_file(ash_ledger *l, const char *name, bool first, ash_error *err)
{
    char path[4200];
    ash_digest d;
    int rc = ash_digest_file(&d, ash_case_path(l->c, name, path, sizeof path), UINT64_MAX, true, err);
    if (rc < 0)
        return rc;
    ash_buf_add_z(&l->line, first ? ",\"files\":[" : ",");
    ash_digest_put(&l->line, name, &d);
    ash_digest_free(&d);
    return 0;
}

/* --- opening --------------------------------------------------------------- */

static int does_not_fit(const ash_ledger *l, ash_error *err, const char *what)
{
    return ash_fail_at(err, ASH_E_CHANGED, "ledger", l->c->dir, ASH_NO_OFFSET,
                       "%s; nothing was changed; `ashiato verify --case DIR` says what is damaged", _(what));
}

/* The id under which the ledger knows the case; given when it is first sealed. */
static int load_case_id(ash_ledger *l, ash_error *err)
{
    uint8_t id[(ASH_CASE_ID_SIZE - 1) / 2];
    int rc = ash_case_get_text(l->c, "case_id", l->case_id, sizeof l->case_id, err);
    if (rc < 0 || l->case_id[0] != '\0')
        return rc;
    if (l->book.last.counter > 0)
        return does_not_fit(l, err, N_("the ledger is another case's: case.sqlite was replaced"));
    rc = ash_random(id, sizeof id, err);
    return rc == 0 ? ash_case_set_text(l->c, "case_id", ash_hex(l->case_id, id, sizeof id), err) : rc;
}

/* What the case says the ledger was at its last transaction. */
static int check_recorded(ash_ledger *l, ash_error *err)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    int64_t size;
    ash_node recorded, root;
    int rc = ash_case_get(l->c, "ledger_size", &size, 0, err);
    if (rc == 0)
        rc = ash_case_get_text(l->c, "ledger_root", hex, sizeof hex, err);
    if (rc < 0)
        return rc;
    if (l->book.last.counter > 0 && !ash_head_check(&l->book.last, l->case_id))
        return does_not_fit(l, err, N_("the ledger's last head has no valid signature for this case"));
    if (size < 0 || (uint64_t)size > l->book.last.size)
        return does_not_fit(l, err, N_("the ledger is older than the case"));
    if (size > 0 &&
        (ash_unhex(recorded.b, sizeof recorded.b, ash_view_z(hex)) < 0 ||
         !ash_book_root(&l->book, (uint64_t)size, &root) || !ash_node_eq(&root, &recorded)))
        return does_not_fit(l, err, N_("the ledger is not the one the case was written with"));
    l->acknowledged = (uint64_t)size;
    return 0;
}

static int choose_key(ash_ledger *l, const ash_ledger_options *o, ash_key *former, ash_error *err)
{
    char path[4096], id[ASH_KEY_ID_SIZE];
    int rc = ash_key_path(o->key, path, sizeof path, err);
    if (rc < 0)
        return rc;
    rc = ash_key_load(&l->key, path, o->ask, err);
    bool sealed = l->book.last.counter > 0;
    if (rc == ASH_E_NOTFOUND && !sealed)
        return ash_key_make(&l->key, path, err);
    if (rc == ASH_E_NOTFOUND)
        return ash_fail_at(err, ASH_E_STATE, "ledger", path, ASH_NO_OFFSET,
                           "there is no key file; this case is sealed with key %s: name its file with "
                           "--key or ASHIATO_KEY",
                           ash_key_id(l->book.last.key, id));
    if (rc < 0 || !sealed || memcmp(l->key.public_key, l->book.last.key, ASH_PUBLIC_KEY_SIZE) == 0)
        return rc;
    rc = ash_key_former(former, path, l->book.last.key, o->ask, err);
    if (rc == ASH_E_NOTFOUND)
        return ash_fail_at(err, ASH_E_STATE, "ledger", path, ASH_NO_OFFSET,
                           "holds another key; this case is sealed with key %s: name its file with "
                           "--key or ASHIATO_KEY",
                           ash_key_id(l->book.last.key, id));
    return rc;
}

/* Whether an entry names something that only the case's transaction makes part
 * of it. */
static bool needs_acknowledgment(ash_view line)
{
    static const char *const types[] = {"segment", "input", "retain", "hold"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char mark[40];
        snprintf(mark, sizeof mark, ",\"type\":\"%s\",", types[i]);
        if (ash_view_find_str(ash_view_first(line, 60), ash_view_z(mark)) >= 0)
            return true;
    }
    return false;
}

/* Entries behind the case's transaction: those that needed it are void. */
static int void_unacknowledged(ash_ledger *l, ash_error *err)
{
    uint64_t from = UINT64_MAX, to = 0;
    ash_buf line;
    int rc = 0;
    ash_buf_init(&line, ASH_LEDGER_ENTRY_MAX);
    for (uint64_t n = l->acknowledged; n < l->book.last.size && rc == 0; n++) {
        rc = ash_book_entry(&l->book, n, &line, err);
        if (rc < 0 || !needs_acknowledgment(ash_buf_view(&line)))
            continue;
        from = from == UINT64_MAX ? n : from;
        to = n + 1;
    }
    /* A void that was signed, in a run that got no further, need not be repeated,
     * but may be: what is void stays void. */
    ash_buf_free(&line);
    if (rc < 0 || from == UINT64_MAX)
        return rc;
    ash_buf_addf(ash_ledger_begin(l, "void"), ",\"from\":%" PRIu64 ",\"to\":%" PRIu64, from, to);
    return ash_ledger_end(l, err);
}

int ash_ledger_seal(ash_ledger *l, ash_error *err)
{
    return ash_book_pending(&l->book) ? ash_book_seal(&l->book, l->case_id, &l->key, err) : 0;
}

/* A case that has been worked on without a ledger is sealed as it is now. */
static int seal_late(ash_ledger *l, ash_error *err)
{
    int64_t *ids = NULL, n = 0, k = 0;
    int rc = ash_db_int(&l->c->db, &n, 0, err, "SELECT count(*) FROM inputs WHERE bytes > 0", "");
    if (rc < 0)
        return rc;
    ids = malloc(((size_t)n + 1) * sizeof *ids);
    sqlite3_stmt *st = NULL;
    rc = ids == NULL ? ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory")
                     : ash_db_query(&l->c->db, &st, err,
                                    "SELECT id FROM inputs WHERE bytes > 0 ORDER BY id", "");
    while (rc == 0 && k < n && (rc = ash_db_step(&l->c->db, st, err)) == 1) {
        ids[k++] = sqlite3_column_int64(st, 0);
        rc = 0;
    }
    sqlite3_finalize(st);
    if (rc == 0)
        rc = ash_case_begin(l->c, err);
    if (rc == 0) {
        rc = ash_ledger_checkpoint(l, ids, (size_t)k, err);
        if (rc == 0)
            rc = ash_case_commit(l->c, err);
        if (rc < 0)
            ash_case_rollback(l->c);
    }
    free(ids);
    return rc;
}

static int open_ledger(ash_ledger *l, const ash_ledger_options *o, ash_error *err)
{
    ash_key former = {0};
    static const uint8_t none[ASH_PUBLIC_KEY_SIZE];
    int64_t size = 0;
    int rc = ash_case_get(l->c, "ledger_size", &size, 0, err);
    bool exists = ash_book_exists(l->c->dir);
    if (rc == 0 && size > 0 && !exists)
        rc = does_not_fit(l, err, N_("the case's ledger is gone"));
    /* Without a key nothing is begun. */
    if (rc == 0 && !exists)
        rc = choose_key(l, o, &former, err);
    if (rc == 0)
        rc = ash_book_open(&l->book, l->c->dir, true, err);
    if (rc < 0)
        return rc;
    rc = load_case_id(l, err);
    if (rc == 0)
        rc = check_recorded(l, err);
    if (rc == 0 && exists)
        rc = choose_key(l, o, &former, err);
    bool fresh = l->book.last.counter == 0;
    if (rc == 0)
        rc = void_unacknowledged(l, err);
    if (rc == 0 && fresh)
        rc = add_case(l, err);
    if (rc == 0 && fresh)
        rc = add_key(l, NULL, err);
    if (rc == 0 && memcmp(former.public_key, none, sizeof none) != 0)
        rc = add_key(l, &former, err);
    ash_key_wipe(&former);
    if (rc == 0)
        rc = add_run(l, o, err);
    if (rc == 0)
        rc = ash_ledger_seal(l, err);
    if (rc == 0 && size == 0)
        rc = seal_late(l, err);
    /* Of a removal that a crash cut short. */
    return rc == 0 ? ash_ledger_removed(l, err) : rc;
}

static void free_ledger(ash_ledger *l)
{
    ash_book_close(&l->book);
    ash_key_wipe(&l->key);
    ash_buf_free(&l->line);
    free(l);
}

int ash_ledger_open(ash_ledger **ret, ash_case *c, const ash_ledger_options *o, ash_error *err)
{
    ash_ledger *l = calloc(1, sizeof *l);
    if (l == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    l->c = c;
    l->book = (ash_book){.entries = -1, .heads = -1, .tree = -1};
    ash_buf_init(&l->line, ASH_LEDGER_ENTRY_MAX);
    int rc = open_ledger(l, o, err);
    if (rc < 0)
        free_ledger(l);
    else
        *ret = l;
    return rc;
}

/* --- checkpoints ------------------------------------------------------------ */

static int add_segment(ash_ledger *l, sqlite3_stmt *st, ash_error *err)
{
    uint32_t number = (uint32_t)sqlite3_column_int64(st, 0);
    uint32_t volume = (uint32_t)sqlite3_column_int64(st, 1);
    char folder[32], name[128];
    const char *kind;
    bool first = true;
    int rc = 0;
    ash_buf_addf(ash_ledger_begin(l, "segment"), ",\"segment\":%u", number);
    for (size_t i = 0; (kind = ash_segment_file_kind(i)) != NULL && rc == 0; i++) {
        if (!sqlite3_column_int(st, (int)i + 2))
            continue;
        snprintf(name, sizeof name, "store/%s/%s-%06u.parquet", ash_volume_name(volume, folder), kind,
                 number);
        rc = add_file(l, name, first, err);
        first = false;
    }
    ash_buf_add_z(&l->line, first ? ",\"files\":[]" : "]");
    return rc == 0 ? ash_ledger_end(l, err) : rc;
}

static int add_segments(ash_ledger *l, ash_error *err)
{
    int64_t sealed, last;
    sqlite3_stmt *st = NULL;
    int rc = ash_case_get(l->c, "ledger_segment", &sealed, 0, err);
    last = rc == 0 ? sealed : 0;
    if (rc == 0)
        rc = ash_db_query(&l->c->db, &st, err,
                          ASH_SEGMENT_FILES_SQL " WHERE number > ? ORDER BY number", "i", sealed);
    while (rc == 0 && (rc = ash_db_step(&l->c->db, st, err)) == 1) {
        last = sqlite3_column_int64(st, 0);
        rc = add_segment(l, st, err);
    }
    sqlite3_finalize(st);
    return rc == 0 && last > sealed ? ash_case_set(l->c, "ledger_segment", last, err) : rc;
}

int ash_ledger_evidence_root(ash_db *db, int64_t input, uint64_t most, ash_sha256 *h, ash_node *ret,
                             uint64_t *ret_blocks, ash_error *err)
{
    ash_tree peaks = {0};
    sqlite3_stmt *st = NULL;
    int rc = ash_db_query(db, &st, err, "SELECT data FROM evidence WHERE input = ? ORDER BY block", "i",
                          input);
    while (rc == 0 && (rc = ash_db_step(db, st, err)) == 1) {
        ash_view rows = ash_db_view(st, 0);
        for (; rows.n > 0 && peaks.n < most; rows = ash_view_skip(rows, EVIDENCE_ROW)) {
            ash_node leaf = ash_tree_leaf(h, ash_view_first(rows, EVIDENCE_ROW));
            ash_tree_add(&peaks, h, &leaf, NULL, NULL);
        }
        rc = 0;
    }
    sqlite3_finalize(st);
    if (rc < 0)
        return rc;
    *ret = ash_tree_root(&peaks, h);
    *ret_blocks = peaks.n;
    return 0;
}

static void put_column(ash_buf *b, const char *key, sqlite3_stmt *st, int column)
{
    ash_buf_addf(b, ",\"%s\":", key);
    ash_json_quote(b, ash_db_view(st, column), false);
}

static int add_input(ash_ledger *l, int64_t id, ash_error *err)
{
    char hex[2 * ASH_SHA256_SIZE + 1], name[128];
    sqlite3_stmt *st = NULL;
    ash_node root;
    uint64_t blocks;
    int rc = ash_ledger_evidence_root(&l->c->db, id, UINT64_MAX, l->book.hash, &root, &blocks, err);
    if (rc == 0)
        rc = ash_db_query(&l->c->db, &st, err,
                          "SELECT name, path, state, sha256, raw, bytes, coalesce(kept, '') "
                          "FROM inputs WHERE id = ?", "i", id);
    if (rc == 0)
        rc = ash_db_step(&l->c->db, st, err);
    if (rc == 1) {
        ash_buf_addf(ash_ledger_begin(l, "input"), ",\"input\":%" PRId64, id);
        put_column(&l->line, "name", st, 0);
        put_column(&l->line, "path", st, 1);
        put_column(&l->line, "state", st, 2);
        put_column(&l->line, "sha256", st, 3);
        ash_buf_addf(&l->line,
                     ",\"raw\":%" PRId64 ",\"bytes\":%" PRId64 ",\"blocks\":%" PRIu64 ",\"root\":\"%s\"",
                     (int64_t)sqlite3_column_int64(st, 4), (int64_t)sqlite3_column_int64(st, 5), blocks,
                     ash_hex(hex, root.b, sizeof root.b));
        bool kept = sqlite3_column_bytes(st, 6) > 0;
        snprintf(name, sizeof name, "inputs/%s", ash_db_z(st, 6));
        rc = kept ? add_file(l, name, true, err) : 0;
        ash_buf_add_z(&l->line, kept ? "]" : "");
        if (rc == 0)
            rc = ash_ledger_end(l, err);
    }
    sqlite3_finalize(st);
    return rc;
}

int ash_ledger_checkpoint(ash_ledger *l, const int64_t *inputs, size_t n_inputs, ash_error *err)
{
    char hex[2 * ASH_SHA256_SIZE + 1];
    int rc = 0;
    for (size_t i = 0; i < n_inputs && rc == 0; i++)
        rc = add_input(l, inputs[i], err);
    if (rc == 0)
        rc = add_segments(l, err);
    if (rc == 0)
        rc = ash_ledger_seal(l, err);
    if (rc == 0)
        rc = ash_case_set(l->c, "ledger_size", (int64_t)l->book.last.size, err);
    if (rc == 0)
        rc = ash_case_set_text(l->c, "ledger_root",
                               ash_hex(hex, l->book.last.root.b, sizeof l->book.last.root.b), err);
    return rc;
}

/* --- the end ----------------------------------------------------------------- */

static bool is_snapshot_name(const char *name)
{
    size_t n = strlen(name);
    return strcmp(name, "report.json") == 0 || strcmp(name, "report.html") == 0 ||
           (strncmp(name, "state-", 6) == 0 && n > 4 && strcmp(name + n - 4, ".bin") == 0);
}

/* The files of one folder that go into the snapshot: the case's own that change;
 * of inputs/, those that no input names. */
static int snapshot_folder(ash_ledger *l, const char *folder, bool *first, ash_error *err)
{
    char path[4200];
    bool inputs = folder[0] != '\0';
    struct dirent **list = NULL;
    int n = scandir(ash_case_path(l->c, folder, path, sizeof path), &list, NULL, alphasort), rc = 0;
    for (int i = 0; i < n; i++) {
        char name[300];
        int64_t known = 0;
        snprintf(name, sizeof name, "%s%s%s", folder, inputs ? "/" : "", list[i]->d_name);
        bool wanted = inputs ? list[i]->d_name[0] != '.' : is_snapshot_name(name);
        if (rc == 0 && wanted && inputs)
            rc = ash_db_int(&l->c->db, &known, 0, err, "SELECT count(*) FROM inputs WHERE kept = ?",
                            "s", list[i]->d_name);
        if (rc == 0 && wanted && known == 0) {
            rc = add_file(l, name, *first, err);
            *first = false;
        }
        free(list[i]);
    }
    free(list);
    return rc;
}

/* SQLite empties its log without making that durable: after a power cut the log
 * would be there again, beside a database that was sealed without it. */
static int sync_log(ash_ledger *l, ash_error *err)
{
    char path[4200];
    int fd = open(ash_case_path(l->c, "case.sqlite-wal", path, sizeof path), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : ash_io_fail(err, path, "the case cannot be sealed");
    int rc = fsync(fd) == 0 ? 0 : ash_io_fail(err, path, "the case cannot be sealed");
    close(fd);
    return rc;
}

/* Brings the log of SQLite into its file. A reader may be in the way: then both
 * are sealed, and stay as they are. */
static int settle_database(ash_ledger *l, bool *ret_wal, ash_error *err)
{
    int rc = sqlite3_wal_checkpoint_v2(l->c->db.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    *ret_wal = false;
    if (rc == SQLITE_OK)
        return sync_log(l, err);
    if (rc != SQLITE_BUSY)
        return ash_fail_at(err, ASH_E_STORE, "ledger", l->c->db.path, ASH_NO_OFFSET,
                           "the case cannot be sealed: %s", sqlite3_errmsg(l->c->db.handle));
    sqlite3_db_config(l->c->db.handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    *ret_wal = true;
    return 0;
}

static int add_snapshot(ash_ledger *l, int exit_code, ash_error *err)
{
    bool first = false, wal = false;
    int rc = settle_database(l, &wal, err);
    ash_buf_addf(ash_ledger_begin(l, "snapshot"), ",\"exit\":%d", exit_code);
    if (rc == 0)
        rc = add_file(l, "case.sqlite", true, err);
    if (rc == 0 && wal)
        rc = add_file(l, "case.sqlite-wal", false, err);
    if (rc == 0)
        rc = snapshot_folder(l, "", &first, err);
    if (rc == 0)
        rc = snapshot_folder(l, "inputs", &first, err);
    ash_buf_add_z(&l->line, "]");
    return rc == 0 ? ash_ledger_end(l, err) : rc;
}

void ash_ledger_abandon(ash_ledger *l)
{
    if (l != NULL)
        free_ledger(l);
}

int ash_ledger_settle(ash_ledger *l, int exit_code, ash_error *err)
{
    int rc = add_snapshot(l, exit_code, err);
    return rc == 0 ? ash_ledger_seal(l, err) : rc;
}

int ash_ledger_close(ash_ledger *l, int exit_code, ash_error *err)
{
    int rc = ash_ledger_settle(l, exit_code, err);
    free_ledger(l);
    return rc;
}
