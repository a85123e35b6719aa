#include "ops.h"

/* Lines of the longest operation, the entries of a big listing aside. */
enum { LINES_ROOM = 1024 };

void op_init(struct world *w)
{
    struct op_args *op = &w->op;
    memset(op, 0, sizeof *op);
    for (unsigned i = 0; i < ARG_COUNT; i++)
        op->v[i] = (struct arg){op->none, 0};
}

static void set(struct op_args *op, enum arg_id id, const char *s, size_t len)
{
    op->v[id] = (struct arg){s, len};
}

static void run(struct world *w, enum script_id id)
{
    script_run(&w->out, &w->scripts, id, w->op.v);
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
static void set_id(struct op_args *op, enum arg_id id, enum arg_id inode, char *buf, uint64_t ino)
{
    memcpy(buf, "65024:", 6);
    size_t n = put_decimal(buf + 6, ino);
    memcpy(buf + 6 + n, ":0", 2);
    set(op, id, buf, n + 8);
    if (inode != ARG_NONE)
        set(op, inode, buf + 6, n);
}

static uint64_t node_inode(struct node n)
{
    switch (n.kind) {
    case NODE_VOLUME:
        return 10952000 + n.id;
    case NODE_GROUP:
        return 10953000 + n.id;
    case NODE_PROJECT:
        return 10960000 + n.id;
    case NODE_FOLDER:
        break;
    }
    return UINT64_C(20000000) + (uint64_t)n.id * 128;
}

static uint64_t file_inode(uint32_t folder, unsigned slot)
{
    return node_inode((struct node){NODE_FOLDER, folder}) + 1 + slot;
}

static void set_size(struct op_args *op, uint64_t hash)
{
    set(op, ARG_SIZE, op->size, put_decimal(op->size, 4096 * (1 + (hash >> 33) % 600)));
}

/* Old Samba logs names relative to the share. */
static void set_path(struct world *w, enum arg_id id, const char *s, size_t len)
{
    static const char here[64] = "."; /* as long as out_line may read */
    struct op_args *op = &w->op;
    if (w->opt->config != CFG_OLD)
        set(op, id, s, len);
    else if (len > op->root_len)
        set(op, id, s + op->root_len + 1, len - op->root_len - 1);
    else
        set(op, id, here, 1);
}

static bool rich(const struct world *w)
{
    return w->opt->config == CFG_RICH;
}

static void set_head(struct world *w, struct actor *a, uint32_t volume, const char *share)
{
    char host[8] = "fs00";
    unsigned server = w->tree.volumes[volume].server + 1u;
    host[2] = (char)('0' + server / 10);
    host[3] = (char)('0' + server % 10);
    out_head(&w->out, host, a->who, a->who_len, share);
}

/* Head of the lines, and the tree connect when this volume is not yet connected. */
static void enter_volume(struct world *w, struct actor *a, uint32_t volume)
{
    struct op_args *op = &w->op;
    const struct volume *v = &w->tree.volumes[volume];
    const struct share *s = &words_shares[v->share];
    const char *name = a->backup_share ? s->backup_name : s->name;
    out_reserve(&w->out, LINES_ROOM);
    size_t len = strlen(name);
    memcpy(op->share, name, len);
    set(op, ARG_SHARE, op->share, len);
    if (rich(w))
        set_id(op, ARG_ROOT_ID, ARG_NONE, op->root_id, node_inode((struct node){NODE_VOLUME, volume}));
    set_head(w, a, volume, name);
    op->root_len = strlen(s->root);
    memcpy(op->dir, s->root, op->root_len);
    set(op, ARG_ROOT, op->dir, op->root_len);
    if (!(a->connected >> volume & 1)) {
        a->connected |= UINT64_C(1) << volume;
        run(w, S_CONNECT);
    }
}

/* Makes n the folder worked on. `inside`: the object of the requests is in it. */
static size_t enter_dir(struct world *w, struct actor *a, struct node n, bool inside)
{
    struct op_args *op = &w->op;
    enter_volume(w, a, tree_volume_of(&w->tree, n));
    size_t len = tree_path(&w->tree, n, op->dir);
    size_t parent = len;
    if (!inside && n.kind != NODE_VOLUME)
        while (op->dir[--parent] != '/')
            ;
    bool deep = parent > op->root_len;
    set(op, ARG_UP, op->dir, op->root_len + deep);
    set_path(w, ARG_PARENT, op->dir, parent);
    set_path(w, ARG_DIR, op->dir, len);
    if (rich(w)) {
        struct node up = inside || n.kind == NODE_VOLUME ? n : tree_parent(&w->tree, n);
        set_id(op, ARG_DIR_ID, ARG_NONE, op->dir_id, node_inode(n));
        set_id(op, ARG_PARENT_ID, ARG_NONE, op->parent_id, node_inode(up));
    }
    return len;
}

static struct node folder_node(uint32_t folder)
{
    return (struct node){NODE_FOLDER, folder};
}

/* Puts "dir/" into buf; returns where the last component goes. */
static char *below(const struct op_args *op, size_t dir_len, char *buf)
{
    memcpy(buf, op->dir, dir_len);
    buf[dir_len] = '/';
    return buf + dir_len + 1;
}

static void set_file(struct world *w, size_t dir_len, const char *leaf, size_t leaf_len)
{
    struct op_args *op = &w->op;
    char *p = below(op, dir_len, op->file);
    memmove(p, leaf, leaf_len);
    set_path(w, ARG_FILE, op->file, dir_len + 1 + leaf_len);
}

static void set_dest(struct world *w, size_t dir_len, const char *leaf, size_t leaf_len)
{
    struct op_args *op = &w->op;
    char *p = below(op, dir_len, op->dest);
    memmove(p, leaf, leaf_len);
    set_path(w, ARG_DEST, op->dest, dir_len + 1 + leaf_len);
    set(op, ARG_LEAF, p, leaf_len);
}

static void set_tree_file(struct world *w, size_t dir_len, uint32_t folder, struct file_state f)
{
    char leaf[PATH_CAP];
    size_t leaf_len = tree_file_name(&w->tree, folder, f, leaf);
    set_file(w, dir_len, leaf, leaf_len);
    if (rich(w)) {
        set_id(&w->op, ARG_FILE_ID, ARG_FILE_INODE, w->op.file_id, file_inode(folder, f.slot));
        set_size(&w->op, tree_file_hash(&w->tree, folder, f.slot));
    }
}

/* Opens a folder's file: all file operations begin like this. */
static size_t enter_file(struct world *w, struct actor *a, uint32_t folder, struct file_state f)
{
    size_t len = enter_dir(w, a, folder_node(folder), true);
    set_tree_file(w, len, folder, f);
    return len;
}

static unsigned entry_count(const struct tree *t, struct node n)
{
    if (n.kind == NODE_VOLUME)
        return DEPT_COUNT;
    if (n.kind == NODE_GROUP)
        return t->groups[n.id].projects;
    if (n.kind == NODE_PROJECT)
        return t->projects[n.id].years;
    const struct folder *f = &t->folders[n.id];
    return (unsigned)__builtin_popcountll(f->alive) + f->children;
}

void op_connect(struct world *w, struct actor *a, uint32_t volume)
{
    set_head(w, a, volume, "IPC_");
    run(w, S_IPC);
    enter_volume(w, a, volume);
}

void op_disconnect_all(struct world *w, struct actor *a)
{
    for (uint32_t v = 0; v < w->tree.volume_count; v++) {
        if (a->connected >> v & 1) {
            enter_volume(w, a, v);
            run(w, S_DISCONNECT);
        }
    }
    a->connected = 0;
}

void op_cd(struct world *w, struct actor *a, struct node n)
{
    enter_dir(w, a, n, false);
    run(w, S_CD);
}

static void list_node(struct world *w, struct actor *a, struct node n, size_t dir_len)
{
    struct op_args *op = &w->op;
    char *leaf = op->entry + dir_len + 1;
    set_path(w, ARG_ENTRY, op->entry, dir_len + 1 + tree_leaf(&w->tree, n, leaf));
    if (rich(w)) {
        set_id(op, ARG_ENTRY_ID, ARG_ENTRY_INODE, op->entry_id, node_inode(n));
        op->size[0] = '0';
        set(op, ARG_SIZE, op->size, 1);
    }
    run(w, S_ENTRY);
    if (a->attacker)
        truth_add_node(&w->truth, w->out.us, n, GRADE_LISTED);
}

static void list_file(struct world *w, struct actor *a, uint32_t folder, unsigned slot,
                      size_t dir_len)
{
    struct op_args *op = &w->op;
    struct file_state f = tree_file(&w->tree, folder, slot);
    char *leaf = op->entry + dir_len + 1;
    size_t leaf_len = tree_file_name(&w->tree, folder, f, leaf);
    set_path(w, ARG_ENTRY, op->entry, dir_len + 1 + leaf_len);
    if (rich(w)) {
        set_id(op, ARG_ENTRY_ID, ARG_ENTRY_INODE, op->entry_id, file_inode(folder, slot));
        set_size(op, tree_file_hash(&w->tree, folder, slot));
    }
    run(w, S_ENTRY);
    if (a->attacker)
        truth_add_file(&w->truth, w->out.us, folder, f, GRADE_LISTED);
}

static void list_folder(struct world *w, struct actor *a, uint32_t folder, size_t dir_len)
{
    const struct folder *f = &w->tree.folders[folder];
    uint32_t child = f->first_child;
    if (child != NO_FOLDER) {
        list_node(w, a, folder_node(child), dir_len);
        child = w->tree.folders[child].next;
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned slot = tree_disk_order(folder, i);
        if (f->alive >> slot & 1)
            list_file(w, a, folder, slot, dir_len);
    }
    for (; child != NO_FOLDER; child = w->tree.folders[child].next)
        list_node(w, a, folder_node(child), dir_len);
}

static void list_entries(struct world *w, struct actor *a, struct node n, size_t dir_len)
{
    const struct tree *t = &w->tree;
    below(&w->op, dir_len, w->op.entry);
    switch (n.kind) {
    case NODE_VOLUME:
        for (uint32_t g = 0; g < t->group_count; g++)
            if (t->groups[g].volume == n.id)
                list_node(w, a, (struct node){NODE_GROUP, g}, dir_len);
        break;
    case NODE_GROUP:
        for (uint32_t i = 0; i < t->groups[n.id].projects; i++)
            list_node(w, a, (struct node){NODE_PROJECT, t->groups[n.id].first_project + i}, dir_len);
        break;
    case NODE_PROJECT:
        for (uint32_t y = t->projects[n.id].first_year; y != NO_FOLDER; y = t->folders[y].next)
            list_node(w, a, folder_node(y), dir_len);
        break;
    case NODE_FOLDER:
        list_folder(w, a, n.id, dir_len);
        break;
    }
}

void op_list(struct world *w, struct actor *a, struct node n, bool tail)
{
    struct op_args *op = &w->op;
    out_reserve(&w->out, LINES_ROOM + entry_count(&w->tree, n) * (rich(w) ? 16u : 1u));
    size_t len = enter_dir(w, a, n, false);
    bool root = n.kind == NODE_VOLUME;
    memcpy(below(op, len, op->dots), "..", 2);
    set_path(w, ARG_DOT, op->dots, root ? len : len + 2);
    set_path(w, ARG_DOTDOT, op->dots, len + 3);
    if (rich(w))
        set_id(op, ARG_ENTRY_ID, ARG_ENTRY_INODE, op->entry_id, node_inode(n));
    run(w, S_LIST_OPEN);
    if (a->attacker)
        truth_add_node(&w->truth, w->out.us, n, GRADE_LISTED);
    run(w, S_LIST_DOTS);
    if (w->scripts.all[S_ENTRY].count != 0)
        list_entries(w, a, n, len);
    run(w, S_LIST_CLOSE);
    if (tail)
        run(w, S_LIST_TAIL);
}

void op_list_denied(struct world *w, struct actor *a, struct node n)
{
    enter_dir(w, a, n, false);
    if (n.kind == NODE_GROUP) {
        run(w, S_LIST_DENIED);
    } else if (n.kind == NODE_PROJECT) {
        run(w, S_UP_DENIED);
    } else {
        run(w, S_DEEP_DENIED); /* proves nothing about the path: no truth either */
        return;
    }
    if (a->attacker)
        truth_add_node(&w->truth, w->out.us, n, GRADE_DENIED);
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

void op_read(struct world *w, struct actor *a, uint32_t folder, struct file_state f, unsigned extra)
{
    enter_file(w, a, folder, f);
    run(w, S_READ_OPEN);
    unsigned chunks = read_chunks(tree_file_hash(&w->tree, folder, f.slot)) + extra;
    for (unsigned i = 0; i < chunks; i++)
        run(w, S_READ_CHUNK);
    if (a->attacker)
        truth_add_file(&w->truth, w->out.us, folder, f, GRADE_READ);
    run(w, S_READ_CLOSE);
}

void op_read_denied(struct world *w, struct actor *a, uint32_t folder, struct file_state f)
{
    enter_file(w, a, folder, f);
    run(w, S_READ_DENIED);
    if (a->attacker)
        truth_add_file(&w->truth, w->out.us, folder, f, GRADE_DENIED);
}

/* smbd looks for ARG_DEST and scans the folder for another spelling. */
static void look_up(struct world *w, uint32_t folder)
{
    run(w, S_LOOKUP);
    if (w->scripts.all[S_LOOKUP_ENTRY].count != 0)
        for (unsigned n = entry_count(&w->tree, folder_node(folder)) + 2; n > 0; n--)
            run(w, S_LOOKUP_ENTRY);
    run(w, S_LOOKUP_END);
}

void op_read_missing(struct world *w, struct actor *a, uint32_t folder, struct file_state f)
{
    char leaf[PATH_CAP];
    size_t leaf_len = tree_file_name(&w->tree, folder, f, leaf);
    size_t len = enter_dir(w, a, folder_node(folder), true);
    set_dest(w, len, leaf, leaf_len);
    run(w, S_UP);
    look_up(w, folder);
    run(w, S_READ_MISSING);
}

/* "file|Thu Jan  1 ...|now|..." as fntimes logs it. */
static void set_times(struct world *w)
{
    static const char never[] = "|Thu Jan  1 00:00:01 1970 UTC";
    struct op_args *op = &w->op;
    const struct arg *file = &op->v[ARG_FILE];
    char *p = op->times;
    memcpy(p, file->s, file->len);
    p += file->len;
    for (unsigned i = 0; i < 4; i++) { /* the real third one is the time of the write */
        memcpy(p, never, sizeof never - 1);
        p += sizeof never - 1;
    }
    set(op, ARG_FILE_TIMES, op->times, (size_t)(p - op->times));
}

static void write_data(struct world *w, unsigned chunks)
{
    if (rich(w))
        set_times(w);
    while (chunks-- > 0)
        run(w, S_WRITE_CHUNK);
    run(w, S_WRITE_CLOSE);
}

/* ARG_FILE is set and does not exist yet. */
static void write_new(struct world *w, uint32_t folder, size_t dir_len)
{
    const struct op_args *op = &w->op;
    size_t leaf_len = op->v[ARG_FILE].len - (op->v[ARG_DIR].len + 1);
    set_dest(w, dir_len, op->file + dir_len + 1, leaf_len);
    run(w, S_UP);
    look_up(w, folder);
    run(w, S_CREATE_OPEN);
    write_data(w, 1);
}

void op_create(struct world *w, struct actor *a, uint32_t folder, struct file_state f)
{
    size_t len = enter_file(w, a, folder, f);
    write_new(w, folder, len);
}

void op_overwrite(struct world *w, struct actor *a, uint32_t folder, struct file_state f)
{
    enter_file(w, a, folder, f);
    run(w, S_UP);
    run(w, S_OVERWRITE);
    write_data(w, read_chunks(tree_file_hash(&w->tree, folder, f.slot)));
}

/* Office names its lock file ~$ and drops the first two characters. */
static size_t lock_name(const char *name, size_t len, char *out)
{
    size_t at = 0;
    for (unsigned chars = 0; chars < 2 && at < len; chars++)
        for (at++; at < len && (name[at] & 0xc0) == 0x80; at++)
            ;
    memcpy(out, "~$", 2);
    memcpy(out + 2, name + at, len - at);
    return 2 + len - at;
}

static size_t temp_name(uint32_t temp, char *out)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = "0123456789ABCDEF"[temp >> (28 - 4 * i) & 15];
    memcpy(out + 8, ".tmp", 4);
    return 12;
}

/* A helper file beside f: for the inodes it counts as the same file, one bit apart. */
static void set_helper(struct world *w, size_t dir_len, const char *leaf, size_t leaf_len,
                       uint32_t folder, unsigned slot)
{
    set_file(w, dir_len, leaf, leaf_len);
    if (rich(w))
        set_id(&w->op, ARG_FILE_ID, ARG_FILE_INODE, w->op.file_id,
               file_inode(folder, slot) + UINT64_C(4000000000));
}

void op_save_begin(struct world *w, struct actor *a, uint32_t folder, struct file_state f,
                   uint32_t temp)
{
    char name[PATH_CAP], lock[PATH_CAP], tmp[16];
    size_t name_len = tree_file_name(&w->tree, folder, f, name);
    size_t lock_len = lock_name(name, name_len, lock);
    size_t tmp_len = temp_name(temp, tmp);
    size_t len = enter_file(w, a, folder, f);
    set_helper(w, len, lock, lock_len, folder, f.slot);
    write_new(w, folder, len);
    set_helper(w, len, tmp, tmp_len, folder, f.slot);
    write_new(w, folder, len);
}

/* Asks for the file by a pattern and removes it. enter_dir has been done. */
static void remove_file(struct world *w, struct actor *a, uint32_t folder)
{
    enter_dir(w, a, folder_node(folder), false);
    run(w, S_LIST_OPEN);
    run(w, S_DELETE_FIND);
    enter_dir(w, a, folder_node(folder), true);
    run(w, S_DELETE);
}

/* Renames ARG_FILE to ARG_DEST. */
static void move_file(struct world *w, uint32_t folder)
{
    struct op_args *op = &w->op;
    const struct arg *from = &op->v[ARG_FILE], *to = &op->v[ARG_DEST];
    memcpy(op->pair, from->s, from->len);
    op->pair[from->len] = '|';
    memcpy(op->pair + from->len + 1, to->s, to->len);
    set(op, ARG_PAIR, op->pair, from->len + 1 + to->len);
    run(w, S_RENAME_OPEN);
    run(w, S_UP);
    look_up(w, folder);
    run(w, S_RENAME);
}

void op_save_end(struct world *w, struct actor *a, uint32_t folder, struct file_state f,
                 uint32_t temp)
{
    char name[PATH_CAP], lock[PATH_CAP], tmp[16];
    size_t name_len = tree_file_name(&w->tree, folder, f, name);
    size_t lock_len = lock_name(name, name_len, lock);
    size_t tmp_len = temp_name(temp, tmp);
    size_t len = enter_file(w, a, folder, f);
    remove_file(w, a, folder);
    set_helper(w, len, tmp, tmp_len, folder, f.slot);
    set_dest(w, len, name, name_len);
    move_file(w, folder);
    set_helper(w, len, lock, lock_len, folder, f.slot);
    remove_file(w, a, folder);
}

void op_rename(struct world *w, struct actor *a, uint32_t folder, struct file_state from,
               struct file_state to)
{
    char leaf[PATH_CAP];
    size_t leaf_len = tree_file_name(&w->tree, folder, to, leaf);
    size_t len = enter_file(w, a, folder, from);
    set_dest(w, len, leaf, leaf_len);
    move_file(w, folder);
}

void op_delete(struct world *w, struct actor *a, uint32_t folder, struct file_state f)
{
    enter_file(w, a, folder, f);
    remove_file(w, a, folder);
}

void op_mkdir(struct world *w, struct actor *a, uint32_t parent, uint32_t folder)
{
    char leaf[PATH_CAP];
    size_t leaf_len = tree_leaf(&w->tree, folder_node(folder), leaf);
    size_t len = enter_dir(w, a, folder_node(parent), true);
    set_file(w, len, leaf, leaf_len);
    set_dest(w, len, leaf, leaf_len);
    if (rich(w))
        set_id(&w->op, ARG_FILE_ID, ARG_FILE_INODE, w->op.file_id,
               node_inode(folder_node(folder)));
    run(w, S_UP);
    look_up(w, parent);
    run(w, S_MKDIR);
}
