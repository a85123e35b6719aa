#include "source/evtx_chunk.h"

#include <libdeflate.h>

#include "base/cursor.h"
#include "base/i18n.h"

#define MAGIC 8u
#define HEADER_SUM 120u /* bytes of a header its checksum covers */
#define DIRTY 1u
#define RECORD_ALIGN 8u /* lengths of records are multiples of it */

static const ash_view FILE_MAGIC = {"ElfFile", MAGIC};
static const ash_view CHUNK_MAGIC = {"ElfChnk", MAGIC};

static ash_cursor at(ash_view v, size_t offset)
{
    ash_cursor c = ash_cursor_of(v);
    ash_cursor_take(&c, offset);
    return c;
}

/* --- spans ------------------------------------------------------------- */

bool ash_evtx_chunk_magic(ash_view bytes)
{
    return ash_view_starts(bytes, CHUNK_MAGIC);
}

static bool is_magic(ash_view v)
{
    return ash_view_starts(v, FILE_MAGIC) || ash_evtx_chunk_magic(v);
}

static bool is_zero(ash_view v)
{
    return v.n == 0 || (v.p[0] == 0 && memcmp(v.p, v.p + 1, v.n - 1) == 0);
}

/* Where the first magic at or after `from` begins; v.n if there is none. */
static size_t find_magic(ash_view v, size_t from)
{
    while (from < v.n) {
        const char *p = memmem(v.p + from, v.n - from, "Elf", 3);
        if (p == NULL)
            return v.n;
        from = (size_t)(p - v.p);
        if (is_magic(ash_view_skip(v, from)))
            return from;
        from++;
    }
    return v.n;
}

/* Where a record stands at or after `from`; v.n if nowhere. */
static uint32_t find_record(ash_view v, uint32_t from)
{
    ash_evtx_record r;
    while (from < v.n && !ash_evtx_record_at(v, from, &r))
        from += RECORD_ALIGN;
    return from < v.n ? from : (uint32_t)v.n;
}

/* Length of a chunk. Bytes may be missing from it: where no other span follows
 * in its place, it ends at a magic inside. */
static size_t chunk_length(ash_view v)
{
    ash_view behind = ash_view_skip(v, ASH_EVTX_CHUNK_SIZE);
    if (is_magic(behind) || (behind.n >= MAGIC && is_zero(ash_view_first(behind, MAGIC))) ||
        v.n == ASH_EVTX_CHUNK_SIZE)
        return ASH_EVTX_CHUNK_SIZE;
    size_t next = find_magic(ash_view_first(v, ASH_EVTX_CHUNK_SIZE + MAGIC), ASH_EVTX_CHUNK_HEADER);
    return next < ASH_EVTX_CHUNK_SIZE ? next : ASH_EVTX_CHUNK_SIZE;
}

bool ash_evtx_spans_next(ash_evtx_spans *s, ash_evtx_span *ret)
{
    ash_view v = s->rest;
    size_t n;
    ash_evtx_span_kind kind = ASH_EVTX_SPAN_OTHER;
    if (v.n == 0 || (!s->eof && v.n < ASH_EVTX_CHUNK_SIZE + MAGIC &&
                     !(ash_view_starts(v, FILE_MAGIC) && v.n >= ASH_EVTX_FILE_HEADER)))
        return false;
    if (ash_view_starts(v, FILE_MAGIC)) {
        kind = ASH_EVTX_SPAN_HEADER;
        n = ASH_EVTX_FILE_HEADER;
    } else if (ash_evtx_chunk_magic(v)) {
        kind = ASH_EVTX_SPAN_CHUNK;
        n = chunk_length(v);
    } else {
        n = find_magic(ash_view_first(v, ASH_EVTX_CHUNK_SIZE + MAGIC), 1);
        n = n < ASH_EVTX_CHUNK_SIZE ? n : ASH_EVTX_CHUNK_SIZE;
    }
    *ret = (ash_evtx_span){.kind = kind, .bytes = ash_view_first(v, n), .offset = s->offset};
    if (kind == ASH_EVTX_SPAN_OTHER && is_zero(ret->bytes))
        ret->kind = ASH_EVTX_SPAN_ZEROS;
    else if (kind == ASH_EVTX_SPAN_OTHER && find_record(ret->bytes, 0) < ret->bytes.n)
        ret->kind = ASH_EVTX_SPAN_CHUNK;
    s->rest = ash_view_skip(v, ret->bytes.n);
    s->offset += ret->bytes.n;
    return true;
}

const char *ash_evtx_header_check(ash_view header, bool *ret_dirty)
{
    ash_cursor c = at(header, HEADER_SUM);
    *ret_dirty = (ash_get_u32(&c) & DIRTY) != 0;
    uint32_t sum = ash_get_u32(&c);
    if (c.failed || header.n < ASH_EVTX_FILE_HEADER)
        return N_("the file's header is cut off");
    return sum == libdeflate_crc32(0, header.p, HEADER_SUM) ? NULL
                                                            : N_("checksum of the file's header");
}

