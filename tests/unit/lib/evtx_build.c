#include "evtx_build.h"

#include <libdeflate.h>

#include "base/cursor.h"
#include "source/evtx_chunk.h"

void evtx_init(evtx_build *b)
{
    memset(b, 0, sizeof *b);
    ash_buf_init(&b->out, 64u << 20);
}

void evtx_free(evtx_build *b)
{
    ash_buf_free(&b->out);
}

void evtx_raw(evtx_build *b, const void *p, size_t n)
{
    ash_buf_add(&b->out, p, n);
    assert_false(b->out.failed);
}

void evtx_uint(evtx_build *b, uint64_t x, unsigned bytes)
{
    ash_put_uint(&b->out, x, bytes);
}

void evtx_put(evtx_build *b, size_t at, uint64_t x, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, x >>= 8)
        b->out.p[at + i] = (char)x;
}

uint32_t evtx_at(const evtx_build *b)
{
    return (uint32_t)(b->out.n - b->chunk);
}

static void pad(evtx_build *b, size_t to)
{
    static const char zeros[4096];
    while (b->out.n < to)
        evtx_raw(b, zeros, to - b->out.n < sizeof zeros ? to - b->out.n : sizeof zeros);
}

char *evtx_utf16(const char *ascii)
{
    size_t n = strlen(ascii);
    char *p = calloc(n + 1, 2);
    for (size_t i = 0; i < n; i++)
        p[2 * i] = ascii[i];
    return p;
}

static void utf16(evtx_build *b, const char *ascii)
{
    char *p = evtx_utf16(ascii);
    evtx_raw(b, p, 2 * strlen(ascii));
    free(p);
}

/* --- file, chunk, record ------------------------------------------------ */

void evtx_file_header(evtx_build *b, bool dirty)
{
    size_t begin = b->out.n;
    evtx_raw(b, "ElfFile", 8);
    pad(b, begin + ASH_EVTX_FILE_HEADER);
    evtx_put(b, begin + 32, 128, 4);
    evtx_put(b, begin + 36, 1, 2);
    evtx_put(b, begin + 38, 3, 2);
    evtx_put(b, begin + 40, ASH_EVTX_FILE_HEADER, 2);
    evtx_put(b, begin + 42, 1, 2);
    evtx_put(b, begin + 120, dirty, 4);
    evtx_put(b, begin + 124, libdeflate_crc32(0, b->out.p + begin, 120), 4);
}

void evtx_chunk_begin(evtx_build *b)
{
    b->chunk = b->out.n;
    b->n_names = b->n_templates = 0;
    b->first_id = b->last_id = 0;
    b->last_record = b->chunk + ASH_EVTX_CHUNK_HEADER;
    evtx_raw(b, "ElfChnk", 8);
    pad(b, b->chunk + ASH_EVTX_CHUNK_HEADER);
}

void evtx_chunk_header(evtx_build *b)
{
    const size_t c = b->chunk;
    for (unsigned i = 0; i < 2; i++) { /* numbers, then ids */
        evtx_put(b, c + 8 + 16 * i, b->first_id, 8);
        evtx_put(b, c + 16 + 16 * i, b->last_id, 8);
    }
    evtx_put(b, c + 40, 128, 4);
    evtx_put(b, c + 44, b->last_record - c, 4);
    evtx_put(b, c + 48, b->out.n - c, 4);
    evtx_put(b, c + 52, libdeflate_crc32(0, b->out.p + c + ASH_EVTX_CHUNK_HEADER, b->out.n - c - ASH_EVTX_CHUNK_HEADER), 4);
    uint32_t crc = libdeflate_crc32(0, b->out.p + c, 120);
    evtx_put(b, c + 124, libdeflate_crc32(crc, b->out.p + c + 128, ASH_EVTX_CHUNK_HEADER - 128), 4);
}

