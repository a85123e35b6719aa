/* Syslog from the network: messages are written, one a line, to a spool file in
 * the case, which is then followed like any log. So what was received is evidence
 * with a hash, and can be read again.
 *
 *   udp:[HOST:]PORT   RFC 5426: a datagram is a message
 *   tcp:[HOST:]PORT   RFC 6587: octet counting or a line a message, told apart by
 *                     the first byte; JSON lines as well
 *   unix:PATH         datagrams, as to /dev/log
 *
 * Without HOST: 127.0.0.1 and nothing else. Control characters within a message
 * become "#" and three octal digits, as rsyslog writes them, so that a message
 * stays one line. Messages are cut at ASH_MESSAGE_MAX. One thread, no blocking. */
#ifndef ASH_LIVE_LISTEN_H
#define ASH_LIVE_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"

typedef struct ash_listener ash_listener;

/* Begins to listen. dir: folder of the spool files, made if missing. */
int ash_listener_open(ash_listener **ret, const char *spec, const char *dir, ash_error *err)
    ASH_MUST_USE;
/* Writes out what is complete, and closes; NULL is fine. */
void ash_listener_close(ash_listener *l);

/* Takes what has come, up to a bounded amount, and writes it to the spool. A spool that
 * cannot be written (a full disk) is no error: what was received waits in at most 17 MB
 * of memory and is tried again by the next call, senders over TCP wait, datagrams are
 * dropped by the system and counted. */
int ash_listener_take(ash_listener *l, ash_error *err) ASH_MUST_USE;
/* Why the spool cannot be written at present; "" when it can. */
const char *ash_listener_problem(const ash_listener *l);
/* Makes durable what was written; an error if something still waits. */
int ash_listener_sync(ash_listener *l, ash_error *err) ASH_MUST_USE;

/* Begins another spool file when the present one is large or of another day.
 * True: *ret_old (ASH_SPOOL_PATH bytes) is the one that is done. */
#define ASH_SPOOL_PATH 4200u
bool ash_listener_turn(ash_listener *l, int64_t now, char *ret_old);

const char *ash_listener_spec(const ash_listener *l);
const char *ash_listener_spool(const ash_listener *l); /* present file; "" before the first message */

typedef struct ash_listener_counts {
    uint64_t messages, bytes;
    uint64_t dropped; /* by the system before we could read them (datagrams) */
    uint64_t cut;     /* longer than the limit */
    uint64_t refused; /* connections beyond the limit, and silent ones closed for them */
} ash_listener_counts;
ash_listener_counts ash_listener_counts_of(const ash_listener *l);

/* Fills in the descriptors to poll for reading, at most max; returns how many. */
struct pollfd;
unsigned ash_listener_polls(const ash_listener *l, struct pollfd *p, unsigned max);

#endif
