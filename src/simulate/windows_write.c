/* Deeds as a Windows server records them in its Security log. Which events an action
 * leaves, and in which order, follows Microsoft's pages on each event; no public log
 * of a Windows file server shows clients reading files. */
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "simulate/windows_text.h"
#include "simulate/world.h"

#define DOMAIN_SID "S-1-5-21-1004336348-1177238915-682003330"

/* Rights, as clients ask for them and as they are used ([MS-SMB2] 2.2.13.1). */
typedef enum right {
    READ,
    WRITE,
    APPEND,
    DELETE,
    ATTRIBUTES,
    OPEN_READ,
    OPEN_WRITE,
    OPEN_LIST,
    OPEN_DELETE,
    OPEN_LOOK,
    RIGHTS
} right;

static const uint32_t masks[RIGHTS] = {
    [READ] = 0x1,
    [WRITE] = 0x2,
    [APPEND] = 0x4,
    [DELETE] = 0x10000,
    [ATTRIBUTES] = 0x80,
    [OPEN_READ] = 0x120089,
    [OPEN_WRITE] = 0x12019f,
    [OPEN_LIST] = 0x100081,
    [OPEN_DELETE] = 0x110080,
    [OPEN_LOOK] = 0x100080,
};

typedef struct writer {
    ash_win_text text;
    bool checks;  /* 5145 */
    bool objects; /* 4663, 4660 */
    bool handles; /* 4656, 4658 */
    struct {
        char mask[16], list[400];
        size_t mask_len, list_len;
    } rights[RIGHTS];
    /* of the operation */
    ash_win_value v[ASH_WV_COUNT];
    char sid[64], logon[24], port[8], handle[16], thread[8];
    char share[128], root[128], object[12 * ASH_PATH_CAP], relative[12 * ASH_PATH_CAP];
} writer;

/* --- values ------------------------------------------------------------------- */

static void set(writer *w, ash_win_var var, const char *s, size_t n)
{
    w->v[var] = (ash_win_value){s, n};
}

static void set_z(writer *w, ash_win_var var, const char *s)
{
    set(w, var, s, strlen(s));
}

static void set_escaped(writer *w, ash_win_var var, const char *s, size_t n, char *room)
{
    set(w, var, room, ash_win_escape(&w->text, s, n, room));
}

static size_t put_hex(char *out, uint64_t x)
{
    char digits[16];
    size_t n = 0;
    do
        digits[n++] = "0123456789abcdef"[x & 15];
    while ((x >>= 4) != 0);
    out[0] = '0';
    out[1] = 'x';
    for (size_t i = 0; i < n; i++)
        out[2 + i] = digits[n - 1 - i];
    return n + 2;
}

/* AccessList names the bits of a mask by their message numbers. */
static void prepare_rights(writer *w)
{
    static const struct {
        uint32_t bit;
        int message;
    } bits[] = {{0x10000, 1537},  {0x20000, 1538}, {0x40000, 1539}, {0x80000, 1540},
                {0x100000, 1541}, {0x1, 4416},     {0x2, 4417},     {0x4, 4418},
                {0x8, 4419},      {0x10, 4420},    {0x20, 4421},    {0x40, 4422},
                {0x80, 4423},     {0x100, 4424}};
    for (unsigned r = 0; r < RIGHTS; r++) {
        char list[300];
        size_t n = 0;
        for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
            if (masks[r] & bits[i].bit)
                n += (size_t)snprintf(list + n, sizeof list - n, "%%%%%d\r\n\t\t\t\t",
                                      bits[i].message);
        w->rights[r].list_len = ash_win_escape(&w->text, list, n, w->rights[r].list);
        w->rights[r].mask_len = put_hex(w->rights[r].mask, masks[r]);
    }
}

static void set_right(writer *w, right r)
{
    set(w, ASH_WV_MASK, w->rights[r].mask, w->rights[r].mask_len);
    set(w, ASH_WV_LIST, w->rights[r].list, w->rights[r].list_len);
}

/* --- who and where --------------------------------------------------------------- */

