#include "classify/reveal.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "classify/use.h"

#define CLASSES_MAX (ASH_CLASSES_BUILT_IN + ASH_OWN_CLASSES_MAX)

typedef struct state {
    void *inner; /* of ash_classify_use */
    uint8_t shown[CLASSES_MAX];
    ash_buf samples, ignored;
} state;

static void on_value(void *user, uint32_t id, ash_confidence c, ash_view text, const ash_scan_place *where)
{
    state *s = user;
    char masked[256];
    if (id >= CLASSES_MAX || s->shown[id] == ASH_REVEALED_MAX)
        return;
    s->shown[id]++;
    ash_put_u32(&s->samples, id);
    ash_put_u8(&s->samples, (uint8_t)c);
    ash_put_u64(&s->samples, where->line);
    ash_put_bytes(&s->samples, ash_view_z(where->part));
    ash_put_bytes(&s->samples, ash_view_z(ash_mask(masked, sizeof masked, text)));
}

static int open_use(void **ret, void *shared, ash_view setup, ash_error *err)
{
    state *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    ash_buf_init(&s->samples, ASH_RESULT_MAX);
    ash_buf_init(&s->ignored, ASH_RESULT_MAX);
    const ash_scan_hooks hooks = {.user = s, .on_value = on_value};
    int rc = ash_use_open(&s->inner, shared, setup, &hooks, err);
    if (rc == 0)
        *ret = s;
    else
        free(s);
    return rc;
}

static void begin(void *user, const ash_file_hint *f)
{
    state *s = user;
    for (size_t i = 0; i < CLASSES_MAX; i++)
        s->shown[i] = 0;
    ash_buf_clear(&s->samples);
    ash_classify_use.begin(s->inner, f);
}

static void member(void *user, const ash_member *m)
{
    state *s = user;
    ash_classify_use.member(s->inner, m);
}

static bool piece(void *user, const ash_piece *p)
{
    state *s = user;
    return ash_classify_use.piece(s->inner, p);
}

static void end(void *user, const ash_extract_result *r, ash_buf *out)
{
    state *s = user;
    ash_buf_clear(&s->ignored);
    ash_classify_use.end(s->inner, r, &s->ignored); /* finds what it held back */
    ash_buf_add_view(out, ash_buf_view(&s->samples));
}

const ash_text_use ash_reveal_use = {
    .open = open_use, .begin = begin, .member = member, .piece = piece, .end = end};

int ash_samples_read(ash_view found, const ash_rules *rules, void (*each)(void *user, const ash_sample *s),
                     void *user, ash_error *err)
{
    ash_cursor in = ash_cursor_of(found);
    while (!in.failed && in.at < in.n) {
        ash_sample s = {.id = ash_get_u32(&in)};
        s.confidence = (ash_confidence)ash_get_u8(&in);
        s.line = ash_get_u64(&in);
        s.part = ash_get_bytes(&in, ASH_SCAN_PART_MAX);
        s.masked = ash_get_bytes(&in, 256);
        if (in.failed || s.id >= ash_rules_classes(rules) || s.confidence > ASH_CONFIDENCE_HIGH)
            return ash_fail(err, ASH_E_FORMAT, "classify", "what a helper reported is damaged at byte %zu", in.at);
        each(user, &s);
    }
    return 0;
}
