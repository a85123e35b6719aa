/* Classifies files, for tests and measurements: no case, and no sandbox around the
 * extraction, so only for files one has made oneself.
 *
 *   classscan [--rules FILE] [--raw] [--show] [--persons] [--quiet] FILE...
 *
 * Prints a line for each file and class: file, class, confidence, count, doubtful, distinct; or
 * with --show each value: file, "=", class, confidence, line, text. --raw takes the bytes as text
 * in UTF-8 and NFKC. --persons ends with: low, estimate, high, records. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classify/use.h"

typedef struct app {
    ash_rules *rules;
    void *use;
    ash_scan *raw;
    ash_persons *persons;
    bool show, quiet;
    const char *path;
} app;

static bool on_person(void *user, const ash_identity *who)
{
    app *a = user;
    ash_error err;
    return a->persons == NULL || ash_persons_add(a->persons, who, &err) == 0;
}

static void on_raw_person(void *user, const ash_identity *who)
{
    (void)on_person(user, who);
}

static void on_value(void *user, uint32_t id, ash_confidence c, ash_view text, const ash_scan_place *where)
{
    app *a = user;
    printf("%s\t=\t%s\t%s\t%llu\t", a->path, ash_rules_class(a->rules, id)->name, ash_confidence_name(c),
           (unsigned long long)where->line);
    for (size_t i = 0; i < text.n; i++)
        putchar(text.p[i] == '\t' || text.p[i] == '\n' ? ' ' : text.p[i]);
    putchar('\n');
}

static bool on_class(void *user, const ash_scan_class *c)
{
    app *a = user;
    if (!a->quiet)
        printf("%s\t%s\t%s\t%llu\t%llu\t%llu\n", a->path, ash_rules_class(a->rules, c->id)->name,
               ash_confidence_name(c->confidence), (unsigned long long)c->count,
               (unsigned long long)c->doubtful, (unsigned long long)c->distinct);
    return true;
}

static int scan_raw(app *a, int fd, ash_error *err)
{
    static char buf[1 << 16];
    ash_scan_hints hints = {.name = ash_view_z(a->path)};
    ash_scan_result res;
    ssize_t n;
    int rc = 0;
    ash_scan_begin(a->raw, &hints);
    while (rc == 0 && (n = read(fd, buf, sizeof buf)) > 0)
        rc = ash_scan_text(a->raw, ash_view_of(buf, (size_t)n), err);
    if (rc == 0)
        rc = ash_scan_end(a->raw, &res, err);
    for (size_t i = 0; rc == 0 && i < res.n; i++)
        (void)on_class(a, &res.classes[i]);
    return rc;
}

static int scan_extracted(app *a, int fd, ash_error *err)
{
    ash_extract_limits limits = {0};
    ash_extract_result res;
    ash_found found;
    ash_buf out;
    const char *slash = strrchr(a->path, '/');
    ash_file_hint hint = {.name = ash_view_z(slash == NULL ? a->path : slash + 1)};
    ash_extract_ops ops = {.piece = ash_classify_use.piece, .member = ash_classify_use.member, .user = a->use};
    ash_buf_init(&out, ASH_RESULT_MAX);
    ash_classify_use.begin(a->use, &hint);
    ash_extract(fd, &limits, &ops, &res);
    ash_classify_use.end(a->use, &res, &out);
    ash_found_ops found_ops = {.user = a, .on_class = on_class, .on_person = on_person};
    int rc = ash_found_read(ash_buf_view(&out), a->rules, &found_ops, &found, err);
    if (rc == 0 && found.more_records && a->persons != NULL)
        ash_persons_add_sketch(a->persons, found.sketch);
    ash_buf_free(&out);
    return rc;
}

static int scan_file(app *a, bool raw, ash_error *err)
{
    int fd = open(a->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ash_fail(err, ASH_E_IO, "classscan", "cannot open %s", a->path);
    int rc = raw ? scan_raw(a, fd, err) : scan_extracted(a, fd, err);
    close(fd);
    return rc;
}

static int start(app *a, const char *rules, bool persons, ash_error *err)
{
    static const uint8_t key[ASH_IDENTITY_KEY_SIZE] = {1};
    ash_scan_hooks hooks = {.user = a, .on_person = on_raw_person, .on_value = a->show ? on_value : NULL};
    int rc = ash_classify_prepare(&a->rules, rules, err);
    if (rc == 0)
        rc = ash_extract_prepare(err);
    if (rc == 0 && persons)
        rc = ash_persons_new(&a->persons, 0, err);
    if (rc == 0)
        rc = ash_scan_new(&a->raw, a->rules, key, &hooks, err);
    return rc == 0 ? ash_use_open(&a->use, a->rules, ash_view_of(key, sizeof key), &hooks, err) : rc;
}

int main(int argc, char **argv)
{
    app a = {0};
    const char *rules = NULL;
    ash_error err;
    bool persons = false, raw = false;
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        raw |= strcmp(argv[i], "--raw") == 0;
        persons |= strcmp(argv[i], "--persons") == 0;
        a.show |= strcmp(argv[i], "--show") == 0;
        a.quiet |= strcmp(argv[i], "--quiet") == 0;
        if (strcmp(argv[i], "--rules") == 0 && i + 1 < argc)
            rules = argv[++i];
    }
    int rc = start(&a, rules, persons, &err);
    for (; rc == 0 && i < argc; i++) {
        a.path = argv[i];
        rc = scan_file(&a, raw, &err);
    }
    if (rc == 0 && persons) {
        ash_persons_count c = ash_persons_result(a.persons);
        printf("persons\t%llu\t%llu\t%llu\t%llu\n", (unsigned long long)c.low, (unsigned long long)c.estimate,
               (unsigned long long)c.high, (unsigned long long)c.records);
    }
    char text[1024];
    if (rc != 0)
        fprintf(stderr, "classscan: %s\n", ash_error_text(&err, text, sizeof text));
    ash_use_close(a.use);
    ash_persons_free(a.persons);
    ash_scan_free(a.raw);
    ash_rules_free(a.rules);
    return rc != 0;
}
