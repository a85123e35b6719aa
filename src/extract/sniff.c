#include "extract/sniff.h"

#include <stdlib.h>
#include <strings.h>

#include "extract/charset.h"

#define MAGIC(at, bytes, kind) {at, ASH_VIEW_LIT(bytes), ASH_KIND_##kind}

static const struct {
    size_t at;
    ash_view bytes;
    ash_kind kind;
} magics[] = {
    MAGIC(0, "PK\3\4", ZIP),
    MAGIC(0, "PK\5\6", ZIP),
    MAGIC(0, "PK\7\10PK", ZIP),
    MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    MAGIC(0, "SQLite format 3\0", SQLITE),
    MAGIC(0, "{\\rtf", RTF),
    MAGIC(0, "7z\xbc\xaf\x27\x1c", ARCHIVE),
    MAGIC(0, "Rar!\x1a\7", ARCHIVE),
    MAGIC(257, "ustar", ARCHIVE),
    MAGIC(0, "MSCF\0\0\0\0", ARCHIVE),
    MAGIC(2, "-lh", ARCHIVE),
    MAGIC(0, "070701", ARCHIVE),
    MAGIC(0, "!<arch>\n", ARCHIVE),
    MAGIC(32769, "CD001", ARCHIVE),
    MAGIC(0, "\x1f\x8b\x08", PACKED),
    MAGIC(0, "BZh", PACKED),
    MAGIC(0, "\xfd" "7zXZ\0", PACKED),
    MAGIC(0, "\x28\xb5\x2f\xfd", PACKED),
    MAGIC(0, "\x04\x22\x4d\x18", PACKED),
    MAGIC(0, "LZIP\1", PACKED),
    MAGIC(0, "\x1f\x9d", PACKED),
    MAGIC(0, "\x89PNG\r\n\x1a\n", IMAGE),
    MAGIC(0, "\xff\xd8\xff", IMAGE),
    MAGIC(0, "GIF8", IMAGE),
    MAGIC(0, "II*\0", IMAGE),
    MAGIC(0, "MM\0*", IMAGE),
    MAGIC(8, "WEBP", IMAGE),
    MAGIC(0, "8BPS", IMAGE),
    MAGIC(0, "\0\0\1\0", IMAGE),
    MAGIC(0, "\xd7\xcd\xc6\x9a", IMAGE),
    MAGIC(40, " EMF", IMAGE),
    MAGIC(0, "ID3", MEDIA),
    MAGIC(0, "OggS", MEDIA),
    MAGIC(0, "fLaC", MEDIA),
    MAGIC(4, "ftyp", MEDIA),
    MAGIC(8, "WAVE", MEDIA),
    MAGIC(8, "AVI ", MEDIA),
    MAGIC(0, "\x1a\x45\xdf\xa3", MEDIA),
    MAGIC(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", MEDIA),
    MAGIC(0, "\x7f" "ELF", PROGRAM),
    MAGIC(0, "MZ", PROGRAM),
    MAGIC(0, "\xca\xfe\xba\xbe", PROGRAM),
    MAGIC(0, "\xcf\xfa\xed\xfe", PROGRAM),
    MAGIC(0, "\0asm", PROGRAM),
    MAGIC(0, "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", KEEPASS),
    MAGIC(0, "\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", KEEPASS),
    MAGIC(0, "!BDN", PST),
    MAGIC(0, "\xfe\xed\xfe\xed", KEYSTORE),
    MAGIC(0, "LUKS\xba\xbe", DISK),
    MAGIC(3, "-FVE-FS-", DISK),
    MAGIC(0, "conectix", DISK),
    MAGIC(0, "vhdxfile", DISK),
    MAGIC(0, "KDMV", DISK),
    MAGIC(0, "QFI\xfb", DISK),
    MAGIC(0, "AC10", CAD),
};

static bool is_at(ash_view head, size_t at, ash_view bytes)
{
    return head.n >= at + bytes.n && memcmp(head.p + at, bytes.p, bytes.n) == 0;
}

/* PKCS#12 (RFC 7292): SEQUENCE, INTEGER 3, SEQUENCE. */
static bool is_pkcs12(ash_view v)
{
    return is_at(v, 0, ASH_VIEW_LIT("\x30\x82")) && is_at(v, 4, ASH_VIEW_LIT("\x02\x01\x03\x30"));
}

/* --- kinds of text --------------------------------------------------------- */

/* Text that is UTF-16 is looked at as if it were ASCII. */
static ash_view as_ascii(ash_view v, char *buf, size_t size)
{
    bool wide = ash_view_starts(v, ASH_VIEW_LIT("\xff\xfe")) ||
                ash_view_starts(v, ASH_VIEW_LIT("\xfe\xff"));
    size_t n = 0;
    if (!wide)
        return ash_view_starts(v, ASH_VIEW_LIT("\xef\xbb\xbf")) ? ash_view_skip(v, 3) : v;
    for (size_t i = 2; i < v.n && n < size; i++)
        if (v.p[i] != '\0')
            buf[n++] = v.p[i];
    return ash_view_of(buf, n);
}

static ash_view skip_space(ash_view v)
{
    while (v.n > 0 && strchr(" \t\r\n\f", v.p[0]) != NULL && v.p[0] != '\0')
        v = ash_view_skip(v, 1);
    return v;
}

static bool starts_fold(ash_view v, const char *z)
{
    size_t n = strlen(z);
    return v.n >= n && strncasecmp(v.p, z, n) == 0;
}

static bool is_header_line(ash_view line)
{
    static const char *const names[] = {
        "from:", "to:", "subject:", "date:", "received:", "return-path:", "message-id:",
        "mime-version:", "content-type:", "delivered-to:", "reply-to:", "cc:", "x-mailer:",
        "dkim-signature:", "authentication-results:",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (starts_fold(line, names[i]))
            return true;
    return false;
}

/* Begins with header lines (RFC 5322), at least three of them known. */
static bool is_mail(ash_view v)
{
    unsigned known = 0;
    for (unsigned lines = 0; v.n > 0 && lines < 200; lines++) {
        ptrdiff_t nl = ash_view_find(v, '\n');
        ash_view line = ash_view_first(v, nl < 0 ? v.n : (size_t)nl);
        v = ash_view_skip(v, line.n + 1);
        if (line.n == 0 || line.p[0] == '\r')
            break;
        if (line.p[0] == ' ' || line.p[0] == '\t')
            continue;
        ptrdiff_t colon = ash_view_find(line, ':');
        if (colon <= 0 || memchr(line.p, ' ', (size_t)colon) != NULL)
            return false;
        known += is_header_line(line);
    }
    return known >= 3;
}

static bool is_json(ash_view v)
{
    if (v.n < 2 || (v.p[0] != '{' && v.p[0] != '['))
        return false;
    v = skip_space(ash_view_skip(v, 1));
    return v.n > 0 && strchr("\"{[]}-0123456789tfn", v.p[0]) != NULL && v.p[0] != '\0';
}

static ash_kind text_kind(ash_view head)
{
    char ascii[4096];
    ash_view v = as_ascii(head, ascii, sizeof ascii), begin = skip_space(v);
    if (starts_fold(begin, "<!doctype html") || starts_fold(begin, "<html"))
        return ASH_KIND_HTML;
    if (ash_view_starts(begin, ASH_VIEW_LIT("<?xml"))) {
        ash_view first = ash_view_first(begin, 1024);
        return ash_view_find_str(first, ASH_VIEW_LIT("<html")) >= 0 ? ASH_KIND_HTML : ASH_KIND_XML;
    }
    if (ash_view_starts(v, ASH_VIEW_LIT("-----BEGIN PGP")))
        return ASH_KIND_PGP;
    ptrdiff_t nl = ash_view_find(v, '\n');
    if (ash_view_starts(v, ASH_VIEW_LIT("From ")) && nl > 0 && is_mail(ash_view_skip(v, (size_t)nl + 1)))
        return ASH_KIND_MBOX;
    if (is_mail(v))
        return ASH_KIND_MAIL;
    return is_json(begin) ? ASH_KIND_JSON : ASH_KIND_TEXT;
}

/* Few enough control characters to be text in some encoding. */
static bool is_text(ash_view v)
{
    char buf[32];
    const char *charset = ash_charset_guess(v, false, NULL, buf);
    if (strncmp(charset, "utf-16", 6) == 0)
        return true;
    size_t odd = 0;
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        odd += (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b) || c == 0x7f;
    }
    return odd * 50 <= v.n;
}

ash_kind ash_sniff(ash_view head, uint64_t size)
{
    if (size == 0)
        return ASH_KIND_EMPTY;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (is_at(head, magics[i].at, magics[i].bytes))
            return magics[i].kind;
    if (ash_view_find_str(ash_view_first(head, 1024), ASH_VIEW_LIT("%PDF-")) >= 0)
        return ASH_KIND_PDF;
    if (is_pkcs12(head))
        return ASH_KIND_KEYSTORE;
    if (is_at(head, 0, ASH_VIEW_LIT("BM")) && head.n > 26 && head.p[6] == '\0' && head.p[14] != '\0' &&
        head.p[15] == '\0')
        return ASH_KIND_IMAGE;
    return is_text(head) ? text_kind(head) : ASH_KIND_UNKNOWN;
}
