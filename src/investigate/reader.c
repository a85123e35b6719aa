#include "investigate/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ashiato/access.h"
#include "base/buf.h"
#include "base/limits.h"
#include "store/segment.h"
#include "store/store.h"

#define MEMORY_MB 1024u
#define FRUGAL_MEMORY_MB 144u
/* More threads need more memory at once, and gain little on these questions. */
#define THREADS_MAX 4u

/* --- small tables ------------------------------------------------------ */

/* Rows gathered from SQLite, column by column. */
typedef struct gathered {
    size_t n, cap;
    int64_t *ints[16];
    ash_view *texts[8];
    ash_arena arena;
} gathered;

static bool gather_room(gathered *g, int n_ints, int n_texts)
{
    if (g->n < g->cap)
        return true;
    size_t cap = g->cap == 0 ? 64 : g->cap * 2;
    for (int i = 0; i < n_ints; i++) {
        int64_t *p = realloc(g->ints[i], cap * sizeof *p);
        if (p == NULL)
            return false;
        g->ints[i] = p;
    }
    for (int i = 0; i < n_texts; i++) {
        ash_view *p = realloc(g->texts[i], cap * sizeof *p);
        if (p == NULL)
            return false;
        g->texts[i] = p;
    }
    g->cap = cap;
    return true;
}

static void gathered_free(gathered *g)
{
    for (int i = 0; i < 16; i++)
        free(g->ints[i]);
    for (int i = 0; i < 8; i++)
        free(g->texts[i]);
    ash_arena_free(&g->arena);
}

/* A table in DuckDB from a query in SQLite. `columns` names them; a name that
 * begins with '$' is text, else a number. */
static int copy_table(ash_reader *r, const char *table, const char *sql, const char *const *columns,
                      size_t n_columns, ash_error *err)
{
    gathered g = {0};
    sqlite3_stmt *st;
    ash_column out[24];
    int n_ints = 0, n_texts = 0;
    for (size_t i = 0; i < n_columns; i++)
        *(columns[i][0] == '$' ? &n_texts : &n_ints) += 1;
    ash_arena_init(&g.arena, 0);
    int rc = ash_db_query(&r->c->db, &st, err, sql, "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        if (!gather_room(&g, n_ints, n_texts)) {
            rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
            break;
        }
        int at_int = 0, at_text = 0;
        for (size_t i = 0; i < n_columns; i++) {
            if (columns[i][0] == '$')
                g.texts[at_text++][g.n] = ash_arena_copy(&g.arena, ash_db_view(st, (int)i));
            else
                g.ints[at_int++][g.n] = sqlite3_column_int64(st, (int)i);
        }
        g.n++;
    }
    sqlite3_finalize(st);
    int at_int = 0, at_text = 0;
    for (size_t i = 0; i < n_columns; i++) {
        bool text = columns[i][0] == '$';
        out[i] = (ash_column){.name = columns[i] + text,
                              .type = text ? ASH_COL_TEXT : ASH_COL_I64,
                              .data = text ? (const void *)g.texts[at_text++]
                                           : (const void *)g.ints[at_int++]};
    }
    if (rc == 0) {
        ash_columns c = {.columns = out, .n_columns = n_columns, .n_rows = g.n};
        rc = ash_duck_table(r->duck, &c, table, err);
    }
    gathered_free(&g);
    return rc;
}

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int load_small_tables(ash_reader *r, ash_error *err)
{
    static const char *const actor[] = {"actor",       "principal", "$server", "$account", "$client",
                                        "$workstation", "first_cs",  "last_cs", "accesses"};
    static const char *const share[] = {"share", "$server", "$name", "operations"};
    static const char *const input[] = {"input",   "$name",   "$path", "$state", "$format",
                                        "bytes",   "lines",   "records", "events"};
    static const char *const finding[] = {
        "finding", "$detector", "kind",   "severity", "actor",   "first", "at",
        "last",    "listed",    "read",   "opened",   "denied",  "missing", "changed"};
    int rc = copy_table(r, "actor",
                        "SELECT id, min(id) OVER (PARTITION BY account), server, account, client, "
                        "workstation, coalesce(first_cs, 0), coalesce(last_cs, 0), accesses "
                        "FROM actors ORDER BY id",
                        actor, N(actor), err);
    if (rc == 0)
        rc = copy_table(r, "share", "SELECT id, server, name, operations FROM shares ORDER BY id",
                        share, N(share), err);
    if (rc == 0)
        rc = copy_table(r, "input_",
                        "SELECT id, name, path, state, coalesce(format, ''), bytes, lines, "
                        "records, events FROM inputs ORDER BY id",
                        input, N(input), err);
    if (rc == 0)
        rc = copy_table(r, "finding_",
                        "SELECT id, detector, kind, severity, actor, first / 1000000, "
                        "at / 1000000, last / 1000000, listed, read, opened, denied, missing, "
                        "changed FROM findings ORDER BY id",
                        finding, N(finding), err);
    return rc;
}

