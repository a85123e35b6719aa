/* Text out of files of any kind: an open descriptor becomes a stream of pieces
 * of text, each with its place, and an outcome. Everything in the file is
 * hostile: this runs in a helper process (extract/pool.h) that may do nothing
 * but read the descriptor.
 *
 * What a file is, is told by its content, never by its name. */
#ifndef ASH_EXTRACT_EXTRACT_H
#define ASH_EXTRACT_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/buf.h"
#include "base/view.h"

/* What a file is: kinds.def. */
typedef enum ash_kind {
#define ASH_KIND(id, name, text) ASH_KIND_##id,
#include "extract/kinds.def"
#undef ASH_KIND
    ASH_KINDS
} ash_kind;

const char *ash_kind_name(ash_kind k); /* stable: "docx" */
const char *ash_kind_text(ash_kind k); /* for people, translated */

/* Why a file, or a part of one, could not be read: readouts.def. */
typedef enum ash_readout {
#define ASH_READOUT(id, name, text) ASH_READOUT_##id,
#include "extract/readouts.def"
#undef ASH_READOUT
    ASH_READOUTS
} ash_readout;

const char *ash_readout_name(ash_readout o); /* stable: "encrypted" */
const char *ash_readout_text(ash_readout o); /* for people, translated */
bool ash_readout_by_name(ash_view name, ash_readout *ret);

/* --- pieces ------------------------------------------------------------ */

/* What a place counts. */
typedef enum ash_unit {
    ASH_UNIT_NONE,
    ASH_UNIT_LINE,      /* lines of a text */
    ASH_UNIT_ROW,       /* rows of a sheet or table; cells are parted by tabs */
    ASH_UNIT_PARAGRAPH, /* of a document or slide */
    ASH_UNIT_PAGE,
    ASH_UNITS
} ash_unit;

typedef struct ash_place {
    ash_view member; /* path inside of containers, "a.zip/b.docx" without the file's own name;
                        "" for the file itself. Not to be trusted: as the container says */
    ash_view part;   /* sheet, table, header; "" if there is none */
    ash_unit unit;
    uint64_t number; /* of the unit in which the piece begins, from 1 */
} ash_place;

#define ASH_PIECE_MAX (64u << 10)

/* Text is valid UTF-8 in NFKC without NULs, so that full-width digits are ASCII
 * digits; at most ASH_PIECE_MAX bytes. A piece ends at the end of a unit where
 * units are not longer than a piece. Within a piece each '\n' begins the next
 * unit, except for pages, which never share a piece. */
typedef struct ash_piece {
    ash_view text;
    ash_place place;
    ash_kind kind; /* of the member it is from */
    bool goes_on;  /* the unit does not end here: the next piece is its continuation */
} ash_piece;

/* All views are valid during the call. False: wants no more; the outcome is then
 * ASH_READOUT_STOPPED. */
typedef bool (*ash_piece_fn)(void *user, const ash_piece *p);

/* A member of a container begins (also one that cannot be read: why). The file
 * itself is not told. */
typedef struct ash_member {
    ash_view name; /* as in places */
    ash_kind kind;
    ash_readout outcome;
    uint64_t size; /* bytes, unpacked; 0 if not known */
} ash_member;
typedef void (*ash_member_fn)(void *user, const ash_member *m);

/* --- extraction --------------------------------------------------------- */

/* All limits of one file; zero stands for the default (base/limits.h). */
typedef struct ash_extract_limits {
    uint64_t file_bytes;   /* of the file itself */
    uint64_t text_bytes;   /* given out */
    uint64_t inner_bytes;  /* unpacked, all members together */
    uint64_t members;
    unsigned depth;
} ash_extract_limits;

typedef struct ash_extract_result {
    ash_kind kind;
    ash_readout outcome;       /* of the file as a whole */
    bool partly;               /* not all there is was read: outcome says why, or lost */
    uint64_t text_bytes;       /* given out */
    uint64_t inner_bytes;      /* unpacked from containers */
    uint64_t members;
    uint64_t lost[ASH_READOUTS]; /* members that could not be read, by why */
    char encoding[32];         /* of plain text: "utf-8", "cp932"; "" else */
} ash_extract_result;

/* Turns PDF into text (pdftotext in a process of its own): given the
 * descriptor of a file that is kept open, returns one to read UTF-8 from, pages
 * ended by form feeds, or -1. Caller closes. */
typedef int (*ash_pdf_fn)(void *user, int fd);

typedef struct ash_extract_ops {
    ash_piece_fn piece;
    ash_member_fn member; /* may be NULL */
    void *user;           /* of both */
    ash_pdf_fn pdf;       /* NULL: PDF is ASH_READOUT_NO_PROGRAM */
    void *pdf_user;
} ash_extract_ops;

/* Loads what extraction needs (tables, converters), because later, behind the
 * locks of a helper, no file can be opened. Idempotent; not thread-safe. */
int ash_extract_prepare(ash_error *err) ASH_MUST_USE;

/* Reads the whole of fd (a regular file or a memfd, opened for reading; its
 * position is not used). One extraction at a time in a thread. There is no
 * error but an outcome. */
void ash_extract(int fd, const ash_extract_limits *limits, const ash_extract_ops *ops,
                 ash_extract_result *ret);

/* --- use of text in a helper --------------------------------------------- */

/* What is done with the text, in the helper. The results are bytes that only
 * the same code reads, on the other side of a pipe, where they are as little to
 * be trusted as the document. */
#define ASH_RESULT_MAX (8u << 20)

typedef struct ash_file_hint {
    ash_view name; /* last part of the path, as on disk */
    uint64_t size;
} ash_file_hint;

typedef struct ash_text_use {
    /* In the helper, before it is locked in: may open files. shared is what was
     * made ready before the fork (compiled patterns); setup came with the start of
     * the pool (keys). Negative: the helper ends. */
    int (*open)(void **ret, void *shared, ash_view setup, ash_error *err);
    void (*begin)(void *state, const ash_file_hint *f);
    ash_member_fn member; /* with state as user; may be NULL */
    ash_piece_fn piece;   /* likewise */
    /* Appends the results (out->max is ASH_RESULT_MAX) and forgets the file. */
    void (*end)(void *state, const ash_extract_result *r, ash_buf *out);
} ash_text_use;

#endif