static void set_actor(writer *w, const ash_sim_server *at, const ash_sim_actor *a)
{
    set_z(w, ASH_WV_COMPUTER, at->name);
    set_z(w, ASH_WV_DOMAIN, ASH_SIM_DOMAIN);
    if (a->local) {
        int n = snprintf(w->logon, sizeof w->logon, "FS%02u$", at->index + 1u);
        set(w, ASH_WV_USER, w->logon, (size_t)n);
        set_z(w, ASH_WV_SID, "S-1-5-18");
        set_z(w, ASH_WV_LOGON, "0x3e7");
        set_z(w, ASH_WV_PROCESS, "0xa34");
        set_z(w, ASH_WV_PROGRAM,
              w->text.json ? "C:\\\\Program Files\\\\Defender\\\\MsMpEng.exe"
                           : "C:\\Program Files\\Defender\\MsMpEng.exe");
        return;
    }
    int n = snprintf(w->sid, sizeof w->sid, DOMAIN_SID "-%u", a->rid);
    set(w, ASH_WV_SID, w->sid, (size_t)n);
    set_z(w, ASH_WV_USER, a->account);
    set(w, ASH_WV_LOGON, w->logon, put_hex(w->logon, a->logon[at->index]));
    set_z(w, ASH_WV_ADDRESS, a->client);
    n = snprintf(w->port, sizeof w->port, "%u", a->port);
    set(w, ASH_WV_PORT, w->port, (size_t)n);
    set_z(w, ASH_WV_PROCESS, "0x4");
    set_z(w, ASH_WV_PROGRAM, "");
}

static void new_handle(writer *w, ash_sim_server *at)
{
    at->last_handle = at->last_handle < 0xfff0 ? at->last_handle + 4 : 0x1000;
    set(w, ASH_WV_HANDLE, w->handle, put_hex(w->handle, at->last_handle));
    int n = snprintf(w->thread, sizeof w->thread, "%u", 4 * (15 + at->last_handle / 4 % 61));
    set(w, ASH_WV_THREAD, w->thread, (size_t)n);
}

/* A FILETIME as events show it. */
static void set_time(writer *w, ash_win_var var, int64_t local_us, char room[ASH_TIME_TEXT])
{
    ash_zone utc = ash_zone_fixed(0);
    ash_time_text(room, (local_us - ASH_SIM_ZONE_US) * 1000, &utc, 9);
    memcpy(room + 29, "Z", 2);
    set(w, var, room, 30);
}

static void clock_set(ash_sim *s, ash_sim_server *at, int64_t by_us)
{
    writer *w = s->written;
    const ash_sim_actor system = {.local = true};
    int64_t now = (int64_t)at->spool.us + at->clock_off_us;
    char before[ASH_TIME_TEXT], after[ASH_TIME_TEXT];
    if (!ash_spool_reserve(&at->spool, ASH_WIN_ROOM))
        return;
    set_actor(w, at, &system);
    new_handle(w, at);
    set_time(w, ASH_WV_BEFORE, now - by_us, before);
    set_time(w, ASH_WV_AFTER, now, after);
    ash_win_put(&w->text, &at->spool, ASH_WIN_CLOCK, w->v);
}

/* "D:\Shares\kyoyu\..." as the log states it; the part below the share begins at the value returned. */
static size_t local_path(const ash_sim *s, ash_node n, const char *leaf, size_t leaf_len, char *out,
                         size_t *ret_len)
{
    char path[ASH_PATH_CAP];
    const ash_share *share =
        &ash_words_shares[s->tree.volumes[ash_sim_tree_volume_of(&s->tree, n)].share];
    size_t root = strlen(share->root), len = ash_sim_tree_path(&s->tree, n, path);
    int head = snprintf(out, ASH_PATH_CAP, "D:\\Shares\\%s", share->name);
    size_t at = (size_t)head;
    for (size_t i = root; i < len; i++)
        out[at++] = path[i] == '/' ? '\\' : path[i];
    if (leaf_len > 0) {
        out[at++] = '\\';
        memcpy(out + at, leaf, leaf_len);
        at += leaf_len;
    }
    *ret_len = at;
    return at > (size_t)head ? (size_t)head + 1 : at;
}