/* What classify left, for queries; empty tables in a case where it never ran. */
static int load_content(ash_reader *r, ash_error *err)
{
    static const char *const file[] = {"share", "$path", "$outcome", "size", "modified",
                                       "changed", "content", "examined"};
    static const char *const content[] = {"content", "$sha256", "$rules", "$kind", "$outcome", "partly", "$encoding",
                                          "size", "text_bytes", "inner_bytes", "members", "$lost", "records"};
    static const char *const class[] = {"content", "$class", "$class_group", "count", "doubtful",
                                        "different", "$confidence", "$places"};
    int64_t n = 0;
    int rc = ash_db_int(&r->c->db, &n, 0, err, "SELECT count(*) FROM sqlite_schema WHERE name = 'files'", "");
    if (rc == 0)
        rc = copy_table(r, "file_",
                        n > 0 ? "SELECT share, path, outcome, coalesce(size, -1), coalesce(modified / 1000000, -1), "
                                "coalesce(changed, 0), coalesce(content, 0), examined / 1000000 FROM files"
                              : "SELECT 0, '', '', 0, 0, 0, 0, 0 WHERE 0",
                        file, N(file), err);
    if (rc == 0)
        rc = copy_table(r, "content_",
                        n > 0 ? "SELECT id, sha256, version, kind, outcome, partly, coalesce(encoding, ''), size, "
                                "text_bytes, inner_bytes, members, coalesce(lost, ''), coalesce(records, 0) FROM contents"
                              : "SELECT 0, '', '', '', '', 0, '', 0, 0, 0, 0, '', 0 WHERE 0",
                        content, N(content), err);
    if (rc == 0)
        rc = copy_table(r, "class_",
                        n > 0 ? "SELECT content, class, \"group\", count, doubtful, different, confidence, places "
                                "FROM classes"
                              : "SELECT 0, '', '', 0, 0, 0, '', '' WHERE 0",
                        class, N(class), err);
    return rc;
}

int ash_reader_load_tracks(ash_reader *r, ash_error *err)
{
    static const char *const part[] = {"track",    "actor",  "from_cs", "to_cs",
                                       "standing", "scored", "why",     "$status"};
    static const char *const judged[] = {"segment", "row", "standing", "why", "score"};
    int rc = copy_table(r, "part",
                        "SELECT p.track, p.actor, p.first / 10000000, p.last / 10000000, p.standing, p.scored, "
                        "CASE CAST(p.reason AS INTEGER) WHEN 1 THEN 1024 WHEN 2 THEN 2048 WHEN 3 THEN 4096 "
                        "WHEN 4 THEN 4096 WHEN 7 THEN 16384 WHEN 8 THEN 32768 ELSE 8192 END, t.status "
                        "FROM track_parts p JOIN tracks t ON t.id = p.track",
                        part, N(part), err);
    return rc == 0 ? copy_table(r, "judged",
                                "SELECT segment, row, standing, why, score FROM judged_accesses ORDER BY 1, 2",
                                judged, N(judged), err)
                   : rc;
}

/* --- segments ---------------------------------------------------------- */

typedef struct file_lists {
    ash_buf accesses, folders, paths, dirs, sessions, logons;
} file_lists;

static void add_file(ash_buf *b, const ash_reader *r, const char *kind, uint32_t volume,
                     uint32_t number)
{
    char path[4400], name[32];
    snprintf(path, sizeof path, "%s/store/%s/%s-%06u.parquet", r->c->dir,
             ash_volume_name(volume, name), kind, number);
    if (b->n > 0)
        ash_buf_add_c(b, ',');
    ash_sql_quote(b, ash_view_z(path));
}

