#include "ledger/head.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ORIGIN "ashiato/"
#define KEY_HASH_SIZE 4
#define NOTE_MAX 4096u

const char *ash_ledger_now(char buf[ASH_LEDGER_TIME])
{
    struct timespec t;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &tm);
    snprintf(buf, ASH_LEDGER_TIME, "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, t.tv_nsec / 1000);
    return buf;
}

static void add_base64(ash_buf *b, const void *p, size_t n)
{
    char text[200];
    sodium_bin2base64(text, sizeof text, p, n, sodium_base64_VARIANT_ORIGINAL);
    ash_buf_add_z(b, text);
}

/* What is signed. */
static void put_body(const ash_head *h, const char *case_id, ash_buf *b)
{
    ash_buf_addf(b, ORIGIN "%s\n%" PRIu64 "\n", case_id, h->size);
    add_base64(b, h->root.b, sizeof h->root.b);
    ash_buf_addf(b, "\nhead %" PRIu64 "\nbytes %" PRIu64 "\ntime %s\n", h->counter, h->bytes, h->time);
}

void ash_head_sign(ash_head *h, const char *case_id, const ash_key *k)
{
    ash_buf b;
    ash_buf_init(&b, NOTE_MAX);
    memcpy(h->key, k->public_key, sizeof h->key);
    put_body(h, case_id, &b);
    ash_key_sign(k, ash_buf_view(&b), h->signature);
    ash_buf_free(&b);
}

bool ash_head_check(const ash_head *h, const char *case_id)
{
    ash_buf b;
    ash_buf_init(&b, NOTE_MAX);
    put_body(h, case_id, &b);
    bool good = !b.failed && ash_key_check(h->key, ash_buf_view(&b), h->signature);
    ash_buf_free(&b);
    return good;
}

/* --- a line -------------------------------------------------------------- */

void ash_head_line(const ash_head *h, ash_buf *out)
{
    char hex[2 * ASH_SIGNATURE_SIZE + 1];
    ash_buf_addf(out, "{\"head\":%" PRIu64 ",\"size\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"root\":\"%s\"",
                 h->counter, h->size, h->bytes, ash_hex(hex, h->root.b, sizeof h->root.b));
    ash_buf_addf(out, ",\"time\":\"%s\",\"key\":\"%s\"", h->time, ash_hex(hex, h->key, sizeof h->key));
    ash_buf_addf(out, ",\"signature\":\"%s\"}", ash_hex(hex, h->signature, sizeof h->signature));
}

/* Text that ends before `end`, taken off the front together with it. */
static bool take(ash_view *v, const char *begin, const char *end, ash_view *ret)
{
    ash_view b = ash_view_z(begin), e = ash_view_z(end);
    if (!ash_view_starts(*v, b))
        return false;
    *v = ash_view_skip(*v, b.n);
    ptrdiff_t at = ash_view_find_str(*v, e);
    if (at < 0)
        return false;
    *ret = ash_view_first(*v, (size_t)at);
    *v = ash_view_skip(*v, (size_t)at + e.n);
    return true;
}

/* A decimal number without leading zeros, below 2^63. */
static bool number(ash_view v, uint64_t *ret)
{
    uint64_t n = 0;
    if (v.n == 0 || v.n > 18 || (v.n > 1 && v.p[0] == '0'))
        return false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(v.p[i] - '0');
    }
    *ret = n;
    return true;
}

