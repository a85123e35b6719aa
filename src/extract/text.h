/* A text of any encoding, decoded for somebody. */
#ifndef ASH_EXTRACT_TEXT_H
#define ASH_EXTRACT_TEXT_H

#include "extract/charset.h"
#include "extract/job.h"

/* UTF-8 through fn, block by block; what is not becomes U+FFFD later. */
ash_readout ash_text_decode(ash_job *j, const ash_bytes *b, const ash_told *told, ash_utf8_fn fn,
                            void *user);

/* Gives out bytes whose encoding is not known. */
void ash_emit_guessed(ash_job *j, ash_view v);

#endif