void evtx_chunk_end(evtx_build *b)
{
    assert_true(b->out.n - b->chunk <= ASH_EVTX_CHUNK_SIZE);
    evtx_chunk_header(b);
    pad(b, b->chunk + ASH_EVTX_CHUNK_SIZE);
}

void evtx_record_begin(evtx_build *b, uint64_t id, uint64_t filetime)
{
    b->record = b->out.n;
    b->last_record = b->out.n;
    if (b->first_id == 0)
        b->first_id = id;
    b->last_id = id;
    evtx_uint(b, 0x2a2a, 4);
    evtx_uint(b, 0, 4);
    evtx_uint(b, id, 8);
    evtx_uint(b, filetime, 8);
}

void evtx_record_end(evtx_build *b)
{
    pad(b, b->record + (((b->out.n + 4 - b->record) + 7) & ~(size_t)7) - 4);
    uint32_t n = (uint32_t)(b->out.n + 4 - b->record);
    evtx_uint(b, n, 4);
    evtx_put(b, b->record + 4, n, 4);
}

/* --- tokens ------------------------------------------------------------- */

/* Name hash: libevtx, "Name hash" (multiplied by 65599 for each unit). */
static uint16_t hash(const char *name)
{
    uint32_t h = 0;
    for (; *name != '\0'; name++)
        h = h * 65599 + (unsigned char)*name;
    return (uint16_t)h;
}

static void name(evtx_build *b, const char *text)
{
    for (size_t i = 0; i < b->n_names; i++)
        if (strcmp(b->names[i].name, text) == 0) {
            evtx_uint(b, b->names[i].at, 4);
            return;
        }
    uint32_t at = evtx_at(b) + 4;
    assert_true(b->n_names < COUNT(b->names));
    snprintf(b->names[b->n_names].name, sizeof b->names[0].name, "%s", text);
    b->names[b->n_names++].at = at;
    evtx_uint(b, at, 4);
    evtx_uint(b, 0, 4);
    evtx_uint(b, hash(text), 2);
    evtx_uint(b, strlen(text), 2);
    utf16(b, text);
    evtx_uint(b, 0, 2);
}

/* Fills in the length of what stands behind its field at `at`. */
static void fill_length(evtx_build *b, size_t at)
{
    evtx_put(b, at, b->out.n - at - 4, 4);
}

void evtx_fragment(evtx_build *b)
{
    evtx_raw(b, "\x0f\x01\x01", 4);
}

void evtx_open(evtx_build *b, const char *text, bool attributes)
{
    evtx_uint(b, attributes ? 0x41 : 0x01, 1);
    if (b->dependency_ids)
        evtx_uint(b, 0xffff, 2);
    assert_true(b->n_elements < COUNT(b->elements));
    b->elements[b->n_elements++] = b->out.n;
    evtx_uint(b, 0, 4);
    name(b, text);
    b->attributes = attributes ? b->out.n : 0;
    if (attributes)
        evtx_uint(b, 0, 4);
}

void evtx_attribute(evtx_build *b, const char *text)
{
    evtx_uint(b, 0x06, 1);
    name(b, text);
}

static void end_tag(evtx_build *b)
{
    if (b->attributes != 0)
        fill_length(b, b->attributes);
    b->attributes = 0;
}

static void end_element(evtx_build *b, uint8_t token)
{
    evtx_uint(b, token, 1);
    assert_true(b->n_elements > 0);
    fill_length(b, b->elements[--b->n_elements]);
}

void evtx_opened(evtx_build *b)
{
    end_tag(b);
    evtx_uint(b, 0x02, 1);
}

void evtx_empty(evtx_build *b)
{
    end_tag(b);
    end_element(b, 0x03);
}

void evtx_close(evtx_build *b)
{
    end_element(b, 0x04);
}

static void counted(evtx_build *b, const char *ascii)
{
    evtx_uint(b, strlen(ascii), 2);
    utf16(b, ascii);
}

