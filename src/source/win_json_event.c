#include "source/win_json_event.h"

#include <stdio.h>

#include "base/time.h"
#include "base/view.h"

/* Where the parts of an event stand: names of members, one inside the other
 * ('.'), or else ('|'). */
typedef struct shape {
    const char *name;
    const char *id, *time, *record, *channel, *provider, *computer;
    const char *keywords; /* bits, or words */
    const char *outcome;  /* a word */
    const char *data;     /* an object of names and values, or an array of values */
    const char *user_data;
    bool utc; /* a time without zone is UTC, else the server's wall clock */
} shape;

/* A record has the first of these whose id and time are there. */
static const shape shapes[] = {
    {
        .name = "Winlogbeat",
        .id = "winlog.event_id",
        .time = "winlog.time_created|@timestamp",
        .record = "winlog.record_id",
        .channel = "winlog.channel",
        .provider = "winlog.provider_name",
        .computer = "winlog.computer_name|host.name",
        .keywords = "winlog.keywords",
        .outcome = "event.outcome",
        .data = "winlog.event_data",
        .user_data = "winlog.user_data",
        .utc = true,
    },
    {
        .name = "evtx_dump",
        .id = "Event.System.EventID",
        .time = "Event.System.TimeCreated.#attributes.SystemTime|"
                "Event.System.TimeCreated_attributes.SystemTime",
        .record = "Event.System.EventRecordID",
        .channel = "Event.System.Channel",
        .provider = "Event.System.Provider.#attributes.Name|Event.System.Provider_attributes.Name",
        .computer = "Event.System.Computer",
        .keywords = "Event.System.Keywords",
        .outcome = "",
        .data = "Event.EventData",
        .user_data = "Event.UserData",
        .utc = true,
    },
    {
        .name = "NXLog",
        .id = "EventID",
        .time = "EventTime",
        .record = "RecordNumber|EventRecordID",
        .channel = "Channel",
        .provider = "SourceName",
        .computer = "Hostname",
        .keywords = "Keywords",
        .outcome = "EventType",
        .data = "", /* among the others */
        .user_data = "",
    },
    {
        .name = "Fluent Bit",
        .id = "EventID",
        .time = "TimeCreated|TimeGenerated",
        .record = "EventRecordID|RecordNumber",
        .channel = "Channel",
        .provider = "ProviderName|SourceName",
        .computer = "Computer|ComputerName",
        .keywords = "Keywords",
        .outcome = "EventType",
        .data = "StringInserts|EventData",
        .user_data = "",
    },
    {
        .name = "Winlogbeat 6",
        .id = "event_id",
        .time = "@timestamp",
        .record = "record_number",
        .channel = "log_name",
        .provider = "source_name",
        .computer = "computer_name",
        .keywords = "keywords",
        .outcome = "",
        .data = "event_data",
        .user_data = "user_data",
        .utc = true,
    },
};

typedef struct reading {
    const ash_json_tree *tree;
    const ash_json_node *root;
    ash_arena *arena;
    ash_win_event *event;
    bool nomem;
} reading;

/* --- finding members --------------------------------------------------- */

static const ash_json_node *member(const reading *r, const ash_json_node *of, ash_view path)
{
    while (of != NULL && path.n > 0) {
        ptrdiff_t dot = ash_view_find(path, '.');
        ash_view name = ash_view_first(path, dot < 0 ? path.n : (size_t)dot);
        of = ash_json_get(r->tree, of, name);
        path = ash_view_skip(path, name.n + 1);
    }
    return of;
}

/* By the paths of a shape; "" is none. */
static const ash_json_node *find(const reading *r, const char *paths)
{
    for (ash_view rest = ash_view_z(paths); rest.n > 0;) {
        ptrdiff_t bar = ash_view_find(rest, '|');
        ash_view path = ash_view_first(rest, bar < 0 ? rest.n : (size_t)bar);
        const ash_json_node *n = member(r, r->root, path);
        if (n != NULL)
            return n;
        rest = ash_view_skip(rest, path.n + 1);
    }
    return NULL;
}

