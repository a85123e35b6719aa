#include "simulate/smb.h"

#include <stdio.h>

bool ash_smb_init(ash_smb *s, const ash_sim_tree *tree, ash_spool *out, ash_smb_config config)
{
    ash_smb_args *op = &s->op;
    *s = (ash_smb){.tree = tree, .out = out, .config = config};
    for (unsigned i = 0; i < ARG_COUNT; i++)
        op->v[i] = (ash_arg_text){op->none, 0};
    return ash_scripts_init(&s->scripts, config);
}

void ash_smb_free(ash_smb *s)
{
    ash_scripts_free(&s->scripts);
}

void ash_smb_set_who(ash_smb_client *c, const char *account, const char *client,
                     const char *workstation)
{
    int n = snprintf(c->who, sizeof c->who, "%s|%s|%s|", account, client, workstation);
    c->who_len = (uint8_t)(n < (int)sizeof c->who ? n : (int)sizeof c->who - 1);
}

static void note(const ash_smb *s, const ash_smb_client *c, ash_smb_noted what, ash_node n,
                 const ash_file_state *f)
{
    if (c->noted)
        s->note(s->user, what, n, f);
}

static void set(ash_smb_args *op, ash_arg_id id, const char *s, size_t len)
{
    op->v[id] = (ash_arg_text){s, len};
}

static void run(ash_smb *s, ash_script_id id)
{
    ash_script_run(s->out, &s->scripts, id, s->op.v);
}

/* Decimal without terminator; returns the length. */
static size_t put_decimal(char *p, uint64_t v)
{
    char tmp[20];
    size_t n = 0;
    do
        tmp[n++] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    for (size_t i = 0; i < n; i++)
        p[i] = tmp[n - 1 - i];
    return n;
}

/* "65024:inode:0", and the inode alone as a part of it. */
static void set_id(ash_smb_args *op, ash_arg_id id, ash_arg_id inode, char *buf, uint64_t ino)
{
    memcpy(buf, "65024:", 6);
    size_t n = put_decimal(buf + 6, ino);
    memcpy(buf + 6 + n, ":0", 2);
    set(op, id, buf, n + 8);
    if (inode != ARG_NONE)
        set(op, inode, buf + 6, n);
}

static uint64_t node_inode(ash_node n)
{
    switch (n.kind) {
    case ASH_NODE_VOLUME: return 10952000 + n.id;
    case ASH_NODE_GROUP: return 10953000 + n.id;
    case ASH_NODE_PROJECT: return 10960000 + n.id;
    case ASH_NODE_FOLDER: break;
    }
    return UINT64_C(20000000) + (uint64_t)n.id * 128;
}

static uint64_t file_inode(uint32_t folder, unsigned slot)
{
    return node_inode((ash_node){ASH_NODE_FOLDER, folder}) + 1 + slot;
}

static void set_size(ash_smb_args *op, uint64_t hash)
{
    set(op, ARG_SIZE, op->size, put_decimal(op->size, 4096 * (1 + (hash >> 33) % 600)));
}

/* Old Samba logs names relative to the share. */
static void set_path(ash_smb *s, ash_arg_id id, const char *path, size_t len)
{
    static const char here[64] = "."; /* as long as ash_spool_line may read */
    ash_smb_args *op = &s->op;
    if (s->config != ASH_SMB_OLD)
        set(op, id, path, len);
    else if (len > op->root_len)
        set(op, id, path + op->root_len + 1, len - op->root_len - 1);
    else
        set(op, id, here, 1);
}

static bool rich(const ash_smb *s)
{
    return s->config == ASH_SMB_RICH;
}

static void set_head(ash_smb *s, ash_smb_client *c, uint32_t volume, const char *share)
{
    char host[8] = "fs00";
    unsigned server = s->tree->volumes[volume].server + 1u;
    host[2] = (char)('0' + server / 10);
    host[3] = (char)('0' + server % 10);
    ash_spool_head(s->out, host, c->who, c->who_len, share);
}

