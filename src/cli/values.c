#include "cli/values.h"

#include <string.h>

#include "ashiato/source.h"
#include "base/i18n.h"
#include "classify/classes.h"
#include "cli/cli.h"
#include "cli/completion.h"
#include "cli/decide.h"
#include "cli/table.h"
#include "investigate/filter.h"
#include "investigate/standing.h"
#include "simulate/simulate.h"

static const char *source_name(size_t i)
{
    return i < ash_n_sources ? ash_sources[i]->name : NULL;
}

static const char *command_name(size_t i)
{
    return i < ash_n_commands ? ash_commands[i]->name : NULL;
}

/* The built-in ones; rules may add others. */
static const char *class_name(size_t i)
{
    return i < ASH_CLASSES_BUILT_IN ? ash_class_of((ash_class_id)i)->name : NULL;
}

static const char *standing_name(size_t i)
{
    return i < ASH_POSSIBLE ? ash_standing_name(ASH_CONFIRMED + (int)i) : NULL;
}

static const struct {
    const char *arg;
    const char *(*value)(size_t i);
} kinds[] = {
    {"FORMAT", ash_format_name}, {"GRADE", ash_grade_word}, {"LANG", ash_i18n_name},
    {"SOURCE", source_name},     {"SHELL", ash_shell_name}, {"[COMMAND]", command_name},
    {"[ACTION [TRACK...]]", ash_track_action_name}, {"SHAPE", ash_shape_name},
    {"CLASS", class_name},  {"STANDING", standing_name},
    {"CONFIG", ash_sim_config_name}, {"LOG", ash_sim_format_name}, {"[SCENARIO]", ash_scenario_name},
};

const char *ash_value_of(const char *arg, size_t i)
{
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (strcmp(kinds[k].arg, arg) == 0)
            return kinds[k].value(i);
    return NULL;
}
