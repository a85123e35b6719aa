/* Ransomware: encryption seen from the server's side, where contents are not.
 *
 * Signs, file by file and within a minute or two: a file that was read is written
 * over and renamed with another extension (or renamed, then written; or copied under
 * a longer name and deleted); one and the same extension is appended to files of
 * different kinds; files of different kinds are read and written over in folder after
 * folder; a file of one name is left in many folders. What the lone signs of honest
 * work are: bulk renames keep the extension, packing gives that of an archive, programs that save replace a file by a
 * new one, tag editors write one kind of file, migrations and checkouts write what
 * they did not read.
 *
 * Cf. Scaife et al., "CryptoLock (and Drop It)", ICDCS 2016: union of indicators. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ashiato/detector.h"
#include "base/hash.h"
#include "base/i18n.h"
#include "base/time.h"
#include "detect/filename.h"
#include "detect/repeats.h"

static const ash_param params[] = {
    {"replaced", 5, 2, 1000, N_("files"), N_("files read, written over and given another extension")},
    {"appended", 8, 2, 1000, N_("files"), N_("files of several kinds given one and the same further extension")},
    {"overwritten", 8, 2, 1000, N_("files"), N_("files of several kinds read and written over, in several folders")},
    {"kinds", 3, 1, 64, N_("extensions"), N_("different extensions that make several kinds")},
    {"notes", 3, 2, 1000, N_("folders"), N_("folders that got a file of one and the same name, beside files changed")},
    {"window", 120, 10, 3600, N_("s"), N_("signs fade within this time")},
};
enum { P_REPLACED, P_APPENDED, P_OVERWRITTEN, P_KINDS, P_NOTES, P_WINDOW };

/* Subjects that change files. */
#define SUBJECTS 16384u
/* Names remembered for what comes next to the same file. */
#define RECENT 32u
#define DISORDER_NS (120 * ASH_NS_PER_S)
/* After so many windows without a sign it is over. */
#define OVER_WINDOWS 5

enum { REPLACED, APPENDED, OVERWRITTEN, NOTES, N_SIGNS };

typedef struct suspect {
    uint32_t actor, share;
    int64_t last;           /* last sign */
    int64_t first, at;      /* of the alarm; at 0: none */
    float signs[N_SIGNS];
    uint64_t kinds, folders; /* sets by hash: old extensions, folders with signs */
    uint64_t appended;       /* the extension, 0: none yet */
    uint64_t note;           /* name of the file last made */
    uint64_t note_folder;
    uint64_t made[RECENT];   /* names made, without their last extension; targets of renames */
    uint32_t n_made;
    uint32_t files, read; /* since first */
    float value, threshold;
    uint32_t flags;
    uint32_t n_told;
    ash_telling told[ASH_TELLING_MAX];
} suspect;

typedef struct ransomware {
    ash_detect_context ctx;
    ash_slots suspects;
    uint32_t n_open;
} ransomware;

static void *ransom_init(const ash_detect_context *c)
{
    ransomware *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->ctx = *c;
    ash_slots_init(&r->suspects, sizeof(suspect), SUBJECTS);
    return r;
}

static void report(const ransomware *r, const suspect *s)
{
    if (s->at == 0)
        return;
    ash_finding f = {
        .actor = s->actor,
        .kind = ASH_FINDING_RANSOMWARE,
        .severity = ASH_SEVERITY_HIGH,
        .measure = ASH_MEASURE_FILES,
        .basis = ASH_BASIS_FLOOR,
        .flags = s->flags,
        .window_s = (uint32_t)r->ctx.params[P_WINDOW],
        .share = s->share,
        .first = s->first,
        .at = s->at,
        .last = s->last,
        .read = s->read,
        .changed = s->files,
        .folders = (uint64_t)__builtin_popcountll(s->folders),
        .value = (double)s->value,
        .threshold = (double)s->threshold,
    };
    for (uint32_t i = 0; i < s->n_told; i++)
        ash_finding_tell(&f, &s->told[i]);
    r->ctx.report(r->ctx.user, &f);
}

