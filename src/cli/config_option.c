#include "cli/config_option.h"

#include <stdio.h>

#include "ingest/config.h"

int ash_read_config(const ash_args *a, ash_settings *ret, char *path, size_t size, ash_error *err)
{
    char found[4096] = "";
    const char *named = ash_arg(a, "config");
    ash_settings_default(ret);
    if (named != NULL)
        snprintf(found, sizeof found, "%s", named);
    else if (!ash_config_find(found, sizeof found))
        found[0] = '\0';
    if (path != NULL)
        snprintf(path, size, "%s", found);
    return found[0] == '\0' ? 0 : ash_config_read(found, ret, err);
}
