/* OOXML and OpenDocument: which members of the ZIP file hold text. */
#include "extract/office.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "extract/archive.h"

/* Calls fn for every entry; false from fn ends it. OK, DAMAGED or NO_MEMORY. */
static ash_readout each_entry(const ash_bytes *b,
                              bool (*fn)(void *user, struct archive *a, struct archive_entry *e,
                                         ash_view name),
                              void *user)
{
    ash_archive_io *io = malloc(sizeof *io);
    struct archive *a = io == NULL ? NULL : ash_archive_open(io, b, true);
    struct archive_entry *e;
    char name[ASH_EXTRACT_PATH_MAX];
    int rc = -1;
    if (a != NULL)
        while ((rc = ash_archive_next(a, &e)) == 1 && fn(user, a, e, ash_archive_name(e, name, sizeof name)))
            ;
    if (a != NULL)
        archive_read_free(a);
    ash_readout o = io == NULL ? ASH_READOUT_NO_MEMORY : rc < 0 ? ASH_READOUT_DAMAGED : ASH_READOUT_OK;
    free(io);
    return o;
}

/* --- which kind ----------------------------------------------------------------- */

struct kind_search {
    ash_kind kind;
    unsigned seen;
};

static const struct {
    const char *text;
    ash_kind kind;
} odf_types[] = {
    {"application/vnd.oasis.opendocument.text", ASH_KIND_ODT},
    {"application/vnd.oasis.opendocument.spreadsheet", ASH_KIND_ODS},
    {"application/vnd.oasis.opendocument.presentation", ASH_KIND_ODP},
    {"application/vnd.oasis.opendocument.graphics", ASH_KIND_ODP},
};

static ash_kind odf_kind(struct archive *a)
{
    char type[80];
    la_ssize_t n = archive_read_data(a, type, sizeof type);
    ash_kind k = ASH_KIND_ZIP;
    for (size_t i = 0; n > 0 && i < sizeof odf_types / sizeof odf_types[0]; i++)
        if (ash_view_starts(ash_view_of(type, (size_t)n), ash_view_z(odf_types[i].text)))
            k = odf_types[i].kind;
    return k;
}

static bool look_for_kind(void *user, struct archive *a, struct archive_entry *e, ash_view name)
{
    struct kind_search *s = user;
    (void)e;
    if (s->seen == 0 && ash_view_is(name, "mimetype"))
        s->kind = odf_kind(a);
    else if (ash_view_starts(name, ASH_VIEW_LIT("word/")))
        s->kind = ASH_KIND_DOCX;
    else if (ash_view_starts(name, ASH_VIEW_LIT("xl/")))
        s->kind = ASH_KIND_XLSX;
    else if (ash_view_starts(name, ASH_VIEW_LIT("ppt/")))
        s->kind = ASH_KIND_PPTX;
    return s->kind == ASH_KIND_ZIP && ++s->seen < 64;
}

ash_kind ash_zip_kind(const ash_bytes *b)
{
    struct kind_search s = {.kind = ASH_KIND_ZIP};
    each_entry(b, look_for_kind, &s);
    return s.kind;
}

/* --- OOXML ---------------------------------------------------------------------- */

struct office {
    ash_job *job;
    ash_shared shared;
    bool encrypted;
    ash_readout worst;
};

static bool to_markup(void *user, const char *p, size_t n)
{
    return ash_markup_feed(user, p, n);
}

static void feed(struct office *o, struct archive *a, const ash_markup_ops *ops, void *user)
{
    ash_markup *m = ash_markup_new(o->job, ops, user);
    if (m == NULL) {
        o->worst = ASH_READOUT_NO_MEMORY;
        return;
    }
    ash_readout data = ash_archive_data(o->job, a, to_markup, m), end = ash_markup_end(m);
    if (data != ASH_READOUT_OK || end != ASH_READOUT_OK)
        o->worst = data != ASH_READOUT_OK ? data : end;
}

/* "slide12" of "ppt/slides/slide12.xml". */
static ash_view base_of(ash_view name)
{
    const char *slash = memrchr(name.p, '/', name.n);
    if (slash != NULL)
        name = ash_view_skip(name, (size_t)(slash - name.p) + 1);
    const char *dot = name.n == 0 ? NULL : memrchr(name.p, '.', name.n);
    return dot == NULL ? name : ash_view_first(name, (size_t)(dot - name.p));
}

static bool has(ash_view name, const char *z)
{
    return ash_view_find_str(name, ash_view_z(z)) >= 0;
}

