/* What samples of an input tell: is it Samba's, how is it wrapped, which
 * prefixes does it use. */
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/time.h"
#include "source/samba.h"

int ash_samba_survey_init(ash_samba_survey *s, ash_error *err)
{
    *s = (ash_samba_survey){.zone_s = ASH_ZONE_UNKNOWN, .shapes = ash_prefix_shapes_new()};
    return s->shapes == NULL ? ash_fail(err, ASH_E_NOMEM, "samba", "out of memory") : 0;
}

/* "timestamp": "2026-11-23T19:55:09.443624+0900" states a zone too. */
static int32_t zone_of_json(ash_view m)
{
    static const char key[] = "\"timestamp\": \"";
    ptrdiff_t at = ash_view_find_str(m, ASH_VIEW_LIT(key));
    int64_t t;
    int32_t zone = ASH_ZONE_UNKNOWN;
    if (at >= 0)
        ash_time_parse_iso(ash_view_skip(m, (size_t)at + sizeof key - 1), &t, &zone);
    return zone;
}

void ash_samba_survey_message(ash_samba_survey *s, const ash_envelope *e)
{
    ash_audit_parts parts;
    ash_view m = ash_view_trim(e->message);
    if (m.n > 0 && m.p[0] == '{') {
        bool auth = ash_view_find_str(m, ASH_VIEW_LIT("\"Authentication\"")) >= 0 ||
                    ash_view_find_str(m, ASH_VIEW_LIT("\"Authorization\"")) >= 0;
        s->auth += auth;
        if (auth && s->zone_s == ASH_ZONE_UNKNOWN)
            s->zone_s = zone_of_json(m);
        s->other += !auth;
        return;
    }
    if (ash_samba_split(e->message, 0, &parts) && parts.native >= 0) {
        bool connect = ash_view_is(parts.operation, "connect") && parts.ok;
        s->audit++;
        s->envelopes[e->kind]++;
        if (e->zone_s != ASH_ZONE_UNKNOWN)
            s->zone_s = e->zone_s;
        /* A file's name must not teach a prefix. */
        if (!parts.contested)
            ash_prefix_shapes_add(s->shapes, parts.prefix,
                                  connect ? parts.args : (ash_view){0});
        return;
    }
    ash_batch scratch = {0};
    ash_record r = {.envelope = e};
    bool audit_tag = ash_view_find_str(e->tag, ASH_VIEW_LIT("smbd_audit")) >= 0;
    if (audit_tag || ash_loss_notice(&r, &scratch))
        s->auth++; /* ours, though it tells nothing about prefixes */
    else
        s->other++;
}

int ash_samba_score(const ash_samba_survey *s)
{
    uint64_t ours = s->audit + s->auth;
    if (ours == 0)
        return 0;
    /* One audit line among a thousand of a shared syslog file is still worth
     * reading; nothing else would. */
    return ours > s->other ? 90 : 50;
}

static void remark(ash_profile *p, const char *text)
{
    size_t n = strlen(p->remarks);
    snprintf(p->remarks + n, sizeof p->remarks - n, "%s%s", n > 0 ? "\n" : "", text);
}

static void remark_template(ash_profile *p, const ash_prefix_template *t)
{
    char shown[300], line[640];
    ash_text_escape(shown, sizeof shown, ash_view_z(t->text));
    if (t->configured)
        snprintf(line, sizeof line, _("full_audit prefix %s (as given)"), shown);
    else if (t->ambiguous)
        snprintf(line, sizeof line,
                 _("full_audit prefix taken to be %s; what is read as %%u could also be a workstation "
                   "(--samba-prefix overrides this)"),
                 shown);
    else
        snprintf(line, sizeof line, _("full_audit prefix inferred: %s"), shown);
    remark(p, line);
}

int ash_samba_profile_make(const ash_samba_survey *s, const ash_source_options *options,
                           ash_profile *p, ash_error *err)
{
    ash_samba_profile *sp = calloc(1, sizeof *sp);
    if (sp == NULL)
        return ash_fail(err, ASH_E_NOMEM, "samba", "out of memory");
    for (size_t i = 0; i < options->n_samba_prefix && sp->n_templates < ASH_SAMBA_TEMPLATES; i++) {
        int rc = ash_prefix_parse(options->samba_prefix[i], &sp->templates[sp->n_templates], err);
        if (rc < 0) {
            free(sp);
            return rc;
        }
        sp->n_templates++;
    }
    size_t configured = sp->n_templates;
    sp->n_templates += ash_prefix_shapes_infer(s->shapes, sp->templates + configured,
                                               ASH_SAMBA_TEMPLATES - configured);
    for (size_t i = 0; i < sp->n_templates; i++)
        sp->bars |= sp->templates[i].n_bars < 64 ? UINT64_C(1) << sp->templates[i].n_bars : 0;
    for (size_t i = 0; i < sp->n_templates; i++)
        if (configured == 0 || i < configured)
            remark_template(p, &sp->templates[i]);
    for (int k = 0; k < ASH_ENVELOPE_KINDS; k++)
        if (s->envelopes[k] > s->envelopes[sp->envelope])
            sp->envelope = (ash_envelope_kind)k;
    sp->seed = options->seed;
    snprintf(sp->server, sizeof sp->server, "%s", options->server == NULL ? "" : options->server);
    if (s->audit > 0)
        snprintf(p->format, sizeof p->format, "Samba full_audit, %s", ash_envelope_name(sp->envelope));
    else if (s->auth > 0)
        snprintf(p->format, sizeof p->format, "Samba authentication log or logging notices");
    p->zone_s = s->zone_s;
    p->data = sp;
    return 0;
}

void ash_samba_profile_forget(ash_profile *p)
{
    free(p->data);
    p->data = NULL;
}
