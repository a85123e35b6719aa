/* The one common model of a decoded record.
 *
 * Terms follow OCSF file/SMB activity, [MS-SMB2] for access masks and create
 * dispositions. Views in an event point into the bytes that were fed or into
 * the batch's arena: they are valid until the batch is reset.
 */
#ifndef ASHIATO_EVENT_H
#define ASHIATO_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/view.h"

/* What happened, independent of the log's own operation names. */
typedef enum ash_op {
    ASH_OP_OTHER = 0,  /* decoded, but says nothing about a file's content */
    ASH_OP_CONNECT,    /* tree connection made */
    ASH_OP_DISCONNECT, /* tree connection ended */
    ASH_OP_LOOKUP,     /* a name was resolved, or attributes were read */
    ASH_OP_OPENDIR,    /* the server opened a folder for reading its entries */
    ASH_OP_OPEN,       /* a handle with an access mask was asked for */
    ASH_OP_READ_BEGIN, /* a read was handed to the disk; its result is another record */
    ASH_OP_READ,       /* content left the disk for the client */
    ASH_OP_WRITE_BEGIN,
    ASH_OP_WRITE, /* content was changed */
    ASH_OP_CREATE_DIR,
    ASH_OP_RENAME, /* path -> new_path */
    ASH_OP_DELETE,
    ASH_OP_LINK, /* new_path now names path as well */
    ASH_OP_SET_SECURITY,
    ASH_OP_LOGON,
    ASH_OP_LOGOFF,  /* Windows: the logon id of this event is not used any more */
    ASH_OP_RESTART, /* Windows: the server started; logon ids begin anew */
    ASH_OP_USE,     /* Windows: rights of an open handle were used; which, says the mask */
    ASH_OP_CLOSE,   /* Windows: a handle was closed */
    ASH_OP_ADMIN,   /* the log, the audit policy or a share was changed */
    ASH_OP_COUNT,
} ash_op;

typedef enum ash_outcome {
    ASH_OUTCOME_OK = 0,
    ASH_OUTCOME_FAILED,  /* the record does not say why, or not reliably */
    ASH_OUTCOME_DENIED,  /* refused by permission */
    ASH_OUTCOME_MISSING, /* there is no such file */
} ash_outcome;

typedef enum ash_object {
    ASH_OBJECT_UNKNOWN = 0,
    ASH_OBJECT_FILE,
    ASH_OBJECT_DIR,
    ASH_OBJECT_PIPE, /* a service of the server, named like a file */
} ash_object;

/* Access mask bits ([MS-SMB2] 2.2.13.1). */
#define ASH_MASK_READ_DATA 0x00000001u /* on a folder: list it */
#define ASH_MASK_WRITE_DATA 0x00000002u
#define ASH_MASK_APPEND_DATA 0x00000004u
#define ASH_MASK_DELETE 0x00010000u
#define ASH_MASK_WRITE_DAC 0x00040000u
#define ASH_MASK_WRITE_OWNER 0x00080000u
#define ASH_MASK_GENERIC_ALL 0x10000000u
#define ASH_MASK_GENERIC_READ 0x80000000u

/* Rights that let content be read. MAXIMUM_ALLOWED (0x02000000) is not among
 * them: what it granted is not in the record. */
#define ASH_MASK_READS (ASH_MASK_READ_DATA | ASH_MASK_GENERIC_READ | ASH_MASK_GENERIC_ALL)

/* Event flags. */
#define ASH_EVENT_NEW_CONTENT 0x01u /* the open made or emptied the file ([MS-SMB2] CreateDisposition) */
#define ASH_EVENT_CUT 0x02u         /* the path ends where the log line was cut */
#define ASH_EVENT_NAME_LOST 0x04u   /* the log names the share root instead of the wanted file */
#define ASH_EVENT_NO_ZONE 0x08u     /* time is local wall clock, zone to be applied */
#define ASH_EVENT_NO_YEAR 0x10u     /* time is in year ASH_YEARLESS, year to be found */
#define ASH_EVENT_POSIX_OPEN 0x20u  /* an open(2) without access mask: may be a folder */
#define ASH_EVENT_REPEATED 0x40u    /* one line that stands for several equal ones */
#define ASH_EVENT_TWIN 0x80u        /* READ_BEGIN or READ that comes in such a pair */

/* The year given to times without one: a leap year, so that 29 February exists. */
#define ASH_YEARLESS 1972

/* Who and where, as the log states them. Interned by the decoder: an event
 * names it by index. Views live as long as the decoder. */
typedef struct ash_origin {
    ash_view server;
    ash_view share;
    ash_view account;
    ash_view client; /* address, or host name where that is all there is */
    ash_view workstation;
} ash_origin;

/* Facts only a logon record has. */
typedef struct ash_logon {
    ash_view domain;
    ash_view service; /* "SMB2", "SMB" */
    ash_view status;  /* NT status name as logged */
    bool anonymous;
    bool unknown_account;
} ash_logon;

/* Facts only a Windows record has; what joins one to others. */
typedef struct ash_windows {
    uint64_t record;   /* EventRecordID, 0 if not stated */
    uint64_t logon_id; /* of the session that acts; of the new one in a logon. 0: none */
    uint64_t handle;   /* with process: what opening, use and closing have in common; 0: none */
    uint64_t process;
    uint64_t account_id; /* hash of the account's SID, of its lower-case name where none is stated */
    uint64_t account_name; /* hash of its lower-case name */
    ash_view root; /* of share records: the folder the share is, on the server's disk */
    uint16_t id;   /* EventID */
    uint8_t logon_type; /* of logon records; 0 if not stated */
    bool local;    /* a program on the server itself did it, not a client */
    bool object;   /* names a file by its place on the server's disk, not by share */
} ash_windows;

typedef struct ash_event {
    int64_t time;    /* ns since 1970 UTC unless flags say otherwise */
    uint64_t offset; /* of the record in the decompressed input */
    uint32_t length; /* bytes of the record */
    uint32_t origin; /* index into ash_batch.origins */
    uint64_t path_hash;
    uint64_t dir_hash; /* of the path up to its last '/', 0 if none */
    ash_view path;     /* bytes as the log has them */
    ash_view new_path;
    uint32_t access_mask;
    uint8_t op;      /* ash_op */
    uint8_t outcome; /* ash_outcome */
    uint8_t object;  /* ash_object */
    uint8_t flags;   /* ASH_EVENT_* */
    uint16_t native; /* index of the log's own operation name in its source's table */
    const ash_logon *logon; /* for ASH_OP_LOGON, else NULL */
    const ash_windows *windows; /* for records of Windows, else NULL */
} ash_event;

#endif
