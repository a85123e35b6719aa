/* Numbering plans: Japan's (Ministry of Internal Affairs, numbering plan), the North
 * American, and for all others the lengths of national numbers (ITU-T E.164 and its
 * list of assigned codes). */
#include <stdint.h>

#include "classify/validate.h"

static bool starts(ash_view v, const char *z)
{
    return ash_view_starts(v, ash_view_z(z));
}

static bool mobile_jp(ash_view v)
{
    return v.n == 11 && v.p[3] != '0' &&
           (starts(v, "090") || starts(v, "080") || starts(v, "070") || starts(v, "060"));
}

bool ash_valid_phone_jp(ash_view v)
{
    if (v.n == 11)
        return mobile_jp(v) || starts(v, "050") || starts(v, "0800");
    if (v.n != 10 || v.p[0] != '0' || v.p[1] == '0')
        return false;
    /* 020 to 090 have eleven digits, and no exchange begins with 0. */
    return v.p[2] != '0';
}

bool ash_valid_phone_jp_groups(ash_view v, const unsigned *l, unsigned n)
{
    if (!ash_valid_phone_jp(v))
        return false;
    if (n == 1)
        return true;
    if (n == 2) /* 090-12345678, 03-12345678 */
        return v.n == 11 ? l[0] == 3 : l[0] >= 2 && l[0] <= 5;
    if (n != 3)
        return false;
    if (v.n == 11)
        return starts(v, "0800") ? l[0] == 4 && l[1] == 3 : l[0] == 3 && l[1] == 4;
    if (starts(v, "0120") || starts(v, "0570") || starts(v, "0990"))
        return l[0] == 4 && (l[1] == 3 || l[1] == 2);
    /* Area and exchange are six digits together; the last group has four. */
    return l[0] >= 2 && l[0] <= 5 && l[0] + l[1] == 6 && l[2] == 4;
}

bool ash_valid_phone_nanp(ash_view v)
{
    return v.n == 10 && v.p[0] >= '2' && v.p[1] != '9' && v.p[3] >= '2' &&
           !(v.p[1] == '1' && v.p[2] == '1') && !(v.p[4] == '1' && v.p[5] == '1');
}

bool ash_valid_phone_e164(ash_view v)
{
    /* Countries whose lengths are well known: code, shortest and longest national
     * number. Others: code by its first digits, 6 to 12 digits behind it. */
    static const struct {
        const char *code;
        uint8_t min, max;
    } plans[] = {
        {"1", 10, 10},  {"7", 10, 10},  {"20", 8, 10},  {"27", 9, 9},   {"30", 10, 10},
        {"31", 9, 9},   {"32", 8, 9},   {"33", 9, 9},   {"34", 9, 9},   {"36", 8, 9},
        {"39", 6, 11},  {"40", 9, 9},   {"41", 9, 9},   {"43", 4, 13},  {"44", 9, 10},
        {"45", 8, 8},   {"46", 7, 10},  {"47", 8, 8},   {"48", 9, 9},   {"49", 6, 13},
        {"51", 8, 9},   {"52", 10, 10}, {"53", 8, 8},   {"54", 10, 11}, {"55", 10, 11},
        {"56", 9, 9},   {"57", 8, 10},  {"58", 10, 10}, {"60", 8, 10},  {"61", 9, 9},
        {"62", 8, 12},  {"63", 8, 10},  {"64", 8, 10},  {"65", 8, 8},   {"66", 8, 9},
        {"81", 9, 10},  {"82", 8, 11},  {"84", 9, 10},  {"86", 10, 11}, {"90", 10, 10},
        {"91", 10, 10}, {"92", 9, 10},  {"93", 9, 9},   {"94", 9, 9},   {"95", 7, 10},
        {"98", 10, 10}, {"351", 9, 9},  {"353", 7, 9},  {"358", 6, 10}, {"420", 9, 9},
        {"421", 9, 9},  {"852", 8, 8},  {"853", 8, 8},  {"855", 8, 9},  {"856", 8, 10},
        {"880", 8, 10}, {"886", 8, 9},  {"966", 9, 9},  {"971", 8, 9},  {"972", 8, 9},
    };
    /* First two digits of codes with three: ITU-T list of E.164 assigned country codes. */
    static const char threes[] = "21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 85 88 96 97 99";
    if (v.n < 7 || v.n > 15 || v.p[0] == '0')
        return false;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        size_t code = strlen(plans[i].code);
        if (starts(v, plans[i].code)) {
            ash_view rest = ash_view_skip(v, code);
            if (v.p[0] == '1')
                return ash_valid_phone_nanp(rest);
            return rest.n >= plans[i].min && rest.n <= plans[i].max;
        }
    }
    char two[3] = {v.p[0], v.p[1], '\0'};
    return strstr(threes, two) != NULL && v.n >= 9 && v.n <= 15;
}
