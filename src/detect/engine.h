/* Runs the detectors of detectors.def over a stream of accesses and logons. */
#ifndef ASH_DETECT_ENGINE_H
#define ASH_DETECT_ENGINE_H

#include "ashiato/detector.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/time.h"
#include "detect/settings.h"
#include "fold/actors.h"

typedef struct ash_engine ash_engine;

/* f->number is new for a finding, and that of an earlier one which has grown into
 * this. Numbers rise by one. */
typedef void (*ash_finding_sink)(void *user, const ash_detector *by, const ash_finding *f);

int ash_engine_new(ash_engine **ret, const ash_actors *actors, ash_finding_sink sink, void *user,
                   ash_error *err) ASH_MUST_USE;
void ash_engine_free(ash_engine *e);

/* Other parameters than the defaults; before the first access. */
void ash_engine_configure(ash_engine *e, const ash_settings *s);

/* The zone whose hours people work in; UTC until it is set. */
void ash_engine_set_zone(ash_engine *e, const ash_zone *z);

void ash_engine_access(ash_engine *e, const ash_access *a, unsigned grew, bool reads_logged);
void ash_engine_logon(ash_engine *e, const ash_event *ev, int64_t time, uint32_t actor,
                      uint32_t input);
void ash_engine_admin(ash_engine *e, const ash_event *ev, int64_t time, ash_ids ids);
/* Event time has reached now. */
void ash_engine_tick(ash_engine *e, int64_t now);
/* Reports what is still open; the engine may go on as if it had not. */
void ash_engine_finish(const ash_engine *e);
/* The same, before what is of another server or a time long before. */
void ash_engine_break(ash_engine *e);

void ash_engine_save(const ash_engine *e, ash_buf *out);
int ash_engine_load(ash_engine *e, ash_cursor *in, ash_error *err) ASH_MUST_USE;

/* "svc_backup", "backup$", "scan01": made for a programme, by its name. */
bool ash_account_is_service(ash_view account);

#endif
