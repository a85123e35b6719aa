/* report.json: what was in the files of the scope. */
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "classify/classes.h"
#include "report/model.h"

/* Of a class for people; one of the user's own is known here by its name only. */
static const char *title(const char *name)
{
    for (unsigned i = 0; i < ASH_CLASSES_BUILT_IN; i++)
        if (strcmp(ash_class_of((ash_class_id)i)->name, name) == 0)
            return _(ash_class_of((ash_class_id)i)->title);
    return name;
}

void ash_json_content(ash_json *j, const ash_content_summary *c)
{
    ash_json_key(j, "content");
    if (!c->examined) {
        ash_json_null(j);
        return;
    }
    ash_json_begin(j, '{');
    ash_json_key_int(j, "files", c->files);
    ash_json_key_int(j, "not_examined", c->not_looked);
    ash_json_key_int(j, "with_classes", c->with_classes);
    ash_json_key_int(j, "changed_after", c->changed);
    ash_json_key_int(j, "partly", c->partly);
    ash_json_key_int(j, "contents", c->contents);
    ash_json_key(j, "outcomes");
    ash_json_begin(j, '{');
    for (unsigned i = 0; i < ASH_READOUTS; i++)
        if (c->by_outcome[i] > 0)
            ash_json_key_int(j, ash_readout_name((ash_readout)i), c->by_outcome[i]);
    ash_json_end(j, '}');
    ash_json_key(j, "classes");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < c->n_classes; i++) {
        ash_json_begin(j, '{');
        ash_json_key_z(j, "class", c->classes[i].name);
        ash_json_key_z(j, "title", title(c->classes[i].name));
        ash_json_key_z(j, "group", c->classes[i].group);
        ash_json_key_int(j, "files", c->classes[i].files);
        ash_json_key_int(j, "count", c->classes[i].count);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
    ash_json_key(j, "persons");
    ash_json_begin(j, '{');
    ash_json_key_int(j, "low", (int64_t)c->persons.low);
    ash_json_key_int(j, "estimate", (int64_t)c->persons.estimate);
    ash_json_key_int(j, "high", (int64_t)c->persons.high);
    ash_json_key_int(j, "records", (int64_t)c->persons.records);
    ash_json_end(j, '}');
    ash_json_end(j, '}');
}
