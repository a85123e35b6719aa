#include "live/status.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/json.h"

/* Files named one by one; of more only the sums are said. */
#define FILES_SHOWN 200u

static uint64_t resident_bytes(void)
{
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL)
        return 0;
    if (fscanf(f, "%*u %llu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t lag_of(const ash_follow *f)
{
    uint64_t lag = 0;
    for (size_t i = 0; i < ash_follow_count(f); i++) {
        ash_follow_state s = ash_follow_at(f, i);
        lag += s.size > s.position ? s.size - s.position : 0;
    }
    return lag;
}

/* --- the file ---------------------------------------------------------- */

static void key_time(ash_buf *b, const char *key, int64_t t)
{
    char text[ASH_TIME_TEXT];
    ash_zone utc = ash_zone_fixed(0);
    if (t < 0)
        ash_buf_addf(b, ",\"%s\":null", key);
    else
        ash_buf_addf(b, ",\"%s\":\"%s\"", key, ash_time_text(text, t, &utc, 3));
}

static void key_number(ash_buf *b, const char *key, uint64_t n)
{
    ash_buf_addf(b, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void write_files(ash_buf *b, const ash_follow *f)
{
    unsigned shown = 0;
    ash_buf_add_z(b, ",\"files\":[");
    for (size_t i = 0; f != NULL && i < ash_follow_count(f) && shown < FILES_SHOWN; i++) {
        ash_follow_state s = ash_follow_at(f, i);
        if (!s.open)
            continue;
        ash_buf_add_z(b, shown++ > 0 ? ",{\"path\":" : "{\"path\":");
        ash_json_quote(b, ash_view_z(s.path), false);
        key_number(b, "position", s.position);
        key_number(b, "size", s.size);
        ash_buf_add_c(b, '}');
    }
    ash_buf_add_c(b, ']');
}

static void write_listeners(ash_buf *b, const ash_status_source *s)
{
    ash_buf_add_z(b, ",\"listeners\":[");
    for (size_t i = 0; i < s->n_listeners; i++) {
        ash_listener_counts c = ash_listener_counts_of(s->listeners[i]);
        ash_buf_add_z(b, i > 0 ? ",{\"listen\":" : "{\"listen\":");
        ash_json_quote(b, ash_view_z(ash_listener_spec(s->listeners[i])), false);
        key_number(b, "messages", c.messages);
        key_number(b, "bytes", c.bytes);
        key_number(b, "dropped", c.dropped);
        key_number(b, "cut", c.cut);
        key_number(b, "refused", c.refused);
        ash_buf_add_z(b, ",\"problem\":");
        ash_json_quote(b, ash_view_z(ash_listener_problem(s->listeners[i])), false);
        ash_buf_add_c(b, '}');
    }
    ash_buf_add_z(b, "],\"alerts_waiting\":[");
    for (size_t i = 0; i < s->n_notifiers; i++)
        ash_buf_addf(b, "%s%u", i > 0 ? "," : "", ash_notifier_waiting(s->notifiers[i]));
    ash_buf_add_c(b, ']');
}

static void write_totals(ash_buf *b, const ash_status_source *s)
{
    ash_live_totals t = ash_live_totals_of(s->live);
    ash_alert_counts a = ash_alerts_counts(s->alerts);
    key_number(b, "records", t.records);
    key_number(b, "accesses", t.accesses);
    key_number(b, "findings", t.findings);
    key_number(b, "bytes", t.bytes);
    ash_buf_addf(b, ",\"records_per_second\":%.1f", s->records_s);
    key_number(b, "lag_bytes", lag_of(s->follow));
    key_number(b, "files_beyond", ash_follow_beyond(s->follow));
    key_time(b, "last_event", t.last_event);
    ash_buf_addf(b, ",\"seconds_since_checkpoint\":%.1f", ash_live_since_checkpoint(s->live));
    key_number(b, "alerts_raised", a.raised);
    key_number(b, "alerts_held_back", a.held_back);
    key_number(b, "alerts_open", a.open);
    key_number(b, "alerts_lost", s->alerts_lost);
}

/* On a full disk the old file's blocks are still ours. A reader may meet half of it,
 * and looks again. */
static bool overwrite(const char *path, const ash_buf *b)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool good = fd >= 0 && pwrite(fd, b->p, b->n, 0) == (ssize_t)b->n && ftruncate(fd, (off_t)b->n) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

bool ash_status_write(const char *path, const ash_status_source *s)
{
    char tmp[4200];
    ash_buf b;
    ash_buf_init(&b, 4u << 20);
    ash_buf_addf(&b, "{\"version\":\"%s\",\"state\":\"%s\",\"pid\":%ld", ASH_VERSION, s->state, (long)getpid());
    key_time(&b, "started", s->started);
    key_time(&b, "updated", s->now);
    key_number(&b, "memory_bytes", resident_bytes());
    if (s->live != NULL)
        write_totals(&b, s);
    write_files(&b, s->follow);
    write_listeners(&b, s);
    ash_buf_add_z(&b, "}\n");
    /* Not made durable: after a crash it would be out of date at once. */
    snprintf(tmp, sizeof tmp, "%s.tmp", path);
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && !b.failed && write(fd, b.p, b.n) == (ssize_t)b.n;
    if (fd >= 0)
        close(fd);
    good = good && rename(tmp, path) == 0;
    if (!good && !b.failed) {
        unlink(tmp);
        good = overwrite(path, &b);
    }
    ash_buf_free(&b);
    return good;
}

/* --- Prometheus -------------------------------------------------------- */

struct ash_metrics {
    int fd;
};

int ash_metrics_open(ash_metrics **ret, const char *where, ash_error *err)
{
    const char *port = strncmp(where, "127.0.0.1:", 10) == 0 ? where + 10 : where;
    char *end;
    long n = strtol(port, &end, 10);
    if (*port == '\0' || *end != '\0' || n < 0 || n > 65535)
        return ash_fail(err, ASH_E_USAGE, "metrics",
                        "metrics are served on the loopback interface only: PORT or 127.0.0.1:PORT");
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)n),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ash_metrics *m = calloc(1, sizeof *m);
    if (m == NULL)
        return ash_fail(err, ASH_E_NOMEM, "metrics", "out of memory");
    m->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(m->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (m->fd < 0 || bind(m->fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(m->fd, 8) < 0) {
        int rc = ash_io_fail(err, where, "cannot be listened at");
        ash_metrics_close(m);
        return rc;
    }
    *ret = m;
    return 0;
}

void ash_metrics_close(ash_metrics *m)
{
    if (m == NULL)
        return;
    if (m->fd >= 0)
        close(m->fd);
    free(m);
}

static void metric(ash_buf *b, const char *name, const char *type, double v)
{
    ash_buf_addf(b, "# TYPE ashiato_%s %s\nashiato_%s %.17g\n", name, type, name, v);
}

static void write_metrics(ash_buf *b, const ash_status_source *s)
{
    ash_live_totals t = ash_live_totals_of(s->live);
    ash_alert_counts a = ash_alerts_counts(s->alerts);
    uint64_t dropped = 0, waiting = 0;
    for (size_t i = 0; i < s->n_listeners; i++)
        dropped += ash_listener_counts_of(s->listeners[i]).dropped;
    for (size_t i = 0; i < s->n_notifiers; i++)
        waiting += ash_notifier_waiting(s->notifiers[i]);
    metric(b, "records_total", "counter", (double)t.records);
    metric(b, "accesses_total", "counter", (double)t.accesses);
    metric(b, "findings_total", "counter", (double)t.findings);
    metric(b, "bytes_total", "counter", (double)t.bytes);
    metric(b, "lag_bytes", "gauge", (double)lag_of(s->follow));
    metric(b, "datagrams_dropped_total", "counter", (double)dropped);
    metric(b, "alerts_raised_total", "counter", (double)a.raised);
    metric(b, "alerts_held_back_total", "counter", (double)a.held_back);
    metric(b, "alerts_open", "gauge", a.open);
    metric(b, "alerts_waiting", "gauge", (double)waiting);
    metric(b, "memory_bytes", "gauge", (double)resident_bytes());
    metric(b, "checkpoint_age_seconds", "gauge", ash_live_since_checkpoint(s->live));
}

void ash_metrics_serve(ash_metrics *m, const ash_status_source *s)
{
    char request[4096];
    int fd = m == NULL ? -1 : accept4(m->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    /* Local and cheap. One that says nothing costs a twentieth of a second, and as many
     * as there may be cost no more at each look. */
    const struct timeval patience = {.tv_usec = 50000};
    ash_buf body, answer;
    ash_buf_init(&body, 1u << 20);
    ash_buf_init(&answer, 1u << 20);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ssize_t n = recv(fd, request, sizeof request, 0);
    bool wanted = n >= 12 && memcmp(request, "GET /metrics", 12) == 0;
    if (wanted)
        write_metrics(&body, s);
    ash_buf_addf(&answer,
                 "HTTP/1.0 %s\r\nContent-Type: text/plain; version=0.0.4\r\n"
                 "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                 wanted ? "200 OK" : "404 Not Found", body.n, ash_buf_z(&body));
    if (n > 0 && send(fd, answer.p, answer.n, MSG_NOSIGNAL) < 0)
        errno = 0;
    close(fd);
    ash_buf_free(&body);
    ash_buf_free(&answer);
}
