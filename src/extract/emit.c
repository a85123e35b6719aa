/* Text becomes pieces: normalised, cut where units end, with places. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/job.h"
#include "extract/nfkc.h"

static uint64_t count_lines(const char *p, size_t n)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

static void give(ash_job *j, const char *p, size_t n, bool goes_on)
{
    ash_piece piece = {
        .text = ash_view_of(p, n),
        .place = {.member = ash_buf_view(&j->member),
                  .part = ash_buf_view(&j->part),
                  .unit = j->unit,
                  .number = j->number},
        .kind = j->kind,
        .goes_on = goes_on,
    };
    j->goes_on = goes_on;
    j->r->text_bytes += n;
    if (!j->ops->piece(j->ops->user, &piece))
        j->halt = ASH_READOUT_STOPPED;
    else if (j->r->text_bytes >= j->limits.text_bytes)
        j->halt = ASH_READOUT_TOO_LARGE;
    if (j->unit != ASH_UNIT_PAGE)
        j->number += count_lines(p, n);
}

/* The last place at or before max where text may be cut: behind a line, else
 * before a character. */
static size_t cut_at(const char *p, size_t max)
{
    const char *nl = memrchr(p, '\n', max);
    if (nl != NULL)
        return (size_t)(nl - p) + 1;
    size_t n = max;
    while (n > max - 4 && ((unsigned char)p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void give_all(ash_job *j, const char *p, size_t n, bool goes_on)
{
    while (n > ASH_PIECE_MAX && ash_job_goes(j)) {
        size_t k = cut_at(p, ASH_PIECE_MAX);
        give(j, p, k, p[k - 1] != '\n');
        p += k, n -= k;
    }
    if (n > 0 && ash_job_goes(j))
        give(j, p, n, goes_on);
}

/* The first n bytes of what is held. */
static void give_raw(ash_job *j, size_t n, bool goes_on)
{
    if (ash_job_goes(j))
        give_all(j, j->norm, ash_nfkc(j->norm, j->raw, n), goes_on);
    memmove(j->raw, j->raw + n, j->raw_n - n);
    j->raw_n -= n;
}

static void make_room(ash_job *j)
{
    const char *nl = memrchr(j->raw, '\n', j->raw_n);
    if (nl != NULL) {
        give_raw(j, (size_t)(nl - j->raw) + 1, false);
        return;
    }
    size_t n = j->raw_n;
    while (n > 1 && n > j->raw_n - 4 && ((unsigned char)j->raw[n - 1] & 0xc0) == 0x80)
        n--;
    /* n - 1 begins the last character, which may not be whole yet. */
    give_raw(j, n > 1 ? n - 1 : j->raw_n, true);
}

void ash_emit(ash_job *j, const char *p, size_t n)
{
    while (n > 0 && ash_job_goes(j)) {
        size_t room = ASH_RAW_MAX - j->raw_n, k = n < room ? n : room;
        memcpy(j->raw + j->raw_n, p, k);
        j->raw_n += k;
        p += k, n -= k;
        if (j->raw_n == ASH_RAW_MAX)
            make_room(j);
    }
}

void ash_emit_c(ash_job *j, char c)
{
    ash_emit(j, &c, 1);
}

void ash_emit_cp(ash_job *j, uint32_t cp)
{
    char t[4];
    if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        cp = 0xfffd;
    ash_emit(j, t, ash_utf8_encode(cp, t));
}

void ash_emit_utf16(ash_job *j, ash_view v)
{
    char t[3200];
    while (v.n > 1 && ash_job_goes(j)) {
        size_t k = v.n < 2048 ? v.n & ~(size_t)1 : 2048, o = 0;
        const unsigned char *u = (const unsigned char *)v.p;
        for (size_t i = 0; i < k; i += 2) {
            uint32_t cp = u[i] | (uint32_t)u[i + 1] << 8;
            if (cp >= 0xd800 && cp < 0xdc00 && i + 3 < v.n) {
                uint32_t low = u[i + 2] | (uint32_t)u[i + 3] << 8;
                if (low >= 0xdc00 && low < 0xe000) {
                    cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
                    i += 2;
                    if (i == k)
                        k += 2;
                }
            }
            o += ash_utf8_encode(cp >= 0xd800 && cp < 0xe000 ? 0xfffd : cp, t + o);
        }
        ash_emit(j, t, o);
        v = ash_view_skip(v, k);
    }
}

void ash_emit_flush(ash_job *j)
{
    if (j->raw_n > 0)
        give_raw(j, j->raw_n, false);
    j->goes_on = false;
}

void ash_emit_page(ash_job *j)
{
    ash_emit_flush(j);
    j->number++;
}

void ash_emit_begin(ash_job *j, ash_unit unit, ash_view part)
{
    ash_emit_flush(j);
    j->unit = unit;
    j->number = 1;
    ash_buf_clear(&j->part);
    ash_buf_add_view(&j->part, ash_view_first(part, ASH_EXTRACT_PATH_MAX - 1));
}