static void begin_again(ransomware *r, suspect *s)
{
    if (s->at != 0) {
        report(r, s);
        r->n_open--;
    }
    memset(s, 0, sizeof *s);
}

static void evict(void *user, void *state)
{
    begin_again(user, state);
}

/* --- signs ------------------------------------------------------------- */

static bool was_made(const suspect *s, uint64_t name)
{
    for (uint32_t i = 0; i < RECENT; i++)
        if (s->made[i] == name)
            return true;
    return false;
}

static void remember(suspect *s, uint64_t name)
{
    if (name != 0)
        s->made[s->n_made++ % RECENT] = name;
}

static uint64_t path_hash(ash_view path, uint32_t share)
{
    return ash_hash64(path.p, path.n, share) | 1;
}

/* "report.xlsx" + ".locked": the whole old name, then an extension. */
static bool is_appended(ash_view old, ash_view new)
{
    return new.n > old.n + 1 && memcmp(new.p, old.p, old.n) == 0 && new.p[old.n] == '.';
}

typedef struct sign {
    bool replaced, appended, overwritten, note;
    bool file; /* the first sign of this file */
} sign;

/* A rename: of what was written over? to which extension? */
static sign sign_of_rename(suspect *s, const ash_access *a)
{
    sign g = {0};
    ash_view old = ash_name_of(a->path), new = ash_name_of(a->new_path);
    uint64_t before = ash_name_hash(ash_extension_of(old)), after = ash_name_hash(ash_extension_of(new));
    if (new.n == 0 || after == before || after == 0 || ash_name_is_archive(new))
        return g;
    bool rewritten = (a->changes & ASH_CHANGE_WRITTEN) &&
                     (a->grade >= ASH_GRADE_OPENED || !(a->flags & ASH_ACCESS_NEW));
    g.replaced = rewritten;
    if (is_appended(old, new)) {
        if (s->appended != after)
            s->signs[APPENDED] = 0;
        s->appended = after;
        g.appended = true;
    }
    g.file = rewritten ? a->grade != ASH_GRADE_READ : g.appended;
    remember(s, path_hash(a->new_path, a->share));
    return g;
}

static sign sign_of(suspect *s, const ash_sight *x)
{
    const ash_access *a = x->access;
    ash_view name = ash_name_of(a->path);
    sign g = {0};
    if (x->saved || a->object == ASH_OBJECT_DIR)
        return g;
    if (x->grew & ASH_GREW_RENAMED)
        g = sign_of_rename(s, a);
    if (x->grew & ASH_GREW_WRITTEN) {
        bool read_before = a->grade == ASH_GRADE_READ;
        bool renamed_before = was_made(s, path_hash(a->path, a->share));
        bool counted = ash_name_hash(ash_extension_of(name)) == s->appended;
        g.overwritten = read_before;
        g.replaced = g.replaced || renamed_before;
        g.file = g.file || read_before || (renamed_before && !counted);
        /* Not every log tells whether a file is new; this one was not read. */
        if (!read_before) {
            g.note = s->note == x->name && s->note_folder != x->folder;
            s->note = x->name;
            s->note_folder = x->folder;
            ash_view e = ash_extension_of(name);
            if (e.n > 0 && !ash_name_is_archive(name))
                remember(s, path_hash(ash_view_first(a->path, a->path.n - e.n - 1), a->share));
        }
    }
    /* A copy under a longer name was made, and now the file goes. */
    if ((x->grew & ASH_GREW_DELETED) && a->grade >= ASH_GRADE_OPENED &&
        was_made(s, path_hash(a->path, a->share)))
        g.replaced = g.file = true;
    return g;
}

/* --- counting ---------------------------------------------------------- */

