#include "fold/grade.h"

#include <stdbool.h>

#include "base/i18n.h"

ash_object ash_object_of(uint32_t saw)
{
    if (saw & SAW_PIPE)
        return ASH_OBJECT_PIPE;
    if (saw & (SAW_DIR | SAW_LIST_OPEN | SAW_OPENDIR))
        return ASH_OBJECT_DIR;
    if (saw & SAW_UNSURE)
        return saw & (SAW_FILE | SAW_FILE_NAME) ? ASH_OBJECT_FILE : ASH_OBJECT_UNKNOWN;
    if (saw & (SAW_FILE | SAW_READ | SAW_READ_BEGIN | SAW_WRITE | SAW_OPEN_READ))
        return ASH_OBJECT_FILE;
    return ASH_OBJECT_UNKNOWN;
}

static ash_grade grade_of_dir(uint32_t saw, uint32_t records)
{
    if (saw & SAW_LIST_OPEN)
        return ASH_GRADE_LISTED;
    /* The right to read a file and the right to list a folder are one bit. */
    if ((saw & SAW_UNSURE) && (saw & (SAW_READ | SAW_OPEN_READ)))
        return ASH_GRADE_LISTED;
    if ((saw & SAW_CHECKED) && !(saw & SAW_REFUSED))
        return ASH_GRADE_LISTED;
    /* Where opens are recorded, a listing always has one. Where they are not,
     * opendir is the only sign of it. */
    if ((saw & SAW_OPENDIR) && !(saw & SAW_SCAN) && !(records & RECORDS_OPENS))
        return ASH_GRADE_LISTED;
    return ASH_GRADE_NONE;
}

static ash_grade grade_of_file(uint32_t saw, uint32_t records, ash_object object)
{
    if (saw & SAW_READ)
        return object == ASH_OBJECT_UNKNOWN && (saw & SAW_UNSURE) ? ASH_GRADE_OPENED : ASH_GRADE_READ;
    if (saw & SAW_READ_BEGIN)
        /* The twin that proves the read is never logged here, or it is and was lost. */
        return records & RECORDS_READS ? ASH_GRADE_OPENED : ASH_GRADE_READ;
    if (saw & (SAW_OPEN_READ | SAW_OPEN_POSIX))
        return ASH_GRADE_OPENED;
    if ((saw & SAW_CHECKED) && !(saw & SAW_REFUSED))
        return ASH_GRADE_OPENED;
    return ASH_GRADE_NONE;
}

ash_grade ash_grade_of(uint32_t saw, uint32_t records)
{
    ash_object object = ash_object_of(saw);
    if (object == ASH_OBJECT_PIPE)
        return saw & SAW_DENIED ? ASH_GRADE_DENIED : ASH_GRADE_SEEN;
    ash_grade g = object == ASH_OBJECT_DIR ? grade_of_dir(saw, records)
                                           : grade_of_file(saw, records, object);
    if (g != ASH_GRADE_NONE)
        return g;
    if (saw & SAW_DENIED)
        return ASH_GRADE_DENIED;
    if (saw & SAW_FAILED)
        return saw & SAW_MISSING ? ASH_GRADE_MISSING : ASH_GRADE_DENIED;
    if (saw & (SAW_OPEN_ATTRIBUTES | SAW_OPENDIR | SAW_LINK))
        return ASH_GRADE_SEEN;
    if (saw & (SAW_NEW | SAW_WRITE | SAW_TARGET))
        return ASH_GRADE_NONE; /* looked up in order to be made */
    if (saw & SAW_MISSING)
        return ASH_GRADE_MISSING;
    return saw & SAW_LOOKUP ? ASH_GRADE_SEEN : ASH_GRADE_NONE;
}

unsigned ash_changes_of(uint32_t saw)
{
    unsigned c = 0;
    /* What is written to a folder is the name of a new file. */
    bool folder = (saw & SAW_UNSURE) && ash_object_of(saw) == ASH_OBJECT_DIR;
    if ((saw & (SAW_WRITE | SAW_NEW)) && !folder && !(saw & SAW_PIPE))
        c |= ASH_CHANGE_WRITTEN;
    if (saw & SAW_SAVED)
        c |= ASH_CHANGE_WRITTEN;
    else if (saw & SAW_RENAME)
        c |= ASH_CHANGE_RENAMED;
    if (saw & SAW_DELETE)
        c |= ASH_CHANGE_DELETED;
    if (saw & SAW_SECURITY)
        c |= ASH_CHANGE_SECURITY;
    if (saw & SAW_LINK)
        c |= ASH_CHANGE_LINKED;
    return c;
}

unsigned ash_access_flags_of(uint32_t saw, uint32_t records)
{
    unsigned f = 0;
    if (saw & SAW_CUT)
        f |= ASH_ACCESS_CUT;
    if (saw & SAW_NAME_LOST)
        f |= ASH_ACCESS_NAME_LOST;
    if (saw & SAW_NEW)
        f |= ASH_ACCESS_NEW;
    if ((saw & SAW_READ_BEGIN) && !(saw & SAW_READ) && (records & RECORDS_READS))
        f |= ASH_ACCESS_HALF_READ;
    if (saw & SAW_STEP)
        f |= ASH_ACCESS_STEP;
    if (saw & SAW_SAVED)
        f |= ASH_ACCESS_SAVED;
    if ((saw & SAW_UNSURE) && (saw & (SAW_READ | SAW_OPEN_READ | SAW_CHECKED | SAW_WRITE)) &&
        ash_object_of(saw) == ASH_OBJECT_UNKNOWN)
        f |= ASH_ACCESS_UNSURE;
    return f;
}

const char *ash_grade_name(ash_grade g)
{
    switch (g) {
    case ASH_GRADE_MISSING: return "missing";
    case ASH_GRADE_DENIED: return "denied";
    case ASH_GRADE_SEEN: return "seen";
    case ASH_GRADE_LISTED: return "listed";
    case ASH_GRADE_OPENED: return "opened";
    case ASH_GRADE_READ: return "read";
    case ASH_GRADE_NONE: break;
    }
    return "none";
}

const char *ash_access_word(ash_grade g, unsigned changes)
{
    if (g < ASH_GRADE_OPENED) {
        if (changes & ASH_CHANGE_DELETED)
            return "deleted";
        if (changes & ASH_CHANGE_RENAMED)
            return "renamed";
        if (changes & ASH_CHANGE_WRITTEN)
            return "written";
        if (g < ASH_GRADE_LISTED && (changes & ASH_CHANGE_LINKED))
            return "linked";
        if (g < ASH_GRADE_LISTED && (changes & ASH_CHANGE_SECURITY))
            return "security";
    }
    return ash_grade_name(g);
}
