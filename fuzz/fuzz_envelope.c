/* The envelope parser on lines that share a cache: remembering changes nothing. */
#include <string.h>

#include "ashiato/event.h"
#include "base/time.h"
#include "fuzz.h"
#include "source/envelope.h"

static bool within(ash_view part, ash_view line)
{
    return part.n == 0 || (part.p >= line.p && part.p + part.n <= line.p + line.n) ||
           ash_view_is(part, "smbd"); /* for its own log, which does not say it */
}

static void check(const ash_envelope *e, ash_view line)
{
    MUST(e->kind > ASH_ENVELOPE_NONE && e->kind < ASH_ENVELOPE_KINDS);
    MUST(within(e->host, line) && within(e->tag, line) && within(e->message, line));
    MUST(e->tag.n > 0 || e->kind == ASH_ENVELOPE_RFC5424);
    /* A day more, for zones. */
    MUST(e->time >= -86400 * ASH_NS_PER_S && e->time <= ASH_TIME_MAX + 86400 * ASH_NS_PER_S);
    MUST(((e->time_flags & ASH_EVENT_NO_ZONE) != 0) == (e->zone_s == ASH_ZONE_UNKNOWN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ash_envelope_cache shared;
    ash_envelope_cache_init(&shared);
    ash_view rest = ash_view_of(data, size);
    while (rest.n > 0) {
        ptrdiff_t nl = ash_view_find(rest, '\n');
        ash_view line = ash_view_first(rest, nl < 0 ? rest.n : (size_t)nl);
        rest = ash_view_skip(rest, line.n + 1);
        /* Its own allocation, so that reading beyond it is seen. */
        char *copy = malloc(line.n + (line.n == 0));
        MUST(copy != NULL);
        if (line.n > 0)
            memcpy(copy, line.p, line.n);
        line.p = copy;
        ash_envelope_cache fresh;
        ash_envelope_cache_init(&fresh);
        ash_envelope a, b;
        bool taken = ash_envelope_parse(&shared, line, &a);
        MUST(taken == ash_envelope_parse(&fresh, line, &b));
        if (taken) {
            check(&a, line);
            MUST(a.kind == b.kind && a.time == b.time && a.time_flags == b.time_flags &&
                 a.zone_s == b.zone_s && ash_view_eq(a.host, b.host) &&
                 ash_view_eq(a.tag, b.tag) && ash_view_eq(a.message, b.message));
        }
        free(copy);
    }
    return 0;
}