void evtx_text(evtx_build *b, const char *ascii)
{
    evtx_uint(b, 0x05, 1);
    evtx_uint(b, ASH_EVTX_STRING, 1);
    counted(b, ascii);
}

void evtx_cdata(evtx_build *b, const char *ascii)
{
    evtx_uint(b, 0x07, 1);
    counted(b, ascii);
}

void evtx_char(evtx_build *b, uint16_t unit)
{
    evtx_uint(b, 0x08, 1);
    evtx_uint(b, unit, 2);
}

void evtx_entity(evtx_build *b, const char *text)
{
    evtx_uint(b, 0x09, 1);
    name(b, text);
}

static void reference(evtx_build *b, uint8_t token, uint16_t i, uint8_t type)
{
    evtx_uint(b, token, 1);
    evtx_uint(b, i, 2);
    evtx_uint(b, type, 1);
}

void evtx_substitution(evtx_build *b, uint16_t i, uint8_t type)
{
    reference(b, 0x0d, i, type);
}

void evtx_optional(evtx_build *b, uint16_t i, uint8_t type)
{
    reference(b, 0x0e, i, type);
}

void evtx_eof(evtx_build *b)
{
    evtx_uint(b, 0, 1);
}

void evtx_element_text(evtx_build *b, const char *text, const char *ascii)
{
    evtx_open(b, text, false);
    evtx_opened(b);
    evtx_text(b, ascii);
    evtx_close(b);
}

void evtx_element_value(evtx_build *b, const char *text, uint16_t i, uint8_t type)
{
    evtx_open(b, text, false);
    evtx_opened(b);
    evtx_optional(b, i, type);
    evtx_close(b);
}

/* --- templates ----------------------------------------------------------- */

bool evtx_instance(evtx_build *b, uint32_t id)
{
    evtx_uint(b, 0x0c, 1);
    evtx_uint(b, 1, 1);
    evtx_uint(b, id, 4);
    for (size_t i = 0; i < b->n_templates; i++)
        if (b->templates[i].id == id) {
            evtx_uint(b, b->templates[i].at, 4);
            return false;
        }
    uint32_t at = evtx_at(b) + 4;
    assert_true(b->n_templates < COUNT(b->templates));
    b->templates[b->n_templates].id = id;
    b->templates[b->n_templates++].at = at;
    evtx_uint(b, at, 4);
    evtx_uint(b, 0, 4);
    evtx_uint(b, id, 4);
    evtx_uint(b, UINT64_C(0x1122334455667788), 8);
    evtx_uint(b, 0x99aabbcc, 4);
    b->definition = b->out.n;
    evtx_uint(b, 0, 4);
    b->dependency_ids = true;
    evtx_fragment(b);
    return true;
}

void evtx_definition_end(evtx_build *b)
{
    evtx_eof(b);
    fill_length(b, b->definition);
    b->dependency_ids = false;
}

static void value(evtx_build *b, const evtx_val *v)
{
    if (v->bytes.p != NULL)
        evtx_raw(b, v->bytes.p, v->bytes.n);
    else if (v->type == ASH_EVTX_STRING)
        utf16(b, v->text);
    else if (v->type == ASH_EVTX_SIZE)
        evtx_uint(b, v->number, 8);
    else
        evtx_uint(b, v->number, ash_evtx_type_size(v->type));
}

void evtx_values(evtx_build *b, const evtx_val *values, size_t n)
{
    evtx_uint(b, n, 4);
    size_t descriptors = b->out.n;
    for (size_t i = 0; i < n; i++)
        evtx_uint(b, (uint64_t)values[i].type << 16, 4);
    for (size_t i = 0; i < n; i++) {
        size_t begin = b->out.n;
        value(b, &values[i]);
        evtx_put(b, descriptors + 4 * i, b->out.n - begin, 2);
    }
}

/* --- whole events ------------------------------------------------------- */

