#include "source/evtx_value.h"

#include "base/cursor.h"
#include "base/time.h"

unsigned ash_evtx_type_size(uint8_t type)
{
    static const uint8_t sizes[] = {
        [ASH_EVTX_INT8] = 1,      [ASH_EVTX_UINT8] = 1,       [ASH_EVTX_INT16] = 2,
        [ASH_EVTX_UINT16] = 2,    [ASH_EVTX_INT32] = 4,       [ASH_EVTX_UINT32] = 4,
        [ASH_EVTX_INT64] = 8,     [ASH_EVTX_UINT64] = 8,      [ASH_EVTX_REAL32] = 4,
        [ASH_EVTX_REAL64] = 8,    [ASH_EVTX_BOOL] = 4,        [ASH_EVTX_GUID] = 16,
        [ASH_EVTX_FILETIME] = 8,  [ASH_EVTX_SYSTEMTIME] = 16, [ASH_EVTX_HEX32] = 4,
        [ASH_EVTX_HEX64] = 8,
    };
    return type < sizeof sizes ? sizes[type] : 0;
}

static bool is_integer(uint8_t type)
{
    return (type >= ASH_EVTX_INT8 && type <= ASH_EVTX_UINT64) || type == ASH_EVTX_BOOL ||
           type == ASH_EVTX_SIZE || type == ASH_EVTX_HEX32 || type == ASH_EVTX_HEX64;
}

bool ash_evtx_value_uint(ash_evtx_value v, uint64_t *ret)
{
    ash_cursor c = ash_cursor_of(v.bytes);
    if (!is_integer(v.type))
        return false;
    switch (v.bytes.n) { /* a constant each: one load, not a loop */
    case 1: *ret = ash_get_u8(&c); return true;
    case 2: *ret = ash_get_u16(&c); return true;
    case 4: *ret = ash_get_u32(&c); return true;
    case 8: *ret = ash_get_u64(&c); return true;
    default: return false;
    }
}

/* Year, month, day of the week, day, hour, minute, second, millisecond. */
static bool systemtime(ash_view bytes, uint64_t *ret)
{
    ash_cursor c = ash_cursor_of(bytes);
    unsigned f[8];
    for (unsigned i = 0; i < 8; i++)
        f[i] = ash_get_u16(&c);
    int y;
    unsigned m, d;
    int64_t days = ash_days_from_civil(f[0], f[1], f[3]);
    ash_civil_from_days(days, &y, &m, &d);
    if (c.failed || f[0] < 1601 || f[0] > 30827 || y != (int)f[0] || m != f[1] || d != f[3] ||
        f[4] > 23 || f[5] > 59 || f[6] > 59 || f[7] > 999)
        return false;
    uint64_t seconds = (uint64_t)(days - ash_days_from_civil(1601, 1, 1)) * 86400 +
                       f[4] * 3600u + f[5] * 60u + f[6];
    *ret = seconds * 10000000 + f[7] * 10000u;
    return true;
}

bool ash_evtx_value_filetime(ash_evtx_value v, uint64_t *ret)
{
    if (v.bytes.n != ash_evtx_type_size(v.type))
        return false;
    if (v.type == ASH_EVTX_SYSTEMTIME)
        return systemtime(v.bytes, ret);
    if (v.type != ASH_EVTX_FILETIME)
        return false;
    ash_cursor c = ash_cursor_of(v.bytes);
    *ret = ash_get_u64(&c);
    return true;
}

ash_view ash_evtx_value_text(ash_evtx_value v)
{
    ash_view t = v.bytes;
    if (v.type == ASH_EVTX_STRING)
        while (t.n >= 2 && t.n % 2 == 0 && t.p[t.n - 1] == 0 && t.p[t.n - 2] == 0)
            t.n -= 2;
    else
        while (t.n > 0 && t.p[t.n - 1] == 0)
            t.n--;
    return t;
}

/* Length of the item at the front with its terminator. */
static size_t item_length(uint8_t type, ash_view v)
{
    unsigned n = ash_evtx_type_size(type);
    switch (type) {
    case ASH_EVTX_STRING:
        for (size_t i = 0; i + 2 <= v.n; i += 2)
            if (v.p[i] == 0 && v.p[i + 1] == 0)
                return i + 2;
        return v.n;
    case ASH_EVTX_ANSI: {
        ptrdiff_t nul = ash_view_find(v, '\0');
        return nul < 0 ? v.n : (size_t)nul + 1;
    }
    case ASH_EVTX_SID: /* revision, number of parts, 6 bytes, 4 for each part */
        return v.n < 8 ? v.n : 8 + 4 * (size_t)(unsigned char)v.p[1];
    case ASH_EVTX_SIZE: return v.n % 8 == 0 ? 8 : 4;
    default: return n == 0 ? v.n : n;
    }
}

bool ash_evtx_array_next(ash_evtx_value *array, ash_evtx_value *ret_item)
{
    uint8_t type = array->type & (uint8_t)~ASH_EVTX_ARRAY;
    if (array->bytes.n == 0)
        return false;
    ash_view item = ash_view_first(array->bytes, item_length(type, array->bytes));
    array->bytes = ash_view_skip(array->bytes, item.n);
    *ret_item = (ash_evtx_value){.type = type, .bytes = item};
    return true;
}
