/* The recorder: follows logs and listens for syslog, takes records into a case as
 * they come, and tells people of findings. Runs until *stop becomes true. */
#ifndef ASH_LIVE_WATCH_H
#define ASH_LIVE_WATCH_H

#include "case/case.h"
#include "live/alert.h"
#include "live/follow.h"
#include "live/notify.h"

typedef struct ash_watch_options {
    ash_ingest_options ingest;       /* args: what is followed */
    const char *const *listen;       /* specs, listen.h */
    size_t n_listen;
    ash_notifier *const *notifiers;  /* started by the caller */
    size_t n_notifiers;
    ash_severity least;              /* that is an alert */
    const char *metrics;             /* "PORT", or NULL */
    const atomic_bool *stop;
    atomic_bool *flush;              /* set: make the case hold everything, now */
    ash_alert_sink alert;            /* each alert, for the terminal */
    ash_follow_sink follow;          /* what happens to files */
    void *user;
} ash_watch_options;

/* First takes what the inputs hold already, then watches. Leaves the case with
 * everything acknowledged. */
int ash_watch(ash_case *c, const ash_watch_options *o, ash_error *err) ASH_MUST_USE;

#endif
