#include "investigate/inquiry.h"

#include "investigate/scope.h"

int ash_scene_load(ash_scene *ret, ash_reader *r, ash_error *err)
{
    ash_filter any = ash_filter_none();
    *ret = (ash_scene){0};
    int rc = ash_tracks_load(&ret->tracks, r, err);
    if (rc == 0)
        rc = ash_coverage_load(&ret->coverage, r, err);
    if (rc == 0)
        rc = ash_findings_load(&ret->findings, r, &any, err);
    if (rc == 0)
        rc = ash_story_begin(&ret->story, r, &ret->tracks, err);
    if (rc < 0)
        ash_scene_free(ret);
    return rc;
}

void ash_scene_free(ash_scene *s)
{
    ash_tracks_free(&s->tracks);
    ash_coverage_free(&s->coverage);
    ash_findings_free(&s->findings);
    *s = (ash_scene){0};
}

int ash_inquiry_make(ash_inquiry *ret, ash_reader *r, const ash_tracks *tracks, const ash_coverage *coverage,
                     const ash_findings *findings, ash_error *err)
{
    ash_story story = {0};
    ash_inquiry q = {0};
    const ash_known known = {
        .phases = &q.phases, .checks = &q.checks, .coverage = coverage, .findings = findings};
    int rc = ash_story_open(&story, r, tracks, err);
    if (rc == 0)
        rc = ash_story_add_rest(r, err);
    if (rc == 0)
        rc = ash_story_add_folders(r, err);
    if (rc == 0)
        rc = ash_phases_load(&q.phases, &story, err);
    if (rc == 0)
        rc = ash_heatmap_load(&q.heatmap, r, err);
    if (rc == 0)
        rc = ash_checks_load(&q.checks, &story, coverage, findings, err);
    if (rc == 0)
        rc = ash_hypotheses_load(&q.hypotheses, &story, &known, err);
    q.left_out = story.left_out;
    if (rc < 0) {
        ash_inquiry_free(&q);
        return rc;
    }
    *ret = q;
    return 0;
}

void ash_inquiry_free(ash_inquiry *q)
{
    ash_phases_free(&q->phases);
    ash_heatmap_free(&q->heatmap);
    ash_checks_free(&q->checks);
    ash_hypotheses_free(&q->hypotheses);
    *q = (ash_inquiry){0};
}
