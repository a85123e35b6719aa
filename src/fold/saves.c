/* Saving a document is one act of a person and many of a program: a new file
 * under a temporary name, the document renamed away, the new one renamed in its
 * place, the old one deleted. Such steps are told from what they look like: by
 * names that only programs give, and by a document in the same folder that was
 * renamed or replaced within moments. The document then counts as written; the
 * steps keep their records and name it.
 *
 * Names: Word ~WRD0000.tmp, ~WRL0001.tmp; Excel 5F2A01B0 and 5F2A01B0.tmp;
 * PowerPoint ppt6C3A.tmp; owner files ~$report.docx; LibreOffice lu1234ab.tmp
 * and .~lock.report.odt#. Whoever deletes or encrypts gains nothing from such
 * names: a document that was replaced counts as changed all the same. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "base/view.h"
#include "fold/fold_internal.h"
#include "fold/grade.h"

/* From the first step of a save to its last. */
#define TOGETHER (30 * ASH_NS_PER_S)

typedef enum kind {
    DOCUMENT,
    TEMPORARY, /* may become the document, or was it */
    OWNER,     /* says who has the document open */
} kind;

static bool all_hex(ash_view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!isxdigit((unsigned char)v.p[i]))
            return false;
    return true;
}

static kind kind_of(ash_view path)
{
    const char *slash = ash_path_slash(path);
    ash_view name = slash == NULL ? path : ash_view_skip(path, (size_t)(slash - path.p) + 1);
    if (ash_view_starts(name, ASH_VIEW_LIT("~$")) ||
        (ash_view_starts(name, ASH_VIEW_LIT(".~lock.")) && ash_view_ends(name, ASH_VIEW_LIT("#"))))
        return OWNER;
    if (name.n > 4 && strncasecmp(name.p + name.n - 4, ".tmp", 4) == 0)
        return TEMPORARY;
    return name.n == 8 && all_hex(name) ? TEMPORARY : DOCUMENT;
}

static ash_open *open_of(ash_fold *f, uint64_t key)
{
    uint32_t i = key == 0 ? ASH_OPEN_NONE : ash_table_by_key(&f->table, key);
    return i == ASH_OPEN_NONE ? NULL : &f->table.open[i];
}

static bool near(int64_t a, int64_t b)
{
    return a - b <= TOGETHER && b - a <= TOGETHER;
}

/* The step at i belongs to the document's save. */
static void link_step(ash_fold *f, uint64_t step, uint64_t document)
{
    ash_open *s = open_of(f, step), *d = open_of(f, document);
    if (s == NULL || d == NULL)
        return;
    s->saw |= SAW_STEP;
    d->saw |= SAW_SAVED;
    ash_view old = ash_table_new_path(&f->table, s);
    /* The document's place in memory may be given up to make room; only its text
     * in the step remains then. */
    if (old.n == 0)
        ash_fold_set_new_path(f, (uint32_t)(s - f->table.open), ash_table_path(&f->table, d));
}

static void on_temporary(ash_fold *f, save_state *s, uint64_t key, uint64_t dir, int64_t t)
{
    if (s->step_dir != dir || !near(s->step_at, t))
        memset(s->steps, 0, sizeof s->steps);
    s->step_dir = dir;
    s->step_at = t;
    for (size_t i = 0; i < SAVE_STEPS; i++) {
        if (s->steps[i] != 0 && s->steps[i] != key)
            continue;
        s->steps[i] = key;
        break;
    }
    if (s->document != 0 && s->document_dir == dir && near(s->document_at, t))
        link_step(f, key, s->document);
}

static void on_document(ash_fold *f, save_state *s, uint64_t key, uint64_t dir, int64_t t)
{
    s->document = key;
    s->document_dir = dir;
    s->document_at = t;
    if (s->step_dir != dir || !near(s->step_at, t))
        return;
    for (size_t i = 0; i < SAVE_STEPS && s->steps[i] != 0; i++)
        link_step(f, s->steps[i], key);
}

/* The right to delete was used to delete after all, not to rename. */
static void unlink_steps(ash_fold *f, save_state *s, ash_open *document, int64_t t)
{
    bool linked = s->step_dir == document->dir_hash && near(s->step_at, t);
    if (s->document != document->key)
        return;
    s->document = 0;
    if (!linked)
        return; /* saved some time ago, and now deleted */
    document->saw &= ~SAW_SAVED;
    for (size_t i = 0; i < SAVE_STEPS; i++) {
        ash_open *step = open_of(f, s->steps[i]);
        if (step == NULL || !(step->saw & SAW_STEP))
            continue;
        step->saw &= ~SAW_STEP;
        ash_fold_set_new_path(f, (uint32_t)(step - f->table.open), (ash_view){0});
    }
}

/* A document that was saved gets another name, and not that of a copy some programs
 * keep: "a.txt~", "a.bak". */
static bool renamed_for_good(const ash_event *e, const ash_open *o)
{
    return e != NULL && (o->saw & SAW_SAVED) && e->op == ASH_OP_RENAME && e->new_path.n > 0 &&
           kind_of(e->new_path) == DOCUMENT && !ash_view_starts(e->new_path, e->path) &&
           !ash_view_ends(e->new_path, ASH_VIEW_LIT(".bak"));
}

/* Saved, then renamed: both happened, so both are said. */
static void keep_both(save_state *s, ash_open *o)
{
    o->saw = (o->saw & ~SAW_SAVED) | SAW_WRITE;
    if (s->document == o->key)
        s->document = 0;
}

void ash_fold_note_save(ash_fold *f, uint32_t i, const ash_event *e, int64_t t)
{
    ash_open *o = &f->table.open[i];
    const uint32_t moved = SAW_RENAME | SAW_DELETE_USED | SAW_TARGET;
    if (!(o->saw & (moved | SAW_WRITE | SAW_NEW | SAW_DELETE)))
        return;
    save_state *s = &f->actor_states[o->actor].save;
    switch (kind_of(ash_table_path(&f->table, o))) {
    case OWNER: o->saw |= SAW_STEP; break;
    case TEMPORARY: on_temporary(f, s, o->key, o->dir_hash, t); break;
    case DOCUMENT:
        if (renamed_for_good(e, o))
            keep_both(s, o);
        else if (e != NULL && e->op == ASH_OP_DELETE)
            unlink_steps(f, s, o, t);
        else if (o->saw & moved) /* written in place, it needs no steps */
            on_document(f, s, o->key, o->dir_hash, t);
        break;
    }
}
