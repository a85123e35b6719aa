/* Any bytes as text: cut in two anywhere they give the same, and counts hold together. */
#include <string.h>

#include "base/limits.h"
#include "classify/persons.h"
#include "classify/scan.h"
#include "fuzz.h"

static ash_rules *rules;
static ash_scan *scan;
static ash_persons *persons;

static void on_person(void *user, const ash_identity *who)
{
    ash_error err;
    (void)user;
    MUST(who->name != 0 || who->email != 0 || who->number != 0);
    MUST(ash_persons_add(persons, who, &err) == 0);
}

static void on_value(void *user, uint32_t id, ash_confidence c, ash_view text, const ash_scan_place *where)
{
    char masked[128];
    (void)user;
    MUST(id < ash_rules_classes(rules) && c != ASH_CONFIDENCE_NONE);
    MUST(memchr(where->part, '\0', sizeof where->part) != NULL);
    MUST(strlen(ash_mask(masked, sizeof masked, text)) < sizeof masked);
}

static ash_scan_result run(const uint8_t *data, size_t size, size_t cut, ash_scan_class *classes)
{
    ash_error err;
    ash_scan_result res;
    size_t name = size < 16 ? size : 16;
    ash_scan_hints hints = {.name = ash_view_of(data, name)};
    ash_scan_begin(scan, &hints);
    ash_scan_head(scan, ash_view_of(data, name));
    MUST(ash_scan_part(scan, ash_view_of(data, name), &err) == 0);
    MUST(ash_scan_text(scan, ash_view_of(data, cut), &err) == 0);
    MUST(ash_scan_text(scan, ash_view_of(data + cut, size - cut), &err) == 0);
    MUST(ash_scan_end(scan, &res, &err) == 0);
    MUST(res.n <= ASH_CLASSES_BUILT_IN && res.bytes == size);
    memcpy(classes, res.classes, res.n * sizeof *classes);
    return res;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[ASH_IDENTITY_KEY_SIZE];
    static ash_scan_class a[ASH_CLASSES_BUILT_IN], b[ASH_CLASSES_BUILT_IN];
    ash_error err;
    ash_scan_hooks hooks = {.on_person = on_person, .on_value = on_value};
    if (rules == NULL) {
        MUST(ash_rules_new(&rules, (ash_view){0}, NULL, &err) == 0);
        MUST(ash_scan_new(&scan, rules, key, &hooks, &err) == 0);
    }
    MUST(ash_persons_new(&persons, 0, &err) == 0);
    ash_scan_result x = run(data, size, size, a);
    ash_persons_count c = ash_persons_result(persons);
    MUST(c.low <= c.estimate && c.estimate <= c.high && c.records == x.records);
    ash_scan_result y = run(data, size, size > 0 ? data[0] % size : 0, b);
    MUST(x.n == y.n && x.records == y.records);
    for (size_t i = 0; i < x.n; i++)
        MUST(a[i].id == b[i].id && a[i].count == b[i].count && a[i].doubtful == b[i].doubtful &&
             a[i].distinct == b[i].distinct && (a[i].count > 0) == (a[i].confidence > ASH_CONFIDENCE_LOW));
    ash_persons_free(persons);
    return 0;
}
