/* What a detector reports. Text is made from the numbers when it is shown, in
 * the reader's language. */
#ifndef ASHIATO_FINDING_H
#define ASHIATO_FINDING_H

#include <stdint.h>

/* Comparable across detectors: docs/DETECTORS.md says what each level promises. */
typedef enum ash_severity {
    ASH_SEVERITY_LOW = 1,
    ASH_SEVERITY_MEDIUM = 2,
    ASH_SEVERITY_HIGH = 3,
} ash_severity;

typedef enum ash_finding_kind {
#define KIND(number, symbol, name, class, hours, technique, what, advice) ASH_FINDING_##symbol = number,
#include "ashiato/kinds.def"
#undef KIND
} ash_finding_kind;

typedef enum ash_finding_class {
    ASH_FINDING_CLASS_FILES = 1,
    ASH_FINDING_CLASS_LOGON,
    ASH_FINDING_CLASS_SERVER,
} ash_finding_class;

/* What value, usual and threshold count. Stored: never renumbered. */
typedef enum ash_measure {
    ASH_MEASURE_NONE = 0,
    ASH_MEASURE_FOLDERS = 1,
    ASH_MEASURE_FILES = 2,
    ASH_MEASURE_NAMES = 3, /* refused or not there */
    ASH_MEASURE_ACCOUNTS = 4,
    ASH_MEASURE_SHARES = 5,
    ASH_MEASURE_LOGONS = 6,
    ASH_MEASURE_CLIENTS = 7,
    ASH_MEASURE_DAYS = 8,
    ASH_MEASURE_HOURS = 9,
    ASH_MEASURE_SECONDS = 10,
    ASH_MEASURE_ACCESSES = 11,
    ASH_MEASURE_SCORE = 12, /* a statistic without a unit */
    ASH_MEASURE_MINUTES = 13,
} ash_measure;

/* What the value was compared with. Stored: never renumbered. */
typedef enum ash_basis {
    ASH_BASIS_NONE = 0,
    ASH_BASIS_FLOOR = 1,      /* what a person can do, whoever it is */
    ASH_BASIS_OWN = 2,        /* what this subject did before */
    ASH_BASIS_PEERS = 3,      /* what those do who work as it does */
    ASH_BASIS_POPULATION = 4, /* what all others do */
} ash_basis;

/* Why a severity was raised or lowered. Stored: never renumbered. */
#define ASH_FINDING_SERVICE 0x01u   /* the account is named like a service's, and met no refusal */
#define ASH_FINDING_HABIT 0x02u     /* this actor has done as much before */
#define ASH_FINDING_SUCCESS 0x04u   /* a logon of the same client succeeded */
#define ASH_FINDING_DELETES 0x08u   /* mostly deletions */
#define ASH_FINDING_RENAMES 0x10u   /* many renames: encryption looks like this */
#define ASH_FINDING_OPENS 0x20u     /* counted opens, since reads are not logged */
#define ASH_FINDING_REGULAR 0x40u   /* a job by its own history: same times, same shares */
#define ASH_FINDING_STRANGER 0x80u  /* the client, or this account at it, was never seen before */
#define ASH_FINDING_NEW_NAMES 0x100u /* files got a new extension, one and the same */
#define ASH_FINDING_NOTES 0x200u     /* files of one name were left in many folders */
#define ASH_FINDING_OWN_WORK 0x400u  /* in places it works in, from its own machine, at its hours */

/* An access that shows best what a finding is about. */
typedef struct ash_telling {
    uint64_t offset; /* of its first record, in the decompressed input */
    int64_t time;    /* of its last record when it counted */
    uint32_t input;
    uint32_t grew;   /* ASH_GREW_* that made it count; 0 for a logon */
} ash_telling;

#define ASH_TELLING_MAX 5

typedef struct ash_finding {
    uint32_t actor;    /* first actor concerned */
    uint32_t n_telling;
    uint8_t kind;      /* ash_finding_kind */
    uint8_t severity;  /* ash_severity */
    uint8_t measure;   /* ash_measure of value, usual and threshold */
    uint8_t basis;     /* ash_basis of the threshold */
    uint32_t flags;    /* ASH_FINDING_* */
    uint32_t window_s; /* in which the threshold was passed; 0: no window */
    uint32_t share;    /* of the access that passed it; UINT32_MAX if none */
    int64_t first;     /* since when it is unusual, ns since 1970 UTC */
    int64_t at;        /* when the threshold was passed: the alarm */
    int64_t raised;    /* when it first had its severity; set by the engine */
    int64_t last;      /* until when */
    uint64_t listed, read, opened, denied, missing, changed; /* from first to last */
    uint64_t folders;  /* different folders, estimated */
    uint64_t accounts; /* logon findings: different accounts tried */
    double value;      /* what passed ... */
    double threshold;  /* ... this, */
    double usual;      /* where this is usual on its basis; 0: not known */
    uint64_t key;      /* tells findings of one kind and subject apart; 0: there is one */
    uint32_t times;    /* how often it came; set by the engine */
    uint32_t number;   /* from 1 on in the order of alarms; set by the engine, kept when it grows */
    ash_telling telling[ASH_TELLING_MAX];
} ash_finding;

/* Adds an access that shows what f is about: the first ones are kept. */
void ash_finding_tell(ash_finding *f, const ash_telling *t);

const char *ash_finding_kind_name(ash_finding_kind k); /* stable: "mass-read" */
const char *ash_finding_technique(const ash_finding *f); /* ATT&CK id */
const char *ash_finding_what(ash_finding_kind k);   /* untranslated; "" where figures belong in it */
const char *ash_finding_advice(ash_finding_kind k); /* untranslated: what to do next */
ash_finding_class ash_finding_class_of(ash_finding_kind k);
/* A repeat within this time is the same finding, grown. */
int64_t ash_finding_gap(ash_finding_kind k);
const char *ash_severity_name(ash_severity s);
const char *ash_measure_name(ash_measure m); /* stable: "folders" */
const char *ash_basis_name(ash_basis b);     /* stable: "own" */

/* Kinds that tell of logons, and of the server itself, not of files. */
#define ASH_FINDING_IS_LOGON(k) (ash_finding_class_of(k) == ASH_FINDING_CLASS_LOGON)
#define ASH_FINDING_IS_ADMIN(k) (ash_finding_class_of(k) == ASH_FINDING_CLASS_SERVER)

#endif
