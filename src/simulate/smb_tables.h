/*
 * The tables themselves. Origin: steps recorded from smbd 4.17.12 with smbclient, once
 * with a selected list of operations (lean) and once with success=all and failure=all
 * (rich). The lines marked O are modelled after the source of Samba 4.9 and not recorded.
 */
#ifndef ASH_SIMULATE_SMB_TABLES_H
#define ASH_SIMULATE_SMB_TABLES_H

#include "simulate/smb_script.h"

enum {
    N = 1 << ASH_SMB_NOREADS,
    X = 1 << ASH_SMB_LEAN, /* lean, but not in a configuration without reads */
    L = X | N,
    R = 1 << ASH_SMB_RICH,
    O = 1 << ASH_SMB_OLD,
    E = 1 << 4, /* follows quickly: an entry of a listing */
    LR = L | R,
    XR = X | R,
    ALL = L | R | O,
};

struct row {
    unsigned when;
    const char *text;
    ash_arg_id arg;
    const char *suffix;
};

#define NOFILE "fail (No such file or directory)|"
#define NODATA "fail (No data available)|"
#define DENIED "fail (Permission denied)|"
#define DOSATTR "|user.DOSATTRIB"

/* The parent of the object is opened first; rich shows what is behind it. */
#define OPEN_UP                               \
    {LR, "openat|ok|r|", ARG_UP, ""},         \
    {R, "fstat|ok|", ARG_PARENT, ""},         \
    {R, "file_id_create|ok|", ARG_PARENT_ID, ""}

/* The next request of the connection finds smbd in another directory. */
#define COME_BACK                                 \
    {R, "chdir|ok|chdir|", ARG_ROOT, ""},         \
    {R, "stat|ok|", ARG_ROOT, ""},                \
    {R, "file_id_create|ok|", ARG_ROOT_ID, ""},   \
    {R, "stat|ok|", ARG_ROOT, ""}

#define NO_DOS_ATTRIBUTES(ARG)                    \
    {R, "fgetxattr|" NODATA, ARG, DOSATTR},       \
    {R, "fget_dos_attributes|" NODATA, ARG, ""}

#define DOS_ATTRIBUTES(ARG)                       \
    {R, "fgetxattr|ok|", ARG, DOSATTR},           \
    {R, "fget_dos_attributes|ok|", ARG, ""}

#define SET_DOS_ATTRIBUTES(ARG)                   \
    {R, "sys_acl_get_fd|ok|", ARG, ""},           \
    {R, "fsetxattr|ok|", ARG, DOSATTR},           \
    {R, "fset_dos_attributes|ok|", ARG, ""}

#define DIR_ACL(ARG)                              \
    {R, "fstat|ok|", ARG, ""},                    \
    {R, "sys_acl_get_fd|ok|", ARG, ""},           \
    {R, "sys_acl_get_fd|ok|", ARG, ""},           \
    {R, "fget_nt_acl|ok|", ARG, ""}

#define FILE_ACL(ARG)                             \
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},   \
    {R, "fstat|ok|", ARG, ""},                    \
    {R, "sys_acl_get_fd|ok|", ARG, ""},           \
    {R, "fget_nt_acl|ok|", ARG, ""}

#define FIND_FILE                                 \
    {LR, "openat|ok|r|", ARG_FILE, ""},           \
    {R, "fstat|ok|", ARG_FILE, ""},               \
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},   \
    {R, "connectpath|ok|", ARG_FILE, ""}

#define FIND_DIR                                  \
    {LR, "openat|ok|r|", ARG_DIR, ""},            \
    {R, "fstat|ok|", ARG_DIR, ""},                \
    {R, "file_id_create|ok|", ARG_DIR_ID, ""},    \
    {R, "connectpath|ok|", ARG_DIR, ""},          \
    {R, "file_id_create|ok|", ARG_DIR_ID, ""}

static const struct row ipc[] = {
    {ALL, "connect|ok|IPC$", ARG_NONE, ""},
    {ALL, "disconnect|ok|IPC$", ARG_NONE, ""},
};

