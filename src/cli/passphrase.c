#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cli/cli.h"

/* One line from the terminal, not shown; false without a terminal. */
static bool ask(const char *question, char *buf, size_t size)
{
    struct termios before, quiet;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return false;
    if (tcgetattr(fd, &before) != 0) {
        close(fd);
        return false;
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fd, TCSAFLUSH, &quiet);
    dprintf(fd, "%s", question);
    size_t n = 0;
    char c;
    while (n + 1 < size && read(fd, &c, 1) == 1 && c != '\n')
        buf[n++] = c;
    buf[n] = '\0';
    tcsetattr(fd, TCSAFLUSH, &before);
    dprintf(fd, "\n");
    close(fd);
    return true;
}

static bool from_environment(char *buf, size_t size)
{
    const char *given = getenv("ASHIATO_PASSPHRASE");
    if (given == NULL || strlen(given) >= size)
        return false;
    snprintf(buf, size, "%s", given);
    return true;
}

bool ash_ask_passphrase(const char *path, char *buf, size_t size)
{
    char question[600], name[300];
    snprintf(question, sizeof question, _("Passphrase of the key %s: "),
             ash_text_escape(name, sizeof name, ash_view_z(path)));
    return from_environment(buf, size) || ask(question, buf, size);
}

bool ash_ask_new_passphrase(char *buf, size_t size)
{
    char again[1024];
    if (from_environment(buf, size))
        return true;
    bool same = ask(_("New passphrase (empty: none): "), buf, size) &&
                ask(_("The same again: "), again, sizeof again) && strcmp(buf, again) == 0;
    explicit_bzero(again, sizeof again);
    return same;
}
