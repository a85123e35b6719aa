/* A segment: some hundred thousand accesses in memory, then immutable Parquet
 * files. Columns and what they mean: docs/STORE.md.
 *
 * Rows are kept as columns (58 bytes an access), sorted by principal, actor and
 * time when written: then all rows of an account are together, whatever hosts it
 * came from, row groups prune on the principal, and time grows slowly. Times are stored to the hundredth of a second: the two
 * columns of time are a third of the store, and the raw records have them as
 * logged (docs/decisions/0007-parquet.md). */
#ifndef ASH_STORE_SEGMENT_H
#define ASH_STORE_SEGMENT_H

#include "ashiato/access.h"
#include "base/arena.h"
#include "fold/fold.h"
#include "store/duck.h"
#include "store/pathdict.h"

typedef struct ash_segment_logon {
    int64_t time_cs;
    uint32_t actor, input;
    uint8_t ok, anonymous, unknown_account;
    ash_view status, service, domain; /* in the segment's arena */
} ash_segment_logon;

/* One column of four: they go together, and so compress as one. */
#define ASH_KIND(grade, changes, object, flags)                                            \
    ((uint32_t)(grade) | (uint32_t)(changes) << 8 | (uint32_t)(object) << 16 | (uint32_t)(flags) << 24)

typedef struct ash_segment {
    uint32_t number, volume;
    /* accesses, one array a column */
    uint32_t n, cap;
    uint32_t *principal, *actor, *session, *path, *dir, *new_path, *records, *entries, *input;
    uint32_t *kind; /* ASH_KIND: grade, changes, object and flags in one column */
    uint32_t *lasting;
    uint16_t *share;
    int64_t *first_cs; /* hundredths of a second since 1970 UTC */
    int64_t min_cs, max_cs;
    /* sessions and logons that ended meanwhile */
    ash_session *sessions;
    uint32_t n_sessions, cap_sessions;
    ash_segment_logon *logons;
    uint32_t n_logons, cap_logons;
    ash_arena arena;
    /* names that are new in this segment; taken from the dictionary at the cut */
    ash_new_names paths, dirs;
} ash_segment;

void ash_segment_init(ash_segment *s);
void ash_segment_free(ash_segment *s);
void ash_segment_clear(ash_segment *s); /* keeps memory */

int ash_segment_add(ash_segment *s, const ash_access *a, uint32_t path, uint32_t dir,
                    uint32_t new_path, ash_error *err) ASH_MUST_USE;
int ash_segment_add_session(ash_segment *s, const ash_session *v, ash_error *err) ASH_MUST_USE;
int ash_segment_add_logon(ash_segment *s, const ash_event *e, int64_t time, uint32_t actor,
                          uint32_t input, ash_error *err) ASH_MUST_USE;

static inline bool ash_segment_empty(const ash_segment *s)
{
    return s->n == 0 && s->n_sessions == 0 && s->n_logons == 0;
}

/* Takes the dictionary's new names into the segment, in their final order, and
 * renumbers the rows. Once, when the segment is complete. */
int ash_segment_take_names(ash_segment *s, ash_pathdict *p, ash_error *err) ASH_MUST_USE;

/* Hundredths of a second, rounded down. */
int64_t ash_cs_of(int64_t ns);

/* How long something lasted, in one small number: hundredths of a second below
 * 1 s, tenths below 100 s, then seconds; rounded down, so that "last" is never
 * later than it was. */
uint32_t ash_lasting_encode(int64_t cs);
int64_t ash_lasting_cs(uint32_t code);

/* The same in SQL, for columns first_cs and lasting. */
#define ASH_SQL_LASTING_CS                                                              \
    "(CASE WHEN lasting < 100 THEN lasting::BIGINT WHEN lasting < 1090 THEN "           \
    "100 + (lasting - 100)::BIGINT * 10 ELSE 10000 + (lasting - 1090)::BIGINT * 100 END)"
#define ASH_SQL_FIRST "make_timestamp_ms(first_cs * 10)"
#define ASH_SQL_LAST "make_timestamp_ms((first_cs + " ASH_SQL_LASTING_CS ") * 10)"

/* Writes the segment's files into dir (which exists), each durable and under
 * its name last. Bytes written go to *ret_bytes. */
int ash_segment_write(ash_segment *s, ash_duck *d, const char *dir, uint64_t *ret_bytes,
                      ash_error *err) ASH_MUST_USE;

#endif