static void fade(const ransomware *r, suspect *s, int64_t t)
{
    double dt = (double)(t - s->last) / 1e9;
    if (dt <= 0)
        return;
    float keep = (float)exp(-dt / r->ctx.params[P_WINDOW]);
    for (unsigned i = 0; i < N_SIGNS; i++)
        s->signs[i] *= keep;
}

static bool is_over(const ransomware *r, const suspect *s, int64_t now)
{
    int64_t quiet = (int64_t)(OVER_WINDOWS * r->ctx.params[P_WINDOW] * 1e9);
    return s->last != 0 && (now - s->last > quiet || now < s->last - DISORDER_NS);
}

static void passes(suspect *s, float value, double threshold, uint32_t flags)
{
    if ((double)value < threshold)
        return;
    s->flags |= flags;
    if (value / (float)threshold <= s->value / (s->threshold > 0 ? s->threshold : 1))
        return;
    s->value = value;
    s->threshold = (float)threshold;
}

static void check(ransomware *r, suspect *s, int64_t t)
{
    const double *p = r->ctx.params;
    bool kinds = __builtin_popcountll(s->kinds) >= p[P_KINDS];
    int folders = __builtin_popcountll(s->folders);
    float changed = s->signs[REPLACED] + s->signs[APPENDED] + s->signs[OVERWRITTEN];
    passes(s, s->signs[REPLACED], p[P_REPLACED], ASH_FINDING_RENAMES);
    if (kinds)
        passes(s, s->signs[APPENDED], p[P_APPENDED], ASH_FINDING_NEW_NAMES);
    if (kinds && folders >= 2)
        passes(s, s->signs[OVERWRITTEN], p[P_OVERWRITTEN], 0);
    if ((double)changed >= p[P_NOTES])
        passes(s, s->signs[NOTES] + 1, p[P_NOTES], ASH_FINDING_NOTES);
    if (s->at != 0 || s->threshold <= 0)
        return;
    s->at = t;
    r->n_open++;
    report(r, s);
}

static void tell(suspect *s, const ash_telling *t)
{
    if (s->n_told < ASH_TELLING_MAX)
        s->told[s->n_told++] = *t;
}

static void count(ransomware *r, suspect *s, const ash_sight *x, sign g)
{
    const ash_access *a = x->access;
    int64_t t = a->last;
    fade(r, s, t);
    if (s->first == 0)
        s->first = a->first < t - ASH_NS_PER_S * 60 ? t : a->first;
    s->last = t > s->last ? t : s->last;
    s->actor = a->actor;
    s->share = a->share;
    s->signs[REPLACED] += g.replaced;
    s->signs[APPENDED] += g.appended;
    s->signs[OVERWRITTEN] += g.overwritten;
    s->signs[NOTES] += g.note;
    if (!g.note) {
        s->kinds |= UINT64_C(1) << (ash_name_hash(ash_extension_of(ash_name_of(a->path))) >> 58);
        s->folders |= UINT64_C(1) << (x->folder >> 58);
    }
    s->files += g.file;
    s->read += g.overwritten;
    tell(s, &x->told);
    check(r, s, t);
}

static void ransom_access(void *state, const ash_sight *x)
{
    ransomware *r = state;
    if (!(x->grew & (ASH_GREW_WRITTEN | ASH_GREW_RENAMED | ASH_GREW_DELETED)))
        return;
    suspect *s = ash_slots_get(&r->suspects, x->who.group, evict, r);
    if (s == NULL)
        return;
    if (is_over(r, s, x->access->last))
        begin_again(r, s);
    sign g = sign_of(s, x);
    if (g.replaced || g.appended || g.overwritten || g.note)
        count(r, s, x, g);
}

/* --- time and state ---------------------------------------------------- */

static void ransom_tick(void *state, int64_t now)
{
    ransomware *r = state;
    for (suspect *s = r->n_open == 0 ? NULL : ash_slots_oldest(&r->suspects); s != NULL;
         s = ash_slots_next(&r->suspects, s))
        if (s->at != 0 && is_over(r, s, now))
            begin_again(r, s);
}