static int list_files(ash_reader *r, file_lists *l, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT number, volume, accesses, paths, dirs, sessions, logons "
                          "FROM segments ORDER BY number",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        uint32_t number = (uint32_t)sqlite3_column_int64(st, 0);
        uint32_t volume = (uint32_t)sqlite3_column_int64(st, 1);
        if (sqlite3_column_int64(st, 2) > 0) {
            add_file(&l->accesses, r, "accesses", volume, number);
            add_file(&l->folders, r, "folders", volume, number);
        }
        if (sqlite3_column_int64(st, 3) > 0)
            add_file(&l->paths, r, "paths", volume, number);
        if (sqlite3_column_int64(st, 4) > 0)
            add_file(&l->dirs, r, "dirs", volume, number);
        if (sqlite3_column_int64(st, 5) > 0)
            add_file(&l->sessions, r, "sessions", volume, number);
        if (sqlite3_column_int64(st, 6) > 0)
            add_file(&l->logons, r, "logons", volume, number);
    }
    sqlite3_finalize(st);
    return rc;
}

/* A view over files, or an empty table of the same columns where there are none. */
static int make_view(ash_reader *r, const char *name, const ash_buf *files, const char *select,
                     const char *empty, ash_error *err)
{
    ash_buf sql;
    ash_buf_init(&sql, 64u << 20);
    if (files->n > 0)
        ash_buf_addf(&sql, "CREATE VIEW %s AS SELECT %s FROM read_parquet([%s], file_row_number = true)",
                     name, select, ash_buf_z(files));
    else
        ash_buf_addf(&sql, "CREATE TABLE %s(%s)", name, empty);
    int rc = sql.failed ? ash_fail(err, ASH_E_LIMIT, "investigate", "too many segments")
                        : ash_duck_run(r->duck, ash_buf_z(&sql), err);
    ash_buf_free(&sql);
    return rc;
}

static int make_segment_views(ash_reader *r, const file_lists *l, ash_error *err)
{
    r->has_logons = l->logons.n > 0;
    r->has_sessions = l->sessions.n > 0;
    int rc = make_view(
        r, "a", &l->accesses,
        "segment, file_row_number AS row, principal, actor, session, share, path, new_path, kind, "
        "(kind & 255)::UTINYINT AS grade, ((kind >> 8) & 255)::UTINYINT AS changes, "
        "((kind >> 16) & 255)::UTINYINT AS object, ((kind >> 24) & 255)::UTINYINT AS flags, "
        "first_cs, first_cs + " ASH_SQL_LASTING_CS " AS last_cs, records, entries, input",
        "segment UINTEGER, row BIGINT, principal UINTEGER, actor UINTEGER, session UINTEGER, share USMALLINT, "
        "path UINTEGER, new_path UINTEGER, kind UINTEGER, grade UTINYINT, changes UTINYINT, "
        "object UTINYINT, flags UTINYINT, first_cs BIGINT, last_cs BIGINT, records UINTEGER, "
        "entries UINTEGER, input UINTEGER",
        err);
    if (rc == 0)
        rc = make_view(r, "folder_activity_ids", &l->folders, "* EXCLUDE (file_row_number)",
                       "segment UINTEGER, actor UINTEGER, share USMALLINT, dir UINTEGER, "
                       "accesses UINTEGER, reads UINTEGER, opens UINTEGER, listings UINTEGER, "
                       "denials UINTEGER, changes UINTEGER",
                       err);
    if (rc == 0)
        rc = make_view(r, "path_", &l->paths, "path, dir, name, name_raw",
                       "path UINTEGER, dir UINTEGER, name VARCHAR, name_raw BLOB", err);
    if (rc == 0)
        rc = make_view(r, "dir_", &l->dirs, "dir, folder, folder_raw",
                       "dir UINTEGER, folder VARCHAR, folder_raw BLOB", err);
    if (rc == 0)
        rc = make_view(r, "session_", &l->sessions,
                       "session, actor, first_cs, first_cs + " ASH_SQL_LASTING_CS
                       " AS last_cs, records, connects, input",
                       "session UINTEGER, actor UINTEGER, first_cs BIGINT, last_cs BIGINT, "
                       "records BIGINT, connects UINTEGER, input UINTEGER",
                       err);
    if (rc == 0)
        rc = make_view(r, "logon_", &l->logons, "* EXCLUDE (file_row_number)",
                       "time_cs BIGINT, actor UINTEGER, ok UTINYINT, anonymous UTINYINT, "
                       "unknown_account UTINYINT, status VARCHAR, service VARCHAR, domain VARCHAR, "
                       "input UINTEGER",
                       err);
    return rc;
}

