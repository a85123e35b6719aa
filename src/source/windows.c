/* What Windows events mean: from the form of windows_event.h to events, notices
 * and counts. Sources: Microsoft's "Advanced security audit policy settings"
 * for the fields of each event, [MS-DTYP] for rights. Which client an object
 * access came from is not in its record; the fold finds it by the logon id. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"
#include "source/windows_internal.h"

/* Records of several processors are written a little out of order. */
#define CLOCK_BACK (60 * ASH_NS_PER_S)

typedef int handler(ash_win_work *w);

static bool has(const ash_win_work *w, ash_win_data i)
{
    return w->e->data[i].kind != ASH_WIN_NONE;
}

static int skip(ash_win_work *w, ash_reason reason, const char *what)
{
    char detail[64];
    snprintf(detail, sizeof detail, "%u: %s", (unsigned)w->e->id, what);
    ash_batch_note(w->out, reason, w->e->offset, detail);
    return 0;
}

/* --- events ------------------------------------------------------------ */

ash_event *ash_win_add(ash_win_work *w, ash_op op, const ash_win_parts *p, ash_windows **ret_facts)
{
    const ash_win_event *in = w->e;
    ash_windows *f = ash_arena_alloc(w->out->arena, sizeof *f);
    ash_win_identity who = ash_win_identify(w, p);
    ash_event *e = f == NULL || w->nomem ? NULL : ash_batch_event(w->out);
    if (e == NULL) {
        w->nomem = true;
        return NULL;
    }
    *f = (ash_windows){
        .record = in->record,
        .id = (uint16_t)in->id,
        .account_id = who.account_id,
        .account_name = who.account_name,
    };
    e->time = in->time;
    e->flags = in->time_flags;
    e->offset = in->offset;
    e->length = in->length;
    e->op = (uint8_t)op;
    e->origin = who.origin;
    e->native = (uint16_t)in->id;
    e->outcome = in->audit == ASH_WIN_AUDIT_FAILURE ? ASH_OUTCOME_DENIED : ASH_OUTCOME_OK;
    e->windows = f;
    *ret_facts = f;
    return e;
}

static void set_path(const ash_win_work *w, ash_event *e, ash_view path)
{
    /* A folder's name may end in a separator; "D:\" is one whole name. */
    size_t least = path.n > 2 && path.p[1] == ':' ? 3 : 1;
    if (path.n > least && path.p[path.n - 1] == '\\') {
        e->object = ASH_OBJECT_DIR;
        while (path.n > least && path.p[path.n - 1] == '\\')
            path.n--;
    }
    if (path.n == 1 || (path.n == 3 && least == 3))
        e->object = path.p[path.n - 1] == '\\' ? ASH_OBJECT_DIR : e->object;
    e->path = path;
    e->path_hash = ash_hash64(path.p, path.n, w->d->seed);
}

/* --- logons ------------------------------------------------------------ */

static const char *service_of(uint32_t id)
{
    switch (id) {
    case 4648: return "explicit credentials";
    case 4768: return "Kerberos ticket-granting ticket";
    case 4769: return "Kerberos service ticket";
    case 4771: return "Kerberos pre-authentication";
    case 4776: return "NTLM";
    case 5168: return "SMB service principal name check";
    default: return "";
    }
}

static const char *logon_type(uint64_t t)
{
    static const char *const names[] = {[2] = "interactive", [3] = "network", [4] = "batch",
                                        [5] = "service", [7] = "unlock", [8] = "network cleartext",
                                        [9] = "new credentials", [10] = "remote interactive",
                                        [11] = "cached interactive"};
    return t < sizeof names / sizeof names[0] && names[t] != NULL ? names[t] : "";
}

static bool status_says_unknown(uint64_t s)
{
    return s == 0xC0000064 || s == 6; /* STATUS_NO_SUCH_USER, KDC_ERR_C_PRINCIPAL_UNKNOWN */
}

