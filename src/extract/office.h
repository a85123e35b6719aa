/* Parts of office documents that are ZIP files of XML. */
#ifndef ASH_EXTRACT_OFFICE_H
#define ASH_EXTRACT_OFFICE_H

#include "extract/markup.h"
#include "extract/strings.h"

/* --- running text: Word, PowerPoint, drawings, comments (office_text.c) ---- */

/* Paragraphs of w:t and a:t; a table's row is one paragraph with its cells
 * parted by tabs. */
extern const ash_markup_ops ash_ooxml_text_ops; /* user: ash_ooxml_text */
typedef struct ash_ooxml_text {
    ash_job *job;
    unsigned cells;  /* table cells around this place */
    bool in_text;
    bool any;        /* text was given since the last paragraph ended */
} ash_ooxml_text;

extern const ash_markup_ops ash_odf_text_ops; /* user: ash_odf_text */
typedef struct ash_odf_text {
    ash_job *job;
    unsigned cells, skip;
    bool body;
    bool all;        /* all of it is text: meta.xml */
} ash_odf_text;

/* --- workbooks (office_sheet.c) --------------------------------------------- */

typedef struct ash_shared {
    ash_strings strings;
    bool in_t, in_phonetic;
} ash_shared;

extern const ash_markup_ops ash_strings_ops; /* user: ash_shared */

typedef struct ash_sheet {
    ash_job *job;
    const ash_strings *strings;
    char kind;            /* of the cell: 's' shared, 'd' date, 0 as written */
    bool in_value, in_text;
    bool row_any;
    char number[32];
    size_t number_n;
} ash_sheet;

extern const ash_markup_ops ash_sheet_ops; /* user: ash_sheet */

#endif
