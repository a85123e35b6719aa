/* Text of PowerPoint presentations, 97 to 2003 (MS-PPT 2.3.1, 2.9): the records
 * are walked in order, so that slides, notes and what was replaced but not yet
 * overwritten come out alike. */
#include "base/cursor.h"
#include "extract/ole.h"

#define TEXT_CHARS 4000u
#define TEXT_BYTES 4008u
#define CSTRING 4026u
#define CRYPT_SESSION 12052u

static void put_text(ash_job *j, ash_view v, bool wide)
{
    for (size_t i = 0; i < v.n && ash_job_goes(j);) {
        size_t k = i, step = wide ? 2 : 1;
        /* Up to a paragraph's end. */
        while (k + step <= v.n && !(v.p[k] == '\r' && (!wide || v.p[k + 1] == '\0')))
            k += step;
        ash_view part = ash_view_of(v.p + i, k - i);
        if (wide)
            ash_emit_utf16(j, part);
        else
            for (size_t b = 0; b < part.n; b++)
                ash_emit_cp(j, (unsigned char)part.p[b]);
        ash_emit_c(j, '\n');
        i = k + step;
    }
}

ash_readout ash_read_ppt(ash_job *j, ash_view document)
{
    ash_cursor c = ash_cursor_of(document);
    ash_emit_begin(j, ASH_UNIT_PARAGRAPH, (ash_view){0});
    while (c.at + 8 <= c.n && ash_job_goes(j)) {
        unsigned version = ash_get_u16(&c) & 0xf, type = ash_get_u16(&c);
        uint32_t n = ash_get_u32(&c);
        if (type == CRYPT_SESSION)
            return ASH_READOUT_ENCRYPTED;
        if (version == 0xf)
            continue; /* a container: its records follow */
        const unsigned char *p = ash_cursor_take(&c, n);
        if (p == NULL)
            return ASH_READOUT_DAMAGED;
        if (type == TEXT_CHARS || type == CSTRING)
            put_text(j, ash_view_of(p, n & ~1u), true);
        else if (type == TEXT_BYTES)
            put_text(j, ash_view_of(p, n), false);
    }
    return ASH_READOUT_OK;
}
