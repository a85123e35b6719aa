/* Every maximum in one place. Reaching one is never silent: it is counted and
 * reported in the coverage, or it is an error that names the limit. */
#ifndef ASH_BASE_LIMITS_H
#define ASH_BASE_LIMITS_H

/* --- input ------------------------------------------------------------- */

/* Bytes handed from the reader to a decoder at once, and unit of the evidence
 * index (per block: the times in it and a hash). Large enough that the hand-over
 * costs nothing per line, small enough that all in flight fit in L3 and that
 * finding an access's records means decoding little. */
#define ASH_BLOCK_SIZE (1u << 20)

/* An input that gave this many bytes in a row without one record is given up:
 * a decompression bomb, or not a log at all. */
#define ASH_BARREN_MAX (1u << 30)

/* The longest record decoded. Two PATH_MAX paths, prefix and envelope need
 * about 9 KB; rsyslog and journald can be told to write more. A longer record
 * is skipped and counted with its offset. */
#define ASH_RECORD_MAX (256u << 10)

/* Blocks between reader, decoders and fold. */
#define ASH_BLOCKS_IN_FLIGHT 6u

/* Decoding threads at most. */
#define ASH_DECODERS_MAX 8u

/* Bytes looked at to recognise an input and infer a prefix. */
#define ASH_PROBE_SIZE (1u << 20)

/* Files found under the given arguments. */
#define ASH_INPUTS_MAX 1000000u

/* Files in one ZIP file. */
#define ASH_ZIP_MEMBERS_MAX 10000u

/* Folder depth followed when an argument is a folder. */
#define ASH_FOLDER_DEPTH_MAX 64u

/* Values in one JSON record, and how deep they are nested. A Windows event has
 * about 60, three deep. */
#define ASH_JSON_NODES_MAX 16384u
#define ASH_JSON_READ_DEPTH 64u

/* Elements inside one another in one XML event, which needs four. */
#define ASH_XML_DEPTH_MAX 64u

/* --- events ------------------------------------------------------------ */

/* Distinct (host, prefix) pairs one decoder keeps; one more and its records
 * are attributed to the actor "(too many actors)", counted. */
#define ASH_ORIGINS_MAX (1u << 18)

/* Fields of a full_audit prefix. */
#define ASH_PREFIX_FIELDS_MAX 24u

/* Distinct prefix shapes in one input. */
#define ASH_PREFIX_SHAPES_MAX 32u

/* Bytes of account, client, workstation, share or server kept. */
#define ASH_NAME_MAX 1024u

/* Bytes of a path kept; Linux PATH_MAX is 4096, Windows 32,767 UTF-16 units. */
#define ASH_PATH_MAX (64u << 10)

/* --- Windows event logs (.evtx) ----------------------------------------- */

/* Depth of elements in one record, and of templates and binary XML within
 * values. Events of Windows need 6 and 3. */
#define ASH_EVTX_DEPTH_MAX 64u
#define ASH_EVTX_FRAMES_MAX 16u

/* Values of the templates one record is in the middle of; Windows allows an
 * event 128. */
#define ASH_EVTX_VALUES_MAX 2048u

/* Bytes of names and values, and four for each token, that one record may grow
 * to: the base is more than all a chunk holds, so that only arrays and templates
 * used again and again within one record need the rest. */
#define ASH_EVTX_GROWTH_BASE (128u << 10)
#define ASH_EVTX_GROWTH 64u /* times its own length */

/* Templates of one chunk that are compiled; records of others are read more
 * slowly. Real chunks have up to 60. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_EVTX_TEMPLATES_MAX 128u
#else
#define ASH_EVTX_TEMPLATES_MAX 4u
#endif

/* Bytes of one record's wanted text that may come in pieces. */
#define ASH_EVTX_JOINED_MAX 4096u

/* Nodes of the tree that a record, or a template, is written from; one more and
 * it counts as damaged. */
#define ASH_EVTX_NODES_MAX (1u << 17)

/* Templates kept compiled for writing, over all chunks; bytes of text in them;
 * and how many one chunk may have compiled anew. Beyond the first two all are
 * forgotten, beyond the last one records are written more slowly. */
