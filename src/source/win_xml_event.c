#include "source/win_xml_event.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"

/* What the text of an element is for. */
typedef enum field {
    FIELD_NONE,
    FIELD_ID,
    FIELD_RECORD,
    FIELD_CHANNEL,
    FIELD_COMPUTER,
    FIELD_KEYWORDS,
    FIELD_RESULT,
    FIELD_DATA,
} field;

typedef enum section { SECTION_OTHER, SECTION_SYSTEM, SECTION_DATA, SECTION_USER } section;

/* Elements below the one made up around all events: <Event> has depth 1. */
enum { DEPTH_EVENT = 1, DEPTH_SECTION = 2, DEPTH_VALUE = 3, DEPTH_USER_VALUE = 4 };

struct ash_win_xml {
    XML_Parser parser;
    /* Events are children of one element, so that the parser need not be made
     * ready anew for each; false: it is not yet in it, or lost its way. */
    bool ready;
    unsigned depth;
    section section;
    field field;
    ash_win_data data;    /* of FIELD_DATA */
    unsigned field_depth; /* depth of the element whose text is taken */
    ash_buf text;
    /* of the event being read */
    ash_win_event *event;
    ash_arena *arena;
    ash_view provider, channel;
    bool has_id, has_end, nomem;
};

/* --- what the parser calls --------------------------------------------- */

static bool is(const XML_Char *name, const char *what)
{
    return strcmp(name, what) == 0;
}

static const XML_Char *attribute(const XML_Char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2)
        if (is(attributes[0], name))
            return attributes[1];
    return NULL;
}

static ash_view keep(ash_win_xml *x, ash_view v)
{
    ash_view copy = ash_arena_copy(x->arena, v);
    x->nomem |= copy.p == NULL && v.n > 0;
    return copy;
}

static void take_text(ash_win_xml *x, field f)
{
    x->field = f;
    x->field_depth = x->depth;
    ash_buf_clear(&x->text);
}

static void begin_system_value(ash_win_xml *x, const XML_Char *name, const XML_Char **attributes)
{
    static const struct {
        const char *name;
        field field;
    } fields[] = {
        {"EventID", FIELD_ID},        {"EventRecordID", FIELD_RECORD}, {"Channel", FIELD_CHANNEL},
        {"Computer", FIELD_COMPUTER}, {"Keywords", FIELD_KEYWORDS},    {"Result", FIELD_RESULT},
    };
    const XML_Char *value;
    bool zoned; /* "SystemTime" is UTC, whether it says so or not */
    if (is(name, "TimeCreated") && (value = attribute(attributes, "SystemTime")) != NULL)
        (void)ash_win_time_of(ash_view_z(value), &x->event->time, &zoned);
    else if (is(name, "Provider") && (value = attribute(attributes, "Name")) != NULL)
        x->provider = keep(x, ash_view_z(value));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (is(name, fields[i].name))
            take_text(x, fields[i].field);
}

static void begin_data(ash_win_xml *x, const char *name)
{
    x->data = name == NULL ? ASH_WIN_DATA_COUNT : ash_win_data_by_name(ash_view_z(name));
    if (x->data != ASH_WIN_DATA_COUNT)
        take_text(x, FIELD_DATA);
}

static void on_begin(void *user, const XML_Char *name, const XML_Char **attributes)
{
    ash_win_xml *x = user;
    x->depth++;
    if (x->depth > ASH_XML_DEPTH_MAX)
        XML_StopParser(x->parser, XML_FALSE);
    else if (x->depth == DEPTH_SECTION)
        x->section = is(name, "System")      ? SECTION_SYSTEM
                     : is(name, "EventData") ? SECTION_DATA
                     : is(name, "UserData")  ? SECTION_USER
                                             : SECTION_OTHER;
    else if (x->depth == DEPTH_VALUE && x->section == SECTION_SYSTEM)
        begin_system_value(x, name, attributes);
    else if (x->depth == DEPTH_VALUE && x->section == SECTION_DATA && is(name, "Data"))
        begin_data(x, attribute(attributes, "Name"));
    else if (x->depth == DEPTH_USER_VALUE && x->section == SECTION_USER)
        begin_data(x, name);
}

static void on_text(void *user, const XML_Char *text, int n)
{
    ash_win_xml *x = user;
    if (x->field != FIELD_NONE && x->depth == x->field_depth)
        ash_buf_add(&x->text, text, (size_t)n);
}

