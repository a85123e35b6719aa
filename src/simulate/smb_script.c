#include "simulate/smb_script.h"

#include <stdlib.h>

#include "simulate/smb_tables.h"

struct table {
    const struct row *rows;
    size_t count;
};
#define T(rows) {rows, sizeof(rows) / sizeof *(rows)}

static const struct table tables[S_COUNT] = {
    [S_IPC] = T(ipc),
    [S_CONNECT] = T(connect_share),
    [S_DISCONNECT] = T(disconnect_share),
    [S_CD] = T(cd),
    [S_LIST_OPEN] = T(list_open),
    [S_LIST_DOTS] = T(list_dots),
    [S_ENTRY] = T(entry),
    [S_LIST_CLOSE] = T(list_close),
    [S_LIST_TAIL] = T(list_tail),
    [S_LIST_DENIED] = T(list_denied),
    [S_UP_DENIED] = T(up_denied),
    [S_DEEP_DENIED] = T(deep_denied),
    [S_READ_OPEN] = T(read_open),
    [S_READ_CHUNK] = T(read_chunk),
    [S_READ_CLOSE] = T(read_close),
    [S_READ_DENIED] = T(read_denied),
    [S_LOOKUP] = T(lookup),
    [S_LOOKUP_ENTRY] = T(lookup_entry),
    [S_LOOKUP_END] = T(lookup_end),
    [S_READ_MISSING] = T(read_missing),
    [S_UP] = T(up),
    [S_CREATE_OPEN] = T(create_open),
    [S_OVERWRITE] = T(overwrite),
    [S_WRITE_CHUNK] = T(write_chunk),
    [S_WRITE_CLOSE] = T(write_close),
    [S_RENAME_OPEN] = T(rename_open),
    [S_RENAME] = T(rename_file),
    [S_DELETE_FIND] = T(delete_find),
    [S_DELETE] = T(delete_file),
    [S_MKDIR] = T(make_dir),
};

static ash_piece make_text(const char *s)
{
    ash_piece t = {{0}, 0};
    size_t n = strlen(s); /* the tables hold nothing longer than ASH_TEXT_CAP */
    memcpy(t.s, s, n);
    t.len = (uint8_t)n;
    return t;
}

static ash_pace pace_of(const struct row *r)
{
    if (r->when & E)
        return ASH_PACE_ENTRY;
    return (r->when & ALL) == R ? ASH_PACE_INNER : ASH_PACE_STEP;
}

bool ash_scripts_init(ash_scripts *s, ash_smb_config config)
{
    size_t rows = 0;
    for (size_t i = 0; i < S_COUNT; i++)
        rows += tables[i].count;
    s->pool = reallocarray(NULL, rows, sizeof *s->pool);
    if (s->pool == NULL)
        return false;
    ash_step *next = s->pool;
    for (size_t i = 0; i < S_COUNT; i++) {
        s->all[i].steps = next;
        for (size_t j = 0; j < tables[i].count; j++) {
            const struct row *r = &tables[i].rows[j];
            if (!(r->when & 1u << config))
                continue;
            *next++ = (ash_step){
                .text = make_text(r->text),
                .suffix = make_text(r->suffix),
                .arg = (uint8_t)r->arg,
                .pace = (uint8_t)pace_of(r),
            };
        }
        s->all[i].count = (size_t)(next - s->all[i].steps);
    }
    return true;
}

void ash_scripts_free(ash_scripts *s)
{
    free(s->pool);
    s->pool = NULL;
}