#define ASH_EVTX_SCRIPTS_MAX 1024u
#define ASH_EVTX_SCRIPT_BYTES (8u << 20)
#define ASH_EVTX_COMPILED_MAX 256u

/* Recovered events that are held back until it is known which records are live, in
 * bytes; and runs of successive numbers among the live ones. */
#define ASH_EVTX_CARVED_BYTES (16u << 20)
#define ASH_EVTX_RUNS_MAX 4096u

/* --- fold -------------------------------------------------------------- */

/* Accesses open at once. One more closes the oldest early: its record is then
 * split over two accesses, which changes no grade. Counted. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_OPEN_ACCESSES_MAX (1u << 18)
#else
#define ASH_OPEN_ACCESSES_MAX 32u
#endif

/* Bytes of path text held for open accesses: for young ones, and for those
 * that did more than look names up. Fuzzing fills small ones. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_OPEN_YOUNG_BYTES (12u << 20)
#define ASH_OPEN_OLD_BYTES (14u << 20)
#else
#define ASH_OPEN_YOUNG_BYTES (128u << 10)
#define ASH_OPEN_OLD_BYTES (192u << 10)
#endif

/* Logon sessions of Windows servers remembered, and restarts of servers. Beyond
 * it the older half is forgotten; accesses of such a session that come later
 * have no client. Counted. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_LOGONS_MAX (1u << 17)
#else
#define ASH_LOGONS_MAX 128u
#endif
#define ASH_RESTARTS_MAX 1024u

/* Sessions without a known client that are actors of their own, until their
 * logon is met. One more and they are one actor together. */
#define ASH_PENDING_MAX (1u << 16)

/* Spans of record numbers, and logs of one server that were begun anew. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_SPANS_MAX (1u << 18)
#else
#define ASH_SPANS_MAX 256u
#endif
#define ASH_EPOCHS_MAX 16u

/* Share roots on servers' disks, file handles, and folders remembered. */
#define ASH_ROOTS_MAX 4096u
#define ASH_HANDLES (1u << 14)
#define ASH_FOLDERS_MAX (1u << 19)

/* Shares, and servers, in one case. (Actors: ASH_ORIGINS_MAX.) */
#define ASH_SHARES_MAX 65535u

/* Coverage remarks of one kind kept one by one; more are summed. */
#define ASH_COVERAGE_MAX 10000u

/* --- store ------------------------------------------------------------- */

/* Accesses in one segment. */
#define ASH_SEGMENT_ROWS (5u << 16)

/* Logons in one segment. */
#define ASH_SEGMENT_LOGONS (1u << 16)

/* Bytes of new path text in one segment, and of new folder text. */
#define ASH_SEGMENT_PATH_BYTES (4u << 20)
#define ASH_SEGMENT_DIR_BYTES (2u << 20)

/* Paths in one volume; the next one starts a new volume with an empty
 * dictionary, so that memory stays bounded on any number of files. Somewhat
 * below three quarters of 2^21, where the table would double. */
#define ASH_VOLUME_PATHS 1500000u

/* Folders in one volume. */
#define ASH_VOLUME_DIRS (1u << 18)

/* --- text out of files ---------------------------------------------------- */

/* Bytes read at once. */
#define ASH_EXTRACT_BLOCK (256u << 10)

/* Of one file, by default: its size; text given out; bytes unpacked from it; its
 * members; containers in one another. */
#define ASH_EXTRACT_FILE_MAX (16ull << 30)
#define ASH_EXTRACT_TEXT_MAX (16ull << 30)
#define ASH_EXTRACT_INNER_MAX (8ull << 30)
#define ASH_EXTRACT_MEMBERS_MAX 100000u
#define ASH_EXTRACT_DEPTH_MAX 10u

/* A file that unpacks to more than this, and to this many times its own size, is
 * a bomb. Deflate reaches 1,030 on zeros, real documents rarely 50. */
#define ASH_EXTRACT_BOMB_MIN (256ull << 20)
#define ASH_EXTRACT_BOMB_RATIO 200u

/* Bytes of members held in memory at once, one in the other; of a file looked at
 * as a whole (OLE2, SQLite). */
#define ASH_EXTRACT_SPOOL_MAX (256ull << 20)
#define ASH_EXTRACT_MAP_MAX (1ull << 30)

