/* What a detector reports. Text is made from the numbers when it is shown, in
 * the reader's language. */
#ifndef ASHIATO_FINDING_H
#define ASHIATO_FINDING_H

#include <stdint.h>

typedef enum ash_severity {
    ASH_SEVERITY_LOW = 1,
    ASH_SEVERITY_MEDIUM = 2,
    ASH_SEVERITY_HIGH = 3,
} ash_severity;

typedef enum ash_finding_kind {
    ASH_FINDING_MASS_LISTING = 1, /* folders listed faster than a person does */
    ASH_FINDING_MASS_READ = 2,    /* files read (or opened, where reads are not logged) */
    ASH_FINDING_MASS_DENIED = 3,  /* names refused or not there */
    ASH_FINDING_MASS_CHANGE = 4,  /* files written, renamed or deleted */
    ASH_FINDING_SPRAY = 5,        /* one client tried many accounts */
    ASH_FINDING_GUESSING = 6,     /* one client tried many passwords for one account */
    ASH_FINDING_LOG_CLEARED = 7,  /* somebody emptied the log */
    ASH_FINDING_AUDIT_OFF = 8,    /* somebody switched auditing off */
    ASH_FINDING_SHARE_CHANGE = 9, /* a share was made, changed or removed */
} ash_finding_kind;

/* Kinds that tell of logons, and of the server itself, not of files. */
#define ASH_FINDING_IS_LOGON(k) ((k) == ASH_FINDING_SPRAY || (k) == ASH_FINDING_GUESSING)
#define ASH_FINDING_IS_ADMIN(k) ((k) >= ASH_FINDING_LOG_CLEARED && (k) <= ASH_FINDING_SHARE_CHANGE)

/* Why a severity was raised or lowered. */
#define ASH_FINDING_SERVICE 0x01u   /* the account is named like a service's, and met no refusal */
#define ASH_FINDING_HABIT 0x02u     /* this actor has done as much before */
#define ASH_FINDING_SUCCESS 0x04u   /* a logon of the same client succeeded */
#define ASH_FINDING_DELETES 0x08u   /* mostly deletions */
#define ASH_FINDING_RENAMES 0x10u   /* many renames: encryption looks like this */
#define ASH_FINDING_OPENS 0x20u     /* counted opens, since reads are not logged */

typedef struct ash_finding {
    uint32_t actor;    /* first actor concerned */
    uint8_t kind;      /* ash_finding_kind */
    uint8_t severity;  /* ash_severity */
    uint8_t flags;     /* ASH_FINDING_* */
    uint32_t window_s; /* in which the threshold was passed */
    uint32_t share;    /* of the access that passed it; UINT32_MAX if none */
    int64_t first;     /* begin of the burst, ns since 1970 UTC */
    int64_t at;        /* when the threshold was passed: the alarm */
    int64_t last;      /* end of the burst */
    uint64_t listed, read, opened, denied, missing, changed; /* during the burst */
    uint64_t folders;  /* different folders, estimated */
    uint64_t accounts; /* logon findings: different accounts tried */
    double value;      /* what passed ... */
    double threshold;  /* ... this */
} ash_finding;

const char *ash_finding_kind_name(ash_finding_kind k); /* stable: "mass-read" */
const char *ash_finding_technique(const ash_finding *f); /* ATT&CK id */
const char *ash_severity_name(ash_severity s);

#endif
