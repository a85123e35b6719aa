#include "live/notify.h"

#include <ctype.h>
#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"

#define COMMAND_SECONDS 60
#define WEBHOOK_SECONDS 15L
#define RETRY_MAX 300.0
#define ALERT_BYTES_MAX (1u << 20)

struct ash_notifier {
    ash_notify_way way;
    char dir[4096];
    pid_t pid;
    int wake; /* our end of the pipe: closing it ends the process */
    uint64_t next;
};

const char *ash_notify_way_name(ash_notify_way w)
{
    static const char *const names[] = {"command", "webhook", "mail", "syslog"};
    return names[w];
}

/* --- the queue --------------------------------------------------------- */

static bool is_alert(const char *name)
{
    return strlen(name) == 21 && strcmp(name + 16, ".json") == 0;
}

/* The oldest waiting alert, and how many there are. */
static unsigned look(const char *dir, char oldest[64], char newest[64])
{
    unsigned n = 0;
    oldest[0] = newest[0] = '\0';
    DIR *d = opendir(dir);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (!is_alert(e->d_name))
            continue;
        n++;
        if (oldest[0] == '\0' || strcmp(e->d_name, oldest) < 0)
            snprintf(oldest, 64, "%s", e->d_name);
        if (strcmp(e->d_name, newest) > 0)
            snprintf(newest, 64, "%s", e->d_name);
    }
    if (d != NULL)
        closedir(d);
    return n;
}

unsigned ash_notifier_waiting(const ash_notifier *n)
{
    char oldest[64], newest[64];
    return look(n->dir, oldest, newest);
}

bool ash_notifier_send(ash_notifier *n, ash_view json)
{
    char path[4200];
    ash_error err;
    if (ash_notifier_waiting(n) >= ASH_ALERTS_WAITING)
        return false;
    snprintf(path, sizeof path, "%s/%016" PRIu64 ".json", n->dir, n->next);
    ash_out *out = malloc(sizeof *out);
    int rc = out == NULL ? -1 : ash_out_open(out, path, &err);
    if (rc == 0) {
        ash_out_write(out, json);
        rc = ash_out_publish(out, &err);
    }
    free(out);
    n->next += rc == 0;
    return rc == 0 && (write(n->wake, "", 1) == 1 || errno == EAGAIN);
}

/* --- ways -------------------------------------------------------------- */

/* Runs a program with the text on its standard input; true if it ends with 0. */
static bool run(char *const *argv, ash_view text, const json_t *alert)
{
    int in[2], status = -1;
    if (pipe2(in, O_CLOEXEC) < 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        dup2(in[0], 0);
        signal(SIGPIPE, SIG_DFL);
        static const char *const keys[] = {"severity", "kind", "status", "account", "client", "server"};
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            char name[64] = "ASHIATO_";
            const char *value = json_string_value(json_object_get(alert, keys[i]));
            for (size_t k = 0; keys[i][k] != '\0'; k++)
                name[8 + k] = (char)toupper((unsigned char)keys[i][k]);
            setenv(name, value == NULL ? "" : value, 1);
        }
        execv(argv[0], argv);
        _exit(127);
    }
    close(in[0]);
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    bool ended = pid < 0;
    for (int ms = 0; !ended && ms < COMMAND_SECONDS * 1000; ms += 10) {
        if (in[1] >= 0) {
            ssize_t n = text.n == 0 ? 0 : write(in[1], text.p, text.n);
            text = n > 0 ? ash_view_skip(text, (size_t)n) : text;
            if (text.n == 0 || (n < 0 && errno != EAGAIN)) {
                close(in[1]);
                in[1] = -1;
            }
        }
        ended = waitpid(pid, &status, WNOHANG) == pid;
        if (!ended)
            poll(NULL, 0, 10);
    }
    if (in[1] >= 0)
        close(in[1]);
    if (!ended) {
        kill(-pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return ended && pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static size_t ignore_answer(char *p, size_t size, size_t n, void *user)
{
    (void)p;
    (void)user;
    return size * n;
}

static bool post(const char *url, ash_view body)
{
    CURL *c = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    long code = 0;
    if (c == NULL || headers == NULL) {
        curl_slist_free_all(headers);
        curl_easy_cleanup(c);
        return false;
    }
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.n);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, WEBHOOK_SECONDS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "ashiato/" ASH_VERSION);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, ignore_answer);
    bool sent = curl_easy_perform(c) == CURLE_OK;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return sent && code >= 200 && code < 300;
}

static const char *text_of(const json_t *alert, const char *key)
{
    const char *z = json_string_value(json_object_get(alert, key));
    return z == NULL ? "" : z;
}

