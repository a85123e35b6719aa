/* Rules as a user's file has them: read or refused with a line, nothing else. */
#include <string.h>

#include "base/limits.h"
#include "classify/rules_internal.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Without the built-in patterns, which take long to compile. */
    ash_rules r = {0};
    ash_error err = {0};
    ash_class classes[ASH_CLASSES_BUILT_IN + ASH_OWN_CLASSES_MAX];
    ash_own own[ASH_OWN_CLASSES_MAX];
    r.classes = classes;
    r.own = own;
    ash_arena_init(&r.arena, ASH_OWN_RULES_MAX * 4);
    for (size_t i = 0; i < ASH_CLASSES_BUILT_IN; i++)
        classes[i] = *ash_class_of((ash_class_id)i);
    r.n_classes = ASH_CLASSES_BUILT_IN;
    int rc = ash_rules_add_own(&r, ash_view_of(data, size), "rules.yaml", &err);
    MUST(rc <= 0);
    MUST(rc != ASH_E_FORMAT || (err.line > 0 && err.msg[0] != '\0'));
    MUST(r.n_classes <= ASH_CLASSES_BUILT_IN + ASH_OWN_CLASSES_MAX && r.n_own <= ASH_OWN_CLASSES_MAX);
    for (size_t i = 0; i < r.n; i++) {
        MUST(r.rules[i].own < r.n_own);
        free(r.expressions[i]);
    }
    free(r.expressions);
    free(r.rules);
    free(r.flags);
    free(r.ids);
    ash_arena_free(&r.arena);
    return 0;
}
