/* Decoding of Samba's log messages, whatever carried them. Used by the text
 * source (samba.c) and the journal sources (journal.c). */
#ifndef ASH_SOURCE_SAMBA_H
#define ASH_SOURCE_SAMBA_H

#include "ashiato/source.h"
#include "source/envelope.h"
#include "source/origins.h"
#include "source/samba_prefix.h"

#define ASH_SAMBA_TEMPLATES ASH_PREFIX_SHAPES_MAX

/* What is known of one input before decoding. */
typedef struct ash_samba_profile {
    ash_envelope_kind envelope; /* most frequent in the samples */
    ash_prefix_template templates[ASH_SAMBA_TEMPLATES];
    size_t n_templates;
    uint64_t bars; /* bit n: there is a template with n '|' in it */
    uint64_t seed;
    char server[256]; /* for records without a host; "" if not given */
} ash_samba_profile;

/* A prefix met before and the origin it means. */
typedef struct ash_prefix_cache_slot {
    uint64_t hash; /* 0 = free */
    uint32_t origin;
    uint16_t n;
    char text[114];
} ash_prefix_cache_slot;

#define ASH_PREFIX_CACHE 1024u

typedef struct ash_samba_decoder {
    const ash_samba_profile *profile;
    ash_origins *origins;
    ash_prefix_cache_slot *cache;
} ash_samba_decoder;

int ash_samba_decoder_open(ash_samba_decoder *d, const ash_samba_profile *p, ash_error *err)
    ASH_MUST_USE;
void ash_samba_decoder_close(ash_samba_decoder *d);

/* A record's place and wrapping. */
typedef struct ash_record {
    uint64_t offset;
    uint32_t length;
    const ash_envelope *envelope; /* time, host, tag, message */
} ash_record;

/* Decodes one message (full_audit, auth JSON, notices of lost messages; other
 * lines are counted). Returns 0 or ASH_E_NOMEM. */
int ash_samba_message(ash_samba_decoder *d, const ash_record *r, ash_batch *out);

/* The parts of a full_audit message: prefix, operation, result, arguments. */
typedef struct ash_audit_parts {
    ash_view prefix;
    ash_view operation;
    int native; /* index in the operation table, -1 = name not known */
    bool ok;
    bool contested; /* something like an unknown operation stands in front of it */
    ash_view result; /* "ok" or "fail (...)" */
    ash_view args;
} ash_audit_parts;

/* Takes a full_audit message apart. False if no "operation|ok or fail" is in it.
 * bars: those of the templates (ash_samba_profile), 0 if not known: an unknown
 * operation at the place where they expect one is it, whatever name a file
 * has behind it. */
bool ash_samba_split(ash_view message, uint64_t bars, ash_audit_parts *ret);

/* auth_json_audit (Samba 4.7 and later); message begins with '{'. */
int ash_samba_auth(ash_samba_decoder *d, const ash_record *r, ash_batch *out);

/* Notices of rsyslog and journald that messages were dropped. True if it was one. */
bool ash_loss_notice(const ash_record *r, ash_batch *out);

const char *ash_samba_native_name(unsigned native);

/* --- probing ----------------------------------------------------------- */

/* Gathers what samples say; made by the caller, filled message by message. */
typedef struct ash_samba_survey {
    ash_prefix_shapes *shapes;
    uint64_t audit, auth, other; /* messages of each kind */
    uint64_t envelopes[ASH_ENVELOPE_KINDS];
    int32_t zone_s; /* last offset a time stated, or ASH_ZONE_UNKNOWN */
} ash_samba_survey;

int ash_samba_survey_init(ash_samba_survey *s, ash_error *err) ASH_MUST_USE;

void ash_samba_survey_message(ash_samba_survey *s, const ash_envelope *e);

/* Makes the profile: configured templates first, then inferred ones. Remarks
 * about assumptions are appended to p->remarks. */
int ash_samba_profile_make(const ash_samba_survey *s, const ash_source_options *options,
                           ash_profile *p, ash_error *err) ASH_MUST_USE;

void ash_samba_profile_forget(ash_profile *p);

/* 0..100 from the survey. */
int ash_samba_score(const ash_samba_survey *s);

#endif