/* --- views for people -------------------------------------------------- */

/* The accesses of one track, or (t = 0) of all that are not rejected, each with its
 * track, its standing (investigate/standing.h) and the reasons for it. The actors and
 * their principals come first, and the times the tracks lie in, so that row groups
 * without them are not even read. Of
 * a scored part only what was judged is in the track. The three numbers are found as
 * one: the least track, and in it the strongest standing. */
#define MEANT "(t = 0 AND status <> 'rejected' OR track = t)"
static const char track_macro[] =
    "CREATE MACRO of_tracks(t) AS TABLE SELECT * EXCLUDE (mark), (mark >> 34)::BIGINT AS track, "
    "((mark >> 32) & 3)::BIGINT AS standing, (mark & 4294967295)::BIGINT AS why FROM (SELECT a.*, "
    "(SELECT min((p.track * 4 + CASE WHEN p.scored = 0 THEN p.standing ELSE j.standing END) * 4294967296 + "
    "CASE WHEN p.scored = 0 THEN p.why ELSE j.why END) FROM part p "
    "WHERE p.actor = a.actor AND a.last_cs >= p.from_cs AND a.first_cs <= p.to_cs AND "
    "(p.scored = 0 OR j.standing IS NOT NULL) AND " MEANT ") AS mark FROM a JOIN (SELECT DISTINCT actor, "
    "principal FROM part JOIN actor USING (actor) WHERE " MEANT ") w ON w.actor = a.actor AND w.principal "
    "= a.principal LEFT JOIN judged j ON j.segment = a.segment AND j.row = a.row WHERE a.first_cs <= (SELECT max(to_cs) "
    "FROM part WHERE " MEANT ") AND a.last_cs >= (SELECT min(from_cs) FROM part WHERE " MEANT ")) WHERE mark IS "
    "NOT NULL";

#define KIND(number, symbol, name, class, hours, technique, what, advice) " WHEN " #number " THEN '" name "'"
static const char people_views[] =
    "CREATE MACRO kind_word(k) AS CASE k"
