#include "source/win_text.h"

#include <strings.h>

#include "base/time.h"
#include "base/view.h"
#include "source/windows_value.h"

static bool same_word(ash_view v, const char *word)
{
    return v.n == strlen(word) && strncasecmp(v.p, word, v.n) == 0;
}

bool ash_win_is_security(ash_view channel, ash_view provider)
{
    static const char *const providers[] = {
        "Microsoft-Windows-Security-Auditing",
        "Microsoft-Windows-Eventlog",
        "NetApp-Security-Auditing",
    };
    if (channel.n > 0)
        return same_word(channel, "Security");
    for (size_t i = 0; i < sizeof providers / sizeof providers[0]; i++)
        if (same_word(provider, providers[i]))
            return true;
    return false;
}

bool ash_win_number_of(ash_view v, uint64_t *ret)
{
    const ash_win_value x = ash_win_utf8(v);
    return ash_win_number(&x, ret);
}

ash_win_audit ash_win_audit_of_keywords(ash_view v)
{
    uint64_t bits;
    bool negative = v.n > 0 && v.p[0] == '-'; /* written as a signed number */
    if (!ash_win_number_of(ash_view_skip(v, negative), &bits))
        return ASH_WIN_AUDIT_UNKNOWN;
    if (negative)
        bits = -bits;
    return bits & ASH_WIN_KEYWORD_FAILURE   ? ASH_WIN_AUDIT_FAILURE
           : bits & ASH_WIN_KEYWORD_SUCCESS ? ASH_WIN_AUDIT_SUCCESS
                                            : ASH_WIN_AUDIT_UNKNOWN;
}

ash_win_audit ash_win_audit_of_word(ash_view v)
{
    static const struct {
        const char *word;
        ash_win_audit audit;
    } words[] = {
        {"success", ASH_WIN_AUDIT_SUCCESS},       {"failure", ASH_WIN_AUDIT_FAILURE},
        {"Audit Success", ASH_WIN_AUDIT_SUCCESS}, {"Audit Failure", ASH_WIN_AUDIT_FAILURE},
        {"AUDIT_SUCCESS", ASH_WIN_AUDIT_SUCCESS}, {"AUDIT_FAILURE", ASH_WIN_AUDIT_FAILURE},
        {"SuccessAudit", ASH_WIN_AUDIT_SUCCESS},  {"FailureAudit", ASH_WIN_AUDIT_FAILURE},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (same_word(v, words[i].word))
            return words[i].audit;
    return ASH_WIN_AUDIT_UNKNOWN;
}

bool ash_win_time_of(ash_view v, int64_t *ret, bool *ret_zoned)
{
    int64_t t;
    int32_t zone;
    v = ash_view_trim(v);
    size_t used = ash_time_parse_iso(v, &t, &zone);
    if (used == 0)
        return false;
    ash_view rest = ash_view_trim(ash_view_skip(v, used));
    if (zone == INT32_MIN && rest.n > 0) {
        if (ash_time_parse_offset(rest, &zone) != rest.n)
            return false;
        t -= zone * ASH_NS_PER_S;
    } else if (rest.n > 0) {
        return false;
    }
    *ret = t;
    *ret_zoned = zone != INT32_MIN;
    return true;
}