enum { S_LEVEL, S_OPCODE, S_TASK, S_ID, S_QUALIFIERS, S_KEYWORDS, S_TIME, S_ACTIVITY, S_PROCESS,
       S_THREAD, S_RECORD, S_VERSION, S_USER, S_RELATED, S_PROVIDER, S_GUID, S_CHANNEL, S_DATA,
       S_COUNT };

static void attribute_value(evtx_build *b, const char *text, uint16_t i, uint8_t type)
{
    evtx_attribute(b, text);
    evtx_optional(b, i, type);
}

static void system_definition(evtx_build *b, const char *computer)
{
    evtx_open(b, "System", false);
    evtx_opened(b);
    evtx_open(b, "Provider", true);
    attribute_value(b, "Name", S_PROVIDER, ASH_EVTX_STRING);
    attribute_value(b, "Guid", S_GUID, ASH_EVTX_GUID);
    evtx_empty(b);
    evtx_open(b, "EventID", true);
    attribute_value(b, "Qualifiers", S_QUALIFIERS, ASH_EVTX_UINT16);
    evtx_opened(b);
    evtx_optional(b, S_ID, ASH_EVTX_UINT16);
    evtx_close(b);
    evtx_element_value(b, "Version", S_VERSION, ASH_EVTX_UINT8);
    evtx_element_value(b, "Level", S_LEVEL, ASH_EVTX_UINT8);
    evtx_element_value(b, "Task", S_TASK, ASH_EVTX_UINT16);
    evtx_element_value(b, "Opcode", S_OPCODE, ASH_EVTX_UINT8);
    evtx_element_value(b, "Keywords", S_KEYWORDS, ASH_EVTX_HEX64);
    evtx_open(b, "TimeCreated", true);
    attribute_value(b, "SystemTime", S_TIME, ASH_EVTX_FILETIME);
    evtx_empty(b);
    evtx_element_value(b, "EventRecordID", S_RECORD, ASH_EVTX_UINT64);
    evtx_open(b, "Execution", true);
    attribute_value(b, "ProcessID", S_PROCESS, ASH_EVTX_UINT32);
    attribute_value(b, "ThreadID", S_THREAD, ASH_EVTX_UINT32);
    evtx_empty(b);
    evtx_element_value(b, "Channel", S_CHANNEL, ASH_EVTX_STRING);
    evtx_element_text(b, "Computer", computer);
    evtx_open(b, "Security", true);
    attribute_value(b, "UserID", S_USER, ASH_EVTX_SID);
    evtx_empty(b);
    evtx_close(b);
}

static void data_definition(evtx_build *b, const evtx_event *e)
{
    evtx_open(b, e->user_data ? "UserData" : "EventData", false);
    evtx_opened(b);
    if (e->user_data) {
        evtx_open(b, "Item", false);
        evtx_opened(b);
    }
    for (uint16_t i = 0; i < e->n_data; i++) {
        evtx_open(b, e->user_data ? e->data[i].name : "Data", !e->user_data);
        if (!e->user_data) {
            evtx_attribute(b, "Name");
            evtx_text(b, e->data[i].name);
        }
        evtx_opened(b);
        evtx_substitution(b, i, e->data[i].value.type);
        evtx_close(b);
    }
    if (e->user_data)
        evtx_close(b);
    evtx_close(b);
}

#define OUTER_TEMPLATE 0x0a0b0c0du
#define DATA_TEMPLATES 0x44440000u
#define DATA_MAX 64

