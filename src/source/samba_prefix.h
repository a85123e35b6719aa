/* The full_audit prefix: what stands before the operation name.
 *
 * smb.conf sets it (full_audit:prefix, default "%u|%I"); the log does not say
 * what was set. A template is that setting, given by the user or inferred from
 * samples; matching a prefix against it yields the actor. Substitutions are
 * those of smb.conf(5), section VARIABLE SUBSTITUTIONS.
 */
#ifndef ASH_SOURCE_SAMBA_PREFIX_H
#define ASH_SOURCE_SAMBA_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "ashiato/event.h"
#include "base/limits.h"
#include "base/view.h"

/* One template: literal[0] var[0] literal[1] var[1] ... literal[n]. */
typedef struct ash_prefix_template {
    char text[256];                  /* as in smb.conf, for people */
    unsigned n_bars;                 /* '|' in it: fields minus one */
    unsigned n_vars;
    char var[ASH_PREFIX_FIELDS_MAX]; /* letter; '*' for a part nobody needs */
    struct {
        uint16_t at, n; /* in text */
    } literal[ASH_PREFIX_FIELDS_MAX + 1];
    bool configured; /* said by the user */
    bool ambiguous;  /* inferred with more than one reading */
} ash_prefix_template;

/* Parses "%u|%I|%m|%S". ASH_E_USAGE if it has no substitution, two adjacent
 * ones (nothing separates them), or too many. */
int ash_prefix_parse(const char *text, ash_prefix_template *ret, ash_error *err) ASH_MUST_USE;

/* Fills the parts of *ret that the template names; false if it does not fit. */
bool ash_prefix_match(const ash_prefix_template *t, ash_view prefix, ash_origin *ret);

/* An IPv4 or IPv6 address (also "ipv4:1.2.3.4" free text? no: bare only). */
bool ash_is_address(ash_view v);

/* --- inference --------------------------------------------------------- */

/* Shapes of prefixes seen in samples, with what speaks for each field's role. */
typedef struct ash_prefix_shapes ash_prefix_shapes;

ash_prefix_shapes *ash_prefix_shapes_new(void);
void ash_prefix_shapes_free(ash_prefix_shapes *s);

/* Adds one record's prefix; connected_share is the argument of its connect
 * operation, or empty. */
void ash_prefix_shapes_add(ash_prefix_shapes *s, ash_view prefix, ash_view connected_share);

/* Writes one template per shape, most frequent first; returns how many. */
size_t ash_prefix_shapes_infer(const ash_prefix_shapes *s, ash_prefix_template *out, size_t max);

/* A template from one prefix alone, for shapes no sample had. */
void ash_prefix_infer_one(ash_view prefix, ash_prefix_template *ret);

#endif
