/* What the ledger holds of a file: length, SHA-256, and the SHA-256 of each 64
 * KiB of it, so that damage can be placed. */
#ifndef ASH_LEDGER_DIGEST_H
#define ASH_LEDGER_DIGEST_H

#include "base/buf.h"
#include "ledger/tree.h"

typedef struct ash_digest {
    uint64_t bytes;
    uint8_t sha256[ASH_SHA256_SIZE];
    ash_node *blocks; /* owned; NULL if not asked for */
    size_t n_blocks;
} ash_digest;

/* Reads the first `limit` bytes of a file (UINT64_MAX: all). Symbolic links are
 * not followed. ASH_E_NOTFOUND if it is not there. */
int ash_digest_file(ash_digest *ret, const char *path, uint64_t limit, bool blocks, ash_error *err)
    ASH_MUST_USE;
void ash_digest_free(ash_digest *d);

/* {"name":...,"bytes":...,"sha256":"...","blocks":["..."]} */
void ash_digest_put(ash_buf *out, const char *name, const ash_digest *d);

#endif
