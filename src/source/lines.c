#include "source/lines.h"

#include <stdio.h>

#include "base/i18n.h"
#include "base/limits.h"

static void count_length(ash_batch *b, uint32_t n)
{
    if (n > b->longest) {
        b->longest = n;
        b->longest_count = 1;
    } else if (n == b->longest) {
        b->longest_count++;
    }
}

/* NULs are so rare that one search tells about all lines of a block. */
static bool has_nul(ash_lines *l, ash_view line)
{
    if (!l->nul_known || (l->next_nul != NULL && l->next_nul < line.p)) {
        size_t left = (size_t)(l->rest.p + l->rest.n - line.p);
        l->next_nul = memchr(line.p, '\0', left);
        l->nul_known = true;
    }
    return l->next_nul != NULL && l->next_nul < line.p + line.n;
}

/* After a crash the tail of a log is often a run of NULs, with the next record
 * glued to its end. */
static void drop_nuls(ash_line *line, ash_batch *out)
{
    size_t n = 0;
    while (n < line->text.n && line->text.p[n] == '\0')
        n++;
    if (n > 0) {
        ash_batch_note(out, ASH_REASON_ONLY_NULS, line->offset, "");
        line->text = ash_view_skip(line->text, n);
        line->offset += n;
        line->length -= (uint32_t)n;
    }
    if (line->text.n > 0 && memchr(line->text.p, '\0', line->text.n) != NULL)
        ash_batch_note(out, ASH_REASON_NUL_INSIDE, line->offset, "");
}

bool ash_lines_next(ash_lines *l, ash_line *ret, ash_batch *out)
{
    while (l->rest.n > 0) {
        const char *nl = memchr(l->rest.p, '\n', l->rest.n);
        if (nl == NULL && !l->eof)
            return false;
        size_t n = nl == NULL ? l->rest.n : (size_t)(nl - l->rest.p);
        size_t whole = n + (nl != NULL);
        ash_line line = {.text = ash_view_first(l->rest, n), .offset = l->offset};
        bool nul = has_nul(l, line.text);
        l->rest = ash_view_skip(l->rest, whole);
        l->offset += whole;
        out->lines++;
        if (n > ASH_RECORD_MAX) {
            char detail[48];
            snprintf(detail, sizeof detail, _("%zu bytes"), n);
            out->records++;
            ash_batch_note(out, ASH_REASON_TOO_LONG, line.offset, detail);
            continue;
        }
        line.length = (uint32_t)whole;
        if (line.text.n > 0 && line.text.p[n - 1] == '\r')
            line.text.n--;
        if (nul)
            drop_nuls(&line, out);
        if (line.text.n == 0)
            continue;
        count_length(out, line.length);
        *ret = line;
        return true;
    }
    return false;
}

size_t ash_lines_cut(ash_view bytes)
{
    const char *nl = bytes.n == 0 ? NULL : memrchr(bytes.p, '\n', bytes.n);
    return nl == NULL ? 0 : (size_t)(nl - bytes.p) + 1;
}