static bool time_of(char out[ASH_LEDGER_TIME], ash_view v)
{
    static const char shape[] = "0000-00-00T00:00:00.000000Z";
    if (v.n != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (shape[i] == '0' ? v.p[i] < '0' || v.p[i] > '9' : v.p[i] != shape[i])
            return false;
    memcpy(out, v.p, v.n);
    out[v.n] = '\0';
    return true;
}

bool ash_head_parse(ash_head *ret, ash_view line)
{
    ash_head h = {0};
    ash_view rest = line, v[7];
    if (!take(&rest, "{\"head\":", ",\"", &v[0]) || !take(&rest, "size\":", ",\"", &v[1]) ||
        !take(&rest, "bytes\":", ",\"", &v[2]) || !take(&rest, "root\":\"", "\",\"", &v[3]) ||
        !take(&rest, "time\":\"", "\",\"", &v[4]) || !take(&rest, "key\":\"", "\",\"", &v[5]) ||
        !take(&rest, "signature\":\"", "\"}", &v[6]) || rest.n > 0)
        return false;
    if (!number(v[0], &h.counter) || !number(v[1], &h.size) || !number(v[2], &h.bytes) ||
        ash_unhex(h.root.b, sizeof h.root.b, v[3]) < 0 || !time_of(h.time, v[4]) ||
        ash_unhex(h.key, sizeof h.key, v[5]) < 0 ||
        ash_unhex(h.signature, sizeof h.signature, v[6]) < 0)
        return false;
    /* Hexadecimal digits have two cases. */
    ash_buf again;
    ash_buf_init(&again, ASH_HEAD_LINE_MAX);
    ash_head_line(&h, &again);
    bool same = !again.failed && ash_view_eq(ash_buf_view(&again), line);
    ash_buf_free(&again);
    if (same)
        *ret = h;
    return same;
}

/* --- a note -------------------------------------------------------------- */

static void key_hash(uint8_t out[KEY_HASH_SIZE], const uint8_t key[ASH_PUBLIC_KEY_SIZE],
                     const char *case_id)
{
    char name[sizeof ORIGIN + ASH_CASE_ID_SIZE];
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state s;
    int n = snprintf(name, sizeof name, ORIGIN "%s\n\x01", case_id);
    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, (const unsigned char *)name, (unsigned long long)n);
    crypto_hash_sha256_update(&s, key, ASH_PUBLIC_KEY_SIZE);
    crypto_hash_sha256_final(&s, digest);
    memcpy(out, digest, KEY_HASH_SIZE);
}

void ash_head_note(const ash_head *h, const char *case_id, ash_buf *out)
{
    uint8_t blob[KEY_HASH_SIZE + ASH_SIGNATURE_SIZE];
    put_body(h, case_id, out);
    key_hash(blob, h->key, case_id);
    memcpy(blob + KEY_HASH_SIZE, h->signature, ASH_SIGNATURE_SIZE);
    ash_buf_addf(out, "\n\xe2\x80\x94 " ORIGIN "%s ", case_id);
    add_base64(out, blob, sizeof blob);
    ash_buf_add_c(out, '\n');
}

void ash_head_vkey(const ash_head *h, const char *case_id, ash_buf *out)
{
    uint8_t hash[KEY_HASH_SIZE], typed[1 + ASH_PUBLIC_KEY_SIZE] = {1};
    char hex[2 * KEY_HASH_SIZE + 1];
    key_hash(hash, h->key, case_id);
    memcpy(typed + 1, h->key, ASH_PUBLIC_KEY_SIZE);
    ash_buf_addf(out, ORIGIN "%s+%s+", case_id, ash_hex(hex, hash, sizeof hash));
    add_base64(out, typed, sizeof typed);
}

static bool base64(ash_view v, void *out, size_t n)
{
    size_t got;
    return sodium_base642bin(out, n, v.p, v.n, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           got == n;
}

bool ash_head_from_note(ash_head *ret, char ret_case[ASH_CASE_ID_SIZE], ash_view note)
{
    ash_head h = *ret;
    ash_view rest = note, v[7];
    uint8_t blob[KEY_HASH_SIZE + ASH_SIGNATURE_SIZE], id[(ASH_CASE_ID_SIZE - 1) / 2];
    char mark[64];
    if (!take(&rest, ORIGIN, "\n", &v[0]) || !take(&rest, "", "\n", &v[1]) ||
        !take(&rest, "", "\n", &v[2]) || !take(&rest, "head ", "\n", &v[3]) ||
        !take(&rest, "bytes ", "\n", &v[4]) || !take(&rest, "time ", "\n", &v[5]))
        return false;
    if (ash_unhex(id, sizeof id, v[0]) < 0 || !number(v[1], &h.size) ||
        !base64(v[2], h.root.b, sizeof h.root.b) || !number(v[3], &h.counter) ||
        !number(v[4], &h.bytes) || !time_of(h.time, v[5]))
        return false;
    ash_hex(ret_case, id, sizeof id);
    snprintf(mark, sizeof mark, "\xe2\x80\x94 " ORIGIN "%s ", ret_case);
    ptrdiff_t at = ash_view_find_str(rest, ash_view_z(mark));
    if (at < 0)
        return false;
    rest = ash_view_skip(rest, (size_t)at);
    if (!take(&rest, mark, "\n", &v[6]) || !base64(v[6], blob, sizeof blob))
        return false;
    memcpy(h.signature, blob + KEY_HASH_SIZE, ASH_SIGNATURE_SIZE);
    *ret = h;
    return true;
}
