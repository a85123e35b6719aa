/* The answer on the terminal. */
#ifndef ASH_CLI_SUMMARY_H
#define ASH_CLI_SUMMARY_H

#include "ingest/ingest.h"
#include "report/model.h"

/* ingested may be NULL (an older case shown again). */
void ash_summary_print(const ash_model *m, const ash_ingest_result *ingested);

#endif
