/* Bursts: what mass_scan and mass_change have in common. A subject's accesses
 * are counted by measure in decayed windows; while a threshold is passed a
 * burst is open, and it is reported when the subject has calmed down. */
#ifndef ASH_DETECT_BURST_H
#define ASH_DETECT_BURST_H

#include "ashiato/detector.h"
#include "detect/rates.h"
#include "detect/slots.h"

#define ASH_MEASURES_MAX 3
#define ASH_BREADTH_WORDS 8u /* 512 bits of linear counting (Whang et al. 1990) */

/* A threshold that was passed. */
typedef struct ash_alarm {
    int64_t at;
    float value, threshold, ratio; /* ratio: highest of the burst */
    uint32_t window_s, share;
    uint32_t habit; /* 1: above the floor only because of the actor's own past */
} ash_alarm;

typedef struct ash_burst_subject {
    uint32_t actor;
    uint32_t service;
    int64_t last; /* last access counted, ns */
    ash_rate rates[ASH_MEASURES_MAX];
    float habit[ASH_MEASURES_MAX][ASH_WINDOWS]; /* faded highest peak of past sessions */
    int64_t begun, seen; /* the present run */
    uint32_t listed, read, opened, denied, missing, changed, fresh, renamed, deleted;
    uint64_t breadth[ASH_BREADTH_WORDS];
    ash_alarm alarms[ASH_MEASURES_MAX]; /* at == 0: none */
} ash_burst_subject;

typedef struct ash_burst {
    ash_detect_context ctx;
    unsigned n_measures;
    /* position of the first parameter: floors measure by measure, window by window */
    unsigned p_floor, p_own, p_population, p_calm;
    ash_peaks population[ASH_MEASURES_MAX][ASH_WINDOWS];
    ash_slots subjects;
    /* Makes the finding of an alarm; false: not worth reporting. */
    bool (*finding)(const struct ash_burst *b, const ash_burst_subject *s, unsigned measure,
                    ash_finding *ret);
} ash_burst;

/* What a detector of bursts begins with: n_measures * ASH_WINDOWS floors, then own,
 * population, calm and what it likes, in this order among its parameters. NULL:
 * out of memory. */
ash_burst *ash_burst_new(const ash_detect_context *c, unsigned n_measures,
                         bool (*finding)(const ash_burst *b, const ash_burst_subject *s,
                                         unsigned measure, ash_finding *ret));

/* Counts an access under a measure. */
void ash_burst_count(ash_burst *b, const ash_access *a, unsigned grew, unsigned measure);

/* The rest of a detector, as it stands in its table; state is an ash_burst. */
void ash_burst_tick(void *state, int64_t now);
void ash_burst_finish(void *state);
void ash_burst_save(const void *state, ash_buf *out);
bool ash_burst_load(void *state, ash_cursor *in);
void ash_burst_free(void *state);

#endif
