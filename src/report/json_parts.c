#include "report/json_parts.h"

#include "report/report.h"

void ash_json_key_time(ash_json *j, const char *key, int64_t t, ash_zone *z, int digits)
{
    char text[ASH_TIME_TEXT];
    ash_json_key(j, key);
    if (t == ASH_TIME_NONE)
        ash_json_null(j);
    else
        ash_json_z(j, ash_time_text(text, t, z, digits));
}

void ash_json_key_count(ash_json *j, const char *key, int64_t n)
{
    ash_json_key(j, key);
    if (n < 0)
        ash_json_null(j);
    else
        ash_json_int(j, n);
}

void ash_json_actor(ash_json *j, const ash_model *m, uint32_t id)
{
    ash_actor a = ash_actors_at(m->r->actors, id);
    ash_json_key_exact(j, "account", a.account);
    ash_json_key_exact(j, "client", a.client);
    ash_json_key_exact(j, "workstation", a.workstation);
    ash_json_key_exact(j, "server", a.server);
}

void ash_json_key_track(ash_json *j, int64_t id)
{
    char name[24];
    ash_json_key_z(j, "track", id == 0 ? NULL : ash_track_name(id, name));
}

void ash_json_key_ids(ash_json *j, const char *key, const ash_examples *e)
{
    char id[40];
    ash_json_key(j, key);
    ash_json_begin(j, '[');
    for (size_t i = 0; i < e->n; i++)
        ash_json_z(j, ash_access_name(e->at[i].segment, e->at[i].row, id));
    ash_json_end(j, ']');
}
