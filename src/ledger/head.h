/* A signed head: size and root of the ledger at one moment.
 *
 * What is signed is the body of a C2SP tlog-checkpoint; with its signature it is
 * a C2SP signed note, so that other programs for such logs can check it:
 *
 *   ashiato/CASE
 *   SIZE
 *   ROOT, base64
 *   head COUNTER
 *   bytes BYTES            of entries.jsonl
 *   time 2026-11-23T10:36:23.662552Z
 *
 *   — ashiato/CASE BASE64(first 4 bytes of SHA-256("ashiato/CASE" LF 0x01 KEY), signature)
 *
 * In heads.jsonl it is a line of JSON with the same values. docs/LEDGER.md. */
#ifndef ASH_LEDGER_HEAD_H
#define ASH_LEDGER_HEAD_H

#include "base/buf.h"
#include "ledger/key.h"
#include "ledger/tree.h"

#define ASH_CASE_ID_SIZE 33 /* 32 hexadecimal digits and NUL */
#define ASH_LEDGER_TIME 32
#define ASH_HEAD_LINE_MAX 1024u

typedef struct ash_head {
    uint64_t counter; /* 1, 2, 3 ... */
    uint64_t size;    /* entries */
    uint64_t bytes;   /* of entries.jsonl that they take */
    ash_node root;
    char time[ASH_LEDGER_TIME];
    uint8_t key[ASH_PUBLIC_KEY_SIZE];
    uint8_t signature[ASH_SIGNATURE_SIZE];
} ash_head;

/* The time now, as heads and entries state it. */
const char *ash_ledger_now(char buf[ASH_LEDGER_TIME]);

void ash_head_sign(ash_head *h, const char *case_id, const ash_key *k);
bool ash_head_check(const ash_head *h, const char *case_id);

/* The line of heads.jsonl, without its LF. */
void ash_head_line(const ash_head *h, ash_buf *out);
/* Reads a line; it must be what ash_head_line writes, byte by byte. */
bool ash_head_parse(ash_head *ret, ash_view line);

/* The signed note, and its key as verifiers of notes want it ("vkey"). */
void ash_head_note(const ash_head *h, const char *case_id, ash_buf *out);
void ash_head_vkey(const ash_head *h, const char *case_id, ash_buf *out);
/* Reads a note back; ret_case gets the case's id. Signatures by others below its
 * own are passed over. The key is not in a note: h->key is left alone. */
bool ash_head_from_note(ash_head *ret, char ret_case[ASH_CASE_ID_SIZE], ash_view note);

#endif
