/* What the readers of formats share: one extraction under way, and giving out
 * its text. */
#ifndef ASH_EXTRACT_JOB_H
#define ASH_EXTRACT_JOB_H

#include "extract/extract.h"

/* Text as it comes, before it is normalised. */
#define ASH_RAW_MAX (48u << 10)

typedef struct ash_job {
    const ash_extract_ops *ops;
    ash_extract_limits limits;
    ash_extract_result *r;
    ash_buf member; /* path of the member being read; "" */
    ash_buf part;
    ash_kind kind;  /* of the member being read */
    unsigned depth; /* of containers; 0: the file itself */
    uint64_t spooled;   /* bytes of members held in memory */
    ash_readout halt;   /* not OK: a limit of the whole file was reached, or the sink wants no more */
    ash_unit unit;
    uint64_t number;
    bool goes_on;       /* the last piece did not end its line */
    size_t raw_n;
    char raw[ASH_RAW_MAX];
    char *norm;         /* ASH_NFKC_ROOM(ASH_RAW_MAX) bytes */
} ash_job;

/* --- giving out text (emit.c) ------------------------------------------- */

/* What follows counts in this unit from 1. part may be empty. */
void ash_emit_begin(ash_job *j, ash_unit unit, ash_view part);
/* UTF-8; what is not becomes U+FFFD. */
void ash_emit(ash_job *j, const char *p, size_t n);
void ash_emit_c(ash_job *j, char c);
void ash_emit_cp(ash_job *j, uint32_t cp);
/* UTF-16LE. */
void ash_emit_utf16(ash_job *j, ash_view v);
/* Ends a page and begins the next one. */
void ash_emit_page(ash_job *j);
/* Gives out what is held. */
void ash_emit_flush(ash_job *j);
/* False: stop reading, nothing more is taken (j->halt). */
static inline bool ash_job_goes(const ash_job *j)
{
    return j->halt == ASH_READOUT_OK;
}

/* --- bytes of the file (bytes.c) ------------------------------------------ */

/* A file, or a member that was unpacked into memory. */
typedef struct ash_bytes {
    int fd;
    uint64_t n;
} ash_bytes;

/* Up to n bytes at an offset: how many, 0 at the end, -1 on failure. */
int64_t ash_bytes_read(const ash_bytes *b, uint64_t offset, void *buf, size_t n);
/* All of it, read-only in memory (or NULL: empty, too large or failed). A file
 * that is cut while it is looked at ends the process. Unmap with munmap. */
const char *ash_bytes_map(const ash_bytes *b);
void ash_bytes_unmap(const ash_bytes *b, const char *p);
/* Blocks in order through fn; false: a read failed. fn says false to end early, and
 * does not call this again: a thread has one block. */
bool ash_bytes_each(const ash_bytes *b, bool (*fn)(void *user, const char *p, size_t n), void *user);

/* A member's bytes, collected in memory (a memfd). */
typedef struct ash_hold {
    ash_job *job;
    int fd;
    uint64_t n;
    ash_readout outcome; /* not OK: a limit was reached; what is there is incomplete */
} ash_hold;
void ash_hold_begin(ash_hold *s, ash_job *j);
bool ash_hold_add(ash_hold *s, const void *p, size_t n);
void ash_hold_end(ash_hold *s);
/* Counts bytes that were unpacked; false when there are too many (j->halt). */
bool ash_job_unpacked(ash_job *j, uint64_t n);

/* --- readers of formats -------------------------------------------------- */

/* Reads what b holds, of any kind, as part of the job. declared: the charset or
 * media type a container named; may be empty. */
typedef struct ash_told {
    const char *charset;
    const char *media; /* "text/html" */
    bool plain;        /* is text, whatever it looks like */
} ash_told;
ash_readout ash_read_any(ash_job *j, const ash_bytes *b, const ash_told *told);

/* One member of a container: told to the sink, read one level deeper, its path
 * taken away again. name as the container says. outcome not OK: could not be got. */
void ash_read_member(ash_job *j, ash_view name, const ash_bytes *b, ash_readout outcome,
                     const ash_told *told);
/* Behind this it is a member's turn, or a limit was reached (false). */
bool ash_member_allowed(ash_job *j);

/* A ZIP file, looked at closer: an office document of some kind, or just that. */
ash_kind ash_zip_kind(const ash_bytes *b);

/* What e-mail needs and cannot load later. */
void ash_mail_prepare(void);

ash_readout ash_read_text(ash_job *j, const ash_bytes *b, const ash_told *told);
ash_readout ash_read_json(ash_job *j, const ash_bytes *b, const ash_told *told);
ash_readout ash_read_xml(ash_job *j, const ash_bytes *b);
ash_readout ash_read_html(ash_job *j, const ash_bytes *b, const ash_told *told);
ash_readout ash_read_rtf(ash_job *j, const ash_bytes *b);
ash_readout ash_read_mail(ash_job *j, const ash_bytes *b, bool mbox);
ash_readout ash_read_archive(ash_job *j, const ash_bytes *b);
ash_readout ash_read_ooxml(ash_job *j, const ash_bytes *b);
ash_readout ash_read_odf(ash_job *j, const ash_bytes *b);
ash_readout ash_read_ole(ash_job *j, const ash_bytes *b);
ash_readout ash_read_pdf(ash_job *j, const ash_bytes *b);
ash_readout ash_read_sqlite(ash_job *j, const ash_bytes *b);

#endif