/* Head of the lines, and the tree connect when this volume is not yet connected.
 * False: no memory. */
static bool enter_volume(ash_smb *s, ash_smb_client *c, uint32_t volume)
{
    ash_smb_args *op = &s->op;
    const ash_volume *v = &s->tree->volumes[volume];
    const ash_share *share = &ash_words_shares[v->share];
    const char *name = c->backup_share ? share->backup_name : share->name;
    if (!ash_spool_reserve(s->out, ASH_SPOOL_ROOM))
        return false;
    size_t len = strlen(name);
    memcpy(op->share, name, len);
    set(op, ARG_SHARE, op->share, len);
    if (rich(s))
        set_id(op, ARG_ROOT_ID, ARG_NONE, op->root_id,
               node_inode((ash_node){ASH_NODE_VOLUME, volume}));
    set_head(s, c, volume, name);
    op->root_len = strlen(share->root);
    memcpy(op->dir, share->root, op->root_len);
    set(op, ARG_ROOT, op->dir, op->root_len);
    if (!(c->connected >> volume & 1)) {
        c->connected |= UINT64_C(1) << volume;
        run(s, S_CONNECT);
    }
    return true;
}

/* Makes n the folder worked on. `inside`: the object of the requests is in it. Returns
 * the length of its path, 0 when there is no memory. */
static size_t enter_dir(ash_smb *s, ash_smb_client *c, ash_node n, bool inside)
{
    ash_smb_args *op = &s->op;
    if (!enter_volume(s, c, ash_sim_tree_volume_of(s->tree, n)))
        return 0;
    size_t len = ash_sim_tree_path(s->tree, n, op->dir);
    size_t parent = len;
    if (!inside && n.kind != ASH_NODE_VOLUME)
        while (op->dir[--parent] != '/')
            ;
    bool deep = parent > op->root_len;
    set(op, ARG_UP, op->dir, op->root_len + deep);
    set_path(s, ARG_PARENT, op->dir, parent);
    set_path(s, ARG_DIR, op->dir, len);
    if (rich(s)) {
        ash_node up = inside || n.kind == ASH_NODE_VOLUME ? n : ash_sim_tree_parent(s->tree, n);
        set_id(op, ARG_DIR_ID, ARG_NONE, op->dir_id, node_inode(n));
        set_id(op, ARG_PARENT_ID, ARG_NONE, op->parent_id, node_inode(up));
    }
    return len;
}

static ash_node folder_node(uint32_t folder)
{
    return (ash_node){ASH_NODE_FOLDER, folder};
}

/* Puts "dir/" into buf; returns where the last component goes. */
static char *below(const ash_smb_args *op, size_t dir_len, char *buf)
{
    memcpy(buf, op->dir, dir_len);
    buf[dir_len] = '/';
    return buf + dir_len + 1;
}

static void set_file(ash_smb *s, size_t dir_len, const char *leaf, size_t leaf_len)
{
    ash_smb_args *op = &s->op;
    char *p = below(op, dir_len, op->file);
    memmove(p, leaf, leaf_len);
    set_path(s, ARG_FILE, op->file, dir_len + 1 + leaf_len);
}

static void set_dest(ash_smb *s, size_t dir_len, const char *leaf, size_t leaf_len)
{
    ash_smb_args *op = &s->op;
    char *p = below(op, dir_len, op->dest);
    memmove(p, leaf, leaf_len);
    set_path(s, ARG_DEST, op->dest, dir_len + 1 + leaf_len);
    set(op, ARG_LEAF, p, leaf_len);
}

static void set_tree_file(ash_smb *s, size_t dir_len, uint32_t folder, ash_file_state f)
{
    char leaf[ASH_PATH_CAP];
    size_t leaf_len = ash_sim_tree_file_name(s->tree, folder, f, leaf);
    set_file(s, dir_len, leaf, leaf_len);
    if (rich(s)) {
        set_id(&s->op, ARG_FILE_ID, ARG_FILE_INODE, s->op.file_id, file_inode(folder, f.slot));
        set_size(&s->op, ash_sim_tree_file_hash(s->tree, folder, f.slot));
    }
}

