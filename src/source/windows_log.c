/* What was done to the log and to the server itself: notices of lost records, and
 * the events of those who cleared, switched off or changed something. */
#include <stdio.h>
#include <strings.h>

#include "base/text.h"
#include "base/time.h"
#include "source/windows_internal.h"

/* "fs01: File System, by admin". */
static int loss(ash_win_work *w, ash_reason reason, const char *what)
{
    char server[40], who[32], detail[96];
    ash_view name = ash_win_work_text(w, ASH_WIN_SUBJECT_NAME);
    ash_text_escape(server, sizeof server, ash_win_text(&w->e->computer, w->out->arena, &w->nomem));
    ash_text_escape(who, sizeof who, name);
    snprintf(detail, sizeof detail, "%s%s%s%s%s", server, what[0] != '\0' ? ": " : "", what,
             name.n > 0 ? ", by " : "", who);
    ash_batch_loss(w->out, reason, w->e->offset, 0, w->e->time, w->e->time_flags, detail);
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int admin_event(ash_win_work *w)
{
    static const ash_win_parts p = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, ASH_WIN_NO_PART, ASH_WIN_NO_PART,
                                   ASH_WIN_SHARE_NAME};
    ash_windows *f;
    ash_event *e = ash_win_add(w, ASH_OP_ADMIN, &p, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    f->logon_id = ash_win_work_number(w, ASH_WIN_SUBJECT_LOGON_ID);
    f->root = ash_win_root(ash_win_work_text(w, ASH_WIN_SHARE_PATH));
    return w->nomem ? ASH_E_NOMEM : 0;
}

int ash_win_on_admin(ash_win_work *w)
{
    int rc;
    switch (w->e->id) {
    case 1100: return loss(w, ASH_REASON_LOG_STOPPED, "");
    case 1102:
        rc = loss(w, ASH_REASON_LOG_CLEARED, "");
        return rc == 0 ? admin_event(w) : rc;
    case 1104: return loss(w, ASH_REASON_LOG_FULL, "");
    default: return loss(w, ASH_REASON_AUDIT_DROPPED, "");
    }
}

int ash_win_on_change_of_share(ash_win_work *w)
{
    return admin_event(w);
}

/* 4719: the subcategories without which accesses or their clients are not recorded. */
static const char *audited(ash_view guid)
{
    static const struct {
        const char *guid, *name;
    } kinds[] = {
        {"{0cce921d-69ae-11d9-bed3-505054503030}", "File System"},
        {"{0cce9223-69ae-11d9-bed3-505054503030}", "Handle Manipulation"},
        {"{0cce9224-69ae-11d9-bed3-505054503030}", "File Share"},
        {"{0cce9244-69ae-11d9-bed3-505054503030}", "Detailed File Share"},
        {"{0cce9215-69ae-11d9-bed3-505054503030}", "Logon"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (guid.n == strlen(kinds[i].guid) && strncasecmp(guid.p, kinds[i].guid, guid.n) == 0)
            return kinds[i].name;
    return NULL;
}

int ash_win_on_policy(ash_win_work *w)
{
    ash_view changes = ash_win_work_text(w, ASH_WIN_POLICY_CHANGES);
    if (w->nomem)
        return ASH_E_NOMEM;
    const char *kind = audited(ash_win_work_text(w, ASH_WIN_SUBCATEGORY_GUID));
    if (kind == NULL)
        return ash_win_foreign(w);
    bool removed = ash_view_find_str(changes, ASH_VIEW_LIT("%%8448")) >= 0; /* success removed */
    bool added = ash_view_find_str(changes, ASH_VIEW_LIT("%%8449")) >= 0;
    if (added)
        return loss(w, ASH_REASON_AUDIT_ON, kind);
    if (!removed)
        return ash_win_foreign(w); /* failures only: what succeeds is recorded as before */
    int rc = loss(w, ASH_REASON_AUDIT_OFF, kind);
    return rc == 0 ? admin_event(w) : rc;
}

/* 4616: PreviousTime and NewTime are FILETIMEs in .evtx, ISO 8601 elsewhere. */
static bool time_of(const ash_win_value *v, ash_arena *arena, int64_t *ret)
{
    bool nomem = false;
    if (v->kind == ASH_WIN_TIME) {
        *ret = ash_time_of_filetime(v->number);
        return *ret != ASH_TIME_NONE;
    }
    ash_view t = ash_win_text(v, arena, &nomem);
    int32_t zone;
    return ash_time_parse_iso(t, ret, &zone) > 0;
}

int ash_win_on_clock(ash_win_work *w)
{
    int64_t before, after;
    if (!time_of(&w->e->data[ASH_WIN_PREVIOUS_TIME], w->out->arena, &before) ||
        !time_of(&w->e->data[ASH_WIN_NEW_TIME], w->out->arena, &after))
        return ash_win_foreign(w);
    int64_t by = (after - before) / ASH_NS_PER_S;
    if (by > -60 && by < 60)
        return ash_win_foreign(w); /* the time service keeps it right */
    char detail[48];
    snprintf(detail, sizeof detail, "%+lld s", (long long)by);
    ash_batch_note(w->out, ASH_REASON_CLOCK_SET, w->e->offset, detail);
    return 0;
}

/* 5136: "volume" is the class of shared folders published in the directory. */
int ash_win_on_directory(ash_win_work *w)
{
    if (!ash_win_is(&w->e->data[ASH_WIN_OBJECT_CLASS], "volume")) {
        return ash_win_foreign(w);
    }
    return admin_event(w);
}
