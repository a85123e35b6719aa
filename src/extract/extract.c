/* One extraction: what a file is, and who reads it. */
#include "extract/extract.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unicode/udata.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "extract/job.h"
#include "extract/nfkc.h"
#include "extract/sniff.h"

int ash_extract_prepare(ash_error *err)
{
    UErrorCode e = U_ZERO_ERROR;
    udata_setFileAccess(UDATA_ONLY_PACKAGES, &e);
    ash_mail_prepare();
    return ash_nfkc_prepare(err);
}

static ash_readout read_kind(ash_job *j, ash_kind k, const ash_bytes *b, const ash_told *told)
{
    switch (k) {
    case ASH_KIND_EMPTY: return ASH_READOUT_EMPTY;
    case ASH_KIND_TEXT:
    case ASH_KIND_PGP: return ash_read_text(j, b, told);
    case ASH_KIND_JSON: return ash_read_json(j, b, told);
    case ASH_KIND_XML: return ash_read_xml(j, b);
    case ASH_KIND_HTML: return ash_read_html(j, b, told);
    case ASH_KIND_RTF: return ash_read_rtf(j, b);
    case ASH_KIND_MAIL: return ash_read_mail(j, b, false);
    case ASH_KIND_MBOX: return ash_read_mail(j, b, true);
    case ASH_KIND_DOCX:
    case ASH_KIND_XLSX:
    case ASH_KIND_PPTX: return ash_read_ooxml(j, b);
    case ASH_KIND_ODT:
    case ASH_KIND_ODS:
    case ASH_KIND_ODP: return ash_read_odf(j, b);
    case ASH_KIND_OLE: return ash_read_ole(j, b);
    case ASH_KIND_PDF: return ash_read_pdf(j, b);
    case ASH_KIND_ZIP:
    case ASH_KIND_ARCHIVE:
    case ASH_KIND_PACKED: return ash_read_archive(j, b);
    case ASH_KIND_SQLITE: return ash_read_sqlite(j, b);
    case ASH_KIND_IMAGE:
    case ASH_KIND_MEDIA:
    case ASH_KIND_PROGRAM: return ASH_READOUT_NO_TEXT;
    case ASH_KIND_KEEPASS:
    case ASH_KIND_KEYSTORE: return ASH_READOUT_ENCRYPTED;
    default: return ASH_READOUT_UNSUPPORTED;
    }
}

ash_readout ash_read_any(ash_job *j, const ash_bytes *b, const ash_told *told)
{
    char *head = malloc(ASH_SNIFF_SIZE);
    int64_t got = head == NULL ? -1 : ash_bytes_read(b, 0, head, ASH_SNIFF_SIZE);
    if (got < 0) {
        free(head);
        return head == NULL ? ASH_READOUT_NO_MEMORY : ASH_READOUT_UNREADABLE;
    }
    ash_view v = ash_view_of(head, (size_t)got);
    j->kind = told != NULL && told->plain ? ASH_KIND_TEXT : ash_sniff(v, b->n);
    if (j->kind == ASH_KIND_TEXT && told != NULL && told->media != NULL &&
        strcmp(told->media, "text/html") == 0)
        j->kind = ASH_KIND_HTML;
    free(head);
    if (j->kind == ASH_KIND_ZIP)
        j->kind = ash_zip_kind(b);
    if (j->depth == 0)
        j->r->kind = j->kind;
    ash_readout o = read_kind(j, j->kind, b, told);
    ash_emit_flush(j);
    return o;
}

static void tell(ash_job *j, ash_readout o, uint64_t size)
{
    ash_member m = {.name = ash_buf_view(&j->member), .kind = j->kind, .outcome = o, .size = size};
    if (o != ASH_READOUT_OK && o != ASH_READOUT_EMPTY && o != ASH_READOUT_NO_TEXT)
        j->r->lost[o]++;
    if (j->ops->member != NULL)
        j->ops->member(j->ops->user, &m);
}

bool ash_member_allowed(ash_job *j)
{
    if (j->r->members >= j->limits.members && ash_job_goes(j))
        j->halt = ASH_READOUT_TOO_MANY;
    return ash_job_goes(j);
}

