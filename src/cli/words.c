#include "cli/words.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

static const char *const words[] = {
    /* grades and changes */
    N_("read"), N_("opened"), N_("listed"), N_("seen"), N_("denied"), N_("missing"), N_("none"),
    N_("written"), N_("renamed"), N_("deleted"), N_("security"), N_("linked"),
    /* coverage */
    N_("observed"), N_("degraded"), N_("gap"), N_("unknown"),
    /* answers */
    N_("untouched"), N_("touched"), N_("not-provable"), N_("reads"), N_("opens"), N_("all"),
    /* findings */
    N_("high"), N_("medium"), N_("low"), N_("mass-listing"), N_("mass-read"), N_("mass-denied"),
    N_("mass-change"), N_("password-spray"), N_("password-guessing"),
    N_("log-cleared"), N_("audit-off"), N_("share-change"),
    /* tracks */
    N_("proposed"), N_("accepted"), N_("rejected"), N_("confirmed"), N_("probable"), N_("possible"),
    /* decisions */
    N_("accept"), N_("reject"), N_("split"), N_("add"), N_("drop"), N_("kept"), N_("added"),
    N_("removed"),
    /* phases */
    N_("entry"), N_("reconnaissance"), N_("collection"), N_("change"), N_("pause"), N_("loud-end"),
    N_("end"),
    /* what an observation says of an explanation */
    N_("for"), N_("against"),
    /* custody */
    N_("case"), N_("key"), N_("run"), N_("input"), N_("void"), N_("retain"), N_("hold"),
    N_("release"), N_("export"), N_("age"), N_("size"),
    /* inputs */
    N_("complete"), N_("partial"), N_("damaged"), N_("duplicate"), N_("unrecognised"),
    N_("unreadable"),
};

static const char *translated(const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0)
            return _(words[i]);
    return word;
}

const char *ash_words(const char *stable, char *buf, size_t size)
{
    buf[0] = '\0';
    while (*stable != '\0') {
        char word[64];
        size_t n = strcspn(stable, " "), used = strlen(buf);
        snprintf(word, sizeof word, "%.*s", (int)n, stable);
        snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "", translated(word));
        stable += n + (stable[n] == ' ');
    }
    return buf;
}
