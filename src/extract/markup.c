#include "extract/markup.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct ash_markup {
    XML_Parser parser;
    ash_job *job;
    const ash_markup_ops *ops;
    void *user;
    unsigned depth;
    bool failed;
};

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

const char *ash_attribute(const char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

static void give_up(ash_markup *m)
{
    m->failed = true;
    XML_StopParser(m->parser, XML_FALSE);
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    ash_markup *m = user;
    if (++m->depth > ASH_EXTRACT_XML_DEPTH || !ash_job_goes(m->job)) {
        give_up(m);
        return;
    }
    if (m->ops->start != NULL)
        m->ops->start(m->user, local(name), attributes);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    ash_markup *m = user;
    m->depth--;
    if (m->ops->end != NULL)
        m->ops->end(m->user, local(name));
}

static void XMLCALL on_text(void *user, const XML_Char *p, int n)
{
    ash_markup *m = user;
    m->ops->text(m->user, p, (size_t)n);
}

ash_markup *ash_markup_new(ash_job *j, const ash_markup_ops *ops, void *user)
{
    ash_markup *m = malloc(sizeof *m);
    XML_Parser p = m == NULL ? NULL : XML_ParserCreate(NULL);
    if (p == NULL) {
        free(m);
        return NULL;
    }
    *m = (ash_markup){.parser = p, .job = j, .ops = ops, .user = user};
    XML_SetUserData(p, m);
    XML_SetElementHandler(p, on_start, on_end);
    if (ops->text != NULL)
        XML_SetCharacterDataHandler(p, on_text);
    return m;
}

bool ash_markup_feed(ash_markup *m, const char *p, size_t n)
{
    if (m->failed || !ash_job_goes(m->job))
        return false;
    if (XML_Parse(m->parser, p, (int)n, XML_FALSE) == XML_STATUS_ERROR)
        m->failed = true;
    return !m->failed;
}

ash_readout ash_markup_end(ash_markup *m)
{
    if (!m->failed && ash_job_goes(m->job) && XML_Parse(m->parser, "", 0, XML_TRUE) == XML_STATUS_ERROR)
        m->failed = true;
    bool failed = m->failed;
    XML_ParserFree(m->parser);
    free(m);
    return failed ? ASH_READOUT_DAMAGED : ASH_READOUT_OK;
}