/* Opens a folder's file: all file operations begin like this. */
static size_t enter_file(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f)
{
    size_t len = enter_dir(s, c, folder_node(folder), true);
    if (len != 0)
        set_tree_file(s, len, folder, f);
    return len;
}

static unsigned entry_count(const ash_sim_tree *t, ash_node n)
{
    if (n.kind == ASH_NODE_VOLUME)
        return ASH_DEPT_COUNT;
    if (n.kind == ASH_NODE_GROUP)
        return t->groups[n.id].projects;
    if (n.kind == ASH_NODE_PROJECT)
        return t->projects[n.id].years;
    const ash_folder *f = &t->folders[n.id];
    return (unsigned)__builtin_popcountll(f->alive) + f->children + f->note + f->zip;
}

void ash_smb_connect(ash_smb *s, ash_smb_client *c, uint32_t volume)
{
    if (!ash_spool_reserve(s->out, ASH_SPOOL_ROOM))
        return;
    set_head(s, c, volume, "IPC_");
    run(s, S_IPC);
    enter_volume(s, c, volume);
}

void ash_smb_disconnect(ash_smb *s, ash_smb_client *c, uint32_t volume)
{
    if (!(c->connected >> volume & 1) || !enter_volume(s, c, volume))
        return;
    run(s, S_DISCONNECT);
    c->connected &= ~(UINT64_C(1) << volume);
}

void ash_smb_cd(ash_smb *s, ash_smb_client *c, ash_node n)
{
    if (enter_dir(s, c, n, false) != 0)
        run(s, S_CD);
}

static void list_node(ash_smb *s, ash_smb_client *c, ash_node n, size_t dir_len)
{
    ash_smb_args *op = &s->op;
    char *leaf = op->entry + dir_len + 1;
    set_path(s, ARG_ENTRY, op->entry, dir_len + 1 + ash_sim_tree_leaf(s->tree, n, leaf));
    if (rich(s)) {
        set_id(op, ARG_ENTRY_ID, ARG_ENTRY_INODE, op->entry_id, node_inode(n));
        op->size[0] = '0';
        set(op, ARG_SIZE, op->size, 1);
    }
    run(s, S_ENTRY);
    note(s, c, ASH_SMB_LISTED, n, NULL);
}

static void list_file(ash_smb *s, ash_smb_client *c, uint32_t folder, unsigned slot, size_t dir_len)
{
    ash_smb_args *op = &s->op;
    ash_file_state f = ash_sim_tree_file(s->tree, folder, slot);
    char *leaf = op->entry + dir_len + 1;
    size_t leaf_len = ash_sim_tree_file_name(s->tree, folder, f, leaf);
    set_path(s, ARG_ENTRY, op->entry, dir_len + 1 + leaf_len);
    if (rich(s)) {
        set_id(op, ARG_ENTRY_ID, ARG_ENTRY_INODE, op->entry_id, file_inode(folder, slot));
        set_size(op, ash_sim_tree_file_hash(s->tree, folder, slot));
    }
    run(s, S_ENTRY);
    note(s, c, ASH_SMB_LISTED, folder_node(folder), &f);
}

static void list_folder(ash_smb *s, ash_smb_client *c, uint32_t folder, size_t dir_len)
{
    const ash_folder *f = &s->tree->folders[folder];
    uint32_t child = f->first_child;
    if (child != ASH_NO_FOLDER) {
        list_node(s, c, folder_node(child), dir_len);
        child = s->tree->folders[child].next;
    }
    for (unsigned i = 0; i < ASH_SLOTS; i++) {
        unsigned slot = ash_sim_tree_disk_order(folder, i);
        if (f->alive >> slot & 1)
            list_file(s, c, folder, slot, dir_len);
    }
    if (f->note)
        list_file(s, c, folder, ASH_NOTE_SLOT, dir_len);
    if (f->zip)
        list_file(s, c, folder, ASH_ZIP_SLOT, dir_len);
    for (; child != ASH_NO_FOLDER; child = s->tree->folders[child].next)
        list_node(s, c, folder_node(child), dir_len);
}

