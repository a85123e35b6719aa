#include "source/windows_value.h"

#include <ctype.h>
#include <stdio.h>

#include "base/digits.h"
#include "base/limits.h"
#include "base/utf16.h"

static bool number_of(ash_view v, uint64_t *ret)
{
    uint64_t x = 0;
    unsigned base = 10;
    v = ash_view_trim(v);
    if (v.n > 2 && v.p[0] == '0' && (v.p[1] == 'x' || v.p[1] == 'X')) {
        base = 16;
        v = ash_view_skip(v, 2);
    }
    if (v.n == 0 || v.n > 20)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        unsigned d = isdigit(c) ? c - 0u - '0' : isxdigit(c) ? (unsigned)tolower(c) - 'a' + 10 : 99;
        if (d >= base || x > (UINT64_MAX - d) / base)
            return false;
        x = x * base + d;
    }
    *ret = x;
    return true;
}

bool ash_win_number(const ash_win_value *v, uint64_t *ret)
{
    char ascii[ASH_UTF16_ROOM(64)];
    switch (v->kind) {
    case ASH_WIN_UINT:
    case ASH_WIN_TIME: *ret = v->number; return true;
    case ASH_WIN_UTF8: return number_of(v->bytes, ret);
    case ASH_WIN_UTF16:
        return v->bytes.n <= 64 &&
               number_of(ash_view_of(ascii, ash_utf16_to_utf8(ascii, v->bytes)), ret);
    default: return false;
    }
}

static size_t sid_text(char *out, ash_view sid)
{
    char *end = ash_digits_sid(out, sid);
    return end == NULL ? 0 : (size_t)(end - out);
}

static size_t guid_text(char *out, ash_view g)
{
    if (g.n != 16)
        return 0;
    out[0] = '{';
    *ash_digits_guid(out + 1, g.p, false) = '}';
    return ASH_GUID_TEXT + 2;
}

static ash_view from_utf16(ash_view v, ash_arena *arena, bool *ret_nomem)
{
    if (v.n > 2 * ASH_PATH_MAX)
        v.n = 2 * ASH_PATH_MAX;
    if (v.n < 2)
        return (ash_view){0};
    char *p = ash_arena_alloc(arena, ASH_UTF16_ROOM(v.n));
    if (p == NULL) {
        *ret_nomem = true;
        return (ash_view){0};
    }
    return ash_view_of(p, ash_utf16_to_utf8(p, v));
}

ash_view ash_win_text(const ash_win_value *v, ash_arena *arena, bool *ret_nomem)
{
    char small[ASH_SID_TEXT];
    size_t n = 0;
    ash_view text = {0};
    switch (v->kind) {
    case ASH_WIN_UTF8: text = v->bytes; break;
    case ASH_WIN_UTF16: text = from_utf16(v->bytes, arena, ret_nomem); break;
    case ASH_WIN_UINT:
    case ASH_WIN_TIME:
        n = (size_t)snprintf(small, sizeof small, "0x%llx", (unsigned long long)v->number);
        break;
    case ASH_WIN_SID: n = sid_text(small, v->bytes); break;
    case ASH_WIN_GUID: n = guid_text(small, v->bytes); break;
    case ASH_WIN_NONE: break;
    }
    if (n > 0) {
        text = ash_arena_copy(arena, ash_view_of(small, n));
        *ret_nomem |= text.p == NULL;
    }
    while (text.n > 0 && text.p[text.n - 1] == '\0')
        text.n--;
    return ash_view_is(text, "-") ? (ash_view){0} : text;
}

bool ash_win_is(const ash_win_value *v, const char *ascii)
{
    size_t n = strlen(ascii);
    if (v->kind == ASH_WIN_UTF8)
        return ash_view_is(v->bytes, ascii);
    if (v->kind != ASH_WIN_UTF16)
        return false;
    size_t units = v->bytes.n / 2;
    while (units > 0 && v->bytes.p[2 * units - 2] == 0 && v->bytes.p[2 * units - 1] == 0)
        units--;
    if (units != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (v->bytes.p[2 * i] != ascii[i] || v->bytes.p[2 * i + 1] != 0)
            return false;
    return true;
}

/* Numbers of the standard and the file access rights in the message table of
 * msobjs.dll: %%4416 is bit 0, %%1537 bit 16. */
static uint32_t bit_of_right(unsigned message)
{
    if (message >= 4416 && message <= 4424)
        return 1u << (message - 4416);
    if (message >= 1537 && message <= 1541)
        return 1u << (message - 1537 + 16);
    return 0;
}

bool ash_win_mask(const ash_win_event *e, ash_arena *arena, uint32_t *ret)
{
    uint64_t x;
    bool nomem = false;
    if (ash_win_number(&e->data[ASH_WIN_ACCESS_MASK], &x)) {
        *ret = (uint32_t)x;
        return true;
    }
    ash_view list = ash_win_text(&e->data[ASH_WIN_ACCESS_LIST], arena, &nomem);
    bool any = false;
    *ret = 0;
    for (ptrdiff_t at; (at = ash_view_find_str(list, ASH_VIEW_LIT("%%"))) >= 0; any = true) {
        unsigned message = 0;
        list = ash_view_skip(list, (size_t)at + 2);
        for (; list.n > 0 && isdigit((unsigned char)list.p[0]) && message < 100000;
             list = ash_view_skip(list, 1))
            message = message * 10 + (unsigned)(list.p[0] - '0');
        *ret |= bit_of_right(message);
    }
    return any;
}
