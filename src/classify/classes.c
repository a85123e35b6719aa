#include "classify/classes.h"

#include "base/i18n.h"

const ash_class *ash_class_of(ash_class_id id)
{
    static const ash_class classes[] = {
#define CLASS(symbol, name, group, title) {name, title, ASH_GROUP_##group},
#include "classify/classes.def"
#undef CLASS
    };
    return &classes[id];
}

const char *ash_class_group_name(ash_class_group g)
{
    static const char *const names[ASH_GROUPS] = {"person", "number",  "money", "secret",
                                                  "care",   "marking", "kind",  "own"};
    return names[g];
}

const char *ash_confidence_name(ash_confidence c)
{
    static const char *const names[] = {"none", "low", "medium", "high"};
    return names[c];
}