static void ransom_break(void *state)
{
    ransomware *r = state;
    for (suspect *s = ash_slots_oldest(&r->suspects); s != NULL; s = ash_slots_next(&r->suspects, s))
        begin_again(r, s);
}

static void ransom_finish(const void *state)
{
    const ransomware *r = state;
    for (const suspect *s = r->n_open == 0 ? NULL : ash_slots_oldest(&r->suspects); s != NULL;
         s = ash_slots_next(&r->suspects, s))
        report(r, s);
}

static void save_suspect(const suspect *s, ash_buf *out)
{
    const uint32_t small[] = {s->actor, s->share, s->n_made, s->files, s->read, s->flags, s->n_told};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        ash_put_u32(out, small[i]);
    ash_put_i64(out, s->last);
    ash_put_i64(out, s->first);
    ash_put_i64(out, s->at);
    for (unsigned i = 0; i < N_SIGNS; i++)
        ash_put_f64(out, (double)s->signs[i]);
    const uint64_t sets[] = {s->kinds, s->folders, s->appended, s->note, s->note_folder};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        ash_put_u64(out, sets[i]);
    for (uint32_t i = 0; i < RECENT; i++)
        ash_put_u64(out, s->made[i]);
    ash_put_f64(out, (double)s->value);
    ash_put_f64(out, (double)s->threshold);
    for (uint32_t i = 0; i < s->n_told; i++)
        ash_telling_save(&s->told[i], out);
}

static void load_suspect(suspect *s, ash_cursor *in)
{
    uint32_t *small[] = {&s->actor, &s->share, &s->n_made, &s->files, &s->read, &s->flags, &s->n_told};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        *small[i] = ash_get_u32(in);
    s->last = ash_get_i64(in);
    s->first = ash_get_i64(in);
    s->at = ash_get_i64(in);
    for (unsigned i = 0; i < N_SIGNS; i++)
        s->signs[i] = (float)ash_get_f64(in);
    uint64_t *sets[] = {&s->kinds, &s->folders, &s->appended, &s->note, &s->note_folder};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        *sets[i] = ash_get_u64(in);
    for (uint32_t i = 0; i < RECENT; i++)
        s->made[i] = ash_get_u64(in);
    s->value = (float)ash_get_f64(in);
    s->threshold = (float)ash_get_f64(in);
    in->failed = in->failed || s->n_told > ASH_TELLING_MAX;
    for (uint32_t i = 0; i < s->n_told && !in->failed; i++)
        s->told[i] = ash_telling_load(in);
}

static void ransom_save(const void *state, ash_buf *out)
{
    const ransomware *r = state;
    ash_slots_save_begin(&r->suspects, out);
    for (const suspect *s = ash_slots_oldest(&r->suspects); s != NULL; s = ash_slots_next(&r->suspects, s)) {
        ash_slots_save_key(&r->suspects, s, out);
        save_suspect(s, out);
    }
}

static bool ransom_load(void *state, ash_cursor *in)
{
    ransomware *r = state;
    uint32_t n = ash_slots_load_begin(&r->suspects, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        suspect *s = ash_slots_load_key(&r->suspects, in);
        if (s == NULL)
            return false;
        load_suspect(s, in);
        r->n_open += s->at != 0;
    }
    return !in->failed;
}

static void ransom_free(void *state)
{
    ransomware *r = state;
    if (r != NULL)
        ash_slots_free(&r->suspects);
    free(r);
}

const ash_detector ash_detector_ransomware = {
    .name = "ransomware",
    .version = 1,
    .doc = N_("Files read and replaced one after the other, extensions appended, notes left: encryption."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = SUBJECTS * (sizeof(suspect) + ASH_SLOT_COST),
    .init = ransom_init,
    .on_access = ransom_access,
    .on_tick = ransom_tick,
    .on_break = ransom_break,
    .finish = ransom_finish,
    .save = ransom_save,
    .load = ransom_load,
    .free = ransom_free,
};