static bool holds_text(ash_view name)
{
    static const char *const parts[] = {
        "word/document", "word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments",
        "word/glossary/document", "ppt/slides/slide", "ppt/notesSlides/", "ppt/comments/", "/charts/chart",
        "/diagrams/data", "/drawings/drawing", "xl/comments", "xl/threadedComments",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (has(name, parts[i]))
            return true;
    return false;
}

/* Read as members: documents in documents, not the pictures. */
static bool is_embedded(ash_view name)
{
    return has(name, "/embeddings/");
}

static bool each_strings(void *user, struct archive *a, struct archive_entry *e, ash_view name)
{
    struct office *o = user;
    (void)e;
    if (!has(name, "xl/sharedStrings"))
        return true;
    ash_emit_begin(o->job, ASH_UNIT_ROW, ASH_VIEW_LIT("sharedStrings"));
    feed(o, a, &ash_strings_ops, &o->shared);
    ash_emit_flush(o->job);
    return false;
}

static bool each_part(void *user, struct archive *a, struct archive_entry *e, ash_view name)
{
    struct office *o = user;
    ash_job *j = o->job;
    if (archive_entry_is_encrypted(e)) {
        o->encrypted = true;
    } else if (is_embedded(name)) {
        ash_archive_member(j, a, e, name);
    } else if (!ash_view_ends(name, ASH_VIEW_LIT(".xml")) || has(name, "/_rels/")) {
        return ash_job_goes(j);
    } else if (has(name, "xl/worksheets/sheet") || has(name, "xl/chartsheets/")) {
        ash_sheet s = {.job = j, .strings = &o->shared.strings};
        ash_emit_begin(j, ASH_UNIT_ROW, base_of(name));
        feed(o, a, &ash_sheet_ops, &s);
    } else if (holds_text(name)) {
        ash_ooxml_text t = {.job = j};
        ash_emit_begin(j, ASH_UNIT_PARAGRAPH, base_of(name));
        feed(o, a, &ash_ooxml_text_ops, &t);
    } else if (has(name, "docProps/")) {
        ash_odf_text t = {.job = j, .body = true, .all = true};
        ash_emit_begin(j, ASH_UNIT_PARAGRAPH, base_of(name));
        feed(o, a, &ash_odf_text_ops, &t);
    }
    return ash_job_goes(j);
}

ash_readout ash_read_ooxml(ash_job *j, const ash_bytes *b)
{
    struct office o = {.job = j, .shared = {.strings = {.job = j}}};
    ash_readout got = ASH_READOUT_OK;
    if (j->kind == ASH_KIND_XLSX)
        got = each_entry(b, each_strings, &o);
    if (ash_job_goes(j) && got != ASH_READOUT_NO_MEMORY)
        got = each_entry(b, each_part, &o);
    ash_strings_free(&o.shared.strings);
    if (o.encrypted)
        return ASH_READOUT_ENCRYPTED;
    return o.worst != ASH_READOUT_OK ? o.worst : got;
}

/* --- OpenDocument ----------------------------------------------------------------- */

static void find_encryption(void *user, const char *name, const char **attributes)
{
    (void)attributes;
    if (strcmp(name, "encryption-data") == 0)
        *(bool *)user = true;
}

static bool each_manifest(void *user, struct archive *a, struct archive_entry *e, ash_view name)
{
    static const ash_markup_ops ops = {.start = find_encryption};
    struct office *o = user;
    (void)e;
    if (!ash_view_is(name, "META-INF/manifest.xml"))
        return true;
    feed(o, a, &ops, &o->encrypted);
    return false;
}

static bool each_odf(void *user, struct archive *a, struct archive_entry *e, ash_view name)
{
    struct office *o = user;
    if (has(name, "content.xml") || has(name, "styles.xml") || has(name, "meta.xml")) {
        ash_odf_text t = {.job = o->job, .all = has(name, "meta.xml"), .body = has(name, "meta.xml")};
        ash_emit_begin(o->job, ASH_UNIT_PARAGRAPH, base_of(name));
        feed(o, a, &ash_odf_text_ops, &t);
    } else if (ash_view_starts(name, ASH_VIEW_LIT("Object ")) && has(name, ".bin")) {
        ash_archive_member(o->job, a, e, name);
    }
    return ash_job_goes(o->job);
}

ash_readout ash_read_odf(ash_job *j, const ash_bytes *b)
{
    struct office o = {.job = j};
    ash_readout got = each_entry(b, each_manifest, &o);
    if (o.encrypted)
        return ASH_READOUT_ENCRYPTED;
    if (ash_job_goes(j) && got != ASH_READOUT_NO_MEMORY)
        got = each_entry(b, each_odf, &o);
    return o.worst != ASH_READOUT_OK ? o.worst : got;
}