/* RFC 2047: the subject in words of at most 45 bytes each, whatever is in it. */
static void add_subject(ash_buf *b, const char *text)
{
    size_t n = strlen(text);
    ash_buf_add_z(b, "Subject:");
    for (size_t at = 0; at < n;) {
        size_t take = n - at < 42 ? n - at : 42;
        unsigned char word[64];
        while (at + take < n && take > 1 && ((unsigned char)text[at + take] & 0xC0) == 0x80)
            take--;
        EVP_EncodeBlock(word, (const unsigned char *)text + at, (int)take);
        ash_buf_addf(b, " =?UTF-8?B?%s?=\n", word);
        at += take;
    }
}

static bool mail(const char *address, ash_view line, const json_t *alert)
{
    ash_buf b;
    char subject[160];
    ash_buf_init(&b, 4 * ALERT_BYTES_MAX);
    snprintf(subject, sizeof subject, "[ashiato] %s %s: %.80s", text_of(alert, "severity"),
             text_of(alert, "kind"), text_of(alert, "account"));
    ash_buf_addf(&b, "To: %s\n", address);
    add_subject(&b, subject);
    ash_buf_add_z(&b, "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
                      "Content-Transfer-Encoding: 8bit\nAuto-Submitted: auto-generated\n\n");
    ash_buf_addf(&b, "%s\n\n", text_of(alert, "text"));
    ash_buf_add_view(&b, line);
    ash_buf_add_c(&b, '\n');
    char program[] = "/usr/sbin/sendmail", to[] = "-t", dots[] = "-oi";
    char *const argv[] = {program, to, dots, NULL};
    bool sent = !b.failed && run(argv, ash_buf_view(&b), alert);
    ash_buf_free(&b);
    return sent;
}

/* CEF: "\" and "=" in values, "|" in the header, and line ends are escaped. */
static void add_cef(ash_buf *b, const char *key, const char *value)
{
    if (value[0] == '\0')
        return;
    ash_buf_addf(b, " %s=", key);
    for (; *value != '\0'; value++) {
        if (*value == '\\' || *value == '=')
            ash_buf_add_c(b, '\\');
        if (*value == '\n' || *value == '\r')
            ash_buf_add_z(b, "\\n");
        else if ((unsigned char)*value < 0x20 || *value == 0x7f)
            ash_buf_addf(b, "#%03o", (unsigned char)*value);
        else
            ash_buf_add_c(b, *value);
    }
}

static bool to_syslog(const json_t *alert)
{
    ash_buf b;
    const char *severity = text_of(alert, "severity");
    int level = strcmp(severity, "high") == 0 ? 9 : strcmp(severity, "medium") == 0 ? 6 : 3;
    ash_buf_init(&b, ALERT_BYTES_MAX);
    ash_buf_addf(&b, "CEF:0|Ashiato|ashiato|" ASH_VERSION "|%s|%s %s|%d|", text_of(alert, "kind"),
                 text_of(alert, "kind"), text_of(alert, "status"), level);
    add_cef(&b, "suser", text_of(alert, "account"));
    add_cef(&b, "src", text_of(alert, "client"));
    add_cef(&b, "dvchost", text_of(alert, "server"));
    add_cef(&b, "filePath", text_of(alert, "path"));
    add_cef(&b, "msg", text_of(alert, "text"));
    syslog(level == 9 ? LOG_ALERT : LOG_WARNING, "%s", ash_buf_z(&b));
    ash_buf_free(&b);
    return true;
}

static bool run_command(const char *command, ash_view line, const json_t *alert)
{
    char shell[] = "/bin/sh", flag[] = "-c", *copy = strdup(command);
    char *const argv[] = {shell, flag, copy, NULL};
    bool done = copy != NULL && run(argv, line, alert);
    free(copy);
    return done;
}

static bool deliver(ash_notify_way way, const char *where, ash_view line)
{
    /* A name may have a NUL in it: no reason not to tell of whoever has it. */
    json_t *alert = json_loadb(line.p, line.n, JSON_ALLOW_NUL, NULL);
    bool done = false;
    switch (way) {
    case ASH_NOTIFY_COMMAND: done = run_command(where, line, alert); break;
    case ASH_NOTIFY_WEBHOOK: done = post(where, line); break;
    case ASH_NOTIFY_MAIL: done = mail(where, line, alert); break;
    case ASH_NOTIFY_SYSLOG: done = to_syslog(alert); break;
    }
    json_decref(alert);
    return done;
}

/* --- the process ------------------------------------------------------- */

