#include "base/i18n.h"
#include "extract/extract.h"

static const struct {
    const char *name, *text;
} kinds[] = {
#define ASH_KIND(id, name, text) {name, text},
#include "extract/kinds.def"
#undef ASH_KIND
}, outcomes[] = {
#define ASH_READOUT(id, name, text) {name, text},
#include "extract/readouts.def"
#undef ASH_READOUT
};

const char *ash_kind_name(ash_kind k)
{
    return kinds[k].name;
}

const char *ash_kind_text(ash_kind k)
{
    return _(kinds[k].text);
}

const char *ash_readout_name(ash_readout o)
{
    return outcomes[o].name;
}

const char *ash_readout_text(ash_readout o)
{
    return _(outcomes[o].text);
}

bool ash_readout_by_name(ash_view name, ash_readout *ret)
{
    for (unsigned i = 0; i < ASH_READOUTS; i++)
        if (ash_view_is(name, outcomes[i].name)) {
            *ret = (ash_readout)i;
            return true;
        }
    return false;
}
