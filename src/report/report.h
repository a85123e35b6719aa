/* Writing a report: report.json and report.html in the case's folder. */
#ifndef ASH_REPORT_REPORT_H
#define ASH_REPORT_REPORT_H

#include "base/json.h"
#include "investigate/story.h"
#include "report/model.h"

/* The model as JSON (docs/report.schema.json) into j. */
int ash_report_write_model(ash_model *m, ash_json *j, ash_error *err) ASH_MUST_USE;

/* DIR/report.json and DIR/report.html, each whole or not at all. */
int ash_report_write(ash_model *m, ash_error *err) ASH_MUST_USE;

/* Both once more for a case that has changed, without words. */
int ash_report_again(ash_case *c, ash_error *err) ASH_MUST_USE;

/* "A12-3456": names an access in all output. */
const char *ash_access_name(uint32_t segment, int64_t row, char buf[40]);
/* 0 or ASH_E_USAGE. */
int ash_access_name_parse(const char *text, uint32_t *ret_segment, int64_t *ret_row,
                          ash_error *err) ASH_MUST_USE;

/* "A1-2 A1-7 A2-1": examples, for `ashiato show`. */
#define ASH_EXAMPLES_TEXT (ASH_EXAMPLES_MAX * 40)
const char *ash_examples_text(const ash_examples *e, char buf[ASH_EXAMPLES_TEXT]);

/* "written deleted" for change bits. */
const char *ash_changes_text(unsigned changes, char buf[64]);
/* "path-cut name-lost new half-read": what is to be known of an access. */
const char *ash_remarks_text(unsigned flags, char buf[64]);

#endif
