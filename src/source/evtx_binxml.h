/* The walker over binary XML: turns a record, its templates and their values
 * into a plain sequence of tokens, as if it had been written without templates.
 *
 * Format: [MS-EVEN6] 2.2.12 (grammar), 3.1.4.7 (templates, types), and libevtx,
 * "Windows XML Event Log (EVTX) format" (offsets within the chunk).
 *
 * Of <Data Name="x">a&amp;b</Data> it makes
 *
 *     OPEN Data, ATTRIBUTE Name, VALUE x, OPENED, VALUE a, ENTITY amp, VALUE b, CLOSE
 *
 * - What a template says is to be left out (an element or attribute around an
 *   optional substitution without value) is left out.
 * - An element whose content is a substitution with an array comes once for
 *   each item.
 * - Substitutions that hold binary XML are walked into.
 * - OPEN and CLOSE always match; where they would not, the walk is BROKEN.
 *
 * All limits are in base/limits.h: depth, values, and what one record may grow
 * to. Nothing is allocated; views point into the chunk.
 */
#ifndef ASH_SOURCE_EVTX_BINXML_H
#define ASH_SOURCE_EVTX_BINXML_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "source/evtx_chunk.h"
#include "source/evtx_value.h"

typedef enum ash_evtx_token_kind {
    ASH_EVTX_END = 0,      /* of the record; again if asked again */
    ASH_EVTX_BROKEN,       /* ash_evtx_walk.why says why; again if asked again */
    ASH_EVTX_OPEN,         /* name */
    ASH_EVTX_ATTRIBUTE,    /* name; its value is what comes up to the next ATTRIBUTE or OPENED */
    ASH_EVTX_OPENED,       /* no more attributes; `empty`: the next token is CLOSE */
    ASH_EVTX_CLOSE,        /* name */
    ASH_EVTX_VALUE,        /* value; `substituted` if it is the template's user who gave it */
    ASH_EVTX_CDATA,        /* value: a STRING */
    ASH_EVTX_CHAR,         /* number: a UTF-16 unit */
    ASH_EVTX_ENTITY,       /* name */
    ASH_EVTX_PI_TARGET,    /* name; PI_DATA follows */
    ASH_EVTX_PI_DATA,      /* value: a STRING */
    ASH_EVTX_SUBSTITUTION, /* number: which; value.type: the declared one. In definitions only */
} ash_evtx_token_kind;

typedef struct ash_evtx_token {
    ash_evtx_token_kind kind;
    ash_view name;     /* UTF-16LE */
    uint32_t name_at;  /* where it is in the chunk: the same place is the same name */
    ash_evtx_value value;
    uint16_t number;
    bool empty, substituted;
    bool optional; /* of SUBSTITUTION: without a value, what is around it is left out */
} ash_evtx_token;

/* A template definition in the chunk. */
typedef struct ash_evtx_definition {
    uint32_t at;         /* of its 24 bytes of header */
    uint32_t body, end;  /* its binary XML */
} ash_evtx_definition;

/* Appends what a definition says, without the lengths and offsets that differ from
 * chunk to chunk: equal bytes mean equal tokens. False if it cannot be read or
 * holds an instance of another template. */
bool ash_evtx_definition_plain(ash_view chunk, const ash_evtx_definition *d, ash_buf *out);

/* A template instance: which definition, and where its values are. */
typedef struct ash_evtx_instance {
    ash_evtx_definition definition;
    uint32_t descriptors; /* offset in the chunk of `count` times {length, type}, 4 bytes each */
    uint32_t count;
    uint32_t values; /* offset of the first value's bytes */
} ash_evtx_instance;

/* Reads the instance at *at, which is behind its token, and goes beyond its
 * descriptors, to its values; `end` bounds both. NULL, or what is wrong with it. */
const char *ash_evtx_instance_read(ash_view chunk, uint32_t *at, uint32_t end,
                                   ash_evtx_instance *ret);

typedef struct ash_evtx_frame {
    uint32_t at, end;
    uint32_t elements;      /* open when it began */
    uint32_t values, count; /* of the instance whose body this is, in ash_evtx_walk.values */
    bool is_body;           /* of a template */
    bool dependency_ids;    /* its elements have one */
} ash_evtx_frame;

typedef struct ash_evtx_element {
    uint32_t name_at;
    uint32_t begin;       /* of its token */
    uint16_t array;       /* the substitution it is repeated for */
    bool repeats;
    ash_evtx_value items; /* still to come */
} ash_evtx_element;

/* A walk. All fields are the walker's own but `why`. About 20 KiB: not for the
 * stack of a deep call. */
typedef struct ash_evtx_walk {
    ash_view chunk;
    const char *why; /* untranslated, N_() marked; NULL while nothing is wrong */
    bool in_tag;     /* between OPEN and OPENED */
    bool closing;    /* an empty element's CLOSE is due */
    bool definition;
    bool again; /* the element that comes next is another one for an array */
    uint16_t again_array;
    ash_evtx_value again_items;
    uint32_t n_frames, n_elements, n_values;
    uint32_t budget; /* what may still come of the record */
    ash_evtx_frame frames[ASH_EVTX_FRAMES_MAX];
    ash_evtx_element elements[ASH_EVTX_DEPTH_MAX];
    struct {
        uint32_t at;
        uint16_t length;
        uint8_t type;
    } values[ASH_EVTX_VALUES_MAX];
} ash_evtx_walk;

/* Begins a walk over a record of the chunk. The chunk must stay while the walk
 * and its tokens are used. */
void ash_evtx_walk_record(ash_evtx_walk *w, ash_view chunk, const ash_evtx_record *r);

/* Begins a walk over a template definition by itself, with SUBSTITUTION tokens
 * in the places of values. */
void ash_evtx_walk_definition(ash_evtx_walk *w, ash_view chunk, const ash_evtx_definition *d);

ash_evtx_token_kind ash_evtx_walk_next(ash_evtx_walk *w, ash_evtx_token *ret);

#endif