static void list_entries(ash_smb *s, ash_smb_client *c, ash_node n, size_t dir_len)
{
    const ash_sim_tree *t = s->tree;
    below(&s->op, dir_len, s->op.entry);
    switch (n.kind) {
    case ASH_NODE_VOLUME:
        for (uint32_t g = 0; g < t->group_count; g++)
            if (t->groups[g].volume == n.id)
                list_node(s, c, (ash_node){ASH_NODE_GROUP, g}, dir_len);
        break;
    case ASH_NODE_GROUP:
        for (uint32_t i = 0; i < t->groups[n.id].projects; i++)
            list_node(s, c, (ash_node){ASH_NODE_PROJECT, t->groups[n.id].first_project + i}, dir_len);
        break;
    case ASH_NODE_PROJECT:
        for (uint32_t y = t->projects[n.id].first_year; y != ASH_NO_FOLDER; y = t->folders[y].next)
            list_node(s, c, folder_node(y), dir_len);
        break;
    case ASH_NODE_FOLDER: list_folder(s, c, n.id, dir_len); break;
    }
}

void ash_smb_list(ash_smb *s, ash_smb_client *c, ash_node n, bool tail)
{
    ash_smb_args *op = &s->op;
    size_t entries = entry_count(s->tree, n);
    size_t len = enter_dir(s, c, n, false);
    if (len == 0 || !ash_spool_reserve(s->out, ASH_SPOOL_ROOM + entries * (rich(s) ? 16u : 1u)))
        return;
    bool root = n.kind == ASH_NODE_VOLUME;
    memcpy(below(op, len, op->dots), "..", 2);
    set_path(s, ARG_DOT, op->dots, root ? len : len + 2);
    set_path(s, ARG_DOTDOT, op->dots, len + 3);
    if (rich(s))
        set_id(op, ARG_ENTRY_ID, ARG_ENTRY_INODE, op->entry_id, node_inode(n));
    run(s, S_LIST_OPEN);
    note(s, c, ASH_SMB_LISTED, n, NULL);
    run(s, S_LIST_DOTS);
    if (s->scripts.all[S_ENTRY].count != 0)
        list_entries(s, c, n, len);
    run(s, S_LIST_CLOSE);
    if (tail)
        run(s, S_LIST_TAIL);
}

bool ash_smb_list_denied(ash_smb *s, ash_smb_client *c, ash_node n)
{
    if (enter_dir(s, c, n, false) == 0)
        return false;
    if (n.kind == ASH_NODE_GROUP) {
        run(s, S_LIST_DENIED);
    } else if (n.kind == ASH_NODE_PROJECT) {
        run(s, S_UP_DENIED);
    } else {
        run(s, S_DEEP_DENIED);
        return false;
    }
    note(s, c, ASH_SMB_DENIED, n, NULL);
    return true;
}

static unsigned read_chunks(uint64_t hash)
{
    unsigned r = (unsigned)(hash >> 40) % 1000;
    if (r < 850)
        return 1;
    if (r < 970)
        return 2 + r % 4;
    return 6 + r % 34;
}

void ash_smb_read(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f, unsigned extra)
{
    if (enter_file(s, c, folder, f) == 0)
        return;
    run(s, S_READ_OPEN);
    unsigned chunks = read_chunks(ash_sim_tree_file_hash(s->tree, folder, f.slot)) + extra;
    for (unsigned i = 0; i < chunks; i++)
        run(s, S_READ_CHUNK);
    note(s, c, ASH_SMB_READ_IT, folder_node(folder), &f);
    run(s, S_READ_CLOSE);
}

