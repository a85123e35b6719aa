#include "decode.h"

#include "base/buf.h"

void decoder_open(decoder *d, const char *source, ash_view sample, const char *samba_prefix)
{
    ash_error err = {0};
    const ash_source_options options = {
        .samba_prefix = &samba_prefix, .n_samba_prefix = samba_prefix != NULL, .seed = TEST_SEED};
    const ash_source *s = ash_source_by_name(source);
    assert_non_null(s);
    *d = (decoder){.profile = {.source = s, .options = options, .zone_s = INT32_MIN}};
    int score = s->probe(&sample, 1, &options, &d->profile, &err);
    if (score <= 0)
        fail_msg("%s does not take the sample: %d %s", source, score, err.msg);
    d->state = calloc(1, s->state_size);
    assert_non_null(d->state);
    ash_arena_init(&d->arena, 0);
    d->batch.arena = &d->arena;
    ASSERT_OK(s->open(d->state, &d->profile, &err));
}

void decoder_close(decoder *d)
{
    d->profile.source->close(d->state);
    free(d->state);
    ash_batch_free(&d->batch);
    ash_arena_free(&d->arena);
    ash_profile_free(&d->profile);
}

size_t decoder_feed(decoder *d, ash_view bytes, uint64_t offset, bool eof)
{
    ash_error err = {0};
    size_t used = SIZE_MAX;
    ash_batch_reset(&d->batch);
    ASSERT_OK(d->profile.source->feed(d->state, bytes, offset, eof, &d->batch, &used, &err));
    assert_true(used <= bytes.n);
    return used;
}

void decode_bytes(decoder *d, ash_view text, const char *samba_prefix)
{
    decoder_open(d, "samba", text, samba_prefix);
    assert_int_equal(decoder_feed(d, text, 0, true), text.n);
}

void decode(decoder *d, const char *text)
{
    decode_bytes(d, ash_view_z(text), NULL);
}

void decode_audit(decoder *d, const char *messages)
{
    ash_buf b;
    ash_buf_init(&b, 64u << 20);
    unsigned second = 0;
    for (const char *p = messages; *p != '\0'; second++) {
        size_t n = strcspn(p, "\n");
        ash_buf_addf(&b, "2026-11-23T10:%02u:%02u.000000+09:00 fs01 smbd_audit: ", second / 60 % 60,
                     second % 60);
        ash_buf_add(&b, p, n);
        ash_buf_add_c(&b, '\n');
        p += n + (p[n] == '\n');
    }
    /* The events' views point into the text, so it stays until the decoder goes. */
    decoder_open(d, "samba", ash_buf_view(&b), NULL);
    ash_view kept = ash_arena_copy(&d->arena, ash_buf_view(&b));
    size_t used = 0;
    ash_error err = {0};
    ASSERT_OK(d->profile.source->feed(d->state, kept, 0, true, &d->batch, &used, &err));
    assert_int_equal(used, b.n);
    ash_buf_free(&b);
}

const ash_origin *origin_of(const decoder *d, size_t event)
{
    assert_true(event < d->batch.n);
    return ash_origins_at(d->batch.origins, d->batch.events[event].origin);
}
