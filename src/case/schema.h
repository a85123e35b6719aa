#ifndef ASH_CASE_SCHEMA_H
#define ASH_CASE_SCHEMA_H

/* Times are nanoseconds since 1970 UTC unless the name ends in _cs (hundredths
 * of a second). Text from logs is stored as the bytes it had. */
static const char ash_case_schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE inputs(id INTEGER PRIMARY KEY, name TEXT, path TEXT, state TEXT, problem TEXT,"
    " source TEXT, format TEXT, compression TEXT, remarks TEXT, size INTEGER, mtime INTEGER,"
    " sha256 TEXT, head BLOB, head_bytes INTEGER, starts BLOB, bytes INTEGER DEFAULT 0,"
    " position INTEGER DEFAULT 0, open_tail INTEGER DEFAULT 0, raw INTEGER DEFAULT 0,"
    " lines INTEGER DEFAULT 0, records INTEGER DEFAULT 0, events INTEGER DEFAULT 0,"
    " first INTEGER, last INTEGER, zone TEXT, year INTEGER, duplicate_of INTEGER, kept TEXT,"
    " options TEXT, likeness BLOB);"
    "CREATE INDEX inputs_head ON inputs(head); CREATE INDEX inputs_path ON inputs(path);"
    "CREATE TABLE input_servers(input INTEGER, server TEXT, PRIMARY KEY(input, server)) WITHOUT ROWID;"
    "CREATE TABLE evidence(input INTEGER, block INTEGER, offset INTEGER, data BLOB,"
    " PRIMARY KEY(input, block)) WITHOUT ROWID;"
    "CREATE TABLE reasons(input INTEGER, reason TEXT, count INTEGER, offset INTEGER,"
    " line INTEGER, detail TEXT, PRIMARY KEY(input, reason)) WITHOUT ROWID;"
    "CREATE TABLE losses(id INTEGER PRIMARY KEY, input INTEGER, reason TEXT, first INTEGER,"
    " last INTEGER, count INTEGER, offset INTEGER, detail TEXT);"
    "CREATE TABLE hours(server INTEGER, hour INTEGER, records INTEGER, first INTEGER,"
    " last INTEGER, quiet INTEGER, PRIMARY KEY(server, hour)) WITHOUT ROWID;"
    "CREATE TABLE clock_steps(id INTEGER PRIMARY KEY, server INTEGER, input INTEGER,"
    " from_ns INTEGER, to_ns INTEGER);"
    "CREATE TABLE servers(id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE shares(id INTEGER PRIMARY KEY, server TEXT, name TEXT,"
    " operations INTEGER DEFAULT 0, half_reads INTEGER DEFAULT 0);"
    /* record numbers of a server's log that are in the case */
    "CREATE TABLE numbers(server INTEGER, epoch INTEGER, first INTEGER, last INTEGER,"
    " first_ns INTEGER, last_ns INTEGER, exact INTEGER);"
    /* placeholder*: what an actor was first stored with, before its logon was found */
    "CREATE TABLE actors(id INTEGER PRIMARY KEY, server TEXT, account TEXT, client TEXT,"
    " workstation TEXT, placeholder TEXT, placeholder_workstation TEXT, first_cs INTEGER, last_cs INTEGER, accesses INTEGER DEFAULT 0,"
    " read INTEGER DEFAULT 0, opened INTEGER DEFAULT 0, listed INTEGER DEFAULT 0,"
    " denied INTEGER DEFAULT 0, missing INTEGER DEFAULT 0, changed INTEGER DEFAULT 0);"
    "CREATE TABLE segments(number INTEGER PRIMARY KEY, volume INTEGER, accesses INTEGER,"
    " paths INTEGER, dirs INTEGER, sessions INTEGER, logons INTEGER, min_cs INTEGER,"
    " max_cs INTEGER, bytes INTEGER);"
    "CREATE TABLE findings(id INTEGER PRIMARY KEY, detector TEXT, kind INTEGER, severity INTEGER,"
    " flags INTEGER, actor INTEGER, share INTEGER, first INTEGER, at INTEGER, last INTEGER,"
    " window_s INTEGER, listed INTEGER, read INTEGER, opened INTEGER, denied INTEGER,"
    " missing INTEGER, changed INTEGER, folders INTEGER, accounts INTEGER, value REAL,"
    " threshold REAL, measure INTEGER, basis INTEGER, usual REAL, times INTEGER, \"key\" INTEGER,"
    " raised INTEGER);"
    /* the accesses that show best what a finding is about */
    "CREATE TABLE finding_accesses(finding INTEGER, place INTEGER, input INTEGER, offset INTEGER,"
    " time INTEGER, grew INTEGER, PRIMARY KEY(finding, place)) WITHOUT ROWID;"
    /* a number is never given twice: decisions name it */
    "CREATE TABLE tracks(id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT, origin TEXT,"
    " confidence TEXT, reason TEXT, first INTEGER, last INTEGER);"
    "CREATE TABLE track_parts(track INTEGER, actor INTEGER, first INTEGER, last INTEGER,"
    " reason TEXT, standing INTEGER DEFAULT 2, scored INTEGER DEFAULT 0,"
    " PRIMARY KEY(track, actor, first)) WITHOUT ROWID;"
    /* accesses of scored parts: owner or intruder */
    "CREATE TABLE judged_accesses(segment INTEGER, row INTEGER, actor INTEGER, first_cs INTEGER,"
    " standing INTEGER, why INTEGER, score INTEGER, PRIMARY KEY(segment, row)) WITHOUT ROWID;"
    "CREATE TABLE track_findings(track INTEGER, finding INTEGER, PRIMARY KEY(track, finding))"
    " WITHOUT ROWID;"
    "CREATE TABLE dropped_parts(decision INTEGER, actor INTEGER, first INTEGER, last INTEGER);"
    "CREATE TABLE decisions(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER, \"by\" TEXT,"
    " action TEXT, track INTEGER, why TEXT, filters TEXT);"
    "CREATE TABLE decision_parts(decision INTEGER, change TEXT, track INTEGER, actor INTEGER,"
    " first INTEGER, last INTEGER);";

#endif