/* What is opened next: n, or a leaf in it. Tells first that the share is entered. */
static void set_object(ash_sim *s, writer *w, ash_sim_server *at, ash_sim_actor *a, ash_node n,
                       const char *leaf, size_t leaf_len)
{
    char path[3 * ASH_PATH_CAP], text[128];
    size_t len, below = local_path(s, n, leaf, leaf_len, path, &len);
    uint32_t volume = ash_sim_tree_volume_of(&s->tree, n);
    const char *share = ash_words_shares[s->tree.volumes[volume].share].name;
    int k = snprintf(text, sizeof text, "\\\\*\\%s", share);
    set_escaped(w, ASH_WV_SHARE, text, (size_t)k, w->share);
    k = snprintf(text, sizeof text, "\\??\\D:\\Shares\\%s", share);
    set_escaped(w, ASH_WV_ROOT, text, (size_t)k, w->root);
    if (!(a->smb.connected >> volume & 1) && !a->local) {
        a->smb.connected |= UINT64_C(1) << volume;
        new_handle(w, at);
        set_right(w, READ);
        ash_win_put(&w->text, &at->spool, ASH_WIN_SHARE, w->v);
    }
    set_escaped(w, ASH_WV_OBJECT, path, len, w->object);
    if (below < len)
        set_escaped(w, ASH_WV_RELATIVE, path + below, len - below, w->relative);
    else
        set_escaped(w, ASH_WV_RELATIVE, "\\", 1, w->relative);
}

/* --- events ------------------------------------------------------------------------ */

static void put(writer *w, ash_sim_server *at, ash_win_record r)
{
    ash_win_put(&w->text, &at->spool, r, w->v);
}

static void open_it(writer *w, ash_sim_server *at, right mask)
{
    new_handle(w, at);
    set_right(w, mask);
    if (w->checks)
        put(w, at, ASH_WIN_CHECK);
    if (w->handles)
        put(w, at, ASH_WIN_OPEN);
}

static void use(writer *w, ash_sim_server *at, right r)
{
    set_right(w, r);
    if (w->objects)
        put(w, at, ASH_WIN_USE);
}

static void close_it(writer *w, ash_sim_server *at)
{
    if (w->handles)
        put(w, at, ASH_WIN_CLOSE);
}

/* Opens, uses one or two rights, closes. */
static void visit(writer *w, ash_sim_server *at, right mask, right first, right second)
{
    open_it(w, at, mask);
    use(w, at, first);
    if (second != first)
        use(w, at, second);
    close_it(w, at);
}

static void be_denied(writer *w, ash_sim_server *at)
{
    new_handle(w, at);
    set_right(w, OPEN_READ);
    if (w->checks)
        put(w, at, ASH_WIN_CHECK);
    if (w->handles)
        put(w, at, ASH_WIN_OPEN_FAILED);
}

static void delete_it(writer *w, ash_sim_server *at)
{
    open_it(w, at, OPEN_DELETE);
    use(w, at, DELETE);
    if (w->objects)
        put(w, at, ASH_WIN_DELETE);
    close_it(w, at);
}

/* --- deeds ------------------------------------------------------------------------- */

typedef struct operation {
    ash_sim *s;
    writer *w;
    ash_sim_server *at;
    ash_sim_actor *a;
    const ash_deed *d;
} operation;

static void object(const operation *o, const char *leaf, size_t leaf_len)
{
    set_object(o->s, o->w, o->at, o->a, o->d->node, leaf, leaf_len);
}

static size_t name_of(const operation *o, ash_file_state f, char out[ASH_PATH_CAP])
{
    return ash_sim_tree_file_name(&o->s->tree, o->d->node.id, f, out);
}

/* The right to delete is used, and nothing is deleted. The new name is met when it is looked at. */
static void move_it(const operation *o, const char *from, size_t from_len, const char *to,
                    size_t to_len)
{
    object(o, from, from_len);
    visit(o->w, o->at, OPEN_DELETE, DELETE, DELETE);
    object(o, to, to_len);
    visit(o->w, o->at, OPEN_LOOK, ATTRIBUTES, ATTRIBUTES);
}

