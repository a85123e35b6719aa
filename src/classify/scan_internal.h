/* How scanning is divided: scan.c takes text and cuts it into windows of whole lines,
 * matches the patterns, and hands lines with matches (in a table: all) to line.c, which
 * finds labels and cells; value.c judges one value in its context; table.c knows
 * columns; record.c gathers what belongs to one person. */
#ifndef ASH_CLASSIFY_SCAN_INTERNAL_H
#define ASH_CLASSIFY_SCAN_INTERNAL_H

#include "base/limits.h"
#include "classify/rules_internal.h"
#include "classify/scan.h"

/* A match in the window. Of patterns without a known beginning, from == to. */
typedef struct ash_hit {
    uint32_t from, to;
    uint32_t rule;
} ash_hit;

typedef struct ash_cell {
    ash_view text; /* trimmed, quotes taken off */
    ash_role role; /* as a label; NONE if it is none */
} ash_cell;

/* A label in a line. */
typedef struct ash_label {
    const char *from, *to;
    ash_role role;
} ash_label;

/* One line (or a row over several lines, in quoted CSV). */
typedef struct ash_line {
    ash_view text;
    uint64_t no;
    const ash_hit *hits; /* offsets from base */
    size_t n_hits;
    const char *base;    /* of the window */
    size_t n_labels;
    ash_label labels[ASH_LABELS_MAX]; /* in order, none over another */
    size_t n_cells;
    ash_cell cells[ASH_SCAN_CELLS_MAX];
    bool contact; /* something was found by which a person can be reached */
    bool address; /* an address was found: one a line */
    uint64_t marked; /* classes of markings found in the line, a bit each */
    size_t n_names;
    const char *names[ASH_LINE_NAMES]; /* where names begin that were counted */
} ash_line;

/* Evidence for a column without a header: values of one shape, and how many passed. */
typedef struct ash_column_stat {
    uint32_t values, passed;
    uint64_t held[ASH_COLUMN_HELD]; /* digests, until the column is believed */
    uint64_t held_line;
} ash_column_stat;

enum { ASH_SHAPE_12, ASH_SHAPE_LICENCE, ASH_SHAPE_13, ASH_SHAPE_CARD, ASH_SHAPES };

typedef struct ash_table {
    bool active;
    char delimiter;
    size_t n; /* columns of the header */
    ash_role roles[ASH_SCAN_CELLS_MAX];
    uint64_t loose;      /* roles named in a line of labels without columns; a bit each */
    uint64_t loose_line; /* the last that belongs to it */
    unsigned blank;   /* rows since the last that was not empty */
    ash_role one; /* of a single label above values: "マイナンバー" on a line of its own */
    unsigned one_age;
    ash_column_stat stats[ASH_COLUMNS_JUDGED][ASH_SHAPES];
} ash_table;

/* What is known of the person the current lines speak of. */
typedef struct ash_record {
    ash_identity who;
    bool open;
    bool has_card;
    uint64_t last_line; /* that added something */
    bool in_row;   /* a table's row: nothing in it ends the record */
    char surname[64]; /* of columns that part the name */
    size_t surname_n;
} ash_record;

typedef struct ash_tally {
    uint64_t count, doubtful;
    ash_confidence confidence;
    uint32_t n_exact;
    uint64_t exact[ASH_DISTINCT_EXACT];
    bool sketched;
    uint8_t sketch[ASH_SKETCH_SIZE];
    uint32_t n_places;
    ash_scan_place places[ASH_SCAN_PLACES];
} ash_tally;

struct ash_scan {
    const ash_rules *rules;
    hs_scratch_t *scratch;
    ash_scan_hooks hooks;
    uint8_t key[ASH_IDENTITY_KEY_SIZE];
    char *window; /* ASH_SCAN_WINDOW bytes and one */
    size_t fill;
    ash_hit *hits;
    size_t n_hits;
    bool hits_full;
    uint32_t stop;      /* where matching stopped because they were full */
    char part[ASH_SCAN_PART_MAX];
    uint64_t line_no;   /* of the line at the window's front */
    char delimiter;     /* hint */
    bool cut_lines, too_many;
    uint64_t bytes, records;
    ash_table table;
    ash_record record;
    ash_line line;      /* too large for the stack */
    ash_tally *tallies; /* a row for each class */
    uint32_t *word_score; /* by class */
    uint8_t *word_seen;   /* by word */
    uint64_t word_hits[ASH_CLASSES_BUILT_IN];
    ash_scan_class *found;
};

/* --- scan.c ------------------------------------------------------------- */

/* Counts one value; `value` is normalised for telling values apart. */
void ash_scan_found(ash_scan *s, uint32_t cls, ash_confidence c, ash_view value, ash_view raw,
                    uint64_t line);
/* The same for one whose digest is known and whose text is gone. */
void ash_scan_found_digest(ash_scan *s, uint32_t cls, ash_confidence c, uint64_t digest,
                           uint64_t line);
