/* Alerts: what a person is told of findings while they happen.
 *
 * A finding is raised once; said again when its severity rises; and resolved when
 * its subject has been calm for a while. Findings of one account, client and kind
 * are one alert. More than ASH_ALERTS_A_MINUTE are held back and summed up in one
 * sentence, so that a flood of unknown clients drowns nobody. */
#ifndef ASH_LIVE_ALERT_H
#define ASH_LIVE_ALERT_H

#include "base/buf.h"
#include "base/time.h"
#include "ingest/live.h"

#define ASH_ALERTS_A_MINUTE 60u

typedef struct ash_alerts ash_alerts;

/* One alert as a line of JSON (docs/ALERTS.md) and as text for people. */
typedef struct ash_alert {
    ash_view json, text;
    ash_severity severity;
} ash_alert;

typedef void (*ash_alert_sink)(void *user, const ash_alert *a);

/* zone: for times in texts. least: lower severities raise nothing. */
ash_alerts *ash_alerts_new(ash_severity least, const ash_zone *zone, ash_alert_sink sink,
                           void *user); /* NULL: out of memory */
void ash_alerts_free(ash_alerts *a);

/* now: wall clock, ns. */
void ash_alerts_on(ash_alerts *a, const ash_live_alarm *alarm, int64_t now);
/* Resolves what is calm, and sums up what was held back. */
void ash_alerts_tick(ash_alerts *a, int64_t now);

typedef struct ash_alert_counts {
    uint64_t raised, held_back;
    uint32_t open;
} ash_alert_counts;
ash_alert_counts ash_alerts_counts(const ash_alerts *a);

#endif
