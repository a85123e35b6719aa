#include "source/samba_prefix.h"

#include <arpa/inet.h>
#include <stdio.h>

/* --- templates --------------------------------------------------------- */

int ash_prefix_parse(const char *text, ash_prefix_template *ret, ash_error *err)
{
    ash_prefix_template t = {.configured = true};
    size_t n = strlen(text);
    if (n >= sizeof t.text)
        return ash_fail(err, ASH_E_USAGE, "samba", "prefix is longer than %zu bytes",
                        sizeof t.text - 1);
    memcpy(t.text, text, n + 1);
    size_t start = 0;
    for (size_t i = 0; i < n; i++) {
        t.n_bars += text[i] == '|';
        if (text[i] != '%' || i + 1 >= n)
            continue;
        if (t.n_vars == ASH_PREFIX_FIELDS_MAX)
            return ash_fail(err, ASH_E_USAGE, "samba", "prefix '%s' has more than %u substitutions",
                            text, ASH_PREFIX_FIELDS_MAX);
        if (t.n_vars > 0 && i == start)
            return ash_fail(err, ASH_E_USAGE, "samba",
                            "prefix '%s': nothing separates %%%c from the substitution before it",
                            text, text[i + 1]);
        if (strchr("SPugUGHvhLMmNpRdaIJijTtDwV$", text[i + 1]) == NULL)
            return ash_fail(err, ASH_E_USAGE, "samba", "prefix '%s': Samba has no substitution %%%c",
                            text, text[i + 1]);
        t.literal[t.n_vars].at = (uint16_t)start;
        t.literal[t.n_vars].n = (uint16_t)(i - start);
        t.var[t.n_vars++] = text[i + 1];
        start = ++i + 1;
    }
    if (t.n_vars == 0)
        return ash_fail(err, ASH_E_USAGE, "samba",
                        "prefix '%s' has no substitution; write it as in smb.conf, for example "
                        "'%%u|%%I|%%m|%%S'",
                        text);
    t.literal[t.n_vars].at = (uint16_t)start;
    t.literal[t.n_vars].n = (uint16_t)(n - start);
    *ret = t;
    return 0;
}

bool ash_is_address(ash_view v)
{
    char z[INET6_ADDRSTRLEN + 1];
    unsigned char out[16];
    if (v.n < 2 || v.n >= sizeof z)
        return false;
    memcpy(z, v.p, v.n);
    z[v.n] = '\0';
    char *scope = strchr(z, '%');
    if (scope != NULL)
        *scope = '\0';
    return inet_pton(AF_INET, z, out) == 1 || inet_pton(AF_INET6, z, out) == 1;
}

static bool give(ash_origin *o, ash_origin *weak, char var, ash_view v)
{
    switch (var) {
    case 'u': o->account = v; break;
    case 'U': weak->account = v; break;
    case 'I':
        if (!ash_is_address(v))
            return false;
        o->client = v;
        break;
    case 'M': weak->client = v; break;
    case 'm': o->workstation = v; break;
    case 'S': o->share = ash_view_is(v, "IPC_") ? ASH_VIEW_LIT("IPC$") : v; break;
    case 'L': o->server = v; break;
    case 'h': weak->server = v; break;
    default: break;
    }
    return true;
}

bool ash_prefix_match(const ash_prefix_template *t, ash_view prefix, ash_origin *ret)
{
    ash_origin strong = {0}, weak = {0};
    ash_view rest = prefix;
    ash_view lit = ash_view_of(t->text + t->literal[0].at, t->literal[0].n);
    if (!ash_view_starts(rest, lit))
        return false;
    rest = ash_view_skip(rest, lit.n);
    for (unsigned i = 0; i < t->n_vars; i++) {
        lit = ash_view_of(t->text + t->literal[i + 1].at, t->literal[i + 1].n);
        size_t n = rest.n;
        if (lit.n > 0) {
            ptrdiff_t at = ash_view_find_str(rest, lit);
            if (at < 0)
                return false;
            n = (size_t)at;
        } else if (i + 1 < t->n_vars) {
            return false;
        }
        if (!give(&strong, &weak, t->var[i], ash_view_first(rest, n)))
            return false;
        rest = ash_view_skip(rest, n + lit.n);
    }
    if (rest.n != 0)
        return false;
    if (strong.account.n == 0)
        strong.account = weak.account;
    if (strong.client.n == 0)
        strong.client = weak.client;
    if (strong.server.n == 0)
        strong.server = weak.server;
    *ret = strong;
    return true;
}