uint64_t ash_scan_digest(const ash_scan *s, char kind, ash_view value);
/* A word that counts towards a class. */
void ash_scan_word(ash_scan *s, const ash_rule *r, uint64_t line);

/* --- line.c ------------------------------------------------------------- */

void ash_line_scan(ash_scan *s, ash_line *l);

/* --- cells.c ------------------------------------------------------------ */

/* Finds the labels among the line's matches. */
void ash_line_labels(const ash_scan *s, ash_line *l);
void ash_line_split(ash_line *l, char delimiter);
/* The delimiter a line seems to have: '\t', '|', ',', ';', ' ' for runs of spaces; 0. */
char ash_line_delimiter(const ash_line *l);
/* Sets the role of cells that hold a label and nothing else; returns how many do. */
size_t ash_line_label_cells(ash_line *l);
/* The cell that p lies in, or n_cells. */
size_t ash_line_cell_at(const ash_line *l, const char *p);
/* v without spaces, brackets and bullets around it. */
ash_view ash_undecorated(ash_view v);

/* --- table.c ------------------------------------------------------------ */

void ash_scan_table_end(ash_scan *s);
/* True if the line's cells are headers, and then remembers them. */
bool ash_scan_table_header(ash_scan *s, ash_line *l);
/* Judges the cells of a row by their columns. */
void ash_scan_table_row(ash_scan *s, ash_line *l);
/* True if the line only names what follows, without columns. */
bool ash_scan_table_loose(ash_scan *s, const ash_line *l);
/* Role of the column that p lies in. */
ash_role ash_scan_table_role(const ash_scan *s, const ash_line *l, const char *p);
/* A number without context, in a column: believed once enough of them pass. */
void ash_scan_table_number(ash_scan *s, const ash_line *l, ash_view digits, const char *p);

/* --- value.c ------------------------------------------------------------ */

/* A value beside a label or under a header. True if it was one. */
bool ash_value_labelled(ash_scan *s, ash_line *l, ash_role role, ash_view text);
void ash_value_mail(ash_scan *s, ash_line *l, const char *end);
void ash_value_address(ash_scan *s, ash_line *l, ash_view text, ash_confidence c);
void ash_value_birth(ash_scan *s, ash_line *l, const char digits[8], ash_view raw);

/* --- digits.c ----------------------------------------------------------- */

/* The number that ends at `end` in running text or a cell. */
void ash_value_digits(ash_scan *s, ash_line *l, const char *end);
/* What the words around p say. */
ash_role ash_context_role(const ash_scan *s, const ash_line *l, const char *p);
/* Digits of text into out (at most max), hyphens and spaces left out; 0 if there are
 * more, or anything else is in it. */
size_t ash_digits_of(ash_view text, char *out, size_t max);
/* Length of the separator at the front of v (hyphens of all kinds, space, ...), 0 if there is
 * none; *ret_kind: '-' for all hyphens, else the character. */
size_t ash_separator(ash_view v, char *ret_kind);
/* True if the number was counted. */
bool ash_number_judge(ash_scan *s, ash_line *l, ash_role role, ash_view digits,
                      const unsigned *groups, unsigned n, char separator, ash_view raw);

/* --- person.c ----------------------------------------------------------- */

/* Names in a value: one, or several parted by commas. */
bool ash_person_names(ash_scan *s, ash_line *l, ash_view text);
void ash_person_honoured(ash_scan *s, ash_line *l, const char *honorific);
void ash_person_titled(ash_scan *s, ash_line *l, const char *capital);
/* A line that a loose header speaks for: names and dates of birth in it. */
void ash_person_loose(ash_scan *s, ash_line *l);
/* A line with a contact and no name: is one in it, or on a line above? */
void ash_person_near(ash_scan *s, ash_line *l);

/* --- dates.c ------------------------------------------------------------ */

/* A date from 1900 to 2030, in numbers, in words, or by a Japanese era, at the front of
 * text: as "19800401" into out. Returns its length, or 0. */
size_t ash_birth_date(ash_view text, char out[8]);
/* A Japanese address needs a place and a number, another a number and letters. */
bool ash_address_like(ash_view text);
/* Letters and digits only; out needs text.n bytes. */
size_t ash_address_normal(char *out, ash_view text);

/* --- record.c ----------------------------------------------------------- */

/* The person the record speaks of; another name ends the record. */
void ash_record_name(ash_scan *s, ash_view name, bool kana, uint64_t line);
/* A value of a class: e-mail, phone, birth, address or a number. */
void ash_record_value(ash_scan *s, uint32_t cls, ash_view normal, uint64_t line);
void ash_record_end(ash_scan *s);

/* --- distinct.c --------------------------------------------------------- */

void ash_tally_distinct(ash_tally *t, uint64_t digest);
uint64_t ash_tally_distinct_count(const ash_tally *t);
/* HyperLogLog of ASH_SKETCH_SIZE registers. */
void ash_sketch_add(uint8_t *sketch, uint64_t digest);
void ash_sketch_join(uint8_t *sketch, const uint8_t *other);
double ash_sketch_count(const uint8_t *sketch);

#endif
