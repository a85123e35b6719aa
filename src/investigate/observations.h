/* What is observed of a track that tells its explanations apart. Each observation
 * has one of a few values (observations.def), or none where too little is known:
 * that is not held against any explanation. */
#ifndef ASH_INVESTIGATE_OBSERVATIONS_H
#define ASH_INVESTIGATE_OBSERVATIONS_H

#include "investigate/checks.h"
#include "investigate/phases.h"

typedef enum ash_observation_kind {
#define OBSERVATION(id, name, title, source, options) ASH_OBSERVATION_##id,
#include "investigate/observations.def"
    ASH_OBSERVATIONS,
} ash_observation_kind;

typedef enum ash_observed {
    ASH_OBSERVED_NOTHING,
#define VALUE(id, kind, name, signs, words) ASH_OBSERVED_##id,
#include "investigate/observations.def"
    ASH_OBSERVED_COUNT,
} ash_observed;

typedef struct ash_observation {
    ash_observed value;
    char *text; /* owned; the figures it rests on, for people; NULL: nothing observed */
    ash_examples examples;
} ash_observation;

/* Of one track. */
typedef struct ash_observations {
    int64_t track;
    ash_observation at[ASH_OBSERVATIONS];
} ash_observations;

/* What the observations are taken from, beside the accesses. */
typedef struct ash_known {
    const ash_phases *phases;
    const ash_checks *checks;
    const ash_coverage *coverage;
    const ash_findings *findings;
} ash_known;

/* Needs rest and rest_dir (story.h). */
int ash_observations_load(ash_observations *ret, const ash_story *s, size_t track, const ash_known *k,
                          ash_error *err) ASH_MUST_USE;
void ash_observations_free(ash_observations *o);

/* Stable names: "client", "usual"; "" for ASH_OBSERVED_NOTHING. */
const char *ash_observation_name(ash_observation_kind k);
const char *ash_observation_title(ash_observation_kind k); /* for people */
const char *ash_observed_name(ash_observed v);
const char *ash_observed_words(ash_observed v); /* for people: "unusual hours" */
ash_observation_kind ash_observed_kind(ash_observed v);

/* The command that lists what it was taken from, less "ashiato": "scope --track
 * T1 --grade denied". No text from a log is in it. */
#define ASH_OBSERVATION_COMMAND 200
const char *ash_observation_command(ash_observation_kind k, int64_t track, char buf[ASH_OBSERVATION_COMMAND]);

#endif