/* Bytes of a workbook's shared strings; beyond it rows name only what they hold
 * themselves, and the strings come on their own. */
#define ASH_EXTRACT_STRINGS_MAX (64ull << 20)

/* Elements inside one another in XML, HTML; groups in RTF; parts in e-mail. */
#define ASH_EXTRACT_XML_DEPTH 1000u
#define ASH_EXTRACT_RTF_DEPTH 1000u

/* Helper processes; bytes each may map beyond what it begins with; seconds for a
 * file, and one more for each MiB; files after which it is replaced. */
#define ASH_HELPERS_MAX 64u
#define ASH_HELPER_MEMORY (1536ull << 20)
#define ASH_HELPER_TIMEOUT_S 60u
#define ASH_HELPER_JOBS 20000u

/* Seconds for pdftotext on one file. */
#define ASH_PROGRAM_CPU_S 60u
#define ASH_PROGRAM_WALL_S 120u

/* Bytes of a member's path. */
#define ASH_EXTRACT_PATH_MAX 4096u

/* --- ledger ------------------------------------------------------------ */

/* Bytes hashed one by one within a sealed file, so that damage has a place. */
#define ASH_LEDGER_BLOCK (64u << 10)

/* Bytes of one entry: a snapshot of a case.sqlite of 30 GiB takes about these. */
#define ASH_LEDGER_ENTRY_MAX (32u << 20)

/* Damages that `verify` lists; more are counted. */
#define ASH_LEDGER_DAMAGES_MAX 10000u

/* Files in a bundle of a case, and how many times its own size it may unpack to;
 * a base for small ones. Logs of one line over and over pack 1:300. */
#define ASH_BUNDLE_FILES_MAX 4000000u
#define ASH_BUNDLE_GROWTH 400u
#define ASH_BUNDLE_GROWTH_BASE (64u << 20)

/* Bytes of entries between two heads. */
#define ASH_LEDGER_PENDING_MAX (256u << 20)

/* --- detectors --------------------------------------------------------- */

/* Findings kept per case. */
#define ASH_FINDINGS_MAX 100000u

/* Subjects (account and client) a detector keeps state of; above it the one unseen
 * for longest is given up. */
#define ASH_DETECT_SUBJECTS 65536u

/* Bytes of a configuration file. */
#define ASH_CONFIG_MAX (256u << 10)

/* Findings that may still grow. */
#define ASH_DETECT_REPEATS 8192u

/* What is usual, for the slow detectors: folders of accounts remembered, accounts (on
 * each server), and those with evidence against them. Powers of two; what was not used
 * for longest is forgotten. Together at most 100 MB, when all are full. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_HABIT_PLACES_MAX (1u << 21)
#define ASH_HABIT_ACCOUNTS_MAX (1u << 17)
#define ASH_HABIT_SUBJECTS_MAX (1u << 14)
#else
#define ASH_HABIT_PLACES_MAX 1024u
#define ASH_HABIT_ACCOUNTS_MAX 64u
#define ASH_HABIT_SUBJECTS_MAX 32u
#endif

/* --- owner or intruder ------------------------------------------------- */

/* Folders and networks that are counted; what is deeper counts for its parent. */
#define ASH_PLACES_MAX (1u << 22)
#define ASH_PLACE_DEPTH_MAX 64u

/* Accesses of one account that are judged one by one, and of all accounts of one
 * proposal together. What is beyond is in no track, and the track says so. */
#define ASH_JUDGED_MAX 4000000u

/* Findings that tell when an intruder was there; further ones are in the track all the same. */
#define ASH_SEEDS_MAX 256u

/* Accounts a track may grow to, beside those it began with. */
#define ASH_GROW_ACCOUNTS_MAX 64u

/* --- watching ---------------------------------------------------------- */

/* Files that are watched at once. */
#define ASH_WATCH_FILES 10000u

/* Files that were taken to their end and may appear again under another name. */
#define ASH_WATCH_TAKEN 1024u

/* Alerts that wait for one recipient; newer ones are counted instead. */
#define ASH_ALERTS_WAITING 10000u

/* Bytes of one message that is received. */
#define ASH_MESSAGE_MAX (64u << 10)