#include "ashiato/kinds.def"
    " END;"
    /* Folders of Windows end in their own separator (base/view.h). */
    "CREATE MACRO inside(folder) AS CASE WHEN ends_with(folder, chr(92)) THEN folder ELSE folder || '/' END;"
    "CREATE MACRO path_of(dir, folder, name) AS CASE WHEN dir IS NULL THEN name ELSE inside(folder) || name END;"
    "CREATE VIEW names AS SELECT p.path, p.dir, d.folder, d.folder_raw, p.name, p.name_raw "
    " FROM path_ p LEFT JOIN dir_ d USING (dir);"
    "CREATE MACRO grade_word(g, c) AS CASE WHEN g >= 50 THEN CASE WHEN g >= 60 THEN 'read' ELSE "
    " 'opened' END WHEN c & 4 <> 0 THEN 'deleted' WHEN c & 2 <> 0 THEN 'renamed' WHEN c & 1 <> 0 "
    " THEN 'written' WHEN g = 40 THEN 'listed' WHEN c & 16 <> 0 THEN 'linked' WHEN c & 8 <> 0 THEN "
    " 'security' WHEN g = 30 THEN 'seen' WHEN g = 20 THEN 'denied' WHEN g = 10 THEN 'missing' ELSE "
    " 'none' END;"
    "CREATE MACRO change_words(c) AS array_to_string(list_filter([CASE WHEN c & 1 <> 0 THEN "
    " 'written' END, CASE WHEN c & 2 <> 0 THEN 'renamed' END, CASE WHEN c & 4 <> 0 THEN 'deleted' "
    " END, CASE WHEN c & 8 <> 0 THEN 'security' END, CASE WHEN c & 16 <> 0 THEN 'linked' END], "
    " lambda x: x IS NOT NULL), ' ');"
    "CREATE MACRO remark_words(f) AS array_to_string(list_filter([CASE WHEN f & 1 <> 0 THEN "
    " 'path-cut' END, CASE WHEN f & 2 <> 0 THEN 'name-lost' END, CASE WHEN f & 4 <> 0 THEN 'new' END, "
    " CASE WHEN f & 8 <> 0 THEN 'half-read' END, CASE WHEN f & 16 <> 0 THEN 'file-or-folder' END, CASE WHEN f & 32 <> 0 THEN "
    " 'save-step' END, CASE WHEN f & 64 <> 0 THEN 'saved' END], lambda x: x IS NOT NULL), ' ');"
    "CREATE MACRO cs_time(cs) AS make_timestamp_ms(cs * 10) AT TIME ZONE 'UTC';"
    "CREATE VIEW actors AS SELECT actor, server, account, client, workstation, "
    " cs_time(first_cs) AS first, cs_time(last_cs) AS last, accesses FROM actor;"
    "CREATE VIEW shares AS SELECT share, server, name FROM share;"
    "CREATE VIEW inputs AS SELECT input, name, path, state, format, bytes, lines, records, events "
    " FROM input_;"
    "CREATE VIEW accesses AS SELECT 'A' || a.segment || '-' || a.row AS id, cs_time(a.first_cs) AS "
    " first, cs_time(a.last_cs) AS last, c.server, s.name AS share, c.account, c.client, "
    " c.workstation, grade_word(a.grade, a.changes) AS grade, change_words(a.changes) AS changes, remark_words(a.flags) AS remarks, "
    " CASE a.object WHEN 1 THEN 'file' WHEN 2 THEN 'folder' WHEN 3 THEN 'pipe' ELSE 'unknown' END AS object, "
    " path_of(n.dir, n.folder, n.name) AS path, n.folder, "
    " n.name, CASE WHEN a.new_path IS NULL THEN NULL ELSE "
    " path_of(m.dir, m.folder, m.name) END AS new_path, a.records, a.entries, a.session, a.input "
    " FROM a JOIN actor c ON c.actor = a.actor AND c.principal = a.principal "
    " JOIN share s ON s.share = a.share JOIN names n ON n.path = a.path "
    " LEFT JOIN names m ON m.path = a.new_path;"
    "CREATE VIEW folder_activity AS SELECT c.server, s.name AS share, c.account, c.client, "
    " d.folder, sum(f.accesses)::BIGINT AS accesses, sum(f.reads)::BIGINT AS reads, "
    " sum(f.opens)::BIGINT AS opens, sum(f.listings)::BIGINT AS listings, "
    " sum(f.denials)::BIGINT AS denials, sum(f.changes)::BIGINT AS changes "
    " FROM folder_activity_ids f JOIN actor c USING (actor) JOIN share s ON s.share = f.share "
    " LEFT JOIN dir_ d ON d.dir = f.dir GROUP BY ALL;"
    "CREATE VIEW sessions AS SELECT x.session, cs_time(x.first_cs) AS first, cs_time(x.last_cs) AS "
    " last, c.server, c.account, c.client, c.workstation, x.records, x.connects FROM session_ x "
    " JOIN actor c USING (actor);"
    "CREATE VIEW logons AS SELECT cs_time(l.time_cs) AS time, c.server, c.account, c.client, "
    " c.workstation, l.ok = 1 AS ok, l.anonymous = 1 AS anonymous, l.unknown_account = 1 AS "
    " unknown_account, l.status, l.service, l.domain FROM logon_ l JOIN actor c USING (actor);"
    "CREATE VIEW findings AS SELECT f.finding, make_timestamp_ms(f.at) AT TIME ZONE 'UTC' AS time, "
    " make_timestamp_ms(f.first) AT TIME ZONE 'UTC' AS first, make_timestamp_ms(f.last) AT TIME "
    " ZONE 'UTC' AS last, kind_word(f.kind) AS kind, ['low', 'medium', 'high'][f.severity] "
    " AS severity, c.server, c.account, c.client, c.workstation, f.listed, f.read, f.opened, "
    " f.denied, f.missing, f.changed FROM finding_ f JOIN actor c USING (actor);"
    "CREATE VIEW track_parts AS SELECT p.track, p.status, c.server, c.account, c.client, "
    " c.workstation, cs_time(p.from_cs) AS first, cs_time(p.to_cs) AS last FROM part p JOIN actor "
    " c USING (actor);";

#undef KIND