static const struct row connect_share[] = {
    {ALL, "connect|ok|", ARG_SHARE, ""},
    {R, "realpath|ok|", ARG_ROOT, ""},
    {R, "realpath|ok|", ARG_ROOT, ""},
    {R, "stat|ok|", ARG_ROOT, ""},
    {R, "statvfs|ok|", ARG_NONE, ""},
    {R, "stat|ok|", ARG_ROOT, ""},
    {R, "fs_capabilities|ok|", ARG_NONE, ""},
    {R, "chdir|ok|chdir|", ARG_ROOT, ""},
    {R, "stat|ok|", ARG_ROOT, ""},
    {R, "file_id_create|ok|", ARG_ROOT_ID, ""},
    {R, "getwd|ok|", ARG_ROOT, ""},
    {R, "file_id_create|ok|", ARG_ROOT_ID, ""},
};

static const struct row disconnect_share[] = {
    COME_BACK,
    {R, "chdir|ok|chdir|/", ARG_NONE, ""},
    {R, "stat|ok|", ARG_ROOT, ""},
    {R, "file_id_create|ok|65024:2:0", ARG_NONE, ""},
    {R, "stat|ok|/", ARG_NONE, ""},
    {ALL, "disconnect|ok|", ARG_SHARE, ""},
};

