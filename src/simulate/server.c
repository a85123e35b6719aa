#include "simulate/server.h"

#include <errno.h>
#include <stdlib.h>

#include "base/io.h"
#include "base/time.h"
#include "simulate/calendar.h"
#include "simulate/simulate.h"
#include "simulate/world.h"

enum { RATE_BURST = 200, RATE_SECONDS = 5 }; /* rsyslog's imuxsock: 200 messages in 5 seconds */

/* --- files ---------------------------------------------------------------- */

static void fail(ash_sim_server *v)
{
    if (!v->failed)
        v->os_errno = errno;
    v->failed = true;
}

void ash_server_file_name(const ash_sim_server *v, const char *stem, uint32_t day,
                          char out[ASH_SIM_FILE_NAME])
{
    int y;
    unsigned m, d;
    ash_civil_from_days(day, &y, &m, &d);
    snprintf(out, ASH_SIM_FILE_NAME, "%s/%s-%04d-%02u-%02u.%s", v->folder, stem, y, m, d,
             stem == v->stem ? v->suffix : "log");
}

static FILE *open_day(ash_sim_server *v, const char *stem, uint32_t day)
{
    char name[ASH_SIM_FILE_NAME], path[4096];
    ash_server_file_name(v, stem, day, name);
    snprintf(path, sizeof path, "%s/%s", v->opt->dir, name);
    FILE *f = fopen(path, "wbx");
    if (f == NULL)
        fail(v);
    return f;
}

static void close_file(ash_sim_server *v, FILE **f, uint32_t day, const char *stem, uint64_t records)
{
    ash_sim_files *all = v->all;
    if (*f == NULL)
        return;
    if (fclose(*f) != 0)
        fail(v);
    *f = NULL;
    if (all->count == all->cap) {
        size_t cap = all->cap * 2 + 64;
        ash_sim_file *bigger = reallocarray(all->items, cap, sizeof *bigger);
        if (bigger == NULL) {
            fail(v);
            return;
        }
        all->items = bigger;
        all->cap = cap;
    }
    all->items[all->count++] = (ash_sim_file){day, v->index, stem, records};
}

static void put_bytes(ash_sim_server *v, FILE *f, const char *p, size_t n)
{
    if (fwrite(p, 1, n, f) != n)
        fail(v);
    v->bytes += n;
}

static ash_trouble *trouble_at(ash_sim_server *v, ash_trouble_kind kind, uint64_t us)
{
    for (unsigned i = 0; i < v->n_troubles; i++)
        if (v->troubles[i].kind == kind && us >= v->troubles[i].from_us && us < v->troubles[i].to_us)
            return &v->troubles[i];
    return NULL;
}

static void end_day(ash_sim_server *v)
{
    uint64_t records = v->spool.total - v->day_began;
    ash_trouble *missing = trouble_at(v, ASH_TROUBLE_DAY, v->day * ASH_US_PER_DAY);
    if (v->log != NULL && v->foot != NULL)
        put_bytes(v, v->log, v->foot, strlen(v->foot));
    if (missing != NULL)
        missing->lost += records;
    close_file(v, &v->log, v->day, v->stem, records);
    v->day_began = v->spool.total;
}

static uint64_t begin_day(void *user, uint64_t us)
{
    ash_sim_server *v = user;
    end_day(v);
    v->day = ash_sim_day(us);
    if (trouble_at(v, ASH_TROUBLE_DAY, us) == NULL) {
        v->log = open_day(v, v->stem, v->day);
        if (v->log != NULL && v->head != NULL)
            put_bytes(v, v->log, v->head, strlen(v->head));
    }
    return (v->day + 1) * ASH_US_PER_DAY;
}

/* Half of the first record of a block, and a line end. Returns where the rest begins. */
static size_t put_cut(ash_sim_server *v, const char *p, size_t n)
{
    const char *next = v->foot == NULL ? memchr(p, '\n', n) : memmem(p, n, "\n<Event ", 8);
    size_t record = next == NULL ? n : (size_t)(next - p);
    put_bytes(v, v->log, p, record / 2);
    return record;
}

