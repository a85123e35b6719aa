/* XML through expat: elements by their local names, text, no entities from
 * outside, no expansion without bounds (expat's own protection). */
#ifndef ASH_EXTRACT_MARKUP_H
#define ASH_EXTRACT_MARKUP_H

#include "extract/job.h"

typedef struct ash_markup ash_markup;

/* Any of them may be NULL. name: local, behind the colon; attributes: name and
 * value in turn, as written, NULL at the end. */
typedef struct ash_markup_ops {
    void (*start)(void *user, const char *name, const char **attributes);
    void (*end)(void *user, const char *name);
    void (*text)(void *user, const char *p, size_t n);
} ash_markup_ops;

ash_markup *ash_markup_new(ash_job *j, const ash_markup_ops *ops, void *user); /* NULL: memory */
/* False: not well-formed from here on, or the job is to stop. */
bool ash_markup_feed(ash_markup *m, const char *p, size_t n);
/* Ends the document and frees; DAMAGED where it was not well-formed. */
ash_readout ash_markup_end(ash_markup *m);

/* The value of an attribute by its local name; NULL if there is none. */
const char *ash_attribute(const char **attributes, const char *name);

#endif