static const struct row cd[] = {
    OPEN_UP,
    FIND_DIR,
    {O, "open|ok|r|", ARG_DIR, ""},
    {R, "fstat|ok|", ARG_DIR, ""},
    {ALL, "create_file|ok|0x80|dir|open|", ARG_DIR, ""},
    NO_DOS_ATTRIBUTES(ARG_DIR),
    {R, "get_alloc_size|ok|0", ARG_NONE, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    {R, "close|ok|", ARG_DIR, ""},
};

static const struct row list_open[] = {
    OPEN_UP,
    FIND_DIR,
    {LR, "openat|ok|r|", ARG_DIR, ""},
    {O, "open|ok|r|", ARG_DIR, ""},
    {R, "close|ok|", ARG_DIR, ""},
    {R, "fstat|ok|", ARG_DIR, ""},
    DIR_ACL(ARG_DIR),
    {ALL, "create_file|ok|0x81|dir|open|", ARG_DIR, ""},
    NO_DOS_ATTRIBUTES(ARG_DIR),
    {R, "get_alloc_size|ok|0", ARG_NONE, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    COME_BACK,
    {LR, "fdopendir|ok|", ARG_DIR, ""},
    {O, "opendir|ok|", ARG_DIR, ""},
};

#define DOT_ENTRY(ARG)                            \
    {R, "stat|ok|", ARG, ""},                     \
    {LR, "openat|ok|r|", ARG, ""},                \
    {R, "fstat|ok|", ARG, ""},                    \
    {R, "file_id_create|ok|", ARG_DIR_ID, ""},    \
    NO_DOS_ATTRIBUTES(ARG),                       \
    {R, "get_alloc_size|ok|0", ARG_NONE, ""},     \
    {R, "fs_file_id|ok|", ARG_ENTRY_INODE, ""},   \
    {R, "flistxattr|ok|", ARG, ""},               \
    {R, "file_id_create|ok|", ARG_DIR_ID, ""},    \
    {R, "close|ok|", ARG, ""}

static const struct row list_dots[] = {
    DOT_ENTRY(ARG_DOT),
    DOT_ENTRY(ARG_DOTDOT),
};

static const struct row entry[] = {
    {R, "readdir|ok|", ARG_NONE, ""},
    {R, "translate_name|" NODATA, ARG_NONE, ""},
    {R, "telldir|ok|", ARG_NONE, ""},
    {LR | E, "openat|ok|r|", ARG_ENTRY, ""},
    {R, "fstat|ok|", ARG_ENTRY, ""},
    {R, "file_id_create|ok|", ARG_ENTRY_ID, ""},
    NO_DOS_ATTRIBUTES(ARG_ENTRY),
    {R, "file_id_create|ok|", ARG_ENTRY_ID, ""},
    {R, "get_alloc_size|ok|", ARG_SIZE, ""},
    {R, "freaddir_attr|" NODATA, ARG_ENTRY, ""},
    {R, "fs_file_id|ok|", ARG_ENTRY_INODE, ""},
    {R, "flistxattr|ok|", ARG_ENTRY, ""},
    {R, "file_id_create|ok|", ARG_ENTRY_ID, ""},
    {R, "close|ok|", ARG_ENTRY, ""},
};

static const struct row list_close[] = {
    {R, "readdir|ok|", ARG_NONE, ""},
    {R, "closedir|ok|", ARG_NONE, ""},
};

static const struct row list_tail[] = {
    OPEN_UP,
    FIND_DIR,
    {O, "open|ok|r|", ARG_DIR, ""},
    {R, "fstat|ok|", ARG_DIR, ""},
    {ALL, "create_file|ok|0x80|dir|open|", ARG_DIR, ""},
    NO_DOS_ATTRIBUTES(ARG_DIR),
    {R, "get_alloc_size|ok|0", ARG_NONE, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    {R, "stat|ok|", ARG_DIR, ""},
    {R, "disk_free|ok|", ARG_DIR, ""},
    {R, "get_quota|ok|", ARG_DIR, ""},
    {R, "get_quota|ok|", ARG_DIR, ""},
    {R, "close|ok|", ARG_DIR, ""},
};

static const struct row list_denied[] = {
    OPEN_UP,
    FIND_DIR,
    {LR, "openat|" DENIED "r|", ARG_DIR, ""},
    {O, "open|" DENIED "r|", ARG_DIR, ""},
    {R, "close|ok|", ARG_DIR, ""},
    {ALL, "create_file|" DENIED "0x81|dir|open|", ARG_DIR, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    COME_BACK,
};

static const struct row up_denied[] = {
    OPEN_UP,
    {LR, "openat|" DENIED "r|", ARG_DIR, ""},
    {O, "create_file|" DENIED "0x80|dir|open|", ARG_DIR, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    COME_BACK,
};

static const struct row deep_denied[] = {
    {LR, "openat|" DENIED "r|", ARG_UP, ""},
    {O, "create_file|" DENIED "0x80|dir|open|", ARG_DIR, ""},
    COME_BACK,
};

static const struct row read_open[] = {
    OPEN_UP,
    FIND_FILE,
    NO_DOS_ATTRIBUTES(ARG_FILE),
    FILE_ACL(ARG_FILE),
    {LR, "openat|ok|r|", ARG_FILE, ""},
    {O, "open|ok|r|", ARG_FILE, ""},
    {R, "close|ok|", ARG_FILE, ""},
    {R, "fcntl|ok|", ARG_FILE, ""},
    {R, "fcntl|ok|", ARG_FILE, ""},
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},
    {ALL, "create_file|ok|0x120089|file|open|", ARG_FILE, ""},
    NO_DOS_ATTRIBUTES(ARG_FILE),
    {R, "get_alloc_size|ok|", ARG_SIZE, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    COME_BACK,
    {R, "fstat|ok|", ARG_FILE, ""},
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},
    NO_DOS_ATTRIBUTES(ARG_FILE),
    {R, "get_alloc_size|ok|", ARG_SIZE, ""},
    {R, "fs_file_id|ok|", ARG_FILE_INODE, ""},
    {R, "flistxattr|ok|", ARG_FILE, ""},
};

static const struct row read_chunk[] = {
    {R, "getlock|ok|", ARG_FILE, ""},
    {R, "strict_lock_check|ok|", ARG_FILE, ":0-8388608:0"},
    {XR, "pread_send|ok|", ARG_FILE, ""},
    {XR, "pread_recv|ok|", ARG_FILE, ""},
    {O, "pread|ok|", ARG_FILE, ""},
};

static const struct row read_close[] = {
    {R, "close|ok|", ARG_FILE, ""},
};

static const struct row read_denied[] = {
    OPEN_UP,
    FIND_FILE,
    {R, "fgetxattr|" DENIED, ARG_FILE, DOSATTR},
    NO_DOS_ATTRIBUTES(ARG_FILE),
    FILE_ACL(ARG_FILE),
    {R, "close|ok|", ARG_FILE, ""},
    /* the text is a stale errno: it says nothing about the reason */
    {LR, "create_file|" NOFILE "0x120089|file|open|", ARG_FILE, ""},
    {O, "open|" DENIED "r|", ARG_FILE, ""},
    {O, "create_file|" DENIED "0x120089|file|open|", ARG_FILE, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    COME_BACK,
};

static const struct row up[] = {
    OPEN_UP,
};

static const struct row lookup[] = {
    {LR, "openat|" NOFILE "r|", ARG_DEST, ""},
    {R, "file_id_create|ok|", ARG_DIR_ID, ""},
    {R, "get_real_filename_at|" NOFILE "./", ARG_LEAF, "->"},
    {LR, "openat|ok|r|", ARG_DIR, ""},
    {R, "fstat|ok|", ARG_DIR, ""},
    {R, "file_id_create|ok|", ARG_DIR_ID, ""},
    {LR, "fdopendir|ok|", ARG_DIR, ""},
    {O, "opendir|ok|", ARG_DIR, ""},
};

static const struct row lookup_entry[] = {
    {R, "readdir|ok|", ARG_NONE, ""},
    {R, "translate_name|fail (Argument list too long)|", ARG_NONE, ""},
    {R, "telldir|ok|", ARG_NONE, ""},
};

static const struct row lookup_end[] = {
    {R, "readdir|ok|", ARG_NONE, ""},
    {R, "closedir|ok|", ARG_NONE, ""},
    {R, "connectpath|ok|", ARG_DEST, ""},
};

static const struct row read_missing[] = {
    {LR, "create_file|fail (Argument list too long)|0x120089|file|open|", ARG_DEST, ""},
    {O, "create_file|" NOFILE "0x120089|file|open|", ARG_DEST, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    COME_BACK,
};

#define OPENED_FOR_WRITING                                             \
    {ALL, "create_file|ok|0x12019f|file|overwrite_if|", ARG_FILE, ""}, \
    DOS_ATTRIBUTES(ARG_FILE),                                          \
    {R, "get_alloc_size|ok|0", ARG_NONE, ""},                          \
    {R, "close|ok|", ARG_PARENT, ""},                                  \
    COME_BACK

static const struct row create_open[] = {
    DIR_ACL(ARG_DIR),
    {LR, "openat|ok|w|", ARG_FILE, ""},
    {O, "open|ok|w|", ARG_FILE, ""},
    {R, "fstat|ok|", ARG_FILE, ""},
    {R, "fcntl|ok|", ARG_FILE, ""},
    {R, "fcntl|ok|", ARG_FILE, ""},
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},
    NO_DOS_ATTRIBUTES(ARG_FILE),
    SET_DOS_ATTRIBUTES(ARG_FILE),
    OPENED_FOR_WRITING,
};

static const struct row overwrite[] = {
    FIND_FILE,
    DOS_ATTRIBUTES(ARG_FILE),
    FILE_ACL(ARG_FILE),
    {LR, "openat|ok|w|", ARG_FILE, ""},
    {O, "open|ok|w|", ARG_FILE, ""},
    {R, "close|ok|", ARG_FILE, ""},
    {R, "fcntl|ok|", ARG_FILE, ""},
    {R, "fcntl|ok|", ARG_FILE, ""},
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},
    {R, "fstat|ok|", ARG_FILE, ""},
    {LR, "ftruncate|ok|", ARG_FILE, ""},
    {R, "fstat|ok|", ARG_FILE, ""},
    {R, "get_alloc_size|ok|0", ARG_NONE, ""},
    {R, "fstreaminfo|ok|", ARG_FILE, ""},
    DOS_ATTRIBUTES(ARG_FILE),
    SET_DOS_ATTRIBUTES(ARG_FILE),
    OPENED_FOR_WRITING,
};

static const struct row write_chunk[] = {
    {R, "getlock|ok|", ARG_FILE, ""},
    {R, "strict_lock_check|ok|", ARG_FILE, ":0-300000:1"},
    {XR, "pwrite_send|ok|", ARG_FILE, ""},
    {XR, "pwrite_recv|ok|", ARG_FILE, ""},
    {O, "pwrite|ok|", ARG_FILE, ""},
};

static const struct row write_close[] = {
    DOS_ATTRIBUTES(ARG_FILE),
    {R, "fntimes|ok|", ARG_FILE_TIMES, ""},
    {R, "close|ok|", ARG_FILE, ""},
};

#define OPENED_FOR_DELETE                                       \
    OPEN_UP,                                                    \
    FIND_FILE,                                                  \
    DOS_ATTRIBUTES(ARG_FILE),                                   \
    FILE_ACL(ARG_FILE),                                         \
    DIR_ACL(ARG_DIR),                                           \
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},                 \
    {ALL, "create_file|ok|0x10000|file|open|", ARG_FILE, ""},   \
    DOS_ATTRIBUTES(ARG_FILE),                                   \
    {R, "get_alloc_size|ok|", ARG_SIZE, ""},                    \
    {R, "close|ok|", ARG_PARENT, ""},                           \
    COME_BACK,                                                  \
    {R, "fstat|ok|", ARG_FILE, ""}

static const struct row rename_open[] = {
    OPENED_FOR_DELETE,
};

static const struct row rename_file[] = {
    {R, "stat|" NOFILE, ARG_DEST, ""},
    {LR, "openat|ok|r|", ARG_DIR, ""},
    {R, "file_id_create|ok|", ARG_DIR_ID, ""},
    DIR_ACL(ARG_DIR),
    {R, "connectpath|ok|", ARG_FILE, ""},
    {LR, "renameat|ok|", ARG_PAIR, ""},
    {O, "rename|ok|", ARG_PAIR, ""},
    {R, "fstat|ok|", ARG_DEST, ""},
    DOS_ATTRIBUTES(ARG_DEST),
    SET_DOS_ATTRIBUTES(ARG_DEST),
    {R, "close|ok|", ARG_DIR, ""},
    COME_BACK,
    {R, "close|ok|", ARG_DEST, ""},
};

static const struct row delete_find[] = {
    {R, "stat|ok|", ARG_FILE, ""},
    {LR | E, "openat|ok|r|", ARG_FILE, ""},
    {R, "fstat|ok|", ARG_FILE, ""},
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},
    DOS_ATTRIBUTES(ARG_FILE),
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},
    {R, "get_alloc_size|ok|", ARG_SIZE, ""},
    {R, "fs_file_id|ok|", ARG_FILE_INODE, ""},
    {R, "flistxattr|ok|", ARG_FILE, ""},
    {R, "close|ok|", ARG_FILE, ""},
};

static const struct row delete_file[] = {
    OPENED_FOR_DELETE,
    {R, "connectpath|ok|", ARG_FILE, ""},
    {LR, "openat|ok|r|", ARG_DIR, ""},
    {R, "fstat|ok|", ARG_DIR, ""},
    {R, "file_id_create|ok|", ARG_DIR_ID, ""},
    {LR, "unlinkat|ok|", ARG_FILE, ""},
    {O, "unlink|ok|", ARG_FILE, ""},
    {R, "close|ok|", ARG_DIR, ""},
    {R, "close|ok|", ARG_FILE, ""},
    COME_BACK,
    {R, "closedir|ok|", ARG_NONE, ""},
};

static const struct row make_dir[] = {
    DIR_ACL(ARG_DIR),
    {LR, "mkdirat|ok|", ARG_FILE, ""},
    {LR, "openat|ok|r|", ARG_FILE, ""},
    {O, "mkdir|ok|", ARG_FILE, ""},
    {R, "fstat|ok|", ARG_FILE, ""},
    SET_DOS_ATTRIBUTES(ARG_FILE),
    {R, "file_id_create|ok|", ARG_FILE_ID, ""},
    {ALL, "create_file|ok|0x80|dir|create|", ARG_FILE, ""},
    DOS_ATTRIBUTES(ARG_FILE),
    {R, "get_alloc_size|ok|0", ARG_NONE, ""},
    {R, "close|ok|", ARG_PARENT, ""},
    COME_BACK,
    {R, "close|ok|", ARG_FILE, ""},
};

#endif
