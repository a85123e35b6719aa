/* Shared by the files that write report.json. */
#ifndef ASH_REPORT_JSON_PARTS_H
#define ASH_REPORT_JSON_PARTS_H

#include "base/json.h"
#include "report/model.h"

/* "key": the time, null for ASH_TIME_NONE. digits: below the second. */
void ash_json_key_time(ash_json *j, const char *key, int64_t t, ash_zone *z, int digits);
/* "key": n, null if it is negative. */
void ash_json_key_count(ash_json *j, const char *key, int64_t n);
/* The members account, client, workstation, server. */
void ash_json_actor(ash_json *j, const ash_model *m, uint32_t id);
/* "track": "T1", null for 0. */
void ash_json_key_track(ash_json *j, int64_t id);
/* "key": ["A1-2", ...]. */
void ash_json_key_ids(ash_json *j, const char *key, const ash_examples *e);

/* Members phases, heatmap, checks, hypotheses, observations. */
void ash_report_write_inquiry(ash_model *m, ash_json *j);
/* Members files, disk: what the scope holds, and where it lies on disk. */
int ash_json_files(ash_json *j, ash_model *m, ash_error *err) ASH_MUST_USE;
int ash_json_disk(ash_json *j, ash_model *m, ash_error *err) ASH_MUST_USE;

#endif