/* Delivers what waits until something fails; true if nothing is left. */
static bool work(const char *dir, ash_notify_way way, const char *where)
{
    char oldest[64], newest[64], path[4200];
    ash_error err;
    while (look(dir, oldest, newest) > 0) {
        ash_buf b;
        ash_buf_init(&b, ALERT_BYTES_MAX);
        snprintf(path, sizeof path, "%s/%s", dir, oldest);
        int rc = ash_io_read_file(path, ALERT_BYTES_MAX, &b, &err);
        /* Larger than any alert: none of ours. What else cannot be read is tried again. */
        bool done = rc == 0 ? deliver(way, where, ash_buf_view(&b)) : rc == ASH_E_LIMIT;
        ash_buf_free(&b);
        if (!done)
            return false;
        if (unlink(path) < 0)
            return false; /* again and again would be worse than once more later */
    }
    return true;
}

static void serve(const char *dir, ash_notify_way way, const char *where, int wake)
{
    double wait = 0;
    char bytes[256];
    for (;;) {
        bool empty = work(dir, way, where);
        wait = empty ? 0 : wait == 0 ? 1 : wait * 2 < RETRY_MAX ? wait * 2 : RETRY_MAX;
        struct pollfd p = {.fd = wake, .events = POLLIN};
        struct timespec begin, now;
        clock_gettime(CLOCK_MONOTONIC, &begin);
        do { /* a new alert does not make a recipient that is away come back sooner */
            poll(&p, 1, empty ? -1 : (int)(wait * 1000));
            ssize_t n = p.revents == 0 ? 1 : read(wake, bytes, sizeof bytes);
            if (n == 0) {
                work(dir, way, where);
                return;
            }
            clock_gettime(CLOCK_MONOTONIC, &now);
        } while (!empty && (double)(now.tv_sec - begin.tv_sec) < wait);
    }
}

/* A folder for each recipient, found again by the next run. */
static int make_dir(ash_notifier *n, const char *dir, const char *where, ash_error *err)
{
    char oldest[64], newest[64];
    uint64_t h = ash_hash64(where, strlen(where), n->way);
    snprintf(n->dir, sizeof n->dir, "%s/%s-%016" PRIx64, dir, ash_notify_way_name(n->way), h);
    int rc = ash_io_mkdirs(n->dir, err);
    if (rc == 0 && look(n->dir, oldest, newest) > 0)
        n->next = strtoull(newest, NULL, 10) + 1;
    return rc;
}

int ash_notifier_start(ash_notifier **ret, const char *dir, ash_notify_way way, const char *where,
                       ash_error *err)
{
    int wake[2];
    ash_notifier *n = calloc(1, sizeof *n);
    if (n == NULL)
        return ash_fail(err, ASH_E_NOMEM, "notify", "out of memory");
    n->way = way;
    int rc = make_dir(n, dir, where, err);
    if (rc == 0 && pipe2(wake, O_CLOEXEC) < 0)
        rc = ash_io_fail(err, dir, "no pipe can be made");
    if (rc < 0) {
        free(n);
        return rc;
    }
    n->pid = fork();
    if (n->pid == 0) {
        /* Not the other recipients' pipes: they end when their last writer has gone. */
        dup2(wake[0], 3);
        close_range(4, ~0u, 0);
        /* Ctrl-C goes to the whole group: the recorder says when it is over. */
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        signal(SIGPIPE, SIG_IGN);
        prctl(PR_SET_NAME, "ashiato-notify");
        openlog("ashiato", LOG_PID, LOG_AUTHPRIV);
        curl_global_init(CURL_GLOBAL_DEFAULT);
        serve(n->dir, way, where, 3);
        _exit(0);
    }
    close(wake[0]);
    n->wake = wake[1];
    fcntl(n->wake, F_SETFL, O_NONBLOCK);
    if (n->pid < 0) {
        close(n->wake);
        free(n);
        return ash_fail(err, ASH_E_NOMEM, "notify", "no process can be started");
    }
    *ret = n;
    return 0;
}

void ash_notifier_stop(ash_notifier *n, unsigned seconds)
{
    if (n == NULL)
        return;
    close(n->wake);
    bool ended = false;
    for (unsigned ms = 0; !ended && ms < seconds * 1000; ms += 10) {
        ended = waitpid(n->pid, NULL, WNOHANG) != 0;
        if (!ended)
            poll(NULL, 0, 10);
    }
    if (!ended) { /* what waits stays in its folder */
        kill(n->pid, SIGKILL);
        waitpid(n->pid, NULL, 0);
    }
    free(n);
}
