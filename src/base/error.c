#include "ashiato/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

static int fill(ash_error *err, ash_code code, const char *component, const char *input,
                uint64_t offset, int os_errno, const char *fmt, va_list ap)
{
    if (err == NULL)
        return code;
    memset(err, 0, sizeof *err);
    err->code = code;
    err->component = component;
    err->offset = offset;
    err->os_errno = code == ASH_E_IO ? os_errno : 0;
    if (input != NULL)
        ash_text_escape(err->input, sizeof err->input, ash_view_z(input));
    /* A message cut at its maximum is still a message. */
    (void)vsnprintf(err->msg, sizeof err->msg, _(fmt), ap);
    return code;
}

int ash_fail(ash_error *err, ash_code code, const char *component, const char *fmt, ...)
{
    int os_errno = errno;
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, component, NULL, ASH_NO_OFFSET, os_errno, fmt, ap);
    va_end(ap);
    return code;
}

int ash_fail_at(ash_error *err, ash_code code, const char *component, const char *input,
                uint64_t offset, const char *fmt, ...)
{
    int os_errno = errno;
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, component, input, offset, os_errno, fmt, ap);
    va_end(ap);
    return code;
}

const char *ash_error_text(const ash_error *err, char *buf, unsigned long size)
{
    char where[ASH_ERROR_INPUT_MAX + 48] = "";
    if (err->input[0] != '\0' && err->line != 0)
        snprintf(where, sizeof where, "%s:%llu: ", err->input, (unsigned long long)err->line);
    else if (err->input[0] != '\0' && err->offset != ASH_NO_OFFSET)
        snprintf(where, sizeof where, "%s: offset %llu: ", err->input,
                 (unsigned long long)err->offset);
    else if (err->offset != ASH_NO_OFFSET)
        snprintf(where, sizeof where, "offset %llu: ", (unsigned long long)err->offset);
    else if (err->input[0] != '\0')
        snprintf(where, sizeof where, "%s: ", err->input);
    if (err->os_errno != 0)
        snprintf(buf, size, "%s%s: %s", where, err->msg, strerror(err->os_errno));
    else
        snprintf(buf, size, "%s%s", where, err->msg);
    return buf;
}