void evtx_add_event(evtx_build *b, const evtx_event *e)
{
    evtx_val data[DATA_MAX], system[S_COUNT] = {
        [S_LEVEL] = EVTX_NUMBER(ASH_EVTX_UINT8, 0),
        [S_OPCODE] = EVTX_NUMBER(ASH_EVTX_UINT8, 0),
        [S_TASK] = EVTX_NUMBER(ASH_EVTX_UINT16, 12800),
        [S_ID] = EVTX_NUMBER(ASH_EVTX_UINT16, e->id),
        [S_KEYWORDS] = EVTX_NUMBER(ASH_EVTX_HEX64, e->failure ? UINT64_C(0x8010000000000000)
                                                              : UINT64_C(0x8020000000000000)),
        [S_TIME] = EVTX_NUMBER(ASH_EVTX_FILETIME, e->filetime),
        [S_PROCESS] = EVTX_NUMBER(ASH_EVTX_UINT32, 4),
        [S_THREAD] = EVTX_NUMBER(ASH_EVTX_UINT32, 88),
        [S_RECORD] = EVTX_NUMBER(ASH_EVTX_UINT64, e->record),
        [S_VERSION] = EVTX_NUMBER(ASH_EVTX_UINT8, 1),
        [S_PROVIDER] = EVTX_TEXT("Microsoft-Windows-Security-Auditing"),
        [S_CHANNEL] = EVTX_TEXT("Security"),
        [S_DATA] = {.type = ASH_EVTX_BINXML},
    };
    evtx_record_begin(b, e->record, e->filetime);
    evtx_fragment(b);
    if (evtx_instance(b, OUTER_TEMPLATE)) {
        evtx_open(b, "Event", true);
        evtx_attribute(b, "xmlns");
        evtx_text(b, "http://schemas.microsoft.com/win/2004/08/events/event");
        evtx_opened(b);
        system_definition(b, e->computer == NULL ? "fs01" : e->computer);
        evtx_optional(b, S_DATA, ASH_EVTX_BINXML);
        evtx_close(b);
        evtx_definition_end(b);
    }
    evtx_values(b, system, S_COUNT);
    /* The last value, which has no bytes yet, is what comes now. */
    size_t begin = b->out.n, sum = 0;
    for (size_t i = 0; i < S_COUNT; i++)
        sum += system[i].type == ASH_EVTX_STRING ? 2 * strlen(system[i].text)
                                                 : ash_evtx_type_size(system[i].type);
    evtx_fragment(b);
    if (evtx_instance(b, DATA_TEMPLATES + e->id)) {
        data_definition(b, e);
        evtx_definition_end(b);
    }
    for (size_t i = 0; i < e->n_data; i++)
        data[i] = e->data[i].value;
    evtx_values(b, data, e->n_data);
    evtx_put(b, begin - sum - 4, b->out.n - begin, 2);
    evtx_eof(b);
    evtx_record_end(b);
}

void evtx_add_share_access(evtx_build *b, uint64_t record)
{
    char file[64];
    snprintf(file, sizeof file, "Finance\\plan %llu.xlsx", (unsigned long long)record);
    static const char sid[] = "\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\x50\4\0";
    const evtx_data data[] = {
        {"SubjectUserSid", {.type = ASH_EVTX_SID, .bytes = {sid, 28}}},
        {"SubjectUserName", EVTX_TEXT("kato")},
        {"SubjectDomainName", EVTX_TEXT("CORP")},
        {"SubjectLogonId", EVTX_NUMBER(ASH_EVTX_HEX64, 0x3e7a1)},
        {"ObjectType", EVTX_TEXT("File")},
        {"IpAddress", EVTX_TEXT("10.0.0.5")},
        {"IpPort", EVTX_TEXT("49731")},
        {"ShareName", EVTX_TEXT("\\\\*\\Data")},
        {"ShareLocalPath", EVTX_TEXT("\\??\\D:\\Data")},
        {"RelativeTargetName", EVTX_TEXT(file)},
        {"AccessMask", EVTX_NUMBER(ASH_EVTX_HEX32, 0x120089)},
        {"AccessList", EVTX_TEXT("%%4416")},
        {"AccessReason", EVTX_TEXT("-")},
    };
    evtx_add_event(b, &(evtx_event){.id = 5145,
                                    .record = record,
                                    .filetime = EVTX_DAY0 + record * 10000000,
                                    .data = data,
                                    .n_data = COUNT(data)});
}