/* Connections of one listener. */
#define ASH_CONNECTIONS_MAX 256u

/* --- decisions --------------------------------------------------------- */

/* Bytes of the reason an analyst gives. */
#define ASH_WHY_MAX 4096u

/* --- investigation ------------------------------------------------------ */

/* Tracks whose phases are found and whose explanations are weighed; of more,
 * those with most accesses. The others are counted in the answer. */
#define ASH_STORY_TRACKS_MAX 32u

/* Spans of time a track's accesses are counted in: of a year eight minutes. */
#define ASH_SLOTS_MAX (1u << 16)

/* Runs of activity among which changes of behaviour are looked for. Of more,
 * pauses between runs are joined, the shortest first. */
#define ASH_CELLS_MAX 1024u

/* Phases of one track. Of more, changes must be clearer to count. */
#define ASH_PHASES_MAX 32u

/* Accesses named as examples, and accounts or shares named of a phase; how many
 * there are is said beside them. */
#define ASH_EXAMPLES_MAX 5u
#define ASH_NAMES_MAX 8u

/* Dates a heat map has rows for; of more it has the days of the week. */
#define ASH_HEAT_DATES_MAX 31u

/* --- untouched --------------------------------------------------------- */

/* Paths asked about at once; bytes of a file that lists them. */
#define ASH_ASKED_PATHS_MAX 100000u
#define ASH_ASKED_LIST_MAX (64u << 20)

/* Accesses told for each path and server; `ashiato scope` lists all. */
#define ASH_TOUCHES_SHOWN 100u

/* --- classification ---------------------------------------------------- */

/* Bytes of text matched at once: whole lines. A longer line is judged in pieces. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_SCAN_WINDOW (256u << 10)
#else
#define ASH_SCAN_WINDOW 2048u
#endif

/* Matches in one window; beyond them it is matched in parts. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_HITS_MAX (1u << 15)
#else
#define ASH_HITS_MAX 64u
#endif

/* Cells of a row that are looked at; columns without a header that are judged by their
 * values, and how many of those are held until the column is believed. */
#define ASH_SCAN_CELLS_MAX 256u
#define ASH_LABELS_MAX 256u
#define ASH_LINE_NAMES 256u /* names of a line that are not counted twice */
#define ASH_COLUMNS_JUDGED 32u
#define ASH_COLUMN_HELD 12u

/* Different values of a class counted exactly in one document; above by a sketch of so
 * many registers, standard error 1.04 / sqrt(4096) = 1.6 %. */
#define ASH_DISTINCT_EXACT 256u
#define ASH_SKETCH_SIZE 4096u

/* Masked samples of one class that are shown of a file. */
#define ASH_REVEALED_MAX 5u

/* Weights of different words that make a class of their own. */
#define ASH_WORDS_ENOUGH 10u

/* Outside of tables: lines between two values of one person's record, at most. */
#define ASH_RECORD_GAP 6u

/* A user's rules: bytes of the file, classes, words and bytes of a pattern. */
#define ASH_OWN_RULES_MAX (256u << 10)
#define ASH_OWN_CLASSES_MAX 200u
#define ASH_OWN_WORDS_MAX 200u
#define ASH_OWN_PATTERN_MAX 1000u

/* Different records of persons told for one document (ASH_RESULT_MAX holds them); more
 * are told by a sketch. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_FOUND_PERSONS_MAX 100000u
#else
#define ASH_FOUND_PERSONS_MAX 16u
#endif

/* Folders, shares or servers by which persons are counted. */
#define ASH_PERSON_GROUPS_MAX 20000u

/* Records of persons that are clustered exactly; more are counted by sketches. */
#ifndef ASH_FUZZ_LIMITS
#define ASH_PERSONS_EXACT_MAX 500000u
#else
#define ASH_PERSONS_EXACT_MAX 64u
#endif

/* --- report ------------------------------------------------------------ */

/* File rows put into report.json and report.html; the rest is named there and
 * listed by `ashiato scope`. */
#define ASH_REPORT_FILES_MAX 200000u

/* Accesses up to which the report says how many different files all accounts
 * together touched; it counts the scope's files always. */
#define ASH_REPORT_COUNT_MAX 2000000

#endif
