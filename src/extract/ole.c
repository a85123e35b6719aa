#include "extract/ole.h"

#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-infile.h>
#include <gsf/gsf-input-memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf16.h"
#include "extract/text.h"

/* A stream's bytes, allocated; {NULL, 0} if there is none or it is too large. */
static ash_view stream_of(GsfInfile *dir, const char *name)
{
    GsfInput *in = gsf_infile_child_by_name(dir, name);
    ash_view v = {0};
    if (in == NULL)
        return v;
    gsf_off_t n = gsf_input_size(in);
    char *p = n > 0 && (uint64_t)n <= ASH_EXTRACT_SPOOL_MAX ? malloc((size_t)n) : NULL;
    if (p != NULL && gsf_input_read(in, (size_t)n, (guint8 *)p) != NULL)
        v = ash_view_of(p, (size_t)n);
    else
        free(p);
    g_object_unref(in);
    return v;
}

static void free_view(ash_view v)
{
    free((void *)(uintptr_t)v.p);
}

static bool has_stream(GsfInfile *dir, const char *name)
{
    GsfInput *in = gsf_infile_child_by_name(dir, name);
    if (in != NULL)
        g_object_unref(in);
    return in != NULL;
}

/* --- Outlook messages (MS-OXMSG): each property a stream of its own ------------ */

static bool put_property(ash_job *j, GsfInfile *dir, const char *id, const char *label)
{
    static const char *const types[] = {"001F", "001E"};
    bool found = false;
    for (unsigned i = 0; i < 2 && !found; i++) {
        char name[40];
        snprintf(name, sizeof name, "__substg1.0_%s%s", id, types[i]);
        ash_view v = stream_of(dir, name);
        if (v.n > 0) {
            ash_emit(j, label, strlen(label));
            if (i == 0)
                ash_emit_utf16(j, v);
            else
                ash_emit_guessed(j, v);
            ash_emit_c(j, '\n');
            found = true;
        }
        free_view(v);
    }
    return found;
}

static void put_stream_member(ash_job *j, GsfInfile *dir, const char *name, ash_view label)
{
    ash_view v = stream_of(dir, name);
    ash_hold s;
    ash_hold_begin(&s, j);
    if (v.n > 0 && ash_member_allowed(j) && ash_hold_add(&s, v.p, v.n)) {
        ash_bytes b = {.fd = s.fd, .n = s.n};
        ash_read_member(j, label, &b, ASH_READOUT_OK, NULL);
    }
    ash_hold_end(&s);
    free_view(v);
}

static void put_message(ash_job *j, GsfInfile *dir, unsigned depth);

static void put_attachment(ash_job *j, GsfInfile *dir, unsigned depth, unsigned number)
{
    char label[600];
    ash_view name = stream_of(dir, "__substg1.0_3707001F");
    if (name.n == 0)
        name = stream_of(dir, "__substg1.0_3704001F");
    size_t n = name.n <= 512 ? ash_utf16_to_utf8(label, name) : 0;
    if (n == 0)
        n = (size_t)snprintf(label, sizeof label, "attachment %u", number);
    free_view(name);
    GsfInput *inner = gsf_infile_child_by_name(dir, "__substg1.0_3701000D");
    if (inner != NULL && GSF_IS_INFILE(inner))
        put_message(j, GSF_INFILE(inner), depth + 1);
    else
        put_stream_member(j, dir, "__substg1.0_37010102", ash_view_of(label, n));
    if (inner != NULL)
        g_object_unref(inner);
}

