#include "source/evtx_template.h"

typedef struct compiling {
    ash_evtx_template *t;
    ash_evtx_place place;
    unsigned pieces; /* of the text at this place */
    bool seen[ASH_EVTX_FIELD_COUNT];
} compiling;

static bool add_slot(ash_evtx_template *t, ash_evtx_field field, uint16_t substitution)
{
    unsigned i = t->n_slots++;
    for (; i > 0 && t->slots[i - 1].substitution > substitution; i--)
        t->slots[i] = t->slots[i - 1];
    t->slots[i].substitution = substitution;
    t->slots[i].field = (uint8_t)field;
    return true;
}

static bool add_literal(ash_evtx_template *t, ash_evtx_field field, ash_evtx_value v)
{
    if (t->n_literals == ASH_EVTX_LITERALS_MAX)
        return false;
    t->literals[t->n_literals].field = (uint8_t)field;
    t->literals[t->n_literals++].value = v;
    return true;
}

/* Text where no value is wanted. What is substituted may hold elements. */
static bool take_other(compiling *c, const ash_evtx_token *t)
{
    ash_evtx_where where = ash_evtx_place_where(&c->place);
    if (t->kind != ASH_EVTX_SUBSTITUTION || c->place.in_tag || where >= ASH_EVTX_IN_FIELD)
        return true;
    bool data = where == ASH_EVTX_IN_EVENT || where == ASH_EVTX_IN_EVENTDATA ||
                where == ASH_EVTX_IN_USERDATA;
    if (!data || c->place.depth == 0 || c->t->inner != ASH_EVTX_NO_SUBSTITUTION)
        return false;
    c->t->inner = t->number;
    c->t->inner_where = (uint8_t)where;
    return true;
}

/* False where the form is not the usual one. */
static bool take_text(compiling *c, const ash_evtx_token *t)
{
    ash_evtx_field field = ash_evtx_place_field(&c->place);
    if (field == ASH_EVTX_FIELD_NONE)
        return take_other(c, t);
    if (c->pieces++ > 0)
        return false;
    if (field == ASH_EVTX_FIELD_NAME) {
        if (t->kind != ASH_EVTX_VALUE || t->value.type != ASH_EVTX_STRING)
            return false;
        ash_evtx_place_name(&c->place, ash_evtx_value_text(t->value));
        return true;
    }
    if (c->seen[field])
        return false;
    c->seen[field] = true;
    if (t->kind == ASH_EVTX_SUBSTITUTION)
        return add_slot(c->t, field, t->number);
    return t->kind == ASH_EVTX_VALUE && add_literal(c->t, field, t->value);
}

static bool take_token(compiling *c, const ash_evtx_token *t)
{
    switch (t->kind) {
    case ASH_EVTX_OPEN:
        if (ash_evtx_place_where(&c->place) == ASH_EVTX_IN_FIELD)
            return false;
        break;
    case ASH_EVTX_ATTRIBUTE:
    case ASH_EVTX_OPENED:
    case ASH_EVTX_CLOSE: break;
    default: return take_text(c, t);
    }
    c->pieces = 0;
    ash_evtx_place_token(&c->place, t);
    return true;
}

void ash_evtx_template_compile(ash_evtx_template *t, ash_evtx_walk *walk, ash_view chunk,
                               const ash_evtx_definition *d, ash_evtx_where where)
{
    ash_evtx_token token;
    compiling c = {.t = t};
    t->usable = false;
    t->n_slots = t->n_literals = 0;
    t->inner = ASH_EVTX_NO_SUBSTITUTION;
    ash_evtx_place_begin(&c.place, where);
    ash_evtx_walk_definition(walk, chunk, d);
    while (ash_evtx_walk_next(walk, &token) > ASH_EVTX_BROKEN)
        if (!take_token(&c, &token))
            return;
    t->usable = token.kind == ASH_EVTX_END;
}
