/* Deeds as a Samba server records them: full_audit lines in rsyslog's file format, and
 * logons (auth_json_audit) in the system log beside them. */
#include <stdlib.h>

#include "base/time.h"
#include "simulate/world.h"

static ash_smb *smb(const ash_sim *s, ash_sim_server *at)
{
    ash_smb *m = s->written;
    m->out = &at->spool;
    return m;
}

static int open_writer(ash_sim *s, ash_error *err)
{
    static const ash_smb_config configs[] = {
        [ASH_SIM_RICH] = ASH_SMB_RICH, [ASH_SIM_LEAN] = ASH_SMB_LEAN, [ASH_SIM_OLD] = ASH_SMB_OLD};
    s->written = malloc(sizeof(ash_smb));
    if (s->written == NULL || !ash_smb_init(s->written, &s->tree, NULL, configs[s->opt->config])) {
        free(s->written);
        s->written = NULL;
        return ash_fail(err, ASH_E_NOMEM, "simulate", "out of memory");
    }
    for (unsigned i = 0; i < s->opt->servers; i++) {
        ash_sim_server *v = &s->servers[i];
        memcpy(v->name, v->folder, sizeof v->folder);
        v->stem = "audit";
        v->suffix = "log";
    }
    return 0;
}

static void close_writer(ash_sim *s)
{
    if (s->written != NULL)
        ash_smb_free(s->written);
    free(s->written);
    s->written = NULL;
}

/* One record of auth_json_audit (Samba 4.17, version 1.2), as smbd hands it to syslog. */
static void put_auth(ash_sim_server *at, const ash_sim_actor *a, const char *account,
                     const char *status)
{
    char line[1400], stamp[ASH_TIME_TEXT], sid[80] = "null", became[48] = "null", domain[24] = "null";
    ash_zone utc = ash_zone_fixed(0);
    int64_t us = (int64_t)at->spool.us - ASH_SIM_ZONE_US + at->spool.shift_us;
    bool good = strcmp(status, "NT_STATUS_OK") == 0;
    ash_time_text(stamp, us * 1000, &utc, 6);
    stamp[26] = '\0'; /* without the zone */
    if (good) {
        snprintf(became, sizeof became, "\"%s\"", account);
        snprintf(domain, sizeof domain, "\"FS%02u\"", at->index + 1u);
        snprintf(sid, sizeof sid, "\"S-1-5-21-2345347631-1352738403-1961016914-%u\"", a->rid);
    }
    int n = snprintf(
        line, sizeof line,
        "smbd[%u]:   {\"timestamp\": \"%s+0000\", \"type\": \"Authentication\", \"Authentication\": "
        "{\"version\": {\"major\": 1, \"minor\": 2}, \"eventId\": %d, \"logonId\": \"0\", "
        "\"logonType\": 3, \"status\": \"%s\", \"localAddress\": \"ipv4:10.10.0.%u:445\", "
        "\"remoteAddress\": \"ipv4:%s:%u\", \"serviceDescription\": \"SMB2\", "
        "\"authDescription\": null, \"clientDomain\": \"" ASH_SIM_DOMAIN
        "\", \"clientAccount\": \"%s\", "
        "\"workstation\": \"%s\", \"becameAccount\": %s, \"becameDomain\": %s, \"becameSid\": %s, "
        "\"mappedAccount\": \"%s\", \"mappedDomain\": \"" ASH_SIM_DOMAIN "\", "
        "\"netlogonComputer\": null, \"netlogonTrustAccount\": null, "
        "\"netlogonNegotiateFlags\": \"0x00000000\", \"netlogonSecureChannelType\": 0, "
        "\"netlogonTrustAccountSid\": null, \"passwordType\": \"NTLMv2\", \"duration\": %u}}\n",
        1000u + a->port % 30000, stamp, good ? 4624 : 4625, status, 11u + at->index, a->client,
        a->port, account, a->workstation, became, domain, sid, account, 1200u + a->port % 7000);
    ash_server_side(at, at->spool.us, "syslog", line, (size_t)n);
}

