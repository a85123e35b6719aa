/* From one event to what it shows of a path: SAW_*, and what it shows of its
 * share: RECORDS_*. */
#include "base/time.h"
#include "fold/fold_internal.h"
#include "fold/grade.h"

/* An opendir this soon after a failed lookup belongs to that lookup. */
#define SCAN_AFTER (1 * ASH_NS_PER_S)

static uint32_t saw_of_open(const ash_event *e)
{
    if (e->outcome != ASH_OUTCOME_OK)
        return 0;
    uint32_t saw = e->object == ASH_OBJECT_DIR ? SAW_DIR : 0;
    bool fresh = e->flags & ASH_EVENT_NEW_CONTENT;
    bool reads = e->access_mask & ASH_MASK_READS;
    if (e->flags & ASH_EVENT_POSIX_OPEN)
        return e->access_mask == ASH_MASK_READ_DATA ? SAW_OPEN_POSIX : SAW_OPEN_ATTRIBUTES;
    if (e->windows != NULL && !e->windows->object)
        return saw | (reads ? SAW_CHECKED : SAW_OPEN_ATTRIBUTES);
    if (e->object == ASH_OBJECT_DIR)
        return saw | (fresh ? SAW_NEW : reads ? SAW_LIST_OPEN : SAW_OPEN_ATTRIBUTES);
    return fresh ? SAW_NEW : reads ? SAW_OPEN_READ : SAW_OPEN_ATTRIBUTES;
}

static uint32_t saw_of_outcome(const ash_event *e)
{
    switch (e->outcome) {
    case ASH_OUTCOME_MISSING: return SAW_MISSING;
    case ASH_OUTCOME_DENIED:
        return e->windows != NULL && e->windows->object ? SAW_DENIED | SAW_REFUSED : SAW_DENIED;
    case ASH_OUTCOME_FAILED: return e->op == ASH_OP_OPEN ? SAW_FAILED : 0;
    default: return 0;
    }
}

/* Which rights of a handle were used. */
static uint32_t saw_of_use(const ash_event *e)
{
    uint32_t m = e->access_mask;
    uint32_t saw = m & ASH_MASK_READ_DATA ? SAW_READ : 0;
    saw |= m & (ASH_MASK_WRITE_DATA | ASH_MASK_APPEND_DATA) ? SAW_WRITE : 0;
    saw |= m & (ASH_MASK_WRITE_DAC | ASH_MASK_WRITE_OWNER) ? SAW_SECURITY : 0;
    saw |= m & ASH_MASK_DELETE ? SAW_DELETE_USED : 0;
    return saw != 0 ? saw : SAW_OPEN_ATTRIBUTES;
}

uint32_t ash_saw_of(const ash_event *e)
{
    static const uint32_t plain[ASH_OP_COUNT] = {
        [ASH_OP_LOOKUP] = SAW_LOOKUP,
        [ASH_OP_OPENDIR] = SAW_OPENDIR | SAW_DIR,
        [ASH_OP_READ_BEGIN] = SAW_READ_BEGIN,
        [ASH_OP_READ] = SAW_READ,
        [ASH_OP_WRITE] = SAW_WRITE,
        [ASH_OP_CREATE_DIR] = SAW_NEW | SAW_DIR,
        [ASH_OP_RENAME] = SAW_RENAME,
        [ASH_OP_DELETE] = SAW_DELETE,
        [ASH_OP_LINK] = SAW_LINK,
        [ASH_OP_SET_SECURITY] = SAW_SECURITY,
    };
    uint32_t saw = 0;
    if (e->flags & ASH_EVENT_CUT)
        saw |= SAW_CUT;
    if (e->flags & ASH_EVENT_NAME_LOST)
        saw |= SAW_NAME_LOST;
    if (e->outcome != ASH_OUTCOME_OK)
        return saw | saw_of_outcome(e);
    if (e->op == ASH_OP_OPEN)
        return saw | saw_of_open(e);
    return saw | (e->op == ASH_OP_USE ? saw_of_use(e) : plain[e->op]);
}

uint32_t ash_recorded_by(const ash_event *e)
{
    uint32_t r = 0;
    if (e->windows != NULL)
        r = e->windows->object ? RECORDS_OBJECTS : RECORDS_WINDOWS;
    if (e->op == ASH_OP_USE && (e->access_mask & ASH_MASK_READ_DATA))
        r |= RECORDS_READS;
    else if (e->op == ASH_OP_OPEN && !(e->flags & ASH_EVENT_POSIX_OPEN))
        r |= RECORDS_OPENS;
    else if (e->op == ASH_OP_READ)
        r = RECORDS_READS;
    else if (e->op == ASH_OP_READ_BEGIN)
        r = RECORDS_BEGINS;
    else if (e->op == ASH_OP_WRITE)
        r = RECORDS_WRITES;
    return r;
}

/* A server that is asked for a name it does not have searches the folder for
 * another spelling. So a failed lookup explains the opendir after it, and an
 * opendir that belongs to no listing explains the open that fails after it. */
uint32_t ash_saw_of_search(actor_state *s, const ash_event *e, const ash_open *o,
                              uint32_t records, int64_t t)
{
    if (e->op == ASH_OP_LOOKUP && e->outcome == ASH_OUTCOME_MISSING) {
        s->missing_path = e->path_hash;
        s->missing_dir = o->dir_hash;
        s->missing_at = t;
    }
    if (e->op == ASH_OP_OPEN && e->outcome == ASH_OUTCOME_FAILED &&
        s->scanned_dir == o->dir_hash && t - s->scanned_at <= SCAN_AFTER)
        return SAW_MISSING;
    if (e->op != ASH_OP_OPENDIR || e->outcome != ASH_OUTCOME_OK)
        return 0;
    bool looked_for = t - s->missing_at <= SCAN_AFTER &&
                      (s->missing_path == e->path_hash || s->missing_dir == e->path_hash);
    bool listing = o->saw & SAW_OPENDIR_DUE;
    if (looked_for || (!listing && (records & RECORDS_OPENS))) {
        s->scanned_dir = e->path_hash;
        s->scanned_at = t;
    }
    return looked_for ? SAW_SCAN : 0;
}
