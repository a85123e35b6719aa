#include "detect/settings.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

#define VALUE_MAX 64u

void ash_settings_default(ash_settings *s)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < ash_n_detectors; i++)
        for (size_t k = 0; k < ash_detectors[i]->n_params; k++)
            s->values[i][k] = ash_detectors[i]->params[k].def;
}

int ash_settings_detector(ash_view name)
{
    for (size_t i = 0; i < ash_n_detectors; i++)
        if (ash_view_is(name, ash_detectors[i]->name))
            return (int)i;
    return -1;
}

/* As in the C locale, whatever the user's decimal separator is. */
static bool read_number(ash_view v, double *ret)
{
    char text[VALUE_MAX], *end;
    if (v.n == 0 || v.n >= sizeof text)
        return false;
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return false;
    double d = strtod_l(text, &end, c);
    freelocale(c);
    if (*end != '\0' || !isfinite(d))
        return false;
    *ret = d;
    return true;
}

static int set_enabled(ash_settings *s, int detector, ash_view value, ash_error *err)
{
    bool on = ash_view_is(value, "true");
    if (!on && !ash_view_is(value, "false"))
        return ash_fail(err, ASH_E_USAGE, "config", _("%s.enabled needs true or false"),
                        ash_detectors[detector]->name);
    s->off[detector] = !on;
    return 0;
}

int ash_settings_set(ash_settings *s, int detector, ash_view param, ash_view value, ash_error *err)
{
    const ash_detector *d = ash_detectors[detector];
    char shown[3 * VALUE_MAX];
    double number;
    if (ash_view_is(param, "enabled"))
        return set_enabled(s, detector, value, err);
    for (size_t k = 0; k < d->n_params; k++) {
        const ash_param *p = &d->params[k];
        if (!ash_view_is(param, p->name))
            continue;
        if (!read_number(value, &number) || number < p->min || number > p->max)
            return ash_fail(err, ASH_E_USAGE, "config", _("%s.%s needs a number from %g to %g, not '%s'"),
                            d->name, p->name, p->min, p->max,
                            ash_text_escape(shown, sizeof shown, ash_view_first(value, VALUE_MAX)));
        s->values[detector][k] = number;
        return 0;
    }
    return ash_fail(err, ASH_E_USAGE, "config", _("%s has no parameter '%s'; see `ashiato detectors`"), d->name,
                    ash_text_escape(shown, sizeof shown, ash_view_first(param, VALUE_MAX)));
}