void ash_smb_open(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f)
{
    if (enter_file(s, c, folder, f) == 0)
        return;
    run(s, S_READ_OPEN);
    run(s, S_READ_CLOSE);
}

void ash_smb_read_denied(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f)
{
    if (enter_file(s, c, folder, f) == 0)
        return;
    run(s, S_READ_DENIED);
    note(s, c, ASH_SMB_DENIED, folder_node(folder), &f);
}

/* smbd looks for ARG_DEST and scans the folder for another spelling. */
static void look_up(ash_smb *s, ash_node dir)
{
    run(s, S_LOOKUP);
    if (s->scripts.all[S_LOOKUP_ENTRY].count != 0)
        for (unsigned n = entry_count(s->tree, dir) + 2; n > 0; n--)
            run(s, S_LOOKUP_ENTRY);
    run(s, S_LOOKUP_END);
}

void ash_smb_read_missing(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f)
{
    char leaf[ASH_PATH_CAP];
    size_t leaf_len = ash_sim_tree_file_name(s->tree, folder, f, leaf);
    size_t len = enter_dir(s, c, folder_node(folder), true);
    if (len == 0)
        return;
    set_dest(s, len, leaf, leaf_len);
    run(s, S_UP);
    look_up(s, folder_node(folder));
    run(s, S_READ_MISSING);
}

/* "file|Thu Jan  1 ...|now|..." as fntimes logs it. */
static void set_times(ash_smb *s)
{
    static const char never[] = "|Thu Jan  1 00:00:01 1970 UTC";
    ash_smb_args *op = &s->op;
    const ash_arg_text *file = &op->v[ARG_FILE];
    char *p = op->times;
    memcpy(p, file->s, file->len);
    p += file->len;
    for (unsigned i = 0; i < 4; i++) { /* the real third one is the time of the write */
        memcpy(p, never, sizeof never - 1);
        p += sizeof never - 1;
    }
    set(op, ARG_FILE_TIMES, op->times, (size_t)(p - op->times));
}

static void write_data(ash_smb *s, unsigned chunks)
{
    if (rich(s))
        set_times(s);
    while (chunks-- > 0)
        run(s, S_WRITE_CHUNK);
    run(s, S_WRITE_CLOSE);
}

/* ARG_FILE is set and does not exist yet. */
static void write_new(ash_smb *s, uint32_t folder, size_t dir_len)
{
    const ash_smb_args *op = &s->op;
    size_t leaf_len = op->v[ARG_FILE].len - (op->v[ARG_DIR].len + 1);
    set_dest(s, dir_len, op->file + dir_len + 1, leaf_len);
    run(s, S_UP);
    look_up(s, folder_node(folder));
    run(s, S_CREATE_OPEN);
    write_data(s, 1);
}

void ash_smb_create(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f)
{
    size_t len = enter_file(s, c, folder, f);
    if (len != 0)
        write_new(s, folder, len);
}

void ash_smb_overwrite(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f)
{
    if (enter_file(s, c, folder, f) == 0)
        return;
    run(s, S_UP);
    run(s, S_OVERWRITE);
    write_data(s, read_chunks(ash_sim_tree_file_hash(s->tree, folder, f.slot)));
}

static size_t temp_name(uint32_t temp, char *out)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = "0123456789ABCDEF"[temp >> (28 - 4 * i) & 15];
    memcpy(out + 8, ".tmp", 4);
    return 12;
}

/* A helper file beside f: for the inodes it counts as the same file, one bit apart. */
static void set_helper(ash_smb *s, size_t dir_len, const char *leaf, size_t leaf_len,
                       uint32_t folder, unsigned slot)
{
    set_file(s, dir_len, leaf, leaf_len);
    if (rich(s))
        set_id(&s->op, ARG_FILE_ID, ARG_FILE_INODE, s->op.file_id,
               file_inode(folder, slot) + UINT64_C(4000000000));
}

