/* From what was seen of an access to its grade. The rules and the server
 * behaviour behind each: docs/GRADES.md. */
#ifndef ASH_FOLD_GRADE_H
#define ASH_FOLD_GRADE_H

#include <stdint.h>

#include "ashiato/access.h"

/* What an open access has seen. */
#define SAW_LOOKUP 0x00001u
#define SAW_MISSING 0x00002u      /* a lookup: no such file */
#define SAW_DENIED 0x00004u       /* refused, and the record says so reliably */
#define SAW_FAILED 0x00008u       /* an open failed; the record does not say why */
#define SAW_OPEN_ATTRIBUTES 0x00010u
#define SAW_OPEN_READ 0x00020u    /* open with a right to read, content not new */
#define SAW_OPEN_POSIX 0x00040u   /* old Samba's open(2) for reading */
#define SAW_LIST_OPEN 0x00080u    /* folder opened with the right to list */
#define SAW_OPENDIR 0x00100u      /* the server opened the folder for reading entries */
#define SAW_SCAN 0x00200u         /* ... to find a name it did not have, not for the client */
#define SAW_READ_BEGIN 0x00400u
#define SAW_READ 0x00800u
#define SAW_WRITE 0x01000u
#define SAW_NEW 0x02000u          /* made or emptied */
#define SAW_RENAME 0x04000u
#define SAW_DELETE 0x08000u
#define SAW_SECURITY 0x10000u
#define SAW_LINK 0x20000u
#define SAW_DIR 0x40000u          /* certainly a folder */
#define SAW_FILE 0x80000u         /* certainly a file */
#define SAW_CUT 0x100000u
#define SAW_NAME_LOST 0x200000u
#define SAW_TARGET 0x400000u      /* a rename put a file here: its lookups explain themselves */
#define SAW_OPENDIR_DUE 0x800000u /* a listing's open, whose opendir has not come yet */
#define SAW_UNSURE 0x1000000u      /* Windows: records do not say whether file or folder */
#define SAW_FILE_NAME 0x2000000u   /* ... but the name has an extension */
#define SAW_DELETE_USED 0x4000000u /* the right to delete was used: deleted, renamed or moved */
#define SAW_PIPE 0x8000000u        /* a service behind a name */
#define SAW_STEP 0x10000000u       /* a temporary file of a program that saved a document */
#define SAW_SAVED 0x20000000u      /* ... and the document */
#define SAW_CHECKED 0x40000000u    /* 5145: the share would let it be read; the file has not been asked */
#define SAW_REFUSED 0x80000000u    /* 4656: the file refused */

/* Operations a share has been seen to record; they tell what silence means. */
#define RECORDS_OPENS 0x1u  /* opens with access masks */
#define RECORDS_READS 0x2u  /* completed reads */
#define RECORDS_BEGINS 0x4u /* beginnings of reads */
#define RECORDS_WRITES 0x8u
#define RECORDS_WINDOWS 0x10u /* checks of access to a share (5145) */
#define RECORDS_OBJECTS 0x20u /* use of files below a share's root (4656, 4663) */

/* What one event shows of its path, and which operations its share records. */
uint32_t ash_saw_of(const ash_event *e);
uint32_t ash_recorded_by(const ash_event *e);

ash_grade ash_grade_of(uint32_t saw, uint32_t records);
unsigned ash_changes_of(uint32_t saw);
ash_object ash_object_of(uint32_t saw);
unsigned ash_access_flags_of(uint32_t saw, uint32_t records);

/* True when nothing but lookups that succeeded was seen. */
static inline int ash_saw_only_lookups(uint32_t saw)
{
    return (saw & ~(SAW_LOOKUP | SAW_DIR | SAW_CUT)) == 0;
}

#endif
