#include "investigate/standing.h"

#include <stdio.h>

static const char *const names[] = {"", "confirmed", "probable", "possible"};

const char *ash_standing_name(int standing)
{
    return standing < 0 || standing > ASH_POSSIBLE ? "" : names[standing];
}

ash_standing ash_standing_of(double probability)
{
    return probability >= ASH_CONFIRMED_FROM  ? ASH_CONFIRMED
           : probability >= ASH_PROBABLE_FROM ? ASH_PROBABLE
           : probability >= ASH_POSSIBLE_FROM ? ASH_POSSIBLE
                                              : ASH_STANDING_NONE;
}

const char *ash_why_text(uint32_t why, char buf[ASH_WHY_TEXT])
{
    static const char *const codes[] = {"other-folders", "own-folders", "other-client", "odd-hour",
                                        "walk",          "writes",      "list-and-read", "machine",
                                        "alarm",         "active-days", "burst",        "foreign-client",
                                        "spray",         "analyst",     "same-account", "tool-mark"};
    size_t n = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (why >> i & 1)
            n += (size_t)snprintf(buf + n, ASH_WHY_TEXT - n, "%s%s", n > 0 ? " " : "", codes[i]);
    return buf;
}
