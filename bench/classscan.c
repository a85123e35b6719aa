/* Classifies text files, for tests and measurements: no extraction, no case.
 *
 *   classscan [--rules FILE] [--show] [--persons] [--quiet] FILE...
 *
 * Prints a line for each file and class: file, class, confidence, count, doubtful, distinct.
 * Text is UTF-8 in NFKC. --show prints the values found, which only test data may have. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "classify/persons.h"
#include "classify/scan.h"

typedef struct app {
    ash_rules *rules;
    ash_scan *scan;
    ash_persons *persons;
    bool show, quiet;
} app;

static void on_person(void *user, const ash_identity *who)
{
    app *a = user;
    ash_error err;
    if (a->persons != NULL && ash_persons_add(a->persons, who, &err) != 0)
        exit(1);
}

static void on_value(void *user, uint32_t id, ash_confidence c, ash_view text,
                     const ash_scan_place *where)
{
    app *a = user;
    if (a->show)
        printf("  %s\t%s\t%s:%llu\t%.*s\n", ash_rules_class(a->rules, id)->name,
               ash_confidence_name(c), where->part, (unsigned long long)where->line, (int)text.n, text.p);
}

static int scan_file(app *a, const char *path, ash_error *err)
{
    char buf[1 << 16];
    ash_scan_hints hints = {.name = ash_view_z(path)};
    ash_scan_result res;
    ssize_t n;
    int fd = open(path, O_RDONLY), rc = 0;
    if (fd < 0)
        return ash_fail(err, ASH_E_IO, "classscan", "cannot open %s", path);
    ash_scan_begin(a->scan, &hints);
    bool first = true;
    while (rc == 0 && (n = read(fd, buf, sizeof buf)) > 0) {
        if (first)
            ash_scan_head(a->scan, ash_view_of(buf, (size_t)n));
        first = false;
        rc = ash_scan_text(a->scan, ash_view_of(buf, (size_t)n), err);
    }
    close(fd);
    if (rc == 0)
        rc = ash_scan_end(a->scan, &res, err);
    for (size_t i = 0; rc == 0 && i < res.n && !a->quiet; i++) {
        const ash_scan_class *c = &res.classes[i];
        printf("%s\t%s\t%s\t%llu\t%llu\t%llu\n", path, ash_rules_class(a->rules, c->id)->name,
               ash_confidence_name(c->confidence), (unsigned long long)c->count,
               (unsigned long long)c->doubtful, (unsigned long long)c->distinct);
    }
    return rc;
}

int main(int argc, char **argv)
{
    static const uint8_t key[ASH_IDENTITY_KEY_SIZE] = {1};
    app a = {0};
    const char *rules = NULL;
    ash_error err;
    bool persons = false;
    int i = 1, rc = 0;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--rules") == 0 && i + 1 < argc)
            rules = argv[++i];
        else if (strcmp(argv[i], "--show") == 0)
            a.show = true;
        else if (strcmp(argv[i], "--persons") == 0)
            persons = true;
        else if (strcmp(argv[i], "--quiet") == 0)
            a.quiet = true;
    }
    ash_scan_hooks hooks = {.user = &a, .on_person = on_person, .on_value = a.show ? on_value : NULL};
    rc = ash_rules_load(&a.rules, rules, &err);
    if (rc == 0 && persons)
        rc = ash_persons_new(&a.persons, 0, &err);
    if (rc == 0)
        rc = ash_scan_new(&a.scan, a.rules, key, &hooks, &err);
    for (; rc == 0 && i < argc; i++)
        rc = scan_file(&a, argv[i], &err);
    if (rc == 0 && persons) {
        ash_persons_count c = ash_persons_result(a.persons);
        printf("persons\t%llu\t%llu\t%llu\t%llu\n", (unsigned long long)c.low,
               (unsigned long long)c.estimate, (unsigned long long)c.high, (unsigned long long)c.records);
    }
    char text[1024];
    if (rc != 0)
        fprintf(stderr, "classscan: %s\n", ash_error_text(&err, text, sizeof text));
    ash_persons_free(a.persons);
    ash_scan_free(a.scan);
    ash_rules_free(a.rules);
    return rc != 0;
}
