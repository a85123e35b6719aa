/* What classify found (investigate/content.h), asked by file. */
#ifndef ASH_INVESTIGATE_CONTENT_VIEW_H
#define ASH_INVESTIGATE_CONTENT_VIEW_H

#include "classify/persons.h"
#include "extract/extract.h"
#include "investigate/scope.h"

typedef struct ash_content_view ash_content_view;

/* A case in which nothing was examined has a view too. The caller closes. */
int ash_content_view_open(ash_content_view **ret, ash_case *c, ash_error *err) ASH_MUST_USE;
void ash_content_view_close(ash_content_view *v); /* NULL is fine */

/* True: classify ran on this case. */
bool ash_content_examined(const ash_content_view *v);

typedef struct ash_content_row {
    ash_readout outcome;
    bool changed;      /* written to after the last access: what was seen may differ */
    bool partly;
    int64_t content;   /* 0: it could not be hashed */
    int64_t size;      /* -1: not known */
    ash_view sha256;   /* hexadecimal, "" if not known; valid until the next look */
    ash_view classes;  /* "phone=12 my-number=3", likewise; "" for none */
} ash_content_row;

/* 1: examined, 0: not. */
int ash_content_look(ash_content_view *v, int64_t share, ash_view path, ash_content_row *ret, ash_error *err)
    ASH_MUST_USE;

/* True if one of "phone=12 my-number=3" matches the name, or names its class. */
bool ash_content_has_class(ash_view classes, const char *name);

/* --- sums -------------------------------------------------------------------- */

#define ASH_CONTENT_CLASSES_MAX 256u

typedef struct ash_content_class {
    char name[64];
    char group[16];
    int64_t files;     /* with it */
    int64_t count;     /* occurrences, over different contents */
} ash_content_class;

typedef struct ash_content_summary {
    bool examined;
    int64_t files;         /* read or opened, in the selection */
    int64_t not_looked;    /* of these never looked for: classify ran before they were in scope */
    int64_t with_classes;  /* files in which something was found */
    int64_t changed, partly;
    int64_t by_outcome[ASH_READOUTS];
    int64_t contents;      /* different ones */
    ash_content_class *classes; /* owned; most files first */
    size_t n_classes;
    ash_persons_count persons;
} ash_content_summary;

/* Of the selection last made (ash_scope_select). The caller frees. */
int ash_content_summarise(ash_content_summary *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_content_summary_free(ash_content_summary *s);

#endif