void ash_read_member(ash_job *j, ash_view name, const ash_bytes *b, ash_readout outcome,
                     const ash_told *told)
{
    size_t n = j->member.n;
    ash_kind kind = j->kind;
    ash_emit_begin(j, ASH_UNIT_NONE, (ash_view){0});
    size_t room = n + 2 < ASH_EXTRACT_PATH_MAX ? ASH_EXTRACT_PATH_MAX - 2 - n : 0;
    if (n > 0 && room > 0)
        ash_buf_add_c(&j->member, '/');
    ash_buf_add_view(&j->member, ash_view_first(name, room));
    j->r->members++;
    j->depth++;
    j->kind = ASH_KIND_UNKNOWN;
    ash_readout got = outcome;
    if (j->depth > j->limits.depth)
        got = ASH_READOUT_TOO_DEEP;
    else if (b != NULL && (outcome == ASH_READOUT_OK || b->n > 0)) {
        got = ash_read_any(j, b, told);
        if (outcome != ASH_READOUT_OK)
            got = outcome; /* it was not all */
    }
    tell(j, ash_job_goes(j) ? got : j->halt, b == NULL ? 0 : b->n);
    j->depth--;
    j->kind = kind;
    j->member.n = n;
    if (j->member.p != NULL)
        j->member.p[n] = '\0';
    ash_emit_begin(j, ASH_UNIT_NONE, (ash_view){0});
}

static uint64_t or_default(uint64_t x, uint64_t fallback)
{
    return x == 0 ? fallback : x;
}

static ash_extract_limits limits_of(const ash_extract_limits *l, uint64_t size)
{
    uint64_t inner = size > ASH_EXTRACT_INNER_MAX / ASH_EXTRACT_BOMB_RATIO
                         ? ASH_EXTRACT_INNER_MAX
                         : size * ASH_EXTRACT_BOMB_RATIO;
    if (inner < ASH_EXTRACT_BOMB_MIN)
        inner = ASH_EXTRACT_BOMB_MIN;
    return (ash_extract_limits){
        .file_bytes = or_default(l->file_bytes, ASH_EXTRACT_FILE_MAX),
        .text_bytes = or_default(l->text_bytes, ASH_EXTRACT_TEXT_MAX),
        .inner_bytes = or_default(l->inner_bytes, inner),
        .members = or_default(l->members, ASH_EXTRACT_MEMBERS_MAX),
        .depth = l->depth == 0 ? ASH_EXTRACT_DEPTH_MAX : l->depth,
    };
}

void ash_extract(int fd, const ash_extract_limits *limits, const ash_extract_ops *ops,
                 ash_extract_result *ret)
{
    struct stat st;
    *ret = (ash_extract_result){.outcome = ASH_READOUT_OK};
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        ret->outcome = ASH_READOUT_NOT_A_FILE;
        return;
    }
    ash_bytes b = {.fd = fd, .n = (uint64_t)st.st_size};
    ash_job *j = calloc(1, sizeof *j);
    if (j != NULL)
        j->norm = malloc(ASH_NFKC_ROOM(ASH_RAW_MAX));
    if (j == NULL || j->norm == NULL) {
        free(j);
        ret->outcome = ASH_READOUT_NO_MEMORY;
        return;
    }
    j->ops = ops;
    j->limits = limits_of(limits, b.n);
    j->r = ret;
    ash_buf_init(&j->member, ASH_EXTRACT_PATH_MAX);
    ash_buf_init(&j->part, ASH_EXTRACT_PATH_MAX);
    if (b.n > j->limits.file_bytes)
        ret->outcome = ASH_READOUT_TOO_LARGE;
    else
        ret->outcome = ash_read_any(j, &b, NULL);
    ash_emit_flush(j);
    if (!ash_job_goes(j))
        ret->outcome = j->halt;
    ret->partly = ret->outcome != ASH_READOUT_OK && ret->text_bytes > 0;
    for (unsigned i = 0; i < ASH_READOUTS; i++)
        ret->partly |= ret->lost[i] > 0;
    ash_buf_free(&j->member);
    ash_buf_free(&j->part);
    free(j->norm);
    free(j);
}
