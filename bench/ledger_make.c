/* ledger_make DIR N: a case folder that has nothing but a ledger of N entries, for
 * measuring proofs. Its key is the one that $ASHIATO_KEY names. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "ledger/book.h"

#define SEAL_EVERY 100000u
#define CASE_ID "00112233445566778899aabbccddeeff"

static void must(int rc, const ash_error *err)
{
    if (rc == 0)
        return;
    fprintf(stderr, "ledger_make: %s\n", err->msg);
    exit(1);
}

int main(int argc, char **argv)
{
    char path[4096], hex[2 * ASH_PUBLIC_KEY_SIZE + 1], time[ASH_LEDGER_TIME];
    ash_error err;
    ash_book b;
    ash_buf line;
    ash_key k;
    uint64_t n = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    if (n < 3) {
        fprintf(stderr, "usage: ledger_make DIR N\n");
        return 2;
    }
    must(ash_key_path(NULL, path, sizeof path, &err), &err);
    if (ash_key_load(&k, path, NULL, &err) != 0)
        must(ash_key_make(&k, path, &err), &err);
    must(ash_io_mkdirs(argv[1], &err), &err);
    must(ash_book_open(&b, argv[1], true, &err), &err);
    ash_buf_init(&line, 4096);
    for (uint64_t i = 0; i < n; i++) {
        ash_buf_clear(&line);
        ash_buf_addf(&line, "{\"n\":%" PRIu64 ",\"type\":\"%s\",\"time\":\"%s\"", i,
                     i == 0 ? "case" : i == 1 ? "key" : "hold", ash_ledger_now(time));
        if (i == 0)
            ash_buf_addf(&line, ",\"case\":\"" CASE_ID "\",\"version\":\"" ASH_VERSION "\",\"format\":2}");
        else if (i == 1)
            ash_buf_addf(&line, ",\"public\":\"%s\"}", ash_hex(hex, k.public_key, sizeof k.public_key));
        else
            ash_buf_addf(&line, ",\"held\":true,\"reason\":\"entry %" PRIu64 " of a ledger that is measured\"}", i);
        ash_book_add(&b, ash_buf_view(&line));
        if (i % SEAL_EVERY == SEAL_EVERY - 1 || i + 1 == n)
            must(ash_book_seal(&b, CASE_ID, &k, &err), &err);
    }
    ash_buf_free(&line);
    ash_book_close(&b);
    ash_key_wipe(&k);
    return 0;
}
