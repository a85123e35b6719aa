/* What is fixed about each kind of finding: the rows of kinds.def. */
#include "ashiato/finding.h"
#include "base/i18n.h"
#include "base/time.h"

typedef struct kind_row {
    const char *name, *technique, *what, *advice;
    ash_finding_class class;
    int hours;
} kind_row;

static const kind_row kinds[] = {
#define KIND(number, symbol, name, class, hours, technique, what, advice) \
    [number] = {name, technique, what, advice, ASH_FINDING_CLASS_##class, hours},
#include "ashiato/kinds.def"
#undef KIND
};

static const kind_row *row_of(unsigned k)
{
    static const kind_row unknown = {"unknown", "", "", "", ASH_FINDING_CLASS_FILES, 0};
    return k < sizeof kinds / sizeof kinds[0] && kinds[k].name != NULL ? &kinds[k] : &unknown;
}

const char *ash_finding_kind_name(ash_finding_kind k)
{
    return row_of(k)->name;
}

const char *ash_finding_what(ash_finding_kind k)
{
    return row_of(k)->what;
}

const char *ash_finding_advice(ash_finding_kind k)
{
    return row_of(k)->advice;
}

ash_finding_class ash_finding_class_of(ash_finding_kind k)
{
    return row_of(k)->class;
}

int64_t ash_finding_gap(ash_finding_kind k)
{
    return row_of(k)->hours * 3600 * ASH_NS_PER_S;
}

const char *ash_finding_technique(const ash_finding *f)
{
    if (f->kind == ASH_FINDING_MASS_CHANGE && f->flags & ASH_FINDING_RENAMES)
        return "T1486";
    if (f->kind == ASH_FINDING_MASS_CHANGE && f->flags & ASH_FINDING_DELETES)
        return "T1485";
    return row_of(f->kind)->technique;
}

const char *ash_severity_name(ash_severity s)
{
    return s == ASH_SEVERITY_HIGH ? "high" : s == ASH_SEVERITY_MEDIUM ? "medium" : "low";
}

const char *ash_measure_name(ash_measure m)
{
    static const char *const names[] = {"none",    "folders", "files", "names", "accounts", "shares",   "logons",
                                        "clients", "days",    "hours", "seconds", "accesses", "score",
                                        "minutes"};
    return (unsigned)m < sizeof names / sizeof names[0] ? names[m] : "none";
}

const char *ash_basis_name(ash_basis b)
{
    static const char *const names[] = {"none", "floor", "own", "peers", "population"};
    return (unsigned)b < sizeof names / sizeof names[0] ? names[b] : "none";
}

void ash_finding_tell(ash_finding *f, const ash_telling *t)
{
    for (uint32_t i = 0; i < f->n_telling; i++)
        if (f->telling[i].input == t->input && f->telling[i].offset == t->offset)
            return;
    if (f->n_telling < ASH_TELLING_MAX)
        f->telling[f->n_telling++] = *t;
}
