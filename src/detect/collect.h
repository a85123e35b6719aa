/* Evidence of collecting, summed over days: what slow_collection and insider have in
 * common.
 *
 * Each account (at each host that is not its own) has a score, the sum of the log
 * likelihood ratios "somebody else's errand" against "the account's own work", that
 * never falls below nothing: Page's CUSUM ("Continuous inspection schemes", Biometrika
 * 41, 1954). Where it last left nothing is since when. With ratios that are right, a
 * score of s is passed once in e^s days by chance. */
#ifndef ASH_DETECT_COLLECT_H
#define ASH_DETECT_COLLECT_H

#include "ashiato/detector.h"
#include "base/limits.h"
#include "detect/habits.h"
#include "detect/memo.h"

#define ASH_COLLECT_AREAS 8u
#define ASH_COLLECT_ODD 8u

typedef struct ash_collect_area { /* the topmost folder that was new */
    uint64_t prefix;
    float score;
    uint32_t folders; /* 0: free */
    bool works;       /* the account changes files there */
} ash_collect_area;

typedef struct ash_collect_subject {
    ash_memo_head head; /* used: day of the last access counted */
    uint32_t actor, share;
    float score;
    float gained, lost, hour; /* of today: by folders, by familiar ones, by the hour */
    int64_t first, at, last;  /* ns; first 0: the score is 0, at 0: no alarm */
    uint32_t days;            /* with gains, since first */
    uint32_t listed, read, opened, changed, folders;
    uint8_t severity, n_telling;
    uint8_t worked; /* changes of today that counted against it */
    ash_collect_area areas[ASH_COLLECT_AREAS]; /* where the evidence is from */
    uint64_t odd[ASH_COLLECT_ODD]; /* the last folders it is from */
    uint32_t at_odd;
    ash_telling telling[ASH_TELLING_MAX];
    float told[ASH_TELLING_MAX];
} ash_collect_subject;

/* How a detector weighs. */
typedef struct ash_collect_rules {
    double mix;       /* how much of what a collector does is collecting */
    double day_gain;  /* folders of one day give so much at most */
    double day_loss;  /* and take so much */
    double medium, high; /* scores of an alarm */
    double min_days;  /* days with gains before it is high, */
    double min_files; /* and files read there: a listing gives nothing away */
    uint8_t kind;     /* ash_finding_kind */
    double day_min; /* a day has gains above this */
    double min_areas, alone_days; /* where evidence is from, or days of it from one place alone */
    bool work_clears; /* who changes files somewhere works there */
} ash_collect_rules;

typedef struct ash_collect {
    ash_detect_context ctx;
    ash_collect_rules rules;
    ash_memo subjects;
} ash_collect;

ash_collect *ash_collect_new(const ash_detect_context *c, const ash_collect_rules *rules);

/* Counts what an access adds; extra: evidence beside the folder's (hour, host).
 * Reports when an alarm is due. */
void ash_collect_add(ash_collect *c, const ash_sight *s, const ash_habit *r, double extra);
/* Today's subject of the access, a new day begun if need be; NULL: out of memory. */
ash_collect_subject *ash_collect_at(ash_collect *c, const ash_habit *r);

void ash_collect_finish(const void *state);
void ash_collect_save(const void *state, ash_buf *out);
bool ash_collect_load(void *state, ash_cursor *in);
void ash_collect_free(void *state);

#define ASH_COLLECT_LIMIT                                                                          \
    (sizeof(ash_collect) + (size_t)ASH_HABIT_SUBJECTS_MAX * (sizeof(ash_collect_subject) + 8))

#endif
