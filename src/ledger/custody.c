#include "ledger/custody.h"

#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "ledger/scan.h"

typedef struct walk {
    ash_custody_sink sink;
    void *user;
    ash_buf command;
    int64_t segments; /* since the run began */
} walk;

static const char *text_of(const json_t *o, const char *key)
{
    const char *z = json_string_value(json_object_get(o, key));
    return z == NULL ? "" : z;
}

static int64_t number_of(const json_t *o, const char *key)
{
    const json_t *n = json_object_get(o, key);
    return json_is_integer(n) ? (int64_t)json_integer_value(n) : -1;
}

/* The command line, in which what has spaces is quoted: for eyes, not for a shell. */
static const char *command_of(walk *w, const json_t *o)
{
    const json_t *list = json_object_get(o, "command"), *word;
    size_t i;
    ash_buf_clear(&w->command);
    json_array_foreach(list, i, word) {
        const char *z = json_string_value(word);
        const char *quote = z != NULL && (z[0] == '\0' || strpbrk(z, " \t\n'\"") != NULL) ? "'" : "";
        ash_buf_addf(&w->command, "%s%s%s%s", i > 0 ? " " : "", quote, z == NULL ? "" : z, quote);
    }
    return ash_buf_z(&w->command);
}

/* False: nothing that anybody did (a segment is what a run made). */
static bool describe(walk *w, const json_t *o, const char *type, ash_custody *c)
{
    c->act = type;
    if (strcmp(type, "run") == 0) {
        c->what = command_of(w, o);
        c->user = text_of(o, "user");
        c->host = text_of(o, "host");
        c->version = text_of(o, "version");
        c->uid = number_of(o, "uid");
        w->segments = 0;
    } else if (strcmp(type, "input") == 0) {
        c->what = text_of(o, "name");
        c->sha256 = text_of(o, "sha256");
        c->bytes = number_of(o, "raw");
    } else if (strcmp(type, "snapshot") == 0) {
        c->act = "end";
        c->exit = number_of(o, "exit");
        c->segments = w->segments;
        w->segments = 0;
    } else if (strcmp(type, "retain") == 0) {
        c->what = text_of(o, "rule");
    } else if (strcmp(type, "hold") == 0) {
        bool held = json_is_true(json_object_get(o, "held"));
        c->act = held ? "hold" : "release";
        c->what = text_of(o, "reason");
    } else if (strcmp(type, "export") == 0) {
        c->what = text_of(o, "bundle");
        c->sha256 = text_of(o, "sha256");
        c->bytes = number_of(o, "bytes");
    } else if (strcmp(type, "key") == 0) {
        c->sha256 = text_of(o, "public");
    } else if (strcmp(type, "case") == 0) {
        c->what = text_of(o, "case");
        c->version = text_of(o, "version");
    } else if (strcmp(type, "segment") == 0) {
        w->segments++;
        return false;
    }
    return true;
}

static int take(walk *w, ash_view line, uint64_t n, uint64_t offset, const char *dir, ash_error *err)
{
    ash_custody c = {.entry = n, .uid = -1, .bytes = -1, .segments = -1, .exit = -1};
    json_error_t ignored;
    json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &ignored);
    const char *type = text_of(o, "type");
    c.user = c.host = c.version = c.what = c.sha256 = "";
    c.time = text_of(o, "time");
    int rc = 0;
    if (o == NULL || type[0] == '\0')
        rc = ash_fail_at(err, ASH_E_CHANGED, "ledger", dir, offset, "%s",
                         _("an entry of the ledger cannot be read; `ashiato verify` says what is damaged"));
    else if (describe(w, o, type, &c))
        rc = w->sink(w->user, &c, err);
    json_decref(o);
    return rc;
}

int ash_custody_read(ash_ledger_reader *r, ash_custody_sink sink, void *user, ash_error *err)
{
    walk w = {.sink = sink, .user = user};
    ash_scan scan;
    ash_view line;
    uint64_t offset, n = 0;
    int got = 1, rc = 0;
    if (!ash_scan_open(&scan, r->book.entries, 0, r->book.last.bytes))
        return ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    ash_buf_init(&w.command, ASH_LEDGER_ENTRY_MAX);
    while (rc == 0 && (got = ash_scan_next(&scan, &line, &offset)) == 1)
        rc = take(&w, line, n++, offset, r->book.dir, err);
    if (rc == 0 && got != 0)
        rc = ash_fail_at(err, ASH_E_CHANGED, "ledger", r->book.dir, offset, "%s",
                         _("the ledger's entries cannot be read"));
    ash_buf_free(&w.command);
    ash_scan_close(&scan);
    return rc;
}