void ash_smb_save_begin(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f,
                        uint32_t temp)
{
    char name[ASH_PATH_CAP], lock[ASH_PATH_CAP], tmp[16];
    size_t name_len = ash_sim_tree_file_name(s->tree, folder, f, name);
    size_t lock_len = ash_owner_file_name(name, name_len, lock);
    size_t tmp_len = temp_name(temp, tmp);
    size_t len = enter_file(s, c, folder, f);
    if (len == 0)
        return;
    set_helper(s, len, lock, lock_len, folder, f.slot);
    write_new(s, folder, len);
    set_helper(s, len, tmp, tmp_len, folder, f.slot);
    write_new(s, folder, len);
}

/* Asks for the file by a pattern and removes it. enter_dir has been done. */
static void remove_file(ash_smb *s, ash_smb_client *c, uint32_t folder)
{
    if (enter_dir(s, c, folder_node(folder), false) == 0)
        return;
    run(s, S_LIST_OPEN);
    run(s, S_DELETE_FIND);
    if (enter_dir(s, c, folder_node(folder), true) != 0)
        run(s, S_DELETE);
}

/* Renames ARG_FILE to ARG_DEST. */
static void move_file(ash_smb *s, uint32_t folder)
{
    ash_smb_args *op = &s->op;
    const ash_arg_text *from = &op->v[ARG_FILE], *to = &op->v[ARG_DEST];
    memcpy(op->pair, from->s, from->len);
    op->pair[from->len] = '|';
    memcpy(op->pair + from->len + 1, to->s, to->len);
    set(op, ARG_PAIR, op->pair, from->len + 1 + to->len);
    run(s, S_RENAME_OPEN);
    run(s, S_UP);
    look_up(s, folder_node(folder));
    run(s, S_RENAME);
}

void ash_smb_save_end(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f, uint32_t temp)
{
    char name[ASH_PATH_CAP], lock[ASH_PATH_CAP], tmp[16];
    size_t name_len = ash_sim_tree_file_name(s->tree, folder, f, name);
    size_t lock_len = ash_owner_file_name(name, name_len, lock);
    size_t tmp_len = temp_name(temp, tmp);
    size_t len = enter_file(s, c, folder, f);
    if (len == 0)
        return;
    remove_file(s, c, folder);
    set_helper(s, len, tmp, tmp_len, folder, f.slot);
    set_dest(s, len, name, name_len);
    move_file(s, folder);
    set_helper(s, len, lock, lock_len, folder, f.slot);
    remove_file(s, c, folder);
}

void ash_smb_rename(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state from,
                    ash_file_state to)
{
    char leaf[ASH_PATH_CAP];
    size_t leaf_len = ash_sim_tree_file_name(s->tree, folder, to, leaf);
    size_t len = enter_file(s, c, folder, from);
    if (len == 0)
        return;
    set_dest(s, len, leaf, leaf_len);
    move_file(s, folder);
}

void ash_smb_delete(ash_smb *s, ash_smb_client *c, uint32_t folder, ash_file_state f)
{
    if (enter_file(s, c, folder, f) != 0)
        remove_file(s, c, folder);
}

void ash_smb_mkdir(ash_smb *s, ash_smb_client *c, ash_node parent, ash_node made)
{
    char leaf[ASH_PATH_CAP];
    size_t leaf_len = ash_sim_tree_leaf(s->tree, made, leaf);
    size_t len = enter_dir(s, c, parent, true);
    if (len == 0)
        return;
    set_file(s, len, leaf, leaf_len);
    set_dest(s, len, leaf, leaf_len);
    if (rich(s))
        set_id(&s->op, ARG_FILE_ID, ARG_FILE_INODE, s->op.file_id, node_inode(made));
    run(s, S_UP);
    look_up(s, parent);
    run(s, S_MKDIR);
}