static void put_message(ash_job *j, GsfInfile *dir, unsigned depth)
{
    if (depth > ASH_EXTRACT_DEPTH_MAX) {
        j->r->lost[ASH_READOUT_TOO_DEEP]++;
        return;
    }
    ash_emit_begin(j, ASH_UNIT_LINE, ASH_VIEW_LIT("message"));
    put_property(j, dir, "0C1A", "From: ");
    put_property(j, dir, "0C1F", "From: ");
    put_property(j, dir, "5D01", "From: ");
    put_property(j, dir, "0E04", "To: ");
    put_property(j, dir, "0E03", "Cc: ");
    put_property(j, dir, "0E02", "Bcc: ");
    put_property(j, dir, "0037", "Subject: ");
    if (!put_property(j, dir, "1000", ""))
        put_stream_member(j, dir, "__substg1.0_10130102", ASH_VIEW_LIT("body"));
    int n = gsf_infile_num_children(dir);
    for (int i = 0; i < n && ash_job_goes(j); i++) {
        const char *name = gsf_infile_name_by_index(dir, i);
        bool recipient = name != NULL && strncmp(name, "__recip_version1.0_", 19) == 0;
        bool attachment = name != NULL && strncmp(name, "__attach_version1.0_", 20) == 0;
        GsfInput *in = recipient || attachment ? gsf_infile_child_by_index(dir, i) : NULL;
        if (in != NULL && GSF_IS_INFILE(in)) {
            if (attachment) {
                put_attachment(j, GSF_INFILE(in), depth, (unsigned)i);
            } else {
                ash_emit_begin(j, ASH_UNIT_LINE, ASH_VIEW_LIT("recipients"));
                put_property(j, GSF_INFILE(in), "3001", "");
                put_property(j, GSF_INFILE(in), "39FE", "");
            }
        }
        if (in != NULL)
            g_object_unref(in);
    }
}

/* --- which document it is ---------------------------------------------------------- */

static void set_kind(ash_job *j, ash_kind k)
{
    j->kind = k;
    if (j->depth == 0)
        j->r->kind = k;
}

static ash_readout read_word(ash_job *j, GsfInfile *dir)
{
    ash_view d = stream_of(dir, "WordDocument"), t0 = stream_of(dir, "0Table"), t1 = stream_of(dir, "1Table");
    set_kind(j, ASH_KIND_DOC);
    ash_readout o = ash_read_doc(j, d, t0, t1);
    free_view(d);
    free_view(t0);
    free_view(t1);
    return o;
}

static ash_readout read_one(ash_job *j, GsfInfile *dir, const char *name, ash_kind kind,
                            ash_readout (*fn)(ash_job *j, ash_view v))
{
    ash_view v = stream_of(dir, name);
    set_kind(j, kind);
    ash_readout o = v.p == NULL ? ASH_READOUT_DAMAGED : fn(j, v);
    free_view(v);
    return o;
}

static ash_readout read_dir(ash_job *j, GsfInfile *dir)
{
    if (has_stream(dir, "EncryptedPackage")) {
        return ASH_READOUT_ENCRYPTED;
    } else if (has_stream(dir, "WordDocument")) {
        return read_word(j, dir);
    } else if (has_stream(dir, "Workbook")) {
        return read_one(j, dir, "Workbook", ASH_KIND_XLS, ash_read_xls);
    } else if (has_stream(dir, "Book")) {
        return read_one(j, dir, "Book", ASH_KIND_XLS, ash_read_xls);
    } else if (has_stream(dir, "PowerPoint Document")) {
        return read_one(j, dir, "PowerPoint Document", ASH_KIND_PPT, ash_read_ppt);
    } else if (has_stream(dir, "__properties_version1.0")) {
        set_kind(j, ASH_KIND_MSG);
        put_message(j, dir, 0);
        return ASH_READOUT_OK;
    }
    return ASH_READOUT_UNSUPPORTED;
}

ash_readout ash_read_ole(ash_job *j, const ash_bytes *b)
{
    const char *map = ash_bytes_map(b);
    if (map == NULL)
        return b->n > ASH_EXTRACT_MAP_MAX ? ASH_READOUT_TOO_LARGE : ASH_READOUT_NO_MEMORY;
    GsfInput *in = gsf_input_memory_new((const guint8 *)map, (gsf_off_t)b->n, FALSE);
    GsfInfile *dir = in == NULL ? NULL : gsf_infile_msole_new(in, NULL);
    ash_readout o = ASH_READOUT_DAMAGED;
    if (dir != NULL) {
        o = read_dir(j, dir);
        ash_emit_flush(j);
        g_object_unref(dir);
    }
    if (in != NULL)
        g_object_unref(in);
    ash_bytes_unmap(b, map);
    return o;
}
