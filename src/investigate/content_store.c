/* What a helper found in a content, into the case. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "classify/use.h"
#include "investigate/content.h"

typedef struct storing {
    ash_case *c;
    const ash_rules *rules;
    int64_t content;
    ash_buf persons; /* their digests, 64 bytes each */
    ash_error *err;
    int rc;
} storing;

/* "Sheet1:12, b.docx:3": as the document says, which is hostile. */
static void places_text(const ash_scan_class *k, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < k->n_places && n + ASH_SCAN_PART_MAX * 4 + 32 < size; i++) {
        char part[ASH_SCAN_PART_MAX * 4];
        ash_text_escape(part, sizeof part, ash_view_z(k->places[i].part));
        n += (size_t)snprintf(out + n, size - n, "%s%s", i > 0 ? ", " : "", part);
        if (k->places[i].line > 0)
            n += (size_t)snprintf(out + n, size - n, ":%llu", (unsigned long long)k->places[i].line);
    }
}

static bool on_class(void *user, const ash_scan_class *k)
{
    storing *s = user;
    const ash_class *c = ash_rules_class(s->rules, k->id);
    char places[ASH_SCAN_PLACES * (ASH_SCAN_PART_MAX * 4 + 32)];
    places_text(k, places, sizeof places);
    s->rc = ash_db_exec(&s->c->db, s->err, "INSERT OR REPLACE INTO classes VALUES(?, ?, ?, ?, ?, ?, ?, ?)", "issiiiss",
                        s->content, c->name, ash_class_group_name(c->group), (int64_t)k->count,
                        (int64_t)k->doubtful, (int64_t)k->distinct, ash_confidence_name(k->confidence), places);
    return s->rc == 0;
}

static bool on_person(void *user, const ash_identity *w)
{
    storing *s = user;
    ash_buf_add(&s->persons, w, sizeof *w);
    return !s->persons.failed;
}

int ash_content_store(void *shared, ash_case *c, int64_t content, ash_view found, ash_error *err)
{
    storing s = {.c = c, .rules = shared, .content = content, .err = err};
    const ash_found_ops ops = {.user = &s, .on_class = on_class, .on_person = on_person};
    ash_found f = {0};
    ash_error damaged;
    ash_buf_init(&s.persons, ASH_RESULT_MAX);
    /* What cannot be read is of a helper that was taken over: its file counts as not
     * read. */
    int rc = ash_found_read(found, s.rules, &ops, &f, &damaged);
    if (s.rc == 0 && rc < 0)
        rc = ash_db_exec(&c->db, err, "UPDATE contents SET outcome = 'killed' WHERE id = ?", "i", content);
    else if (s.rc == 0)
        rc = ash_db_exec(&c->db, err, "UPDATE contents SET records = ?, persons = ?, sketch = ? WHERE id = ?", "ibbi",
                         (int64_t)f.records, ash_buf_view(&s.persons),
                         ash_view_of(f.sketch, f.sketch == NULL ? 0 : ASH_SKETCH_SIZE), content);
    ash_buf_free(&s.persons);
    return s.rc < 0 ? s.rc : rc;
}

int ash_content_key(ash_case *c, uint8_t key[ASH_IDENTITY_KEY_SIZE], ash_error *err)
{
    char hex[2 * ASH_IDENTITY_KEY_SIZE + 1];
    int rc = ash_case_get_text(c, "identity_key", hex, sizeof hex, err);
    if (rc < 0 || ash_unhex(key, ASH_IDENTITY_KEY_SIZE, ash_view_z(hex)) == 0)
        return rc;
    rc = ash_identity_key_make(key, err);
    return rc < 0 ? rc : ash_case_set_text(c, "identity_key", ash_hex(hex, key, ASH_IDENTITY_KEY_SIZE), err);
}
