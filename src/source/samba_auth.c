/* Samba's auth_json_audit records (auth/auth_log.c; log class auth_json_audit,
 * Samba 4.7 and later): logon success and failure, one JSON object a line. */
#include <jansson.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "source/samba.h"

static ash_view text_of(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    if (!json_is_string(v))
        return (ash_view){0};
    return ash_view_of(json_string_value(v), json_string_length(v));
}

/* "ipv4:127.0.0.24:39245", "ipv6:fe80::1:445" -> the address. */
static ash_view address_of(ash_view v)
{
    if (ash_view_starts(v, ASH_VIEW_LIT("ipv4:")) || ash_view_starts(v, ASH_VIEW_LIT("ipv6:")))
        v = ash_view_skip(v, 5);
    const char *colon = v.n == 0 ? NULL : memrchr(v.p, ':', v.n);
    return colon == NULL ? v : ash_view_first(v, (size_t)(colon - v.p));
}

static ash_view first_of(ash_view a, ash_view b, ash_view c)
{
    return a.n > 0 ? a : b.n > 0 ? b : c;
}

static int fill(ash_samba_decoder *d, const ash_record *r, const json_t *auth, ash_event *e,
                ash_batch *out)
{
    ash_logon *l = ash_arena_alloc(out->arena, sizeof *l);
    if (l == NULL)
        return ASH_E_NOMEM;
    ash_view status = text_of(auth, "status");
    ash_view became = text_of(auth, "becameAccount");
    *l = (ash_logon){
        .domain = ash_arena_copy(out->arena, text_of(auth, "clientDomain")),
        .service = ash_arena_copy(out->arena, text_of(auth, "serviceDescription")),
        .status = ash_arena_copy(out->arena, status),
        /* `smbclient -N` first fails as the local user, then succeeds as guest. */
        .anonymous = ash_view_is(text_of(auth, "passwordType"), "No-Password"),
        .unknown_account = ash_view_is(status, "NT_STATUS_NO_SUCH_USER"),
    };
    ash_origin o = {
        .server = r->envelope->host.n > 0 ? r->envelope->host : ash_view_z(d->profile->server),
        .account = first_of(became, text_of(auth, "mappedAccount"), text_of(auth, "clientAccount")),
        .client = address_of(text_of(auth, "remoteAddress")),
        .workstation = text_of(auth, "workstation"),
    };
    bool overflow = false;
    e->origin = ash_origins_intern(d->origins, &o, &overflow);
    if (overflow)
        ash_batch_note(out, ASH_REASON_TOO_MANY_ACTORS, r->offset, "");
    e->op = ASH_OP_LOGON;
    e->outcome = ash_view_is(status, "NT_STATUS_OK") ? ASH_OUTCOME_OK : ASH_OUTCOME_DENIED;
    e->logon = l;
    return e->origin == ASH_ORIGIN_NONE ? ASH_E_NOMEM : 0;
}

int ash_samba_auth(ash_samba_decoder *d, const ash_record *r, ash_batch *out)
{
    ash_view m = ash_view_trim(r->envelope->message);
    json_error_t why;
    /* jansson refuses nesting deeper than 2,048, without recursion beyond it. */
    json_t *root = json_loadb(m.p, m.n, 0, &why);
    if (root == NULL) {
        char detail[96];
        ash_text_escape(detail, sizeof detail, ash_view_z(why.text));
        ash_batch_note(out, ASH_REASON_BAD_JSON, r->offset, detail);
        return 0;
    }
    int rc = 0;
    int64_t t;
    int32_t zone;
    const json_t *auth = json_object_get(root, "Authentication");
    ash_view stamp = text_of(root, "timestamp");
    if (!json_is_object(auth)) {
        ash_batch_note(out, ASH_REASON_FOREIGN, r->offset, "");
    } else if (stamp.n == 0 || ash_time_parse_iso(stamp, &t, &zone) == 0) {
        ash_batch_note(out, ASH_REASON_NO_TIME, r->offset, "");
    } else {
        ash_event *e = ash_batch_event(out);
        if (e == NULL) {
            rc = ASH_E_NOMEM;
        } else {
            e->time = t;
            e->flags = zone == INT32_MIN ? ASH_EVENT_NO_ZONE : 0;
            e->offset = r->offset;
            e->length = r->length;
            rc = fill(d, r, auth, e, out);
        }
    }
    json_decref(root);
    return rc;
}
