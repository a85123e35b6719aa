/* What Windows events mean: from the form of windows_event.h to events, notices
 * and counts. Sources: Microsoft's "Advanced security audit policy settings"
 * for the fields of each event, [MS-DTYP] for rights. Which client an object
 * access came from is not in its record; the fold finds it by the logon id. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "source/windows_value.h"

/* Who and where. */
typedef struct identity {
    uint32_t origin;
    uint64_t account_id, account_name; /* ash_windows */
} identity;

/* The same in the log's own bytes (their hash), and what it was found to mean. */
typedef struct origin_slot {
    ash_hash128 key; /* 0: free */
    identity who;
} origin_slot;

#define ORIGIN_SLOTS 4096u
#define ORIGIN_BYTES 2048u

struct ash_win_decoder {
    ash_origins *origins;
    origin_slot *slots;
    uint64_t seed;
    uint8_t salt[8]; /* of the keys: whoever writes names must not choose them */
    char server[256];
    /* the log the last record was of */
    uint32_t log;
    ash_win_kind log_kind;
    uint16_t log_n;
    char log_name[ORIGIN_BYTES];
};

/* One event on its way. */
typedef struct work {
    ash_win_decoder *d;
    const ash_win_event *e;
    ash_batch *out;
    bool nomem;
} work;

typedef int handler(work *w);

static ash_view text(work *w, ash_win_data i)
{
    return ash_win_text(&w->e->data[i], w->out->arena, &w->nomem);
}

static uint64_t number(const work *w, ash_win_data i)
{
    uint64_t x = 0;
    return ash_win_number(&w->e->data[i], &x) ? x : 0;
}

static bool has(const work *w, ash_win_data i)
{
    return w->e->data[i].kind != ASH_WIN_NONE;
}

static int skip(work *w, ash_reason reason, const char *what)
{
    char detail[64];
    snprintf(detail, sizeof detail, "%u: %s", (unsigned)w->e->id, what);
    ash_batch_note(w->out, reason, w->e->offset, detail);
    return 0;
}

/* --- who and where ----------------------------------------------------- */

/* Which values name the origin of an event. */
typedef struct origin_parts {
    ash_win_data account, sid, client, workstation, share;
} origin_parts;

#define NO_PART ASH_WIN_DATA_COUNT

static const ash_win_value *part(const work *w, ash_win_data i)
{
    static const ash_win_value none = {0};
    return i == NO_PART ? &none : &w->e->data[i];
}

static size_t add_raw(char *out, size_t n, const ash_win_value *v)
{
    size_t room = ORIGIN_BYTES - n;
    if (n >= ORIGIN_BYTES || v->bytes.n + 4 > room)
        return ORIGIN_BYTES; /* too long to be remembered */
    out[n++] = (char)v->kind;
    out[n++] = (char)v->bytes.n;
    out[n++] = (char)(v->bytes.n >> 8);
    if (v->bytes.n > 0)
        memcpy(out + n, v->bytes.p, v->bytes.n);
    return n + v->bytes.n;
}

/* "::ffff:10.0.0.5" is how a dual-stack server writes an IPv4 client. */
static ash_view address(ash_view v)
{
    if (ash_view_starts(v, ASH_VIEW_LIT("::ffff:")) && ash_view_find(v, '.') > 0)
        return ash_view_skip(v, 7);
    return ash_view_is(v, "LOCAL") ? (ash_view){0} : v;
}

/* "\\*\Finance", "\\FS01\Finance" -> "Finance". */
static ash_view share_of(ash_view v)
{
    const char *slash = v.n > 2 && ash_view_starts(v, ASH_VIEW_LIT("\\\\")) ? memrchr(v.p, '\\', v.n) : NULL;
    return slash == NULL ? v : ash_view_skip(v, (size_t)(slash - v.p) + 1);
}

/* "\\WS7" -> "WS7" (4776). */
static ash_view host(ash_view v)
{
    while (v.n > 0 && v.p[0] == '\\')
        v = ash_view_skip(v, 1);
    return v;
}