/* --- chunks ------------------------------------------------------------ */

static bool header_is_good(ash_view chunk)
{
    ash_cursor c = at(chunk, HEADER_SUM + 4);
    uint32_t sum = ash_get_u32(&c);
    if (chunk.n < ASH_EVTX_CHUNK_HEADER)
        return false;
    uint32_t crc = libdeflate_crc32(0, chunk.p, HEADER_SUM);
    return sum == libdeflate_crc32(crc, chunk.p + 128, ASH_EVTX_CHUNK_HEADER - 128);
}

void ash_evtx_chunk_open(ash_evtx_chunk *c, const ash_evtx_span *span, bool live)
{
    ash_view v = span->bytes;
    *c = (ash_evtx_chunk){.bytes = v, .offset = span->offset, .at = ASH_EVTX_CHUNK_HEADER};
    c->end = (uint32_t)v.n;
    c->live = true;
    if (!ash_evtx_chunk_magic(v))
        c->doubt |= ASH_EVTX_BAD_MAGIC;
    if (v.n < ASH_EVTX_CHUNK_SIZE)
        c->doubt |= ASH_EVTX_SHORT;
    ash_cursor h = at(v, 48);
    uint32_t end = ash_get_u32(&h), sum = ash_get_u32(&h);
    if (!header_is_good(v) || end < ASH_EVTX_CHUNK_HEADER || end > ASH_EVTX_CHUNK_SIZE) {
        c->doubt |= ASH_EVTX_BAD_HEADER;
        return;
    }
    if (end > v.n) {
        c->doubt |= ASH_EVTX_BAD_DATA;
        return;
    }
    c->end = end;
    const char *records = v.p + ASH_EVTX_CHUNK_HEADER;
    if (sum != libdeflate_crc32(0, records, end - ASH_EVTX_CHUNK_HEADER))
        c->doubt |= ASH_EVTX_BAD_DATA;
    else
        c->live = live;
}

bool ash_evtx_record_at(ash_view chunk, uint32_t offset, ash_evtx_record *ret)
{
    ash_cursor c = at(chunk, offset);
    uint32_t magic = ash_get_u32(&c), length = ash_get_u32(&c);
    uint64_t id = ash_get_u64(&c), written = ash_get_u64(&c);
    if (c.failed || magic != 0x2a2a || length < ASH_EVTX_RECORD_MIN || length > chunk.n - offset)
        return false;
    ash_cursor again = at(chunk, offset + length - 4);
    if (ash_get_u32(&again) != length)
        return false;
    *ret = (ash_evtx_record){.at = offset, .length = length, .id = id, .written = written};
    return true;
}

/* Whether a whole record stands at `offset` that belongs to this use of the chunk:
 * what an earlier one left has other numbers. A log that is being written has no
 * holes in them, an export may have. */
static bool takes(const ash_evtx_chunk *c, uint32_t offset, ash_evtx_record *ret)
{
    if (!ash_evtx_record_at(c->bytes, offset, ret))
        return false;
    if (c->doubt & ASH_EVTX_BAD_HEADER)
        return !c->any || ret->id > c->last_id;
    return offset < c->end || (c->live && (!c->any || ret->id == c->last_id + 1));
}

/* What stands at c->at, before the end, is no record: goes on to the next one. */
static ash_evtx_found damage(ash_evtx_chunk *c, ash_evtx_record *ret)
{
    ash_evtx_record r;
    uint32_t begin = c->at, n = (uint32_t)c->bytes.n;
    uint32_t next = find_record(c->bytes, (begin + RECORD_ALIGN) & ~(RECORD_ALIGN - 1));
    while (next < n && !takes(c, next, &r))
        next = find_record(c->bytes, next + RECORD_ALIGN);
    bool more = next < n;
    c->at = more ? next : c->end;
    if (!more && (c->doubt & ASH_EVTX_BAD_HEADER) &&
        is_zero(ash_view_first(ash_view_skip(c->bytes, begin), MAGIC)))
        return ASH_EVTX_FOUND_END; /* nothing says that there was more */
    *ret = (ash_evtx_record){.at = begin, .length = c->at - begin};
    return !more && (c->doubt & ASH_EVTX_SHORT) ? ASH_EVTX_FOUND_CUT : ASH_EVTX_FOUND_DAMAGE;
}

ash_evtx_found ash_evtx_chunk_next(ash_evtx_chunk *c, ash_evtx_record *ret)
{
    if (takes(c, c->at, ret)) {
        c->late += c->at >= c->end;
        c->at += ret->length;
        c->last_id = ret->id;
        c->any = true;
        return ASH_EVTX_FOUND_RECORD;
    }
    return c->at < c->end ? damage(c, ret) : ASH_EVTX_FOUND_END;
}