/* Word: the owner file, the new content; then two names change, old content and owner file go. */
static void save(const operation *o, bool end)
{
    char name[ASH_PATH_CAP], owner[ASH_PATH_CAP], fresh[24], old[24];
    size_t name_len = name_of(o, o->d->file, name);
    size_t owner_len = ash_owner_file_name(name, name_len, owner);
    size_t fresh_len = (size_t)snprintf(fresh, sizeof fresh, "~WRD%04u.tmp", o->d->number % 10000);
    size_t old_len = (size_t)snprintf(old, sizeof old, "~WRL%04u.tmp", (o->d->number + 1) % 10000);
    if (!end) {
        object(o, owner, owner_len);
        visit(o->w, o->at, OPEN_WRITE, WRITE, APPEND);
        object(o, fresh, fresh_len);
        visit(o->w, o->at, OPEN_WRITE, WRITE, APPEND);
        return;
    }
    move_it(o, name, name_len, old, old_len);
    move_it(o, fresh, fresh_len, name, name_len);
    object(o, old, old_len);
    delete_it(o->w, o->at);
    object(o, owner, owner_len);
    delete_it(o->w, o->at);
}

/* A program of the server's own: no client, nothing but the use of rights. */
static bool read_locally(const operation *o)
{
    char name[ASH_PATH_CAP];
    if (o->d->kind != ASH_DEED_READ)
        return false;
    object(o, name, name_of(o, o->d->file, name));
    new_handle(o->w, o->at);
    use(o->w, o->at, READ);
    return o->w->objects;
}

static bool write_deed(ash_sim *s, ash_sim_server *at, ash_sim_actor *a, const ash_deed *d)
{
    operation o = {s, s->written, at, a, d};
    writer *w = o.w;
    char name[ASH_PATH_CAP], to[ASH_PATH_CAP];
    if (!ash_spool_reserve(&at->spool, ASH_WIN_ROOM))
        return false;
    set_actor(w, at, a);
    if (a->local)
        return read_locally(&o);
    bool of_node = d->kind <= ASH_DEED_LIST_DENIED || d->kind == ASH_DEED_MKDIR;
    size_t len = of_node ? 0 : name_of(&o, d->file, name);
    if (d->kind == ASH_DEED_MISSING)
        return false; /* nothing is recorded of a file that is not there */
    if (d->kind == ASH_DEED_SAVE_BEGIN || d->kind == ASH_DEED_SAVE_END) {
        save(&o, d->kind == ASH_DEED_SAVE_END);
        return true;
    }
    object(&o, name, len);
    switch (d->kind) {
    case ASH_DEED_LOOK: visit(w, at, OPEN_LOOK, ATTRIBUTES, ATTRIBUTES); break;
    case ASH_DEED_LIST: visit(w, at, OPEN_LIST, READ, READ); break;
    case ASH_DEED_READ: visit(w, at, OPEN_READ, READ, READ); break;
    case ASH_DEED_OPEN:
        open_it(w, at, OPEN_READ);
        close_it(w, at);
        break;
    case ASH_DEED_LIST_DENIED:
    case ASH_DEED_READ_DENIED: be_denied(w, at); break;
    case ASH_DEED_CREATE:
    case ASH_DEED_OVERWRITE: visit(w, at, OPEN_WRITE, WRITE, APPEND); break;
    case ASH_DEED_RENAME: move_it(&o, name, len, to, name_of(&o, d->to, to)); break;
    case ASH_DEED_DELETE: delete_it(w, at); break;
    case ASH_DEED_MKDIR:
        set_object(s, w, at, a, ash_deed_made(d), "", 0);
        visit(w, at, OPEN_LOOK, ATTRIBUTES, ATTRIBUTES);
        break;
    case ASH_DEED_MISSING:
    case ASH_DEED_SAVE_BEGIN:
    case ASH_DEED_SAVE_END: break;
    }
    return true;
}

/* --- sessions ------------------------------------------------------------------------- */

/* Six of ten clients come with Kerberos; it tells no workstation. */
static bool set_package(writer *w, const ash_sim_actor *a, bool failed)
{
    bool kerberos = !failed && ash_mix64(a->due.order) % 10 < 6;
    set_z(w, ASH_WV_LOGON_PROCESS, kerberos ? "Kerberos" : "NtLmSsp ");
    set_z(w, ASH_WV_PACKAGE, kerberos ? "Kerberos" : "NTLM");
    set_z(w, ASH_WV_LM, kerberos || failed ? "-" : "NTLM V2");
    set_z(w, ASH_WV_KEY, kerberos || failed ? "0" : "128");
    set_z(w, ASH_WV_WORKSTATION, kerberos ? "-" : a->workstation);
    return kerberos;
}

