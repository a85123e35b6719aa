#include "ingest/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <yaml.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"

typedef struct config {
    const char *path;
    yaml_document_t doc;
    ash_settings *settings;
} config;

static int fail_at(const config *c, size_t line, ash_error *err, const char *why)
{
    int rc = ash_fail_at(err, ASH_E_USAGE, "config", c->path, ASH_NO_OFFSET, "%s", why);
    if (err != NULL)
        err->line = line + 1;
    return rc;
}

static ash_view scalar_of(const yaml_node_t *n)
{
    return n != NULL && n->type == YAML_SCALAR_NODE
               ? ash_view_of((const char *)n->data.scalar.value, n->data.scalar.length)
               : (ash_view){0};
}

/* Calls each for every pair of a mapping; a name may come once. */
static int each_pair(config *c, const yaml_node_t *map, int context,
                     int (*each)(config *c, int context, const yaml_node_t *key, yaml_node_t *value,
                                 ash_error *err),
                     ash_error *err)
{
    if (map->type != YAML_MAPPING_NODE)
        return fail_at(c, map->start_mark.line, err, _("expected names with values, one a line: 'name: value'"));
    yaml_node_pair_t *from = map->data.mapping.pairs.start, *to = map->data.mapping.pairs.top;
    for (yaml_node_pair_t *p = from; p < to; p++) {
        const yaml_node_t *key = yaml_document_get_node(&c->doc, p->key);
        yaml_node_t *value = yaml_document_get_node(&c->doc, p->value);
        if (key == NULL || value == NULL)
            return fail_at(c, map->start_mark.line, err, _("a name or value is missing"));
        for (yaml_node_pair_t *q = from; q < p; q++)
            if (ash_view_eq(scalar_of(key), scalar_of(yaml_document_get_node(&c->doc, q->key))))
                return fail_at(c, key->start_mark.line, err, _("this name was given before"));
        int rc = each(c, context, key, value, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int set_param(config *c, int detector, const yaml_node_t *key, yaml_node_t *value, ash_error *err)
{
    ash_error why = {0};
    if (value->type != YAML_SCALAR_NODE)
        return fail_at(c, value->start_mark.line, err, _("expected one value"));
    int rc = ash_settings_set(c->settings, detector, scalar_of(key), scalar_of(value), &why);
    return rc < 0 ? fail_at(c, key->start_mark.line, err, why.msg) : 0;
}

static int set_detector(config *c, int context, const yaml_node_t *key, yaml_node_t *value, ash_error *err)
{
    char name[200], why[400];
    (void)context;
    int detector = ash_settings_detector(scalar_of(key));
    if (detector < 0) {
        snprintf(why, sizeof why, _("there is no detector '%s'; see `ashiato detectors`"),
                 ash_text_escape(name, sizeof name, ash_view_first(scalar_of(key), 60)));
        return fail_at(c, key->start_mark.line, err, why);
    }
    return each_pair(c, value, detector, set_param, err);
}

static int set_section(config *c, int context, const yaml_node_t *key, yaml_node_t *value, ash_error *err)
{
    if (!ash_view_is(scalar_of(key), "detectors"))
        return fail_at(c, key->start_mark.line, err, _("the only section is 'detectors'"));
    return each_pair(c, value, context, set_detector, err);
}

static int read_document(config *c, const ash_buf *text, ash_error *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return ash_fail(err, ASH_E_NOMEM, "config", "out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)ash_buf_z(text), text->n);
    int rc = 0;
    if (!yaml_parser_load(&parser, &c->doc)) {
        char why[200];
        snprintf(why, sizeof why, _("is not YAML: %s"), parser.problem == NULL ? "?" : parser.problem);
        rc = fail_at(c, parser.problem_mark.line, err, why);
    } else {
        const yaml_node_t *root = yaml_document_get_root_node(&c->doc);
        if (root != NULL) /* an empty file changes nothing */
            rc = each_pair(c, root, 0, set_section, err);
        yaml_document_delete(&c->doc);
    }
    yaml_parser_delete(&parser);
    return rc;
}

int ash_config_read(const char *path, ash_settings *s, ash_error *err)
{
    config c = {.path = path, .settings = s};
    ash_buf text;
    ash_buf_init(&text, ASH_CONFIG_MAX);
    int rc = ash_io_read_file(path, ASH_CONFIG_MAX, &text, err);
    if (rc == 0)
        rc = read_document(&c, &text, err);
    ash_buf_free(&text);
    return rc;
}

bool ash_config_find(char *path, size_t size)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    path[0] = '\0';
    if (base != NULL && base[0] == '/')
        snprintf(path, size, "%s/ashiato/ashiato.yaml", base);
    else if (home != NULL && home[0] == '/')
        snprintf(path, size, "%s/.config/ashiato/ashiato.yaml", home);
    if (path[0] != '\0' && access(path, F_OK) == 0)
        return true;
    snprintf(path, size, "%s", "/etc/ashiato/ashiato.yaml");
    return access(path, F_OK) == 0;
}