static void end_field(ash_win_xml *x)
{
    ash_view v = ash_buf_view(&x->text);
    ash_win_event *e = x->event;
    uint64_t number;
    x->nomem |= x->text.failed;
    switch (x->field) {
    case FIELD_ID:
        x->has_id = ash_win_number_of(v, &number) && number <= UINT16_MAX;
        e->id = x->has_id ? (uint32_t)number : 0;
        break;
    case FIELD_RECORD:
        if (ash_win_number_of(v, &number))
            e->record = number;
        break;
    case FIELD_CHANNEL: x->channel = keep(x, ash_view_trim(v)); break;
    case FIELD_COMPUTER: e->computer = ash_win_utf8(keep(x, ash_view_trim(v))); break;
    case FIELD_KEYWORDS: e->audit = ash_win_audit_of_keywords(v); break;
    case FIELD_RESULT:
        if (e->audit == ASH_WIN_AUDIT_UNKNOWN)
            e->audit = ash_win_audit_of_word(ash_view_trim(v));
        break;
    case FIELD_DATA: e->data[x->data] = ash_win_utf8(keep(x, v)); break;
    case FIELD_NONE: break;
    }
    x->field = FIELD_NONE;
}

static void on_end(void *user, const XML_Char *name)
{
    ash_win_xml *x = user;
    (void)name;
    if (x->field != FIELD_NONE && x->depth == x->field_depth)
        end_field(x);
    x->has_end |= x->depth == DEPTH_EVENT;
    x->depth--;
}

/* --- the parser -------------------------------------------------------- */

int ash_win_xml_new(ash_win_xml **ret, ash_error *err)
{
    ash_win_xml *x = calloc(1, sizeof *x);
    if (x == NULL || (x->parser = XML_ParserCreate("UTF-8")) == NULL) {
        free(x);
        return ash_fail(err, ASH_E_NOMEM, "win-xml", "out of memory");
    }
    ash_buf_init(&x->text, ASH_RECORD_MAX);
    *ret = x;
    return 0;
}

void ash_win_xml_free(ash_win_xml *x)
{
    if (x == NULL)
        return;
    XML_ParserFree(x->parser);
    ash_buf_free(&x->text);
    free(x);
}

void ash_win_xml_reset(ash_win_xml *x)
{
    x->ready = false;
}

static bool parse(ash_win_xml *x, ash_view v)
{
    return XML_Parse(x->parser, v.p, (int)v.n, XML_FALSE) == XML_STATUS_OK;
}

/* Inside of an element a document type, and so an entity, cannot be declared:
 * neither amplification nor anything external is possible. */
static bool make_ready(ash_win_xml *x)
{
    if (!XML_ParserReset(x->parser, "UTF-8"))
        return false;
    XML_SetUserData(x->parser, x);
    if (!parse(x, ASH_VIEW_LIT("<events>")))
        return false;
    XML_SetElementHandler(x->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    x->ready = true;
    return true;
}

static void begin_event(ash_win_xml *x, ash_arena *arena, ash_win_event *e)
{
    *e = (ash_win_event){.time = ASH_NOTE_NO_TIME};
    x->event = e;
    x->arena = arena;
    x->depth = 0;
    x->section = SECTION_OTHER;
    x->field = FIELD_NONE;
    x->provider = x->channel = (ash_view){0};
    x->has_id = x->has_end = x->nomem = false;
}

static bool is_wanted(const ash_win_xml *x)
{
    return x->has_id && ash_win_is_security(x->channel, x->provider) && ash_win_wanted(x->event->id);
}

/* The parser's part: true if text is one whole element. Of an event that is not
 * wanted only <System> is looked at. */
static bool parse_event(ash_win_xml *x, ash_view text)
{
    static const ash_view system_end = {"</System>", sizeof "</System>" - 1};
    ptrdiff_t at = ash_view_find_str(text, system_end);
    size_t front = at < 0 ? 0 : (size_t)at + system_end.n;
    if (!x->ready && !make_ready(x))
        return false;
    if (front > 0 && !parse(x, ash_view_first(text, front)))
        return false;
    ash_view rest = ash_view_skip(text, front);
    if (front > 0 && x->depth == DEPTH_EVENT && !is_wanted(x))
        rest = ASH_VIEW_LIT("</Event>");
    return parse(x, rest) && x->depth == 0 && x->has_end;
}

/* --- characters that may not be in XML ---------------------------------- */

/* XML 1.0, section 2.2. */
static bool is_xml_char(uint32_t cp)
{
    return cp >= 0x20 ? cp < 0xFFFE || cp > 0xFFFF : cp == '\t' || cp == '\n' || cp == '\r';
}

/* Length of a reference to a character that may not be, at the front of v. */
static size_t bad_reference(ash_view v)
{
    if (!ash_view_starts(v, ASH_VIEW_LIT("&#")))
        return 0;
    ptrdiff_t end = ash_view_find(ash_view_first(v, 12), ';');
    bool hex = v.n > 2 && v.p[2] == 'x';
    uint32_t cp = 0;
    for (ptrdiff_t i = hex ? 3 : 2; i < end; i++) {
        char c = v.p[i];
        unsigned digit = c >= '0' && c <= '9'   ? c - 0u - '0'
                         : c >= 'a' && c <= 'f' ? c - 0u - 'a' + 10
                         : c >= 'A' && c <= 'F' ? c - 0u - 'A' + 10
                                                : 99;
        if (digit >= (hex ? 16u : 10u))
            return 0;
        cp = cp * (hex ? 16 : 10) + digit;
        cp = cp > 0x10FFFF ? 0x110000 : cp;
    }
    bool fine = is_xml_char(cp) && cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF);
    return end < 0 || fine ? 0 : (size_t)end + 1;
}