static void log_on(ash_sim *s, ash_sim_server *at, ash_sim_actor *a, uint32_t volume)
{
    writer *w = s->written;
    (void)volume;
    if (a->local || !ash_spool_reserve(&at->spool, ASH_WIN_ROOM))
        return;
    at->last_logon += 0x1000 * (uint64_t)ash_rng_range(&a->pace, 1, 5);
    a->logon[at->index] = at->last_logon;
    set_actor(w, at, a);
    new_handle(w, at);
    if (!set_package(w, a, false))
        put(w, at, ASH_WIN_NTLM);
    put(w, at, ASH_WIN_LOGON);
}

static void log_off(ash_sim *s, ash_sim_server *at, ash_sim_actor *a)
{
    writer *w = s->written;
    if (a->local || !ash_spool_reserve(&at->spool, ASH_WIN_ROOM))
        return;
    for (uint32_t v = 0; v < s->tree.volume_count; v++)
        if (s->tree.volumes[v].server == at->index)
            a->smb.connected &= ~(UINT64_C(1) << v);
    set_actor(w, at, a);
    new_handle(w, at);
    put(w, at, ASH_WIN_LOGOFF);
}

static void refuse(ash_sim *s, ash_sim_server *at, ash_sim_actor *a, const char *account, bool unknown)
{
    writer *w = s->written;
    if (!ash_spool_reserve(&at->spool, ASH_WIN_ROOM))
        return;
    set_actor(w, at, a);
    set_z(w, ASH_WV_USER, account);
    set_z(w, ASH_WV_STATUS, unknown ? "0xc0000064" : "0xc000006a");
    new_handle(w, at);
    set_package(w, a, true);
    put(w, at, ASH_WIN_NTLM_FAILED);
    put(w, at, ASH_WIN_LOGON_FAILED);
}

static size_t path_of(const ash_sim *s, ash_node n, const ash_file_state *f,
                      char out[2 * ASH_PATH_CAP])
{
    char leaf[ASH_PATH_CAP];
    size_t len, leaf_len = f == NULL ? 0 : ash_sim_tree_file_name(&s->tree, n.id, *f, leaf);
    size_t below = local_path(s, n, leaf, leaf_len, out, &len);
    if (s->opt->config != ASH_SIM_OLD)
        return len;
    /* 5145 alone: relative to the share. */
    if (below == len) {
        out[0] = '\\';
        return 1;
    }
    memmove(out, out + below, len - below);
    return len - below;
}

/* --- begin and end ---------------------------------------------------------------------- */

static int open_writer(ash_sim *s, ash_error *err)
{
    writer *w = calloc(1, sizeof *w);
    bool json = s->opt->format == ASH_SIM_WINDOWS_JSON;
    s->written = w;
    if (w == NULL || !ash_win_text_init(&w->text, json))
        return ash_fail(err, ASH_E_NOMEM, "simulate", "out of memory");
    w->checks = s->opt->config != ASH_SIM_LEAN;
    w->objects = s->opt->config != ASH_SIM_OLD;
    w->handles = s->opt->config == ASH_SIM_RICH;
    for (unsigned i = 0; i < ASH_WV_COUNT; i++)
        w->v[i] = (ash_win_value){"-", 1};
    prepare_rights(w);
    for (unsigned i = 0; i < s->opt->servers; i++) {
        ash_sim_server *v = &s->servers[i];
        snprintf(v->name, sizeof v->name, "fs%02u.example.local", i + 1);
        v->stem = "Security";
        v->suffix = json ? "ndjson" : "xml";
        v->head = json ? NULL : "<Events>\n";
        v->foot = json ? NULL : "</Events>\n";
    }
    return 0;
}

static void close_writer(ash_sim *s)
{
    writer *w = s->written;
    if (w != NULL)
        ash_win_text_free(&w->text);
    free(w);
    s->written = NULL;
}

const ash_sim_writer ash_sim_windows = {
    .line_cap = ASH_WIN_LINE,
    .open = open_writer,
    .close = close_writer,
    .log_on = log_on,
    .log_off = log_off,
    .refuse = refuse,
    .clock_set = clock_set,
    .write = write_deed,
    .path = path_of,
};