static void log_on(ash_sim *s, ash_sim_server *at, ash_sim_actor *a, uint32_t volume)
{
    put_auth(at, a, a->account, "NT_STATUS_OK");
    ash_smb_connect(smb(s, at), &a->smb, volume);
}

static void log_off(ash_sim *s, ash_sim_server *at, ash_sim_actor *a)
{
    for (uint32_t v = 0; v < s->tree.volume_count; v++)
        if (s->tree.volumes[v].server == at->index)
            ash_smb_disconnect(smb(s, at), &a->smb, v);
}

static void refuse(ash_sim *s, ash_sim_server *at, ash_sim_actor *a, const char *account, bool unknown)
{
    (void)s;
    put_auth(at, a, account, unknown ? "NT_STATUS_NO_SUCH_USER" : "NT_STATUS_WRONG_PASSWORD");
}

static bool write_deed(ash_sim *s, ash_sim_server *at, ash_sim_actor *a, const ash_deed *d)
{
    ash_smb *m = smb(s, at);
    ash_smb_client *c = &a->smb;
    uint32_t folder = d->node.id;
    switch (d->kind) {
    case ASH_DEED_LOOK: ash_smb_cd(m, c, d->node); break;
    case ASH_DEED_LIST: ash_smb_list(m, c, d->node, a->role != ASH_ROLE_SERVICE); break;
    case ASH_DEED_LIST_DENIED: return ash_smb_list_denied(m, c, d->node);
    case ASH_DEED_READ: ash_smb_read(m, c, folder, d->file, 0); break;
    case ASH_DEED_OPEN: ash_smb_open(m, c, folder, d->file); break;
    case ASH_DEED_READ_DENIED: ash_smb_read_denied(m, c, folder, d->file); break;
    case ASH_DEED_MISSING: ash_smb_read_missing(m, c, folder, d->file); break;
    case ASH_DEED_CREATE: ash_smb_create(m, c, folder, d->file); break;
    case ASH_DEED_OVERWRITE: ash_smb_overwrite(m, c, folder, d->file); break;
    case ASH_DEED_SAVE_BEGIN: ash_smb_save_begin(m, c, folder, d->file, d->number); break;
    case ASH_DEED_SAVE_END: ash_smb_save_end(m, c, folder, d->file, d->number); break;
    case ASH_DEED_RENAME: ash_smb_rename(m, c, folder, d->file, d->to); break;
    case ASH_DEED_DELETE: ash_smb_delete(m, c, folder, d->file); break;
    case ASH_DEED_MKDIR: ash_smb_mkdir(m, c, d->node, ash_deed_made(d)); break;
    }
    return true;
}

static size_t path_of(const ash_sim *s, ash_node n, const ash_file_state *f,
                      char out[2 * ASH_PATH_CAP])
{
    size_t len = ash_sim_tree_path(&s->tree, n, out);
    if (f != NULL) {
        out[len++] = '/';
        len += ash_sim_tree_file_name(&s->tree, n.id, *f, out + len);
    }
    if (s->opt->config != ASH_SIM_OLD)
        return len;
    /* Samba 4.8 and older: relative to the share. */
    const ash_volume *v = &s->tree.volumes[ash_sim_tree_volume_of(&s->tree, n)];
    size_t root = strlen(ash_words_shares[v->share].root);
    if (len == root) {
        out[0] = '.';
        return 1;
    }
    memmove(out, out + root + 1, len - root - 1);
    return len - root - 1;
}

const ash_sim_writer ash_sim_samba = {
    .line_cap = ASH_LINE_CAP,
    .open = open_writer,
    .close = close_writer,
    .log_on = log_on,
    .log_off = log_off,
    .refuse = refuse,
    .write = write_deed,
    .path = path_of,
};
