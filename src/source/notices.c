/* Notices that log messages were lost, as the logging services write them. */
#include "ashiato/source.h"
#include "base/text.h"
#include "source/samba.h"

/* The number that ends right before `word`, or 0. */
static uint64_t number_before(ash_view m, ptrdiff_t word)
{
    uint64_t x = 0, unit = 1;
    ptrdiff_t i = word - 1;
    while (i >= 0 && m.p[i] == ' ')
        i--;
    for (; i >= 0 && m.p[i] >= '0' && m.p[i] <= '9' && unit < UINT64_C(1000000000000000); i--, unit *= 10)
        x += (uint64_t)(m.p[i] - '0') * unit;
    return x;
}

static void note(const ash_record *r, ash_reason reason, uint64_t count, ash_batch *out)
{
    char detail[96];
    ash_text_escape(detail, sizeof detail, r->envelope->message);
    ash_batch_loss(out, reason, r->offset, count, r->envelope->time, r->envelope->time_flags,
                   detail);
}

bool ash_loss_notice(const ash_record *r, ash_batch *out)
{
    ash_view m = r->envelope->message;
    ptrdiff_t at;
    /* rsyslog imuxsock and imjournal (runtime/ratelimit.c). */
    if (ash_view_find_str(m, ASH_VIEW_LIT("begin to drop messages due to rate-limiting")) >= 0) {
        note(r, ASH_REASON_RATE_LIMIT, 0, out);
        return true;
    }
    if ((at = ash_view_find_str(m, ASH_VIEW_LIT("messages lost due to rate-limiting"))) >= 0) {
        note(r, ASH_REASON_RATE_LIMIT, number_before(m, at), out);
        return true;
    }
    /* systemd-journald (journald-server.c, journald-rate-limit.c). */
    if (ash_view_starts(m, ASH_VIEW_LIT("Suppressed ")) &&
        (at = ash_view_find_str(m, ASH_VIEW_LIT("messages from"))) >= 0) {
        note(r, ASH_REASON_RATE_LIMIT, number_before(m, at), out);
        return true;
    }
    /* rsyslog queues: "N messages discarded", imudp/omfwd overflows. */
    if ((at = ash_view_find_str(m, ASH_VIEW_LIT("messages discarded"))) >= 0 ||
        (at = ash_view_find_str(m, ASH_VIEW_LIT("messages lost"))) >= 0) {
        note(r, ASH_REASON_BACKLOG, number_before(m, at), out);
        return true;
    }
    return false;
}
