#include "base/view.h"
#include "source/windows_event.h"

static const struct {
    const char *name;
    size_t n;
} names[ASH_WIN_DATA_COUNT] = {
#define ASH_WIN_DATA(symbol, text) {text, sizeof text - 1},
#include "source/windows_data.def"
#undef ASH_WIN_DATA
};

/* What NetApp calls them. */
static const struct {
    const char *name;
    ash_win_data data;
} others[] = {
    {"HandleID", ASH_WIN_HANDLE_ID},
    {"TargetUserSID", ASH_WIN_TARGET_SID},
    {"SharePath", ASH_WIN_SHARE_PATH},
};

ash_win_data ash_win_data_by_name(ash_view name)
{
    for (size_t i = 0; i < ASH_WIN_DATA_COUNT; i++)
        if (names[i].n == name.n && ash_view_is(name, names[i].name))
            return (ash_win_data)i;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (ash_view_is(name, others[i].name))
            return others[i].data;
    return ASH_WIN_DATA_COUNT;
}

const char *ash_win_data_name(ash_win_data d)
{
    return d < ASH_WIN_DATA_COUNT ? names[d].name : "";
}
