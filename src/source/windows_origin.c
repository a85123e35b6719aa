/* Who did something and where, from the values that name it. What a pair of bytes
 * means is remembered, so that names are converted once. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "source/windows_internal.h"

static const ash_win_value *part(const ash_win_work *w, ash_win_data i)
{
    static const ash_win_value none = {0};
    return i == ASH_WIN_NO_PART ? &none : &w->e->data[i];
}

static size_t add_raw(char *out, size_t n, const ash_win_value *v)
{
    size_t room = ASH_WIN_ORIGIN_BYTES - n;
    if (n >= ASH_WIN_ORIGIN_BYTES || v->bytes.n + 4 > room)
        return ASH_WIN_ORIGIN_BYTES; /* too long to be remembered */
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

static uint64_t hash_lower(const ash_win_work *w, ash_view v)
{
    char lower[ASH_NAME_MAX];
    size_t n = v.n < sizeof lower ? v.n : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)tolower((unsigned char)v.p[i]);
    return ash_hash64(lower, n, w->d->seed);
}

static ash_win_identity intern(ash_win_work *w, const ash_win_parts *p)
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
    ash_win_identity who = {
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

ash_win_identity ash_win_identify(ash_win_work *w, const ash_win_parts *p)
{
    char raw[ASH_WIN_ORIGIN_BYTES + 8];
    size_t n = sizeof w->d->salt;
    memcpy(raw, w->d->salt, n);
    n = add_raw(raw, n, &w->e->computer);
    n = add_raw(raw, n, part(w, p->account));
    n = add_raw(raw, n, part(w, p->sid));
    n = add_raw(raw, n, part(w, p->client));
    n = add_raw(raw, n, part(w, p->workstation));
    n = add_raw(raw, n, part(w, p->share));
    if (n >= ASH_WIN_ORIGIN_BYTES)
        return intern(w, p);
    ash_hash128 key = ash_hash128_of(raw, n);
    ash_win_slot *slot = &w->d->slots[key.lo % ASH_WIN_SLOTS];
    if (slot->key.lo != key.lo || slot->key.hi != key.hi || slot->who.origin == ASH_ORIGIN_NONE)
        *slot = (ash_win_slot){key, intern(w, p)};
    return slot->who;
}

/* Computer, as an origin; neighbours are of the same one. */
uint32_t ash_win_log_of(ash_win_work *w)
{
    static const ash_win_parts nobody = {ASH_WIN_NO_PART, ASH_WIN_NO_PART, ASH_WIN_NO_PART, ASH_WIN_NO_PART, ASH_WIN_NO_PART};
    ash_win_decoder *d = w->d;
    const ash_win_value *v = &w->e->computer;
    if (d->log != ASH_ORIGIN_NONE && d->log_kind == v->kind && d->log_n == v->bytes.n &&
        (v->bytes.n == 0 || memcmp(d->log_name, v->bytes.p, v->bytes.n) == 0))
        return d->log;
    uint32_t log = ash_win_identify(w, &nobody).origin;
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

/* --- the decoder ------------------------------------------------------- */

int ash_win_decoder_new(ash_win_decoder **ret, const ash_profile *p, ash_error *err)
{
    ash_win_decoder *d = calloc(1, sizeof *d);
    if (d == NULL)
        return ash_fail(err, ASH_E_NOMEM, "windows", "out of memory");
    d->origins = ash_origins_new();
    d->slots = calloc(ASH_WIN_SLOTS, sizeof *d->slots);
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
