/* What a running recorder says of itself: live/status.json in the case, renewed
 * every second (docs/OUTPUT.md), and, where wanted, the same figures as Prometheus
 * text on a port of the loopback interface. */
#ifndef ASH_LIVE_STATUS_H
#define ASH_LIVE_STATUS_H

#include "live/alert.h"
#include "live/follow.h"
#include "live/listen.h"
#include "live/notify.h"

#define ASH_STATUS_FILE "live/status.json"

typedef struct ash_status_source {
    const ash_live *live;
    const ash_follow *follow;
    const ash_alerts *alerts;
    ash_listener *const *listeners;
    size_t n_listeners;
    ash_notifier *const *notifiers;
    size_t n_notifiers;
    int64_t started, now; /* wall clock, ns */
    double records_s;     /* rate of late */
    uint64_t alerts_lost; /* that a queue had no room for */
    const char *state;    /* "watching", "catching-up", "stopped" */
} ash_status_source;

/* Replaces the file, or where the disk has no room for another, writes over it. */
bool ash_status_write(const char *path, const ash_status_source *s);

typedef struct ash_metrics ash_metrics;
/* where: "PORT" or "127.0.0.1:PORT"; other addresses are refused. */
int ash_metrics_open(ash_metrics **ret, const char *where, ash_error *err) ASH_MUST_USE;
/* Answers one of those who have asked. */
void ash_metrics_serve(ash_metrics *m, const ash_status_source *s);
void ash_metrics_close(ash_metrics *m);

#endif
