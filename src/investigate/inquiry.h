/* Everything that is asked of the tracks together: phases, hours, checks,
 * explanations. */
#ifndef ASH_INVESTIGATE_INQUIRY_H
#define ASH_INVESTIGATE_INQUIRY_H

#include "investigate/heatmap.h"
#include "investigate/hypotheses.h"

/* What the questions are asked about. */
typedef struct ash_scene {
    ash_tracks tracks;
    ash_coverage coverage;
    ash_findings findings;
    ash_story story;
} ash_scene;

int ash_scene_load(ash_scene *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_scene_free(ash_scene *s);

typedef struct ash_inquiry {
    ash_phases phases;
    ash_heatmap heatmap;
    ash_checks checks;
    ash_hypotheses hypotheses;
    size_t left_out; /* tracks above ASH_STORY_TRACKS_MAX, without phases and explanations */
} ash_inquiry;

/* The selection last made must be that of all tracks, as ash_story_open says. */
int ash_inquiry_make(ash_inquiry *ret, ash_reader *r, const ash_tracks *tracks, const ash_coverage *coverage,
                     const ash_findings *findings, ash_error *err) ASH_MUST_USE;
void ash_inquiry_free(ash_inquiry *q);

#endif
