/* Delivers alerts: each recipient is served by a process of its own, which reads
 * a folder in which every waiting alert is a file. What is in the folder survives
 * a crash, a restart and hours without network; a recipient that hangs delays
 * nobody else, and whatever a command or a web server does to its process cannot
 * touch the case.
 *
 *   command   /bin/sh -c COMMAND, the alert's JSON on standard input; delivered
 *             when it ends with 0 within a minute
 *   webhook   POST of the JSON to URL; delivered on a 2xx answer
 *   mail      the text to ADDRESS through sendmail
 *   syslog    CEF through syslog(3)
 *
 * Delivered at least once, in order; a failure is tried again after 1, 2, 4 ...
 * 300 seconds. */
#ifndef ASH_LIVE_NOTIFY_H
#define ASH_LIVE_NOTIFY_H

#include "ashiato/error.h"
#include "base/view.h"

typedef enum ash_notify_way { ASH_NOTIFY_COMMAND, ASH_NOTIFY_WEBHOOK, ASH_NOTIFY_MAIL, ASH_NOTIFY_SYSLOG } ash_notify_way;

typedef struct ash_notifier ash_notifier;

/* Starts the process. dir: the case's folder of alerts; where: command, URL or
 * address. Before any thread of this process. */
int ash_notifier_start(ash_notifier **ret, const char *dir, ash_notify_way way, const char *where,
                       ash_error *err) ASH_MUST_USE;
/* Queues an alert (a line of JSON) and wakes the process. False: the queue is full
 * or cannot be written; the alert is lost to this recipient. */
bool ash_notifier_send(ash_notifier *n, ash_view json);
/* Alerts that wait. */
unsigned ash_notifier_waiting(const ash_notifier *n);
/* Lets the process try what waits once more, at most so many seconds, and ends it. */
void ash_notifier_stop(ash_notifier *n, unsigned seconds);

const char *ash_notify_way_name(ash_notify_way w);

#endif
