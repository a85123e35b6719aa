/* The raw records behind an access, read back from the inputs.
 *
 * An access is stored with its input and its times, not with every record's
 * offset. The evidence index says which blocks of the input have records of
 * that time; those are read again, compared with their hash, decoded, and what
 * belongs to the access is given out. A block that is not what it was when it
 * was first read is ASH_E_CHANGED. */
#ifndef ASH_INVESTIGATE_EVIDENCE_H
#define ASH_INVESTIGATE_EVIDENCE_H

#include "base/buf.h"
#include "investigate/reader.h"

typedef struct ash_stored_access {
    uint32_t segment;
    int64_t row;
    uint32_t actor, share, session, input;
    uint8_t grade, changes, object, flags;
    int64_t first_cs, last_cs;
    int64_t records, entries;
    ash_buf path, new_path; /* owned */
} ash_stored_access;

typedef struct ash_raw_record {
    int64_t input;
    const char *input_name;
    uint64_t offset; /* in the decompressed input */
    ash_view bytes;  /* without line end; valid during the call */
    ash_view text;   /* the same, or as text where the bytes are none; valid as long */
    bool entry;      /* lookup of a name a listing of this folder showed */
} ash_raw_record;

typedef void (*ash_raw_sink)(void *user, const ash_raw_record *r);

/* ASH_E_NOTFOUND if there is no such access. */
int ash_access_load(ash_stored_access *ret, ash_reader *r, uint32_t segment, int64_t row,
                    ash_error *err) ASH_MUST_USE;
void ash_access_free(ash_stored_access *a);

/* Calls sink for each record; *ret_found: how many belonged to the access
 * itself (it should be a->records). */
int ash_access_records(ash_reader *r, const ash_stored_access *a, bool entries, ash_raw_sink sink,
                       void *user, int64_t *ret_found, ash_error *err) ASH_MUST_USE;

#endif