/* A value, or one that has attributes: {"#attributes": …, "#text": 4624}. */
static ash_view text(reading *r, const ash_json_node *n)
{
    const ash_json_node *inner = n == NULL ? NULL : ash_json_get(r->tree, n, ASH_VIEW_LIT("#text"));
    ash_view v = ash_json_text_of(inner != NULL ? inner : n, r->arena);
    r->nomem |= v.p == NULL;
    return v;
}

static const shape *shape_of(const reading *r)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (find(r, shapes[i].id) != NULL && find(r, shapes[i].time) != NULL)
            return &shapes[i];
    return NULL;
}

/* --- system values ----------------------------------------------------- */

#define QUARTER (15 * 60 * ASH_NS_PER_S)
#define RECEIVED_LATE (5 * 60 * ASH_NS_PER_S)
#define RECEIVED_EARLY (60 * ASH_NS_PER_S)
#define ZONE_MAX (14 * 3600)

/* NXLog through Logstash: the same moment of receipt is there as the collector's
 * wall clock and in UTC. What is left over a multiple of a quarter of an hour is
 * the time from the one to the other. */
static int32_t zone_of(reading *r)
{
    int64_t utc, local;
    bool utc_zoned, local_zoned;
    if (!ash_win_time_of(text(r, member(r, r->root, ASH_VIEW_LIT("@timestamp"))), &utc, &utc_zoned) ||
        !ash_win_time_of(text(r, member(r, r->root, ASH_VIEW_LIT("EventReceivedTime"))), &local,
                         &local_zoned) ||
        !utc_zoned || local_zoned)
        return INT32_MIN;
    int64_t behind = utc - local + RECEIVED_EARLY;
    int64_t quarters = behind / QUARTER - (behind % QUARTER < 0);
    int64_t zone = -quarters * (QUARTER / ASH_NS_PER_S);
    if (behind - quarters * QUARTER > RECEIVED_EARLY + RECEIVED_LATE || zone > ZONE_MAX ||
        zone < -ZONE_MAX)
        return INT32_MIN;
    return (int32_t)zone;
}

static void take_time(reading *r, const shape *s, ash_win_json_result *result)
{
    int64_t t;
    bool zoned;
    if (!ash_win_time_of(text(r, find(r, s->time)), &t, &zoned))
        return;
    if (!zoned && !s->utc) {
        result->zone_s = zone_of(r);
        if (result->zone_s == INT32_MIN)
            r->event->time_flags = ASH_EVENT_NO_ZONE;
        else
            t -= result->zone_s * ASH_NS_PER_S;
    }
    r->event->time = t;
}

static ash_win_audit audit_of(reading *r, const shape *s)
{
    const ash_json_node *keywords = find(r, s->keywords);
    ash_win_audit audit = ash_win_audit_of_keywords(text(r, keywords));
    if (audit == ASH_WIN_AUDIT_UNKNOWN)
        audit = ash_win_audit_of_word(text(r, find(r, s->outcome)));
    if (keywords == NULL || keywords->kind != ASH_JSON_ARRAY)
        return audit != ASH_WIN_AUDIT_UNKNOWN ? audit : ash_win_audit_of_word(text(r, keywords));
    const ash_json_node *n = ash_json_first(r->tree, keywords);
    for (; n != NULL && audit == ASH_WIN_AUDIT_UNKNOWN; n = ash_json_next(r->tree, keywords, n))
        audit = ash_win_audit_of_word(text(r, n));
    return audit;
}

/* --- data -------------------------------------------------------------- */

static void take_value(reading *r, ash_view name, const ash_json_node *n)
{
    ash_win_data d = ash_win_data_by_name(name);
    if (d != ASH_WIN_DATA_COUNT)
        r->event->data[d] = ash_win_utf8(text(r, n));
}

static void take_members(reading *r, const ash_json_node *of)
{
    const ash_json_node *n = ash_json_first(r->tree, of);
    for (; n != NULL; n = ash_json_next(r->tree, of, n)) {
        ash_view name = ash_json_key_of(n, r->arena);
        r->nomem |= name.p == NULL;
        if (n->kind != ASH_JSON_ARRAY)
            take_value(r, name, n);
    }
}

/* Of user data the names are in an element of the event's own, or are not. */
static void take_user_data(reading *r, const ash_json_node *of)
{
    const ash_json_node *n = ash_json_first(r->tree, of);
    take_members(r, of);
    for (; n != NULL; n = ash_json_next(r->tree, of, n))
        if (n->kind == ASH_JSON_OBJECT)
            take_members(r, n);
}

