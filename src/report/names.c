#include <stdio.h>
#include <stdlib.h>

#include "ashiato/access.h"
#include "report/report.h"

const char *ash_access_name(uint32_t segment, int64_t row, char buf[40])
{
    snprintf(buf, 40, "A%u-%lld", segment, (long long)row);
    return buf;
}

int ash_access_name_parse(const char *text, uint32_t *ret_segment, int64_t *ret_row, ash_error *err)
{
    unsigned segment;
    unsigned long long row;
    int used = 0;
    if (sscanf(text, "A%u-%llu%n", &segment, &row, &used) != 2 || text[used] != '\0')
        return ash_fail(err, ASH_E_USAGE, "report",
                        "'%.40s' is not an access; accesses look like A1-204, and `ashiato scope` lists them",
                        text);
    *ret_segment = segment;
    *ret_row = (int64_t)row;
    return 0;
}

const char *ash_examples_text(const ash_examples *e, char buf[ASH_EXAMPLES_TEXT])
{
    size_t n = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < e->n; i++) {
        char id[40];
        n += (size_t)snprintf(buf + n, ASH_EXAMPLES_TEXT - n, "%s%s", i > 0 ? " " : "",
                              ash_access_name(e->at[i].segment, e->at[i].row, id));
    }
    return buf;
}

const char *ash_changes_text(unsigned changes, char buf[64])
{
    snprintf(buf, 64, "%s%s%s%s%s", changes & ASH_CHANGE_WRITTEN ? " written" : "",
             changes & ASH_CHANGE_RENAMED ? " renamed" : "",
             changes & ASH_CHANGE_DELETED ? " deleted" : "",
             changes & ASH_CHANGE_SECURITY ? " security" : "",
             changes & ASH_CHANGE_LINKED ? " linked" : "");
    return buf[0] == ' ' ? buf + 1 : buf;
}

const char *ash_remarks_text(unsigned flags, char buf[64])
{
    snprintf(buf, 64, "%s%s%s%s%s%s%s", flags & ASH_ACCESS_CUT ? " path-cut" : "",
             flags & ASH_ACCESS_NAME_LOST ? " name-lost" : "", flags & ASH_ACCESS_NEW ? " new" : "",
             flags & ASH_ACCESS_HALF_READ ? " half-read" : "",
             flags & ASH_ACCESS_UNSURE ? " file-or-folder" : "",
             flags & ASH_ACCESS_STEP ? " save-step" : "", flags & ASH_ACCESS_SAVED ? " saved" : "");
    return buf[0] == ' ' ? buf + 1 : buf;
}
