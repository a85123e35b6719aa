/* Heads, signed notes and proofs that somebody hands over. What is taken for a head
 * is written again as it was; without the key nothing holds. */
#include <string.h>

#include "base/buf.h"
#include "fuzz.h"
#include "ledger/proof.h"

static void check_head(ash_view line)
{
    ash_head h;
    ash_buf again;
    if (!ash_head_parse(&h, line))
        return;
    ash_buf_init(&again, 64u << 10);
    ash_head_line(&h, &again);
    MUST(ash_view_eq(ash_buf_view(&again), line));
    ash_buf_free(&again);
}

static void check_note(ash_view text)
{
    char id[ASH_CASE_ID_SIZE];
    ash_head h;
    memset(id, 'x', sizeof id);
    if (ash_head_from_note(&h, id, text))
        MUST(memchr(id, '\0', sizeof id) != NULL && h.counter > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nobodys[ASH_PUBLIC_KEY_SIZE] = {1};
    ash_view text = ash_view_of((const char *)data, size);
    ash_proof_checked c;
    ash_error err;
    check_head(text);
    check_note(text);
    int rc = ash_proof_check(&c, text, NULL, nobodys, &err);
    MUST(rc == ASH_E_FORMAT || rc == ASH_E_CHANGED || rc == ASH_E_LIMIT);
    MUST(err.msg[0] != '\0');
    return 0;
}
