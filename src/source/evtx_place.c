#include "source/evtx_place.h"

/* Longest name in windows_data.def, and some. */
#define NAME_MAX 64u

static bool is(ash_view utf16, ash_view ascii)
{
    if (utf16.n != 2 * ascii.n)
        return false;
    for (size_t i = 0; i < ascii.n; i++)
        if (utf16.p[2 * i] != ascii.p[i] || utf16.p[2 * i + 1] != 0)
            return false;
    return true;
}

#define IS(utf16, name) is(utf16, ASH_VIEW_LIT(name))

static ash_evtx_field data_field(ash_view utf16)
{
    char ascii[NAME_MAX];
    size_t n = utf16.n / 2;
    if (utf16.n % 2 != 0 || n > sizeof ascii)
        return ASH_EVTX_FIELD_NONE;
    for (size_t i = 0; i < n; i++) {
        if (utf16.p[2 * i + 1] != 0)
            return ASH_EVTX_FIELD_NONE;
        ascii[i] = utf16.p[2 * i];
    }
    ash_win_data d = ash_win_data_by_name(ash_view_of(ascii, n));
    return d == ASH_WIN_DATA_COUNT ? ASH_EVTX_FIELD_NONE
                                   : (ash_evtx_field)(ASH_EVTX_FIELD_DATA + (int)d);
}

static ash_evtx_field system_field(ash_view name)
{
    if (IS(name, "EventID"))
        return ASH_EVTX_FIELD_ID;
    if (IS(name, "EventRecordID"))
        return ASH_EVTX_FIELD_RECORD;
    if (IS(name, "Keywords"))
        return ASH_EVTX_FIELD_KEYWORDS;
    if (IS(name, "Channel"))
        return ASH_EVTX_FIELD_CHANNEL;
    return IS(name, "Computer") ? ASH_EVTX_FIELD_COMPUTER : ASH_EVTX_FIELD_NONE;
}

/* Where an element of this name leads to; sets the field if that is IN_FIELD. */
static ash_evtx_where go(ash_evtx_place *p, ash_evtx_where from, ash_view name)
{
    switch (from) {
    case ASH_EVTX_AT_TOP: return IS(name, "Event") ? ASH_EVTX_IN_EVENT : ASH_EVTX_ELSEWHERE;
    case ASH_EVTX_IN_EVENT:
        return IS(name, "System")      ? ASH_EVTX_IN_SYSTEM
               : IS(name, "EventData") ? ASH_EVTX_IN_EVENTDATA
               : IS(name, "UserData")  ? ASH_EVTX_IN_USERDATA
                                       : ASH_EVTX_ELSEWHERE;
    case ASH_EVTX_IN_SYSTEM:
        p->field = (uint8_t)system_field(name);
        return IS(name, "TimeCreated") ? ASH_EVTX_IN_TIME : ASH_EVTX_IN_FIELD;
    case ASH_EVTX_IN_EVENTDATA:
        p->field = ASH_EVTX_FIELD_NONE;
        return IS(name, "Data") ? ASH_EVTX_IN_FIELD : ASH_EVTX_ELSEWHERE;
    case ASH_EVTX_IN_USERDATA: return ASH_EVTX_IN_ITEM;
    case ASH_EVTX_IN_ITEM:
        p->field = (uint8_t)data_field(name);
        return ASH_EVTX_IN_FIELD;
    default: return ASH_EVTX_ELSEWHERE;
    }
}

void ash_evtx_place_begin(ash_evtx_place *p, ash_evtx_where where)
{
    p->depth = 0;
    p->where[0] = (uint8_t)where;
    p->field = p->attribute = ASH_EVTX_FIELD_NONE;
    p->in_tag = false;
}

static ash_evtx_field attribute_field(const ash_evtx_place *p, ash_view name)
{
    ash_evtx_where parent = p->depth == 0 ? ASH_EVTX_ELSEWHERE
                                          : (ash_evtx_where)p->where[p->depth - 1];
    if (p->where[p->depth] == ASH_EVTX_IN_TIME && IS(name, "SystemTime"))
        return ASH_EVTX_FIELD_TIME;
    if (p->where[p->depth] == ASH_EVTX_IN_FIELD && parent == ASH_EVTX_IN_EVENTDATA &&
        IS(name, "Name"))
        return ASH_EVTX_FIELD_NAME;
    return ASH_EVTX_FIELD_NONE;
}

void ash_evtx_place_token(ash_evtx_place *p, const ash_evtx_token *t)
{
    switch (t->kind) {
    case ASH_EVTX_OPEN: {
        ash_evtx_where to = go(p, ash_evtx_place_where(p), t->name);
        p->where[++p->depth] = (uint8_t)to;
        p->in_tag = true;
        p->attribute = ASH_EVTX_FIELD_NONE;
        break;
    }
    case ASH_EVTX_ATTRIBUTE: p->attribute = (uint8_t)attribute_field(p, t->name); break;
    case ASH_EVTX_OPENED: p->in_tag = false; break;
    case ASH_EVTX_CLOSE: p->depth--; break;
    default: break;
    }
}

void ash_evtx_place_name(ash_evtx_place *p, ash_view text)
{
    p->field = (uint8_t)data_field(text);
}