static bool put_block(void *user, const char *p, size_t n)
{
    ash_sim_server *v = user;
    ash_trouble *cut = trouble_at(v, ASH_TROUBLE_CUT, v->spool.last_us);
    if (v->log != NULL && !v->failed) {
        size_t from = 0;
        if (cut != NULL && cut->lost == 0) {
            cut->lost = 1;
            from = put_cut(v, p, n);
        }
        put_bytes(v, v->log, p + from, n - from);
    }
    return !v->failed;
}

/* --- the second log -------------------------------------------------------- */

static int64_t shift_at(ash_sim_server *v, uint64_t us)
{
    const ash_trouble *t = trouble_at(v, ASH_TROUBLE_CLOCK, us);
    return t == NULL ? 0 : t->shift_us;
}

void ash_server_side(ash_sim_server *v, uint64_t us, const char *stem, const char *line, size_t n)
{
    char stamp[ASH_TIME_TEXT], head[80];
    uint32_t day = ash_sim_day(us);
    ash_zone zone = ash_zone_fixed((int32_t)(ASH_SIM_ZONE_US / 1000000));
    if (v->side == NULL || day != v->side_day) {
        close_file(v, &v->side, v->side_day, stem, v->side_records);
        v->side = open_day(v, stem, day);
        v->side_day = day;
        v->side_records = 0;
    }
    if (v->side == NULL)
        return;
    ash_time_text(stamp, ((int64_t)us - ASH_SIM_ZONE_US + shift_at(v, us)) * 1000, &zone, 6);
    int h = snprintf(head, sizeof head, "%s %s ", stamp, v->name);
    put_bytes(v, v->side, head, (size_t)h);
    put_bytes(v, v->side, line, n);
    v->side_records++;
}

/* --- troubles -------------------------------------------------------------- */

int64_t ash_server_set_clock(ash_sim_server *v, uint64_t us, int64_t zone_us)
{
    int64_t off = shift_at(v, us), set = off - v->clock_off_us;
    if (off - zone_us != v->spool.shift_us)
        ash_spool_shift(&v->spool, off - zone_us);
    v->clock_off_us = off;
    return set;
}

/* What rsyslog says of itself, as it came beside a capture (tests/captures/ratelimit). */
static void tell(ash_sim_server *v, uint64_t us, bool begins)
{
    char line[200];
    int n;
    if (v->opt->format != ASH_SIM_SAMBA)
        return;
    if (begins)
        n = snprintf(
            line, sizeof line,
            "rsyslogd: imuxsock[pid: 57, name: smbd] from <%s:smbd_audit>: begin to drop messages due to "
            "rate-limiting\n",
            v->name);
    else
        n = snprintf(line, sizeof line,
                     "rsyslogd: imuxsock[pid: 57, name: smbd]: %llu messages lost due to rate-limiting "
                     "(%d allowed within %d seconds)\n",
                     (unsigned long long)v->burst_lost, RATE_BURST, RATE_SECONDS);
    ash_server_side(v, us, "syslog", line, (size_t)n);
}

void ash_server_tick(ash_sim_server *v, uint64_t us)
{
    uint64_t burst = us / (RATE_SECONDS * ASH_US_PER_SEC);
    if (burst == v->burst_at)
        return;
    if (v->burst_lost > 0)
        tell(v, us, false);
    v->burst_at = burst;
    v->burst = v->burst_lost = 0;
}

bool ash_server_drops(ash_sim_server *v, uint64_t us)
{
    ash_trouble *t = trouble_at(v, ASH_TROUBLE_RATE, us);
    v->burst += v->spool.lines;
    if (t == NULL || v->burst <= RATE_BURST)
        return false;
    if (v->burst_lost == 0)
        tell(v, us, true);
    v->burst_lost += v->spool.lines;
    t->lost += v->spool.lines;
    return true;
}