static uint64_t hash_lower(const work *w, ash_view v)
{
    char lower[ASH_NAME_MAX];
    size_t n = v.n < sizeof lower ? v.n : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)tolower((unsigned char)v.p[i]);
    return ash_hash64(lower, n, w->d->seed);
}

static identity intern(work *w, const origin_parts *p)
{
    ash_win_decoder *d = w->d;
    ash_arena *arena = w->out->arena;
    ash_view server = ash_win_text(&w->e->computer, arena, &w->nomem);
    ash_view sid = ash_win_text(part(w, p->sid), arena, &w->nomem);
    ash_origin o = {
        .server = server.n > 0 ? server : ash_view_z(d->server),
        .account = ash_win_text(part(w, p->account), arena, &w->nomem),
        .client = address(ash_win_text(part(w, p->client), arena, &w->nomem)),
        .workstation = host(ash_win_text(part(w, p->workstation), arena, &w->nomem)),
        .share = share_of(ash_win_text(part(w, p->share), arena, &w->nomem)),
    };
    if (o.client.n == 0)
        o.client = o.workstation; /* all there is of it */
    bool overflow = false;
    identity who = {
        .origin = ash_origins_intern(d->origins, &o, &overflow),
        .account_name = hash_lower(w, o.account),
        /* S-1-0-0 is nobody: written where the account was not found. */
        .account_id = sid.n == 0 || ash_view_is(sid, "S-1-0-0") ? 0 : hash_lower(w, sid),
    };
    if (overflow)
        ash_batch_note(w->out, ASH_REASON_TOO_MANY_ACTORS, w->e->offset, "");
    w->nomem |= who.origin == ASH_ORIGIN_NONE;
    return who;
}

static identity identify(work *w, const origin_parts *p)
{
    char raw[ORIGIN_BYTES + 8];
    size_t n = sizeof w->d->salt;
    memcpy(raw, w->d->salt, n);
    n = add_raw(raw, n, &w->e->computer);
    n = add_raw(raw, n, part(w, p->account));
    n = add_raw(raw, n, part(w, p->sid));
    n = add_raw(raw, n, part(w, p->client));
    n = add_raw(raw, n, part(w, p->workstation));
    n = add_raw(raw, n, part(w, p->share));
    if (n >= ORIGIN_BYTES)
        return intern(w, p);
    ash_hash128 key = ash_hash128_of(raw, n);
    origin_slot *slot = &w->d->slots[key.lo % ORIGIN_SLOTS];
    if (slot->key.lo != key.lo || slot->key.hi != key.hi || slot->who.origin == ASH_ORIGIN_NONE)
        *slot = (origin_slot){key, intern(w, p)};
    return slot->who;
}

/* --- events ------------------------------------------------------------ */