/* Values without names. False: their order is not known. */
static bool take_array(reading *r, const ash_json_node *of)
{
    size_t count = 0;
    const ash_json_node *n = ash_json_first(r->tree, of);
    for (; n != NULL; n = ash_json_next(r->tree, of, n))
        count++;
    ash_win_layout l = ash_win_layout_of(r->event->id, count);
    if (l.rest == NULL)
        return count == 0;
    for (n = ash_json_first(r->tree, of); n != NULL; n = ash_json_next(r->tree, of, n))
        take_value(r, ash_win_layout_next(&l), n);
    return true;
}

static bool take_data(reading *r, const shape *s, ash_win_json_result *result)
{
    const ash_json_node *data = s->data[0] == '\0' ? r->root : find(r, s->data);
    const ash_json_node *user = find(r, s->user_data);
    if (data != NULL && data->kind == ASH_JSON_OBJECT)
        take_members(r, data);
    if (user != NULL && user->kind == ASH_JSON_OBJECT)
        take_user_data(r, user);
    if (data == NULL || data->kind != ASH_JSON_ARRAY || take_array(r, data))
        return true;
    snprintf(result->why, sizeof result->why, "%u", (unsigned)r->event->id);
    return false;
}

/* --- one event --------------------------------------------------------- */

ash_win_found ash_win_json_event(const ash_json_tree *tree, ash_arena *arena, ash_win_event *ret,
                                 ash_win_json_result *result)
{
    reading r = {.tree = tree, .root = tree->nodes, .arena = arena, .event = ret};
    uint64_t number;
    *result = (ash_win_json_result){.zone_s = INT32_MIN};
    *ret = (ash_win_event){.time = ASH_NOTE_NO_TIME};
    const ash_json_node *exported = member(&r, r.root, ASH_VIEW_LIT("_source"));
    if (exported != NULL)
        r.root = exported; /* a hit of Elasticsearch */
    const shape *s = shape_of(&r);
    if (s == NULL || !ash_win_number_of(text(&r, find(&r, s->id)), &number) || number > UINT16_MAX)
        return r.nomem ? ASH_WIN_FOUND_NOMEM : ASH_WIN_FOUND_FOREIGN;
    result->shape = s->name;
    ash_view channel = text(&r, find(&r, s->channel));
    ash_view provider = text(&r, find(&r, s->provider));
    take_time(&r, s, result);
    bool known = true;
    if (ash_win_is_security(channel, provider)) {
        ret->id = (uint32_t)number;
        ret->channel = ash_win_utf8(ASH_VIEW_LIT("Security"));
        ret->computer = ash_win_utf8(text(&r, find(&r, s->computer)));
        ret->audit = audit_of(&r, s);
        if (ash_win_number_of(text(&r, find(&r, s->record)), &number))
            ret->record = number;
        known = !ash_win_wanted(ret->id) || take_data(&r, s, result);
    }
    if (r.nomem)
        return ASH_WIN_FOUND_NOMEM;
    return ret->channel.kind == ASH_WIN_NONE ? ASH_WIN_FOUND_FOREIGN
           : known                           ? ASH_WIN_FOUND_EVENT
                                             : ASH_WIN_FOUND_BAD;
}

/* --- layouts ----------------------------------------------------------- */

static const struct {
    uint32_t id;
    const char *names;
} layouts[] = {
#define ASH_WIN_LAYOUT(id, names) {id, names},
#include "source/win_layouts.def"
#undef ASH_WIN_LAYOUT
};

static size_t count_names(const char *names)
{
    size_t n = 1;
    for (; *names != '\0'; names++)
        n += *names == ' ';
    return n;
}

ash_win_layout ash_win_layout_of(uint32_t id, size_t n)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (layouts[i].id == id && count_names(layouts[i].names) == n)
            return (ash_win_layout){layouts[i].names};
    return (ash_win_layout){0};
}

ash_view ash_win_layout_next(ash_win_layout *l)
{
    size_t n = strcspn(l->rest, " ");
    ash_view name = ash_view_of(l->rest, n);
    l->rest += n + (l->rest[n] == ' ');
    return name;
}
