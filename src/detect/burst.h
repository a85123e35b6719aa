/* Bursts: what mass_scan and mass_change have in common. A subject's accesses
 * are counted by measure in decayed windows; while a threshold is passed a
 * burst is open. It is reported when it passes, and when the subject has calmed
 * down, with what it had grown to. */
#ifndef ASH_DETECT_BURST_H
#define ASH_DETECT_BURST_H

#include "ashiato/detector.h"
#include "detect/rates.h"
#include "detect/routine.h"
#include "detect/slots.h"

#define ASH_MEASURES_MAX 3
#define ASH_BREADTH_WORDS 8u /* 512 bits of linear counting (Whang et al. 1990) */

/* A threshold that was passed. */
typedef struct ash_alarm {
    int64_t at;
    float value, threshold, usual, ratio; /* ratio: highest of the burst */
    uint32_t window_s, share;
    uint32_t basis; /* ash_basis */
    uint32_t severity; /* ash_severity it was last reported with */
} ash_alarm;

/* What a subject does again and again: a peak counts once it was reached on two
 * days, so that yesterday's intruder is no habit today. */
typedef struct ash_burst_habit {
    float known;  /* reached twice */
    float likely; /* highest that was reached once */
    int64_t at;   /* when that was */
} ash_burst_habit;

typedef struct ash_burst_subject {
    uint32_t actor;
    uint8_t service, open; /* open: an alarm is */
    int64_t since;         /* first access counted from this client, by any account */
    int64_t last;          /* last one */
    ash_rate rates[ASH_MEASURES_MAX];
    ash_burst_habit habits[ASH_MEASURES_MAX][ASH_WINDOWS];
    uint32_t shares;       /* of this session, a set by hash */
    ash_routine routine;   /* of sessions with bursts */
    int64_t begun, seen;   /* the present run */
    uint32_t listed, read, opened, denied, missing, changed, fresh, renamed, deleted;
    uint32_t odd;          /* folders of others it came to in this run */
    uint32_t days;         /* on which the account was active before */
    uint32_t aside;        /* accesses from a host nobody knows or at an hour that is not the account's */
    uint64_t breadth[ASH_BREADTH_WORDS];
    ash_alarm alarms[ASH_MEASURES_MAX]; /* at == 0: none */
    uint32_t n_told;
    ash_telling told[ASH_TELLING_MAX];
} ash_burst_subject;

typedef struct ash_burst {
    ash_detect_context ctx;
    unsigned n_measures;
    const uint8_t *kinds, *units; /* ash_finding_kind and ash_measure of each measure */
    unsigned foreign; /* so many folders of others in a run lower its floors; 0: none do */
    /* position of the first parameter: floors measure by measure, window by window */
    unsigned p_own, p_population, p_calm, p_learn;
    ash_peaks population[ASH_MEASURES_MAX][ASH_WINDOWS];
    ash_slots subjects;
    ash_slots clients;     /* int64_t: when first seen; 0: not yet */
    uint32_t n_open;       /* subjects with an open alarm */
    int64_t since;         /* first access of all; 0: none yet */
    /* Judges the finding of an alarm: severity and flags. */
    void (*judge)(const struct ash_burst *b, const ash_burst_subject *s, unsigned measure,
                  ash_finding *f);
} ash_burst;

/* What makes a detector of bursts. */
typedef struct ash_burst_plan {
    unsigned n_measures;
    uint32_t subjects; /* at most */
    const uint8_t *kinds, *units;
    unsigned foreign; /* ash_burst.foreign */
    void (*judge)(const ash_burst *b, const ash_burst_subject *s, unsigned measure, ash_finding *f);
} ash_burst_plan;

/* Parameters begin with n_measures * ASH_WINDOWS floors, then own, population, calm,
 * learn, and what the detector likes. NULL: out of memory. */
ash_burst *ash_burst_new(const ash_detect_context *c, const ash_burst_plan *plan);

/* Counts an access under a measure; grew: what of it counts. */
void ash_burst_count(ash_burst *b, const ash_sight *s, unsigned grew, unsigned measure);

/* Notes where an access was, by its habit; for all of them, counted or not. */
void ash_burst_note(const ash_burst *b, const ash_sight *s);

/* Is all of the run in places the account knows, from a host and at hours that are its own, and
 * without a refusal? Never of accounts of which little is known. */
bool ash_burst_is_own_work(const ash_burst_subject *s);

/* The subject's state, if it is in a run; for what is counted beside the measures. */
ash_burst_subject *ash_burst_running(const ash_burst *b, const ash_sight *s);

/* The rest of a detector, as it stands in its table; state is an ash_burst. */
void ash_burst_tick(void *state, int64_t now);
void ash_burst_break(void *state);
void ash_burst_finish(const void *state);
void ash_burst_save(const void *state, ash_buf *out);
bool ash_burst_load(void *state, ash_cursor *in);
void ash_burst_free(void *state);

#endif
