#include "investigate/duration.h"

#include <stdio.h>

#include "base/i18n.h"
#include "base/time.h"

const char *ash_duration_text(char buf[ASH_DURATION_TEXT], int64_t ns)
{
    long long seconds = ns / ASH_NS_PER_S, minutes = seconds / 60;
    if (minutes >= 48 * 60)
        snprintf(buf, ASH_DURATION_TEXT, _("%lld d %lld h"), minutes / 1440, minutes % 1440 / 60);
    else if (minutes >= 60)
        snprintf(buf, ASH_DURATION_TEXT, _("%lld h %lld min"), minutes / 60, minutes % 60);
    else if (minutes > 0)
        snprintf(buf, ASH_DURATION_TEXT, _("%lld min"), minutes);
    else
        snprintf(buf, ASH_DURATION_TEXT, _("%lld s"), seconds > 0 ? seconds : 1);
    return buf;
}
