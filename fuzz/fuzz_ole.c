/* Streams of old Office documents: the first byte says of which. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/nfkc.h"
#include "extract/ole.h"
#include "fuzz.h"

static bool on_piece(void *user, const ash_piece *p)
{
    (void)user;
    MUST(p->text.n > 0 && p->text.n <= ASH_PIECE_MAX && ash_utf8_valid(p->text));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ash_extract_ops ops = {.piece = on_piece};
    ash_extract_result r = {.outcome = ASH_READOUT_OK};
    ash_job *j = calloc(1, sizeof *j);
    MUST(ash_extract_prepare(NULL) == 0);
    MUST(j != NULL && (j->norm = malloc(ASH_NFKC_ROOM(ASH_RAW_MAX))) != NULL);
    j->ops = &ops;
    j->r = &r;
    j->limits = (ash_extract_limits){.text_bytes = 1u << 20, .inner_bytes = 1u << 20, .members = 10, .depth = 2};
    ash_buf_init(&j->member, ASH_EXTRACT_PATH_MAX);
    ash_buf_init(&j->part, ASH_EXTRACT_PATH_MAX);
    ash_view v = ash_view_of(data, size), body = ash_view_skip(v, 1);
    /* A document of Word has its pieces in another stream: the first quarter. */
    size_t cut = body.n / 4;
    switch (size == 0 ? 0 : data[0] % 3) {
    case 0: ash_read_xls(j, body); break;
    case 1: ash_read_ppt(j, body); break;
    default: ash_read_doc(j, ash_view_skip(body, cut), ash_view_first(body, cut), ash_view_first(body, cut)); break;
    }
    ash_emit_flush(j);
    ash_buf_free(&j->member);
    ash_buf_free(&j->part);
    free(j->norm);
    free(j);
    return 0;
}
