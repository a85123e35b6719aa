#include "cli/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cli/words.h"

static const char *colour_of(ash_verdict v)
{
    switch (v) {
    case ASH_VERDICT_SUSPECTED: return "\x1b[1;31m";
    case ASH_VERDICT_UNUSUAL: return "\x1b[1;33m";
    case ASH_VERDICT_NOTHING: return "\x1b[1;32m";
    case ASH_VERDICT_CANNOT_TELL: return "\x1b[1;35m";
    }
    return "";
}

/* Punctuation and small letters that Japanese never puts at the start of a line. */
static bool never_first(const char *p)
{
    static const char *const marks = "、。，．・：；！？）」』】〕］｝〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々％";
    char one[8] = {0};
    uint32_t cp;
    unsigned k = *p == '\0' ? 0 : ash_utf8_decode(p, strlen(p), &cp);
    memcpy(one, p, k);
    return k > 1 && strstr(marks, one) != NULL;
}

static bool never_last(uint32_t cp)
{
    return cp == 0xff08 || cp == 0x300c || cp == 0x300e || cp == 0x3010 || cp == 0xff3b; /* （「『【［ */
}

/* Breaks at spaces; text without any (Japanese) breaks nearly anywhere. */
static void print_wrapped(const char *text, const char *indent, size_t columns)
{
    size_t width = ash_text_width(indent);
    const char *p = text;
    bool blank = true; /* nothing but spaces on this line yet */
    fputs(indent, stdout);
    while (*p != '\0') {
        uint32_t cp;
        const char *end = p;
        size_t w = 0;
        /* One word, or one wide character. */
        do {
            unsigned k = ash_utf8_decode(end, strlen(end), &cp);
            k = k == 0 ? 1 : k;
            char one[8] = {0};
            memcpy(one, end, k);
            w += ash_text_width(one);
            end += k;
        } while (*end != '\0' && *end != ' ' &&
                 (never_first(end) || never_last(cp) || (cp < 0x1100 && (unsigned char)*end < 0xe1)));
        /* A word too long for any line gets none for itself. */
        if (width + w > columns && !blank) {
            putchar('\n');
            printf("%*s", (int)ash_text_width(indent), "");
            width = ash_text_width(indent);
            blank = true;
            while (*p == ' ')
                p++;
            if (p >= end)
                continue;
        }
        fwrite(p, 1, (size_t)(end - p), stdout);
        blank = blank && strspn(p, " ") >= (size_t)(end - p);
        width += w;
        p = end;
    }
    putchar('\n');
}

static void print_inputs(const ash_model *m, const ash_ingest_result *r)
{
    char lines[32], accesses[32], skipped[32];
    if (r == NULL)
        return;
    bool text = r->lines > 0; /* event logs have no lines */
    printf(text ? _("Read: %zu input(s), %s lines, %s accesses; %s records skipped. %.1f s, %.0f MB/s.")
                : _("Read: %zu input(s), %s records, %s accesses; %s records skipped. %.1f s, %.0f MB/s."),
           r->read, ash_number_text((int64_t)(text ? r->lines : r->records), lines),
           ash_number_text((int64_t)r->accesses, accesses),
           ash_number_text((int64_t)r->skipped, skipped), r->seconds,
           r->seconds > 0 ? (double)r->bytes / 1e6 / r->seconds : 0);
    if (r->duplicates > 0)
        printf(_(" %zu already in the case."), r->duplicates);
    putchar('\n');
    for (size_t i = 0; i < m->n_inputs; i++) {
        const ash_input *in = m->inputs[i];
        char name[300], problem[700], state[64];
        bool bad = strcmp(in->state, "complete") != 0 && strcmp(in->state, "duplicate") != 0;
        if (!bad)
            continue;
        printf("  %s: %s%s%s\n", ash_text_escape(name, sizeof name, ash_view_z(in->name)),
               ash_words(in->state, state, sizeof state), in->problem[0] != '\0' ? ": " : "",
               ash_text_escape(problem, sizeof problem, ash_view_z(in->problem)));
    }
}

/* Assumptions about times and prefixes, each once with the inputs it is about. */
static void print_remarks(const ash_model *m, size_t columns)
{
    for (size_t i = 0; i < m->n_inputs; i++) {
        const char *text = m->inputs[i]->remarks;
        bool seen = text[0] == '\0';
        size_t same = 0;
        for (size_t k = 0; k < m->n_inputs && !seen; k++) {
            bool equal = strcmp(m->inputs[k]->remarks, text) == 0;
            seen = equal && k < i;
            same += equal && k > i;
        }
        if (seen)
            continue;
        char name[300], more[64] = "";
        if (same > 0)
            snprintf(more, sizeof more, _(" and %zu more"), same);
        printf("  %s%s:\n", ash_text_escape(name, sizeof name, ash_view_z(m->inputs[i]->name)), more);
        for (const char *p = text; *p != '\0';) {
            char line[1024];
            size_t n = strcspn(p, "\n");
            snprintf(line, sizeof line, "%.*s", (int)n, p);
            print_wrapped(line, "    ", columns);
            p += n + (p[n] == '\n');
        }
    }
}

void ash_summary_print(const ash_model *m, const ash_ingest_result *r)
{
    const size_t columns = 100;
    bool colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
    printf("\n%s%s%s\n\n", colour ? colour_of(m->verdict) : "", m->headline, colour ? "\x1b[0m" : "");
    for (size_t i = 0; i < m->n_lines; i++)
        print_wrapped(m->lines[i], "", columns);
    printf("\n%s\n", _("What the logs cannot tell:"));
    for (size_t i = 0; i < m->n_limits; i++)
        print_wrapped(m->limits[i], "- ", columns);
    putchar('\n');
    print_inputs(m, r);
    print_remarks(m, columns);
    printf(_("\nReport: %s/report.html (and report.json)\n"), m->r->c->dir);
    if (m->verdict == ASH_VERDICT_SUSPECTED)
        printf(_("Files:  ashiato scope --case %s --grade read\n"), m->r->c->dir);
}
