/* E-mail (RFC 5322, MIME) and mailboxes through GMime. */
#include <fcntl.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "extract/job.h"

/* Charsets of headers: glibc loads a converter from a file when it is first
 * opened, which a locked-in helper cannot. Left open for good. */
void ash_mail_prepare(void)
{
    static const char *const charsets[] = {"ISO-2022-JP", "SHIFT_JIS", "CP932",  "EUC-JP", "ISO-8859-1",
                                           "CP1252",      "UTF-16",    "GB18030", "BIG5",   "EUC-KR"};
    static const char *fallback[] = {"utf-8", "cp932", "euc-jp", "iso-8859-1", NULL};
    static iconv_t left_open[sizeof charsets / sizeof charsets[0]];
    if (left_open[0] != NULL)
        return;
    g_mime_init();
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++)
        left_open[i] = iconv_open("UTF-8", charsets[i]); /* if it fails, headers in it stay encoded */
    g_mime_parser_options_set_fallback_charsets(g_mime_parser_options_get_default(), fallback);
}

struct mail {
    ash_job *job;
    unsigned message; /* of a mailbox, from 1; 0: the only one */
    unsigned part;
    unsigned depth;
};

static bool is_shown(const char *name)
{
    static const char *const names[] = {"From", "To", "Cc", "Bcc", "Reply-To", "Sender", "Subject", "Date",
                                        "Resent-From", "Resent-To"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (g_ascii_strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static void put_headers(struct mail *m, GMimeObject *o)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(o);
    char part[48] = "headers";
    if (m->message > 0)
        snprintf(part, sizeof part, "message %u", m->message);
    ash_emit_begin(m->job, ASH_UNIT_LINE, ash_view_z(part));
    for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
        GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
        const char *name = g_mime_header_get_name(h), *value = g_mime_header_get_value(h);
        if (name == NULL || value == NULL || !is_shown(name))
            continue;
        ash_emit(m->job, name, strlen(name));
        ash_emit(m->job, ": ", 2);
        ash_emit(m->job, value, strlen(value));
        ash_emit_c(m->job, '\n');
    }
    ash_emit_flush(m->job);
}

static void put_message(struct mail *m, GMimeMessage *message);

static void put_part(struct mail *m, GMimePart *p)
{
    GMimeDataWrapper *w = g_mime_part_get_content(p);
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(p));
    const char *file = g_mime_part_get_filename(p);
    bool text = type != NULL && g_mime_content_type_is_type(type, "text", "*");
    bool html = type != NULL && g_mime_content_type_is_type(type, "text", "html");
    ash_hold s;
    char name[300];
    ash_told told = {
        .charset = text ? g_mime_content_type_get_parameter(type, "charset") : NULL,
        .media = html ? "text/html" : NULL,
        .plain = text && !html && file == NULL,
    };
    m->part++;
    if (w == NULL || !ash_member_allowed(m->job))
        return;
    if (m->message > 0)
        snprintf(name, sizeof name, "message %u/%s", m->message, file != NULL ? file : "body");
    else
        snprintf(name, sizeof name, "%s", file != NULL ? file : "body");
    ash_hold_begin(&s, m->job);
    int copy = s.fd < 0 ? -1 : fcntl(s.fd, F_DUPFD_CLOEXEC, 0);
    GMimeStream *out = copy < 0 ? NULL : g_mime_stream_fs_new(copy);
    ssize_t n = out == NULL ? -1 : g_mime_data_wrapper_write_to_stream(w, out);
    if (out != NULL)
        g_object_unref(out); /* closes */
    off_t size = s.fd < 0 ? -1 : lseek(s.fd, 0, SEEK_END);
    if (size > 0 && ash_job_unpacked(m->job, (uint64_t)size)) {
        ash_bytes b = {.fd = s.fd, .n = (uint64_t)size};
        ash_read_member(m->job, ash_view_z(name), &b, n < 0 ? ASH_READOUT_DAMAGED : ASH_READOUT_OK, &told);
    }
    ash_hold_end(&s);
}

static bool is_alternative(GMimeObject *o)
{
    GMimeContentType *t = g_mime_object_get_content_type(o);
    return t != NULL && g_mime_content_type_is_type(t, "multipart", "alternative");
}

static bool is_type(GMimeObject *o, const char *sub)
{
    GMimeContentType *t = g_mime_object_get_content_type(o);
    return t != NULL && g_mime_content_type_is_type(t, "text", sub);
}

static void put_object(struct mail *m, GMimeObject *o);

/* Of the same text as plain text and as HTML, the former is read: else all in it
 * would count twice. */
static void put_multipart(struct mail *m, GMimeMultipart *multi)
{
    bool plain = false;
    int n = g_mime_multipart_get_count(multi);
    for (int i = 0; i < n; i++)
        plain |= is_type(g_mime_multipart_get_part(multi, i), "plain");
    for (int i = 0; i < n && ash_job_goes(m->job); i++) {
        GMimeObject *o = g_mime_multipart_get_part(multi, i);
        if (!(plain && is_alternative(GMIME_OBJECT(multi)) && is_type(o, "html")))
            put_object(m, o);
    }
}

static void put_object(struct mail *m, GMimeObject *o)
{
    if (o == NULL || m->depth >= m->job->limits.depth * 4) {
        m->job->r->lost[ASH_READOUT_TOO_DEEP] += o != NULL;
        return;
    }
    m->depth++;
    if (GMIME_IS_MULTIPART(o)) {
        put_multipart(m, GMIME_MULTIPART(o));
    } else if (GMIME_IS_MESSAGE_PART(o)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
        if (inner != NULL)
            put_message(m, inner);
    } else if (GMIME_IS_PART(o)) {
        put_part(m, GMIME_PART(o));
    }
    m->depth--;
}

static void put_message(struct mail *m, GMimeMessage *message)
{
    put_headers(m, GMIME_OBJECT(message));
    put_object(m, g_mime_message_get_mime_part(message));
}

ash_readout ash_read_mail(ash_job *j, const ash_bytes *b, bool mbox)
{
    struct mail m = {.job = j};
    int copy = fcntl(b->fd, F_DUPFD_CLOEXEC, 0);
    GMimeStream *in = copy < 0 ? NULL : g_mime_stream_fs_new_with_bounds(copy, 0, (gint64)b->n);
    if (in == NULL)
        return ASH_READOUT_NO_MEMORY;
    GMimeParser *parser = g_mime_parser_new_with_stream(in);
    g_mime_parser_set_format(parser, mbox ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
    unsigned read = 0;
    while (ash_job_goes(j) && (read == 0 || mbox) && !g_mime_parser_eos(parser)) {
        GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
        if (message == NULL)
            break;
        m.message = mbox ? ++read : 0;
        read += !mbox;
        put_message(&m, message);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(in);
    return read > 0 ? ASH_READOUT_OK : ASH_READOUT_DAMAGED;
}