static int ash_win_on_logon(ash_win_work *w)
{
    uint32_t id = w->e->id;
    ash_win_parts p = {ASH_WIN_TARGET_NAME, ASH_WIN_TARGET_SID, ASH_WIN_IP_ADDRESS,
                      id == 4776 ? ASH_WIN_WORKSTATION : ASH_WIN_WORKSTATION_NAME, ASH_WIN_NO_PART};
    if (id == 5168)
        p = (ash_win_parts){ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, ASH_WIN_NO_PART, ASH_WIN_NO_PART, ASH_WIN_NO_PART};
    if (!has(w, p.account))
        return skip(w, ASH_REASON_MISSING_VALUE, ash_win_data_name(p.account));
    ash_windows *f;
    ash_event *e = ash_win_add(w, ASH_OP_LOGON, &p, &f);
    ash_logon *l = ash_arena_alloc(w->out->arena, sizeof *l);
    if (e == NULL || l == NULL)
        return ASH_E_NOMEM;
    uint64_t status = ash_win_work_number(w, ASH_WIN_STATUS), sub = ash_win_work_number(w, ASH_WIN_SUB_STATUS);
    uint64_t type = ash_win_work_number(w, ASH_WIN_LOGON_TYPE);
    *l = (ash_logon){
        .domain = ash_win_work_text(w, ASH_WIN_TARGET_DOMAIN),
        .service = ash_view_z(id == 4624 || id == 4625 ? logon_type(type) : service_of(id)),
        .status = ash_win_work_text(w, sub != 0 ? ASH_WIN_SUB_STATUS : ASH_WIN_STATUS),
        .anonymous = ash_win_is(&w->e->data[ASH_WIN_TARGET_NAME], "ANONYMOUS LOGON"),
        .unknown_account = status_says_unknown(status) || status_says_unknown(sub),
    };
    e->logon = l;
    f->logon_type = type < 256 ? (uint8_t)type : 0;
    /* Where the status says no, it decides: some of these have both keywords. */
    if (id == 4625 || id == 4771 || id == 5168 ||
        ((id == 4768 || id == 4769 || id == 4776) && status != 0))
        e->outcome = ASH_OUTCOME_DENIED;
    if (id == 4624 && e->outcome == ASH_OUTCOME_OK)
        f->logon_id = ash_win_work_number(w, ASH_WIN_TARGET_LOGON_ID);
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int ash_win_on_logoff(ash_win_work *w)
{
    static const ash_win_parts p = {ASH_WIN_TARGET_NAME, ASH_WIN_TARGET_SID, ASH_WIN_NO_PART, ASH_WIN_NO_PART,
                                   ASH_WIN_NO_PART};
    ash_windows *f;
    ash_event *e = ash_win_add(w, ASH_OP_LOGOFF, &p, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    f->logon_id = ash_win_work_number(w, ASH_WIN_TARGET_LOGON_ID);
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int ash_win_on_restart(ash_win_work *w)
{
    static const ash_win_parts nobody = {ASH_WIN_NO_PART, ASH_WIN_NO_PART, ASH_WIN_NO_PART, ASH_WIN_NO_PART, ASH_WIN_NO_PART};
    ash_windows *f;
    return ash_win_add(w, ASH_OP_RESTART, &nobody, &f) == NULL ? ASH_E_NOMEM : 0;
}

/* --- shares ------------------------------------------------------------ */

/* "\??\D:\Shares\Finance" -> "D:\Shares\Finance". */
ash_view ash_win_root(ash_view v)
{
    if (ash_view_starts(v, ASH_VIEW_LIT("\\??\\")))
        v = ash_view_skip(v, 4);
    while (v.n > 3 && v.p[v.n - 1] == '\\')
        v.n--;
    return v;
}

static int ash_win_on_share(ash_win_work *w)
{
    static const ash_win_parts p = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, ASH_WIN_IP_ADDRESS,
                                   ASH_WIN_NO_PART, ASH_WIN_SHARE_NAME};
    if (!has(w, ASH_WIN_SHARE_NAME))
        return skip(w, ASH_REASON_MISSING_VALUE, "ShareName");
    bool detailed = w->e->id == 5145;
    uint32_t mask = 0;
    if (detailed && !ash_win_mask(w->e, w->out->arena, &mask))
        return skip(w, ASH_REASON_MISSING_VALUE, "AccessMask");
    ash_windows *f;
    ash_event *e = ash_win_add(w, detailed ? ASH_OP_OPEN : ASH_OP_CONNECT, &p, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    f->logon_id = ash_win_work_number(w, ASH_WIN_SUBJECT_LOGON_ID);
    f->root = ash_win_root(ash_win_work_text(w, ASH_WIN_SHARE_PATH));
    if (detailed) {
        ash_view name = ash_win_work_text(w, ASH_WIN_RELATIVE_NAME);
        e->access_mask = mask;
        set_path(w, e, name.n == 0 ? ASH_VIEW_LIT("\\") : name);
        if (ash_view_is(ash_origins_at(w->d->origins, e->origin)->share, "IPC$"))
            e->object = ASH_OBJECT_PIPE;
    }
    return w->nomem ? ASH_E_NOMEM : 0;
}

/* --- objects ----------------------------------------------------------- */

static ash_op op_of_object(uint32_t id)
{
    switch (id) {
    case 4656: return ASH_OP_OPEN;
    case 4658: return ASH_OP_CLOSE;
    case 4659:
    case 4660: return ASH_OP_DELETE;
    case 4664: return ASH_OP_LINK;
    case 4670: return ASH_OP_SET_SECURITY;
    default: return ASH_OP_USE;
    }
}

/* Other kinds are registry keys, processes, services, the account database. */
static bool is_file(const ash_win_work *w)
{
    const ash_win_value *type = &w->e->data[ASH_WIN_OBJECT_TYPE];
    return ash_win_is(type, "File") || ash_win_is(type, "Directory") || w->e->id == 4664 ||
           /* These name no type where they name no object. */
           ((w->e->id == 4658 || w->e->id == 4660) &&
            (type->kind == ASH_WIN_NONE || ash_win_is(type, "-")) &&
            (!has(w, ASH_WIN_OBJECT_SERVER) ||
             ash_win_is(&w->e->data[ASH_WIN_OBJECT_SERVER], "Security")));
}

static bool is_local(const ash_win_work *w)
{
    uint64_t pid;
    return ash_win_number(&w->e->data[ASH_WIN_PROCESS_ID], &pid) && pid != 4;
}

/* NetApp's handles are no numbers. */
static uint64_t handle_of(ash_win_work *w)
{
    uint64_t x = 0;
    const ash_win_value *v = &w->e->data[ASH_WIN_HANDLE_ID];
    if (ash_win_number(v, &x))
        return x;
    ash_view t = ash_win_work_text(w, ASH_WIN_HANDLE_ID);
    return t.n == 0 ? 0 : ash_hash64(t.p, t.n, 0);
}

static int ash_win_on_object(ash_win_work *w)
{
    static const ash_win_parts windows = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, ASH_WIN_NO_PART, ASH_WIN_NO_PART,
                                         ASH_WIN_NO_PART};
    static const ash_win_parts netapp = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, ASH_WIN_SUBJECT_IP,
                                        ASH_WIN_SUBJECT_HOST, ASH_WIN_NO_PART};
    uint32_t id = w->e->id, mask = 0;
    if (!is_file(w)) {
        return ash_win_foreign(w);
    }
    bool named = id != 4658 && id != 4660;
    ash_win_data name = id == 4664 ? ASH_WIN_FILE_NAME : ASH_WIN_OBJECT_NAME;
    ash_view path = named ? ash_win_work_text(w, name) : (ash_view){0};
    if (named && path.n == 0)
        return skip(w, ASH_REASON_NO_PATH, ash_win_data_name(name));
    if ((id == 4656 || id == 4663) && !ash_win_mask(w->e, w->out->arena, &mask))
        return skip(w, ASH_REASON_MISSING_VALUE, "AccessMask");
    ash_windows *f;
    ash_event *e = ash_win_add(w, op_of_object(id), has(w, ASH_WIN_SUBJECT_IP) ? &netapp : &windows, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    e->access_mask = mask;
    f->object = true;
    f->local = is_local(w);
    f->logon_id = ash_win_work_number(w, ASH_WIN_SUBJECT_LOGON_ID);
    f->process = ash_win_work_number(w, ASH_WIN_PROCESS_ID);
    f->handle = handle_of(w);
    if (ash_win_is(&w->e->data[ASH_WIN_OBJECT_TYPE], "Directory"))
        e->object = ASH_OBJECT_DIR;
    if (named)
        set_path(w, e, path);
    if (id == 4664)
        e->new_path = ash_win_work_text(w, ASH_WIN_LINK_NAME);
    if (f->logon_id == 0 && !has(w, ASH_WIN_SUBJECT_IP))
        ash_batch_note(w->out, ASH_REASON_NO_CLIENT, e->offset, "");
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int ash_win_on_nothing(ash_win_work *w)
{
    return ash_win_foreign(w);
}

/* --- the table --------------------------------------------------------- */

static const struct {
    uint32_t id;
    const char *name;
    handler *handle;
} ids[] = {
#define ASH_WIN_ID(id, what) {id, #id, ash_win_on_##what},
#include "source/windows_ids.def"
#undef ASH_WIN_ID
};

#define N_IDS (sizeof ids / sizeof ids[0])

static size_t find(uint32_t id)
{
    size_t lo = 0, hi = N_IDS;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (ids[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < N_IDS && ids[lo].id == id ? lo : N_IDS;
}

bool ash_win_wanted(uint32_t id)
{
    return find(id) < N_IDS;
}

const char *ash_win_native_name(unsigned native)
{
    size_t i = find(native);
    return i < N_IDS ? ids[i].name : "?";
}

/* The next record, and an earlier time: the clock was set, whether or not 4616 is
 * recorded. */
static void note_clock(ash_win_work *w, int64_t back)
{
    char detail[48];
    snprintf(detail, sizeof detail, "-%lld s", (long long)(back / ASH_NS_PER_S));
    ash_batch_note(w->out, ASH_REASON_CLOCK_BACK, w->e->offset, detail);
}

int ash_win_event_add(ash_win_decoder *d, const ash_win_event *e, ash_batch *out)
{
    size_t i = find(e->id);
    ash_win_work w = {.d = d, .e = e, .out = out};
    bool security = e->channel.kind == ASH_WIN_NONE || ash_win_is(&e->channel, "Security");
    out->origins = d->origins;
    if (security && e->record != 0 && e->time != ASH_NOTE_NO_TIME) {
        uint32_t log = ash_win_log_of(&w);
        int64_t back;
        if (w.nomem || !ash_batch_number(out, log, e->record, e->time, &back))
            return ASH_E_NOMEM;
        if (back > CLOCK_BACK)
            note_clock(&w, back);
    }
    if (!security || i == N_IDS) {
        ash_batch_note(out, ASH_REASON_FOREIGN, e->offset, "");
        return 0;
    }
    if (e->time == ASH_NOTE_NO_TIME) {
        ash_batch_note(out, ASH_REASON_NO_TIME, e->offset, "");
        return 0;
    }
    return ids[i].handle(&w);
}