/* Windows writes names as they are, so whoever tries to log on as "\x01" makes
 * XML that no parser takes. The event must not be lost by that. Sets *ret_any if
 * there was such a character. .p is NULL when memory is exhausted. */
static ash_view repair(ash_view v, ash_arena *arena, bool *ret_any)
{
    static const ash_view replacement = {"\xef\xbf\xbd", 3};
    char *out = ash_arena_alloc(arena, 3 * v.n);
    size_t n = 0;
    *ret_any = false;
    while (out != NULL && v.n > 0) {
        uint32_t cp;
        size_t bad = bad_reference(v);
        unsigned len = bad > 0 ? 0 : ash_utf8_decode(v.p, v.n, &cp);
        ash_view piece = ash_view_first(v, len);
        if (len == 0 || !is_xml_char(cp)) {
            piece = replacement;
            *ret_any = true;
        }
        memcpy(out + n, piece.p, piece.n);
        n += piece.n;
        v = ash_view_skip(v, bad > 0 ? bad : len > 0 ? len : 1);
    }
    return (ash_view){.p = out, .n = n};
}

/* --- one event --------------------------------------------------------- */

static void explain(const ash_win_xml *x, ash_win_xml_result *result)
{
    enum XML_Error code = XML_GetErrorCode(x->parser);
    const char *why = code == XML_ERROR_NONE      ? _("an element has no end")
                      : code == XML_ERROR_ABORTED ? _("nested too deeply")
                                                  : XML_ErrorString(code);
    ash_text_escape(result->why, sizeof result->why, ash_view_z(why));
}

ash_win_found ash_win_xml_read(ash_win_xml *x, ash_view text, ash_arena *arena, ash_win_event *ret,
                               ash_win_xml_result *result)
{
    *result = (ash_win_xml_result){0};
    begin_event(x, arena, ret);
    bool whole = parse_event(x, text);
    if (!whole && !x->nomem) {
        explain(x, result);
        x->ready = false;
        text = repair(text, arena, &result->repaired);
        if (text.p == NULL)
            return ASH_WIN_FOUND_NOMEM;
        if (result->repaired) {
            begin_event(x, arena, ret);
            whole = parse_event(x, text);
        }
    }
    if (!whole)
        x->ready = false;
    if (x->nomem || XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
        return ASH_WIN_FOUND_NOMEM;
    if (!whole)
        return ASH_WIN_FOUND_BAD;
    if (!x->has_id || !ash_win_is_security(x->channel, x->provider))
        return ASH_WIN_FOUND_FOREIGN;
    ret->channel = ash_win_utf8(ASH_VIEW_LIT("Security"));
    result->netapp = ash_view_is(x->provider, "NetApp-Security-Auditing");
    return ASH_WIN_FOUND_EVENT;
}
