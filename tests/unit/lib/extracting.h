/* Text out of bytes, collected. */
#ifndef ASH_TESTS_EXTRACTING_H
#define ASH_TESTS_EXTRACTING_H

#include "base/buf.h"
#include "extract/job.h"

typedef struct extracted {
    ash_extract_result r;
    ash_buf text;     /* of all pieces */
    ash_buf log;      /* "MEMBER|PART|UNIT:NUMBER\n" of each piece */
    ash_buf members;  /* "NAME KIND OUTCOME\n" */
    unsigned pieces;
    size_t longest;
    bool bad;         /* a piece that breaks its promises */
} extracted;

void extract_bytes(extracted *e, const void *p, size_t n, const ash_extract_limits *limits);
/* A reader of a part of a file on its own: fn with a job. */
void extract_with(extracted *e, ash_readout (*fn)(ash_job *j, void *user), void *user);
void extracted_free(extracted *e);

#endif
