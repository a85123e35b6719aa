#include "base/i18n.h"

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *language = "en";

const char *ash_i18n_name(size_t i)
{
    static const char *const names[] = {"en", "ja"};
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

/* <dir of the program>/../share/locale when installed, or beside the program
 * in a build tree. */
static void bind_catalogue(void)
{
    char exe[PATH_MAX], dir[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return;
    exe[n] = '\0';
    char *slash = strrchr(exe, '/');
    if (slash == NULL)
        return;
    *slash = '\0';
    snprintf(dir, sizeof dir, "%s/locale", exe);
    if (access(dir, R_OK) != 0)
        snprintf(dir, sizeof dir, "%s/../share/locale", exe);
    bindtextdomain(ASH_TEXT_DOMAIN, dir);
    bind_textdomain_codeset(ASH_TEXT_DOMAIN, "UTF-8");
}

static const char *from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && v[0] != '\0')
            return v;
    }
    return "C";
}

void ash_i18n_init(const char *lang)
{
    const char *wanted = lang != NULL ? lang : from_environment();
    language = strncmp(wanted, "ja", 2) == 0 ? "ja" : "en";
    /* C.UTF-8 exists everywhere, and under any locale but "C" gettext follows
     * LANGUAGE: so a catalogue works where its locale was never generated. */
    if (setlocale(LC_ALL, "C.UTF-8") == NULL)
        setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    setenv("LANGUAGE", language, 1);
    bind_catalogue();
}

const char *ash_i18n_language(void)
{
    return language;
}
