/* Renders whole events of .evtx chunks: every element, attribute and value.
 *
 * Most records are instances of templates that came before. Their definitions are
 * kept as scripts (evtx_script.h), by what they say and not by where they are, so
 * that one serves all chunks; a record then costs little more than copying. What
 * does not fit goes through walker and tree. Both ways give the same bytes.
 */
#ifndef ASH_SOURCE_EVTX_RENDER_H
#define ASH_SOURCE_EVTX_RENDER_H

#include "base/buf.h"
#include "source/evtx_chunk.h"

typedef enum ash_evtx_form {
    ASH_EVTX_FORM_XML,  /* <Event ...>...</Event> */
    ASH_EVTX_FORM_JSON, /* "Event":{...}: a member, without braces around it */
} ash_evtx_form;

/* One thread. */
typedef struct ash_evtx_render ash_evtx_render;

int ash_evtx_render_new(ash_evtx_render **ret, ash_evtx_form form, ash_error *err) ASH_MUST_USE;
void ash_evtx_render_free(ash_evtx_render *r); /* NULL is fine */

/* Begins a chunk; its bytes must stay until the next one begins. */
void ash_evtx_render_chunk(ash_evtx_render *r, ash_view chunk);

/* Appends a record. Returns 0; ASH_E_FORMAT with *ret_why (untranslated, N_()
 * marked) if it is damaged: what could be read of it is appended then, well-formed;
 * ASH_E_LIMIT if it does not fit out; or ASH_E_NOMEM. */
int ash_evtx_render_record(ash_evtx_render *r, const ash_evtx_record *record, ash_buf *out,
                           const char **ret_why);

/* The same always by walker and tree: what the short way is measured by. */
int ash_evtx_render_walking(ash_evtx_render *r, const ash_evtx_record *record, ash_buf *out,
                            const char **ret_why);

/* A record outside of the chunk's live part, which ends at live_end. Its templates
 * are taken from there, or by their ids from what was rendered before. Where one is
 * not found, *ret_lost is set and its values are shown without names. Else as
 * ash_evtx_render_record; nothing is appended for ASH_E_FORMAT. */
int ash_evtx_render_orphan(ash_evtx_render *r, const ash_evtx_record *record, uint32_t live_end,
                           ash_buf *out, bool *ret_lost);

#endif
