/* One model of a report; the terminal, JSON and HTML are made from it. */
#ifndef ASH_REPORT_MODEL_H
#define ASH_REPORT_MODEL_H

#include "base/buf.h"
#include "ingest/input_row.h"
#include "investigate/coverage.h"
#include "investigate/decisions.h"
#include "investigate/content_view.h"
#include "investigate/disk.h"
#include "investigate/findings.h"
#include "investigate/footprint.h"
#include "investigate/inquiry.h"
#include "investigate/scope.h"
#include "investigate/tracks.h"

typedef enum ash_verdict {
    ASH_VERDICT_SUSPECTED,   /* there is a track */
    ASH_VERDICT_UNUSUAL,     /* findings, but nothing that makes a track */
    ASH_VERDICT_NOTHING,     /* nothing in the records examined */
    ASH_VERDICT_CANNOT_TELL, /* no records */
} ash_verdict;

typedef struct ash_folder_total {
    uint32_t share;
    char *folder; /* owned, bytes as logged */
    size_t n;
    int64_t read, opened, listed, denied, changed;
} ash_folder_total;

typedef struct ash_account_total {
    uint32_t actor;
    int64_t first_cs, last_cs, read, opened, listed, denied, missing, changed, accesses;
    int64_t track; /* 0 = none */
} ash_account_total;

#define ASH_TIMELINE_SERIES 6
#define ASH_TIMELINE_BUCKETS 480u

typedef struct ash_timeline {
    int64_t start, bucket; /* ns */
    size_t n;
    int64_t *values[ASH_TIMELINE_SERIES]; /* as ash_timeline_names */
} ash_timeline;

extern const char *const ash_timeline_names[ASH_TIMELINE_SERIES];

typedef struct ash_model {
    ash_reader *r;
    ash_zone zone;
    ash_verdict verdict;
    ash_counts scope;
    ash_counts all;   /* files only if all_counted; accesses and records always */
    bool all_counted; /* up to ASH_REPORT_COUNT_MAX accesses */
    ash_findings findings;
    ash_tracks tracks;
    ash_counts *track_counts; /* as many as tracks */
    ash_decisions decisions;
    ash_coverage coverage;
    ash_footprint footprint;
    ash_folder_total *folders;
    size_t n_folders;
    ash_account_total *accounts; /* the first of n_actors */
    size_t n_accounts, n_actors;
    ash_timeline timeline; /* all records */
    ash_timeline detail;   /* around the tracks; n = 0 if no finer than timeline */
    ash_inquiry inquiry;   /* empty without a track that is not rejected */
    ash_disk *disk; /* NULL: nobody asked for the files on disk */
    ash_content_summary content;
    ash_input **inputs;
    size_t n_inputs;
    /* sentences, in the reader's language */
    char *headline, *paragraph;
    char **lines, **limits, **method;
    size_t n_lines, n_limits, n_method;
} ash_model;

#define ASH_TOP_FOLDERS 50u
#define ASH_TOP_ACCOUNTS 100u

/* files_root: look for the scope's files below this folder; NULL: do not. */
int ash_model_make(ash_model *ret, ash_reader *r, const char *files_root, ash_error *err) ASH_MUST_USE;
void ash_model_free(ash_model *m);

/* Fills headline, lines, limits and method. Part of ash_model_make. */
int ash_model_write_words(ash_model *m, ash_error *err) ASH_MUST_USE;
/* Fills paragraph. Part of ash_model_make. */
int ash_model_write_paragraph(ash_model *m, ash_error *err) ASH_MUST_USE;

const char *ash_verdict_name(ash_verdict v);

/* How many tracks have this status. */
size_t ash_model_tracks(const ash_model *m, const char *status);
/* An analyst has said that it is no intrusion. */
bool ash_model_is_rejected(const ash_model *m, const ash_finding_row *f);

/* "1,234,567" */
const char *ash_number_text(int64_t n, char buf[32]);

struct ash_json;
/* The member "content"; null where nothing was examined. */
void ash_json_content(struct ash_json *j, const ash_content_summary *c);

#endif