static ash_event *add(work *w, ash_op op, const origin_parts *p, ash_windows **ret_facts)
{
    const ash_win_event *in = w->e;
    ash_windows *f = ash_arena_alloc(w->out->arena, sizeof *f);
    identity who = identify(w, p);
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

static void set_path(const work *w, ash_event *e, ash_view path)
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

static int on_logon(work *w)
{
    uint32_t id = w->e->id;
    origin_parts p = {ASH_WIN_TARGET_NAME, ASH_WIN_TARGET_SID, ASH_WIN_IP_ADDRESS,
                      id == 4776 ? ASH_WIN_WORKSTATION : ASH_WIN_WORKSTATION_NAME, NO_PART};
    if (id == 5168)
        p = (origin_parts){ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, NO_PART, NO_PART, NO_PART};
    if (!has(w, p.account))
        return skip(w, ASH_REASON_MISSING_VALUE, ash_win_data_name(p.account));
    ash_windows *f;
    ash_event *e = add(w, ASH_OP_LOGON, &p, &f);
    ash_logon *l = ash_arena_alloc(w->out->arena, sizeof *l);
    if (e == NULL || l == NULL)
        return ASH_E_NOMEM;
    uint64_t status = number(w, ASH_WIN_STATUS), sub = number(w, ASH_WIN_SUB_STATUS);
    uint64_t type = number(w, ASH_WIN_LOGON_TYPE);
    *l = (ash_logon){
        .domain = text(w, ASH_WIN_TARGET_DOMAIN),
        .service = ash_view_z(id == 4624 || id == 4625 ? logon_type(type) : service_of(id)),
        .status = text(w, sub != 0 ? ASH_WIN_SUB_STATUS : ASH_WIN_STATUS),
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
        f->logon_id = number(w, ASH_WIN_TARGET_LOGON_ID);
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int on_logoff(work *w)
{
    static const origin_parts p = {ASH_WIN_TARGET_NAME, ASH_WIN_TARGET_SID, NO_PART, NO_PART,
                                   NO_PART};
    ash_windows *f;
    ash_event *e = add(w, ASH_OP_LOGOFF, &p, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    f->logon_id = number(w, ASH_WIN_TARGET_LOGON_ID);
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int on_restart(work *w)
{
    static const origin_parts nobody = {NO_PART, NO_PART, NO_PART, NO_PART, NO_PART};
    ash_windows *f;
    return add(w, ASH_OP_RESTART, &nobody, &f) == NULL ? ASH_E_NOMEM : 0;
}

/* --- shares ------------------------------------------------------------ */

/* "\??\D:\Shares\Finance" -> "D:\Shares\Finance". */
static ash_view root_of(ash_view v)
{
    if (ash_view_starts(v, ASH_VIEW_LIT("\\??\\")))
        v = ash_view_skip(v, 4);
    while (v.n > 3 && v.p[v.n - 1] == '\\')
        v.n--;
    return v;
}

static int on_share(work *w)
{
    static const origin_parts p = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, ASH_WIN_IP_ADDRESS,
                                   NO_PART, ASH_WIN_SHARE_NAME};
    if (!has(w, ASH_WIN_SHARE_NAME))
        return skip(w, ASH_REASON_MISSING_VALUE, "ShareName");
    bool detailed = w->e->id == 5145;
    uint32_t mask = 0;
    if (detailed && !ash_win_mask(w->e, w->out->arena, &mask))
        return skip(w, ASH_REASON_MISSING_VALUE, "AccessMask");
    ash_windows *f;
    ash_event *e = add(w, detailed ? ASH_OP_OPEN : ASH_OP_CONNECT, &p, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    f->logon_id = number(w, ASH_WIN_SUBJECT_LOGON_ID);
    f->root = root_of(text(w, ASH_WIN_SHARE_PATH));
    if (detailed) {
        ash_view name = text(w, ASH_WIN_RELATIVE_NAME);
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
static bool is_file(const work *w)
{
    const ash_win_value *type = &w->e->data[ASH_WIN_OBJECT_TYPE];
    return ash_win_is(type, "File") || ash_win_is(type, "Directory") || w->e->id == 4664 ||
           /* These name no type where they name no object. */
           ((w->e->id == 4658 || w->e->id == 4660) &&
            (type->kind == ASH_WIN_NONE || ash_win_is(type, "-")) &&
            (!has(w, ASH_WIN_OBJECT_SERVER) ||
             ash_win_is(&w->e->data[ASH_WIN_OBJECT_SERVER], "Security")));
}

static bool is_local(const work *w)
{
    uint64_t pid;
    return ash_win_number(&w->e->data[ASH_WIN_PROCESS_ID], &pid) && pid != 4;
}

/* NetApp's handles are no numbers. */
static uint64_t handle_of(work *w)
{
    uint64_t x = 0;
    const ash_win_value *v = &w->e->data[ASH_WIN_HANDLE_ID];
    if (ash_win_number(v, &x))
        return x;
    ash_view t = text(w, ASH_WIN_HANDLE_ID);
    return t.n == 0 ? 0 : ash_hash64(t.p, t.n, 0);
}

static int on_object(work *w)
{
    static const origin_parts windows = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, NO_PART, NO_PART,
                                         NO_PART};
    static const origin_parts netapp = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, ASH_WIN_SUBJECT_IP,
                                        ASH_WIN_SUBJECT_HOST, NO_PART};
    uint32_t id = w->e->id, mask = 0;
    if (!is_file(w)) {
        ash_batch_note(w->out, ASH_REASON_FOREIGN, w->e->offset, "");
        return 0;
    }
    bool named = id != 4658 && id != 4660;
    ash_win_data name = id == 4664 ? ASH_WIN_FILE_NAME : ASH_WIN_OBJECT_NAME;
    ash_view path = named ? text(w, name) : (ash_view){0};
    if (named && path.n == 0)
        return skip(w, ASH_REASON_NO_PATH, ash_win_data_name(name));
    if ((id == 4656 || id == 4663) && !ash_win_mask(w->e, w->out->arena, &mask))
        return skip(w, ASH_REASON_MISSING_VALUE, "AccessMask");
    ash_windows *f;
    ash_event *e = add(w, op_of_object(id), has(w, ASH_WIN_SUBJECT_IP) ? &netapp : &windows, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    e->access_mask = mask;
    f->object = true;
    f->local = is_local(w);
    f->logon_id = number(w, ASH_WIN_SUBJECT_LOGON_ID);
    f->process = number(w, ASH_WIN_PROCESS_ID);
    f->handle = handle_of(w);
    if (ash_win_is(&w->e->data[ASH_WIN_OBJECT_TYPE], "Directory"))
        e->object = ASH_OBJECT_DIR;
    if (named)
        set_path(w, e, path);
    if (id == 4664)
        e->new_path = text(w, ASH_WIN_LINK_NAME);
    if (f->logon_id == 0 && !has(w, ASH_WIN_SUBJECT_IP))
        ash_batch_note(w->out, ASH_REASON_NO_CLIENT, e->offset, "");
    return w->nomem ? ASH_E_NOMEM : 0;
}

/* --- the log and the server -------------------------------------------- */

/* "fs01: File System, by admin". */
static int loss(work *w, ash_reason reason, const char *what)
{
    char server[40], who[32], detail[96];
    ash_view name = text(w, ASH_WIN_SUBJECT_NAME);
    ash_text_escape(server, sizeof server, ash_win_text(&w->e->computer, w->out->arena, &w->nomem));
    ash_text_escape(who, sizeof who, name);
    snprintf(detail, sizeof detail, "%s%s%s%s%s", server, what[0] != '\0' ? ": " : "", what,
             name.n > 0 ? ", by " : "", who);
    ash_batch_loss(w->out, reason, w->e->offset, 0, w->e->time, w->e->time_flags, detail);
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int admin_event(work *w)
{
    static const origin_parts p = {ASH_WIN_SUBJECT_NAME, ASH_WIN_SUBJECT_SID, NO_PART, NO_PART,
                                   ASH_WIN_SHARE_NAME};
    ash_windows *f;
    ash_event *e = add(w, ASH_OP_ADMIN, &p, &f);
    if (e == NULL)
        return ASH_E_NOMEM;
    f->logon_id = number(w, ASH_WIN_SUBJECT_LOGON_ID);
    f->root = root_of(text(w, ASH_WIN_SHARE_PATH));
    return w->nomem ? ASH_E_NOMEM : 0;
}

static int on_admin(work *w)
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

static int on_change_of_share(work *w)
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

static int on_policy(work *w)
{
    ash_view changes = text(w, ASH_WIN_POLICY_CHANGES);
    if (w->nomem)
        return ASH_E_NOMEM;
    const char *kind = audited(text(w, ASH_WIN_SUBCATEGORY_GUID));
    if (kind == NULL)
        return 0;
    bool removed = ash_view_find_str(changes, ASH_VIEW_LIT("%%8448")) >= 0; /* success removed */
    bool added = ash_view_find_str(changes, ASH_VIEW_LIT("%%8449")) >= 0;
    if (added)
        return loss(w, ASH_REASON_AUDIT_ON, kind);
    if (!removed)
        return 0; /* failures only: what succeeds is recorded as before */
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

static int on_clock(work *w)
{
    int64_t before, after;
    if (!time_of(&w->e->data[ASH_WIN_PREVIOUS_TIME], w->out->arena, &before) ||
        !time_of(&w->e->data[ASH_WIN_NEW_TIME], w->out->arena, &after))
        return 0;
    int64_t by = (after - before) / ASH_NS_PER_S;
    if (by > -60 && by < 60)
        return 0; /* the time service keeps it right */
    char detail[48];
    snprintf(detail, sizeof detail, "%+lld s", (long long)by);
    ash_batch_note(w->out, ASH_REASON_CLOCK_SET, w->e->offset, detail);
    return 0;
}

/* 5136: "volume" is the class of shared folders published in the directory. */
static int on_directory(work *w)
{
    if (!ash_win_is(&w->e->data[ASH_WIN_OBJECT_CLASS], "volume")) {
        ash_batch_note(w->out, ASH_REASON_FOREIGN, w->e->offset, "");
        return 0;
    }
    return admin_event(w);
}

static int on_nothing(work *w)
{
    (void)w;
    return 0;
}

/* --- the table --------------------------------------------------------- */

static const struct {
    uint32_t id;
    const char *name;
    handler *handle;
} ids[] = {
#define ASH_WIN_ID(id, what) {id, #id, on_##what},
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

/* Computer, as an origin; neighbours are of the same one. */
static uint32_t log_of(work *w)
{
    static const origin_parts nobody = {NO_PART, NO_PART, NO_PART, NO_PART, NO_PART};
    ash_win_decoder *d = w->d;
    const ash_win_value *v = &w->e->computer;
    if (d->log != ASH_ORIGIN_NONE && d->log_kind == v->kind && d->log_n == v->bytes.n &&
        (v->bytes.n == 0 || memcmp(d->log_name, v->bytes.p, v->bytes.n) == 0))
        return d->log;
    uint32_t log = identify(w, &nobody).origin;
    d->log = ASH_ORIGIN_NONE;
    if (v->bytes.n <= sizeof d->log_name) {
        d->log = log;
        d->log_kind = v->kind;
        d->log_n = (uint16_t)v->bytes.n;
        if (v->bytes.n > 0)
            memcpy(d->log_name, v->bytes.p, v->bytes.n);
    }
    return log;
}

int ash_win_event_add(ash_win_decoder *d, const ash_win_event *e, ash_batch *out)
{
    size_t i = find(e->id);
    work w = {.d = d, .e = e, .out = out};
    bool security = e->channel.kind == ASH_WIN_NONE || ash_win_is(&e->channel, "Security");
    out->origins = d->origins;
    if (security && e->record != 0 && e->time != ASH_NOTE_NO_TIME) {
        uint32_t log = log_of(&w);
        if (w.nomem || !ash_batch_number(out, log, e->record, e->time))
            return ASH_E_NOMEM;
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

/* --- the decoder ------------------------------------------------------- */

int ash_win_decoder_new(ash_win_decoder **ret, const ash_profile *p, ash_error *err)
{
    ash_win_decoder *d = calloc(1, sizeof *d);
    if (d == NULL)
        return ash_fail(err, ASH_E_NOMEM, "windows", "out of memory");
    d->origins = ash_origins_new();
    d->slots = calloc(ORIGIN_SLOTS, sizeof *d->slots);
    d->seed = p->options.seed;
    d->log = ASH_ORIGIN_NONE;
    if (p->options.server != NULL)
        snprintf(d->server, sizeof d->server, "%s", p->options.server);
    int rc = d->origins == NULL || d->slots == NULL
                 ? ash_fail(err, ASH_E_NOMEM, "windows", "out of memory")
                 : ash_random(d->salt, sizeof d->salt, err);
    if (rc < 0) {
        ash_win_decoder_free(d);
        return rc;
    }
    *ret = d;
    return 0;
}

void ash_win_decoder_free(ash_win_decoder *d)
{
    if (d == NULL)
        return;
    ash_origins_free(d->origins);
    free(d->slots);
    free(d);
}

ash_origins *ash_win_decoder_origins(const ash_win_decoder *d)
{
    return d->origins;
}
