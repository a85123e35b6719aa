/* Builds .evtx files: whole events as Windows writes them, or token by token
 * what Windows never would. */
#ifndef ASH_TESTS_EVTX_BUILD_H
#define ASH_TESTS_EVTX_BUILD_H

#include "base/buf.h"
#include "source/evtx_value.h"
#include "unit.h"

typedef struct evtx_build {
    ash_buf out;
    size_t chunk;  /* where the open chunk begins */
    size_t record; /* and its open record */
    uint64_t first_id, last_id;
    size_t last_record;
    bool dependency_ids; /* write them; on within definitions */
    /* names and templates that stand in the chunk already */
    struct {
        char name[64];
        uint32_t at;
    } names[256];
    struct {
        uint32_t id, at;
    } templates[64];
    size_t n_names, n_templates;
    /* places of lengths to be filled in */
    size_t elements[128], attributes, definition;
    size_t n_elements;
} evtx_build;

void evtx_init(evtx_build *b);
void evtx_free(evtx_build *b);

void evtx_file_header(evtx_build *b, bool dirty);
void evtx_chunk_begin(evtx_build *b);
void evtx_chunk_end(evtx_build *b);   /* checksums, and room up to 64 KiB */
void evtx_chunk_header(evtx_build *b); /* checksums of what is there so far */
void evtx_record_begin(evtx_build *b, uint64_t id, uint64_t filetime);
void evtx_record_end(evtx_build *b);

/* Bytes as they are. */
void evtx_raw(evtx_build *b, const void *p, size_t n);
void evtx_uint(evtx_build *b, uint64_t x, unsigned bytes);
void evtx_put(evtx_build *b, size_t at, uint64_t x, unsigned bytes); /* overwrites */
uint32_t evtx_at(const evtx_build *b); /* the end, as an offset in the chunk */

/* Tokens. */
void evtx_fragment(evtx_build *b);
void evtx_open(evtx_build *b, const char *name, bool attributes);
void evtx_attribute(evtx_build *b, const char *name);
void evtx_opened(evtx_build *b);
void evtx_empty(evtx_build *b);
void evtx_close(evtx_build *b);
void evtx_text(evtx_build *b, const char *ascii);
void evtx_cdata(evtx_build *b, const char *ascii);
void evtx_char(evtx_build *b, uint16_t unit);
void evtx_entity(evtx_build *b, const char *name);
void evtx_substitution(evtx_build *b, uint16_t i, uint8_t type);
void evtx_optional(evtx_build *b, uint16_t i, uint8_t type);
void evtx_eof(evtx_build *b);

/* <name>literal</name>, <name>%i</name> */
void evtx_element_text(evtx_build *b, const char *name, const char *ascii);
void evtx_element_value(evtx_build *b, const char *name, uint16_t i, uint8_t type);

/* An instance's head; true if the definition must be written, between this and
 * evtx_definition_end, for it is not in the chunk yet. */
bool evtx_instance(evtx_build *b, uint32_t id);
void evtx_definition_end(evtx_build *b);

typedef struct evtx_val {
    uint8_t type;
    const char *text; /* of STRING (ASCII) */
    uint64_t number;  /* of integers and FILETIME */
    ash_view bytes;   /* of other types, and of all where set */
} evtx_val;

#define EVTX_TEXT(s) ((evtx_val){.type = ASH_EVTX_STRING, .text = (s)})
#define EVTX_NUMBER(t, x) ((evtx_val){.type = (t), .number = (x)})
#define EVTX_NONE ((evtx_val){.type = ASH_EVTX_NULL})

void evtx_values(evtx_build *b, const evtx_val *values, size_t n);

/* UTF-16LE of ASCII text; caller frees. */
char *evtx_utf16(const char *ascii);

/* --- whole events ------------------------------------------------------- */

typedef struct evtx_data {
    const char *name;
    evtx_val value;
} evtx_data;

typedef struct evtx_event {
    uint16_t id;
    uint64_t record, filetime;
    bool failure, user_data; /* under UserData/Item instead of EventData */
    const char *computer;
    const evtx_data *data;
    size_t n_data;
} evtx_event;

/* 2026-11-23T00:00:00Z */
#define EVTX_DAY0 (UINT64_C(116444736000000000) + UINT64_C(1795392000) * 10000000)

/* A record of Microsoft-Windows-Security-Auditing: one template for the outside,
 * one for each id's data. */
void evtx_add_event(evtx_build *b, const evtx_event *e);

/* Event `record`: 5145, an open of a file whose name holds the number. */
void evtx_add_share_access(evtx_build *b, uint64_t record);

#endif
