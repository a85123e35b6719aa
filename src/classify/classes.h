/* What content can be: the built-in classes (classes.def), and those of a user's
 * rules, which follow them in the same numbering. */
#ifndef ASH_CLASSIFY_CLASSES_H
#define ASH_CLASSIFY_CLASSES_H

#include <stdint.h>

typedef enum ash_class_id {
#define CLASS(symbol, name, group, title) ASH_CLASS_##symbol,
#include "classify/classes.def"
#undef CLASS
    ASH_CLASSES_BUILT_IN
} ash_class_id;

typedef enum ash_class_group {
    ASH_GROUP_PERSON,  /* says who somebody is */
    ASH_GROUP_NUMBER,  /* a number given to one person */
    ASH_GROUP_MONEY,   /* risk of financial damage */
    ASH_GROUP_SECRET,  /* opens something */
    ASH_GROUP_CARE,    /* needs special care (APPI article 2 (3)) */
    ASH_GROUP_MARKING, /* somebody marked the document */
    ASH_GROUP_KIND,    /* what kind of document it is */
    ASH_GROUP_OWN,     /* of a user's rules */
    ASH_GROUPS
} ash_class_group;

typedef struct ash_class {
    const char *name;  /* for programs: "my-number" */
    const char *title; /* for people; translate with _() unless the group is OWN */
    ash_class_group group;
} ash_class;

/* How sure a class is: LOW is never counted as found. */
typedef enum ash_confidence {
    ASH_CONFIDENCE_NONE,
    ASH_CONFIDENCE_LOW,    /* the form fits and nothing speaks for it */
    ASH_CONFIDENCE_MEDIUM, /* form and check fit, or form and context */
    ASH_CONFIDENCE_HIGH,   /* form, check and context, or a form nothing else has */
} ash_confidence;

/* Of a built-in class. */
const ash_class *ash_class_of(ash_class_id id);

/* "person", "number", ...; "low", "medium", "high" ("none"): for programs. */
const char *ash_class_group_name(ash_class_group g);
const char *ash_confidence_name(ash_confidence c);

#endif
