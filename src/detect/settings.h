/* The parameters of all detectors, and which of them run. Defaults stand in the
 * detectors; a configuration file changes some (ingest/config.h). */
#ifndef ASH_DETECT_SETTINGS_H
#define ASH_DETECT_SETTINGS_H

#include "ashiato/detector.h"
#include "base/view.h"

#define ASH_DETECTORS_MAX 64

typedef struct ash_settings {
    double values[ASH_DETECTORS_MAX][ASH_PARAMS_MAX]; /* by place in ash_detectors */
    bool off[ASH_DETECTORS_MAX];
} ash_settings;

void ash_settings_default(ash_settings *s);

/* Place of a detector in ash_detectors, -1 if there is none of this name. */
int ash_settings_detector(ash_view name);

/* Sets one parameter, or "enabled" (true, false). ASH_E_USAGE, naming it and its
 * range, if there is none of this name or the value is not one of its. */
int ash_settings_set(ash_settings *s, int detector, ash_view param, ash_view value, ash_error *err)
    ASH_MUST_USE;

#endif
