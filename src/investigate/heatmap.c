#include "investigate/heatmap.h"

#include <stdlib.h>

#include "base/time.h"

int64_t ash_local_hour(ash_zone *z, int64_t cs)
{
    int64_t s = cs / 100;
    s += ash_zone_offset(z, s);
    return s >= 0 ? s / 3600 : (s - 3599) / 3600;
}

static int64_t day_of(int64_t hour)
{
    return hour >= 0 ? hour / 24 : (hour - 23) / 24;
}

int ash_quarters_each(ash_reader *r, const char *rows, ash_quarter_fn each, void *user, ash_error *err)
{
    ash_zone zone = r->c->zone;
    ash_rows *got = NULL;
    ash_buf sql;
    ash_buf_init(&sql, 1u << 16);
    ash_buf_addf(&sql, "SELECT quarter, sum(n)::BIGINT FROM (%s) GROUP BY quarter ORDER BY quarter", rows);
    int rc = ash_duck_query(r->duck, ash_buf_z(&sql), NULL, 0, &got, err);
    while (rc == 0 && (rc = ash_rows_next(got, err)) == 1) {
        int64_t quarter = ash_rows_int(got, 0);
        each(user, quarter, ash_local_hour(&zone, quarter * ASH_QUARTER_CS), ash_rows_int(got, 1));
        rc = 0;
    }
    ash_rows_free(got);
    ash_buf_free(&sql);
    return rc;
}

typedef struct days {
    bool some;
    int64_t first, last;
} days;

static void on_day(void *user, int64_t quarter, int64_t hour, int64_t n)
{
    (void)quarter;
    days *d = user;
    int64_t day = day_of(hour);
    (void)n;
    d->first = d->some ? d->first : day;
    d->last = day;
    d->some = true;
}

static ash_heat_row *row_of(ash_heatmap *h, int64_t hour)
{
    int64_t day = day_of(hour), at = h->by_date ? day - h->rows[0].day : (int64_t)(ash_weekday(day) + 6) % 7;
    return at >= 0 && at < (int64_t)h->n ? &h->rows[at] : NULL;
}

static void on_track(void *user, int64_t quarter, int64_t hour, int64_t n)
{
    (void)quarter;
    ash_heat_row *row = row_of(user, hour);
    if (row != NULL)
        row->tracks[hour - day_of(hour) * 24] += n;
}

static void on_account(void *user, int64_t quarter, int64_t hour, int64_t n)
{
    (void)quarter;
    ash_heat_row *row = row_of(user, hour);
    if (row != NULL)
        row->accounts[hour - day_of(hour) * 24] += n;
}

int ash_heatmap_load(ash_heatmap *ret, ash_reader *r, ash_error *err)
{
    days d = {0};
    ash_heatmap h = {0};
    int rc = ash_quarters_each(r, "SELECT first_cs // 90000 AS quarter, 1 AS n FROM story", on_day, &d, err);
    if (rc < 0 || !d.some) {
        *ret = h;
        return rc;
    }
    h.by_date = d.last - d.first < ASH_HEAT_DATES_MAX;
    h.n = h.by_date ? (size_t)(d.last - d.first + 1) : 7;
    h.rows = calloc(h.n, sizeof *h.rows);
    if (h.rows == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    for (size_t i = 0; i < h.n; i++)
        h.rows[i].day = h.by_date ? d.first + (int64_t)i : (int64_t)i;
    rc = ash_quarters_each(r, "SELECT first_cs // 90000 AS quarter, 1 AS n FROM story", on_track, &h, err);
    if (rc == 0)
        rc = ash_quarters_each(r, "SELECT quarter, n FROM rest", on_account, &h, err);
    if (rc < 0) {
        ash_heatmap_free(&h);
        return rc;
    }
    *ret = h;
    return 0;
}

void ash_heatmap_free(ash_heatmap *h)
{
    free(h->rows);
    *h = (ash_heatmap){0};
}
