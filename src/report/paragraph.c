/* The one paragraph for readers who read no other: no command, no word of the trade. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "report/model.h"

#define DAY_NS (INT64_C(86400) * ASH_NS_PER_S)

/* A sentence more. */
static void say(ash_buf *out, const char *fmt, ...) ASH_PRINTF(2, 3);
static void say(ash_buf *out, const char *fmt, ...)
{
    va_list ap;
    bool spaced = strcmp(ash_i18n_language(), "ja") != 0;
    ash_buf_add_z(out, out->n > 0 && spaced ? " " : "");
    va_start(ap, fmt);
    ash_buf_addv(out, fmt, ap);
    va_end(ap);
}

static const char *date(ash_model *m, int64_t t, char buf[ASH_TIME_TEXT])
{
    ash_time_text(buf, t, &m->zone, 0);
    if (strlen(buf) > 10)
        buf[10] = '\0';
    return buf;
}

static int64_t last_seen(const ash_model *m)
{
    int64_t last = m->footprint.time;
    for (size_t i = 0; i < m->tracks.n; i++)
        if (!ash_track_is(&m->tracks.rows[i], "rejected") && m->tracks.rows[i].last > last)
            last = m->tracks.rows[i].last;
    return last;
}

static void say_when_and_what(ash_model *m, ash_buf *out)
{
    char first[ASH_TIME_TEXT], last[ASH_TIME_TEXT], read[32], opened[32], changed[32];
    date(m, m->footprint.time, first);
    date(m, last_seen(m), last);
    if (strcmp(first, last) == 0)
        say(out, _("They are all of %s."), first);
    else
        say(out, _("The first is of %s, the last of %s."), first, last);
    if (m->footprint.time - m->coverage.first < DAY_NS)
        say(out, "%s", _("The records begin hardly earlier: what was before cannot be seen."));
    say(out, _("%s files were read."), ash_number_text(m->scope.read, read));
    if (m->scope.opened > 0)
        say(out, _("%s more were opened; whether they were read is not recorded."),
            ash_number_text(m->scope.opened, opened));
    if (m->scope.changed > 0)
        say(out, _("%s were changed, renamed or deleted."), ash_number_text(m->scope.changed, changed));
}

/* The titles of the checks of one state; false: there is none. */
static bool list_checks(const ash_checks *c, ash_check_state state, ash_buf *titles)
{
    ash_buf_clear(titles);
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].state == state)
            ash_buf_addf(titles, "%s%s", titles->n > 0 ? _(", ") : "", ash_check_plain(c->at[i].kind));
    return titles->n > 0;
}

static void say_checks(const ash_checks *c, ash_buf *out)
{
    ash_buf titles;
    ash_buf_init(&titles, 1u << 12);
    if (list_checks(c, ASH_CHECK_SEEN, &titles))
        say(out, _("There are signs of %s."), ash_buf_z(&titles));
    if (list_checks(c, ASH_CHECK_NOT_FOUND, &titles))
        say(out, _("No sign was found of %s."), ash_buf_z(&titles));
    if (list_checks(c, ASH_CHECK_CANNOT_TELL, &titles))
        say(out, _("These records cannot tell about %s."), ash_buf_z(&titles));
    ash_buf_free(&titles);
}

static void say_suspected(ash_model *m, ash_buf *out)
{
    if (ash_model_tracks(m, "accepted") > 0)
        say(out, "%s", _("Analysts attribute accesses on the file servers to an intruder."));
    else
        say(out, "%s", _("The records of the file servers show accesses that look like an intruder's; nobody has "
                         "confirmed it yet."));
    say_when_and_what(m, out);
    say_checks(&m->inquiry.checks, out);
    say(out, "%s", _("Who did it and why, the records alone do not decide."));
}

static void say_examined(ash_model *m, ash_buf *out)
{
    char first[ASH_TIME_TEXT], last[ASH_TIME_TEXT];
    say(out, _("The records examined reach from %s to %s."), date(m, m->coverage.first, first),
        date(m, m->coverage.last, last));
}

int ash_model_write_paragraph(ash_model *m, ash_error *err)
{
    ash_buf out;
    ash_buf_init(&out, 1u << 14);
    switch (m->verdict) {
    case ASH_VERDICT_SUSPECTED: say_suspected(m, &out); break;
    case ASH_VERDICT_UNUSUAL:
        say(&out, "%s", _("The records of the file servers show no clear sign of an intruder, but something unusual. "
                          "Somebody who knows these accounts should say whether it is ordinary work."));
        say_examined(m, &out);
        break;
    case ASH_VERDICT_NOTHING:
        say(&out, "%s", _("The records of the file servers show no sign of an intruder."));
        say_examined(m, &out);
        say(&out, "%s", _("This holds only for what was recorded, within the limits named below."));
        break;
    case ASH_VERDICT_CANNOT_TELL:
        say(&out, "%s", _("No record could be read, so nothing can be said."));
        break;
    }
    if (m->verdict != ASH_VERDICT_CANNOT_TELL)
        say(&out, "%s", _("What the files hold was not examined."));
    m->paragraph = out.failed ? NULL : strdup(ash_buf_z(&out));
    ash_buf_free(&out);
    return m->paragraph == NULL ? ash_fail(err, ASH_E_NOMEM, "report", "out of memory") : 0;
}
