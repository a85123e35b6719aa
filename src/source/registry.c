#include <stdlib.h>
#include <string.h>

#include "ashiato/source.h"

#define SOURCE(x) extern const ash_source ash_source_##x;
#include "source/sources.def"
#undef SOURCE

const ash_source *const ash_sources[] = {
#define SOURCE(x) &ash_source_##x,
#include "source/sources.def"
#undef SOURCE
};
const size_t ash_n_sources = sizeof ash_sources / sizeof ash_sources[0];

const ash_source *ash_source_by_name(const char *name)
{
    for (size_t i = 0; i < ash_n_sources; i++)
        if (strcmp(ash_sources[i]->name, name) == 0)
            return ash_sources[i];
    return NULL;
}

void ash_profile_free(ash_profile *p)
{
    if (p->source != NULL && p->data != NULL)
        p->source->forget(p);
    *p = (ash_profile){0};
}

int ash_source_probe(const ash_view *samples, size_t n, const ash_source_options *options,
                     ash_profile *ret, ash_error *err)
{
    ash_profile best = {0};
    int best_score = 0;
    const ash_source *tie = NULL;
    for (size_t i = 0; i < ash_n_sources; i++) {
        ash_profile p = {.source = ash_sources[i], .options = *options};
        int score = ash_sources[i]->probe(samples, n, options, &p, err);
        if (score < 0) {
            ash_profile_free(&best);
            return score;
        }
        if (score > 0 && score == best_score)
            tie = ash_sources[i];
        if (score > best_score) {
            ash_profile_free(&best);
            best = p;
            best_score = score;
            tie = NULL;
        } else {
            ash_profile_free(&p);
        }
    }
    if (tie != NULL) {
        int rc = ash_fail(err, ASH_E_FORMAT, "source",
                          "could be %s or %s; say which with --source", best.source->name, tie->name);
        ash_profile_free(&best);
        return rc;
    }
    if (best_score == 0)
        return ash_fail(err, ASH_E_NOTFOUND, "source",
                        "not a known log format; `ashiato sources` lists what can be read");
    *ret = best;
    return 0;
}
