#include "base/i18n.h"
#include "extract/extract.h"

static const struct {
    const char *name, *text;
} kinds[] = {
#define ASH_KIND(id, name, text) {name, text},
#include "extract/kinds.def"
#undef ASH_KIND
}, outcomes[] = {
#define ASH_OUTCOME(id, name, text) {name, text},
#include "extract/outcomes.def"
#undef ASH_OUTCOME
};

const char *ash_kind_name(ash_kind k)
{
    return kinds[k].name;
}

const char *ash_kind_text(ash_kind k)
{
    return _(kinds[k].text);
}

const char *ash_outcome_name(ash_outcome o)
{
    return outcomes[o].name;
}

const char *ash_outcome_text(ash_outcome o)
{
    return _(outcomes[o].text);
}

bool ash_outcome_by_name(ash_view name, ash_outcome *ret)
{
    for (unsigned i = 0; i < ASH_OUTCOMES; i++)
        if (ash_view_is(name, outcomes[i].name)) {
            *ret = (ash_outcome)i;
            return true;
        }
    return false;
}
