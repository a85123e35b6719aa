/* A case as one file, for another examiner: NAME.tar.zst with
 *
 *   NAME/README.txt    what this is, how to check it, with which version it was made
 *   NAME/ledger.pub    the public key, for comparing with one that came another way
 *   NAME/head.txt      the newest head as a signed note
 *   NAME/case/         the case; with originals/NNNNNN, its inputs, where asked for
 *   NAME/SHA256SUMS    of all of these, for `sha256sum -c`
 *
 * The same case gives the same bytes (with one version of libarchive and zstd): names
 * in order, times those of the newest head, no owner. POSIX pax format (IEEE 1003.1,
 * "pax"), Zstandard (RFC 8878). */
#ifndef ASH_LEDGER_BUNDLE_H
#define ASH_LEDGER_BUNDLE_H

#include <stdatomic.h>

#include "case/case.h"
#include "ledger/proof.h"

typedef struct ash_bundle_options {
    bool inputs; /* with the inputs that are still what they were */
    const atomic_bool *stop;
} ash_bundle_options;

typedef struct ash_bundle_result {
    uint64_t files, bytes;  /* in it */
    uint64_t packed;        /* bytes of the bundle */
    uint64_t inputs, inputs_left; /* in it; not in it because they are gone or changed */
    uint64_t entries;       /* of the ledger in it */
    uint8_t sha256[ASH_SHA256_SIZE]; /* of the bundle */
} ash_bundle_result;

/* Writes a bundle of a case nobody writes to meanwhile. ASH_E_STATE if `file` is there
 * already; it appears whole or not at all. */
int ash_bundle_write(ash_bundle_result *ret, ash_case *c, const char *file, const ash_bundle_options *o,
                     ash_error *err) ASH_MUST_USE;

/* Unpacks a bundle below dir, which exists and is empty. Only plain files with names
 * that lead nowhere else; ASH_E_FORMAT if it holds anything but a case, ASH_E_LIMIT
 * beyond ASH_BUNDLE_GROWTH. case_dir gets the case's folder; *ret_wrong the first name
 * whose SHA-256 is not that of SHA256SUMS, "" if none. */
int ash_bundle_unpack(const char *file, const char *dir, char case_dir[4000], char wrong[512],
                      const atomic_bool *stop, ash_error *err) ASH_MUST_USE;

#endif