static const char content_views[] =
    "CREATE VIEW files AS SELECT s.server, s.name AS share, f.path, f.outcome, nullif(f.size, -1) AS size, "
    " make_timestamp_ms(nullif(f.modified, -1)) AT TIME ZONE 'UTC' AS modified, f.changed = 1 AS changed_after, "
    " nullif(f.content, 0) AS content, make_timestamp_ms(f.examined) AT TIME ZONE 'UTC' AS examined "
    " FROM file_ f LEFT JOIN share s ON s.share = f.share;"
    "CREATE VIEW contents AS SELECT content, sha256, kind, outcome, partly = 1 AS partly, encoding, size, text_bytes, "
    " inner_bytes, members, lost, records, rules FROM content_;"
    "CREATE VIEW classes AS SELECT content, class, class_group, count, doubtful, different, confidence, places "
    " FROM class_;";

static int confine(ash_reader *r, ash_error *err)
{
    char real[4096], store[4200];
    ash_buf sql;
    /* The views name files as the case folder was given; both spellings count. */
    snprintf(store, sizeof store, "%s/store", r->c->dir);
    ash_buf_init(&sql, 16384);
    ash_buf_add_z(&sql, "SET allowed_directories = [");
    ash_sql_quote(&sql, ash_view_z(store));
    if (realpath(store, real) != NULL) {
        ash_buf_add_c(&sql, ',');
        ash_sql_quote(&sql, ash_view_z(real));
    }
    ash_buf_add_z(&sql, "]; SET enable_external_access = false; SET lock_configuration = true");
    int rc = ash_duck_run(r->duck, ash_buf_z(&sql), err);
    ash_buf_free(&sql);
    return rc;
}

int ash_reader_open(ash_reader *r, ash_case *c, unsigned flags, ash_error *err)
{
    file_lists l;
    memset(r, 0, sizeof *r);
    r->c = c;
    /* Whatever does not fit goes to the temporary folder: an answer about 100
     * million accesses takes no more memory than one about a thousand. */
    char temp[4200];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    bool frugal = flags & ASH_READER_FRUGAL;
    unsigned threads = frugal || cores < 2 ? 1 : cores > (long)THREADS_MAX ? THREADS_MAX : (unsigned)cores;
    const ash_duck_options o = {.threads = threads,
                                .memory_mb = frugal ? FRUGAL_MEMORY_MB : MEMORY_MB,
                                .temp_dir = ash_case_temp(c, temp, sizeof temp)};
    ash_buf *all[] = {&l.accesses, &l.folders, &l.paths, &l.dirs, &l.sessions, &l.logons};
    for (size_t i = 0; i < N(all); i++)
        ash_buf_init(all[i], 32u << 20);
    r->actors = ash_actors_new();
    int rc = r->actors == NULL ? ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory") : 0;
    if (rc == 0)
        rc = ash_case_load_actors(c, r->actors, err);
    if (rc == 0)
        rc = ash_duck_open(&r->duck, &o, err);
    if (rc == 0)
        rc = ash_duck_run(r->duck, "SET TimeZone = 'UTC'", err);
    if (rc == 0)
        rc = load_small_tables(r, err);
    if (rc == 0)
        rc = ash_reader_load_tracks(r, err);
    if (rc == 0)
        rc = list_files(r, &l, err);
    if (rc == 0)
        rc = ash_db_int(&c->db, &r->n_volumes, 0, err,
                        "SELECT count(DISTINCT volume) FROM segments", "");
    if (rc == 0)
        rc = make_segment_views(r, &l, err);
    if (rc == 0)
        rc = ash_duck_run(r->duck, track_macro, err);
    if (rc == 0)
        rc = ash_duck_run(r->duck, people_views, err);
    if (rc == 0 && (flags & ASH_READER_CONFINED))
        rc = load_content(r, err);
    if (rc == 0 && (flags & ASH_READER_CONFINED))
        rc = ash_duck_run(r->duck, content_views, err);
    if (rc == 0 && (flags & ASH_READER_CONFINED))
        rc = confine(r, err);
    for (size_t i = 0; i < N(all); i++)
        ash_buf_free(all[i]);
    if (rc < 0)
        ash_reader_close(r);
    return rc;
}

void ash_reader_close(ash_reader *r)
{
    ash_duck_close(r->duck);
    ash_actors_free(r->actors);
    r->duck = NULL;
    r->actors = NULL;
}