static void add_trouble(ash_sim_server *v, ash_trouble_kind kind, uint64_t from_us,
                        uint64_t length_us, int64_t shift_us)
{
    if (v->n_troubles < ASH_TROUBLES)
        v->troubles[v->n_troubles++] = (ash_trouble){
            .kind = kind, .from_us = from_us, .to_us = from_us + length_us, .shift_us = shift_us};
}

/* A working day, if there is one near. */
static uint32_t some_workday(const ash_sim_options *o, uint64_t *rng)
{
    uint32_t day = o->start + ash_rng_below(rng, o->days);
    for (unsigned i = 0; i < 7 && !ash_is_workday(day); i++)
        day = day + 1 < o->start + o->days ? day + 1 : o->start;
    return day;
}

static void plan_troubles(ash_sim_server *v)
{
    const ash_sim_options *o = v->opt;
    const uint64_t minute = 60 * ASH_US_PER_SEC;
    uint64_t rng = ash_mix64(o->seed * 1000003 + 0xc0000000 + v->index);
    if (o->days >= 3)
        add_trouble(v, ASH_TROUBLE_DAY,
                    (o->start + 1 + ash_rng_below(&rng, o->days - 2)) * ASH_US_PER_DAY,
                    ASH_US_PER_DAY, 0);
    uint32_t day = some_workday(o, &rng); /* a backup is in it, and people at work */
    if (trouble_at(v, ASH_TROUBLE_DAY, day * ASH_US_PER_DAY) != NULL)
        day--;
    add_trouble(v, ASH_TROUBLE_RATE, ash_sim_at(day, 0, &rng), 22 * 60 * minute, 0);
    day = some_workday(o, &rng);
    uint64_t from = ash_sim_at(day, 10 * 60 + ash_rng_below(&rng, 120), &rng);
    int64_t back = (int64_t)ash_rng_range(&rng, 20, 90) * (int64_t)minute;
    add_trouble(v, ASH_TROUBLE_CLOCK, from, (60 + ash_rng_below(&rng, 240)) * minute, -back);
    for (unsigned i = 0; i < 2; i++) {
        day = o->start + i * (o->days / 2) + ash_rng_below(&rng, (o->days + 1) / 2);
        add_trouble(v, ASH_TROUBLE_CUT, day * ASH_US_PER_DAY, ASH_US_PER_DAY, 0);
    }
}

/* --- the whole -------------------------------------------------------------- */

int ash_server_open(ash_sim_server *v, unsigned index, const ash_sim_options *o, ash_sim_files *all,
                    size_t line_cap, ash_error *err)
{
    char path[4096];
    v->index = (uint8_t)index;
    v->opt = o;
    v->all = all;
    v->last_logon = 0x2A000;
    v->last_handle = 0x1000;
    snprintf(v->folder, sizeof v->folder, "fs%02u", index + 1);
    if (snprintf(path, sizeof path, "%s/%s", o->dir, v->folder) >= (int)sizeof path)
        return ash_fail(err, ASH_E_USAGE, "simulate", "the folder's name is too long");
    if (o->troubled || o->scenario->troubled)
        plan_troubles(v);
    if (!ash_spool_init(&v->spool, (ash_sink){put_block, begin_day, v}, ASH_LOG_ISO, "+09:00",
                        line_cap, 0))
        return ash_fail(err, ASH_E_NOMEM, "simulate", "out of memory");
    return ash_io_mkdirs(path, err);
}

bool ash_server_close(ash_sim_server *v)
{
    if (v->spool.buf == NULL)
        return true;
    ash_server_tick(v, v->spool.last_us + RATE_SECONDS * ASH_US_PER_SEC);
    bool good = ash_spool_finish(&v->spool);
    end_day(v);
    close_file(v, &v->side, v->side_day, "syslog", v->side_records);
    return good && !v->failed;
}
