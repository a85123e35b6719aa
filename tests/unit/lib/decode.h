/* A decoder, fed with text. */
#ifndef ASH_TESTS_DECODE_H
#define ASH_TESTS_DECODE_H

#include "ashiato/source.h"
#include "base/arena.h"
#include "source/origins.h"
#include "unit.h"

#define TEST_SEED UINT64_C(42)

typedef struct decoder {
    ash_profile profile;
    void *state;
    ash_batch batch;
    ash_arena arena;
} decoder;

/* Probes `sample` as `source` (which must take it) and opens a decoder. */
void decoder_open(decoder *d, const char *source, ash_view sample, const char *samba_prefix);
void decoder_close(decoder *d);

/* Feeds into the emptied batch; returns the bytes consumed. */
size_t decoder_feed(decoder *d, ash_view bytes, uint64_t offset, bool eof);

/* Opens a decoder of source "samba" on this text and feeds all of it. */
void decode(decoder *d, const char *text);
void decode_bytes(decoder *d, ash_view text, const char *samba_prefix);

/* Wraps full_audit messages (one a line) as rsyslog does, a second apart. */
void decode_audit(decoder *d, const char *messages);

const ash_origin *origin_of(const decoder *d, size_t event);

#endif
