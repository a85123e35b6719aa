/* The configuration file, YAML:
 *
 *   detectors:
 *     mass-scan:
 *       list_60s: 30
 *     beacon:
 *       enabled: false
 *
 * What is not known, or out of its range, is refused with its line: a setting that
 * was mistyped would be one that silently does nothing. */
#ifndef ASH_INGEST_CONFIG_H
#define ASH_INGEST_CONFIG_H

#include "base/buf.h"
#include "detect/settings.h"

/* Changes *s by the file at path. Errors name file and line. */
int ash_config_read(const char *path, ash_settings *s, ash_error *err) ASH_MUST_USE;

/* The file that is used where none is named: ashiato/ashiato.yaml in $XDG_CONFIG_HOME
 * (or ~/.config), then /etc/ashiato/ashiato.yaml. False: there is none. Not in the
 * working directory, which may be evidence. */
bool ash_config_find(char *path, size_t size);

#endif
