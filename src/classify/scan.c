#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "classify/scan_internal.h"

static int make(ash_scan *s, const ash_rules *r)
{
    size_t classes = ash_rules_classes(r);
    s->window = calloc(ASH_SCAN_WINDOW + 2, 1);
    s->hits = malloc(ASH_HITS_MAX * sizeof *s->hits);
    s->tallies = calloc(classes, sizeof *s->tallies);
    s->word_score = calloc(classes, sizeof *s->word_score);
    s->word_seen = calloc((size_t)r->words + 1, 1);
    s->found = calloc(classes, sizeof *s->found);
    return s->window == NULL || s->hits == NULL || s->tallies == NULL || s->word_score == NULL ||
                   s->word_seen == NULL || s->found == NULL ||
                   hs_alloc_scratch(r->db, &s->scratch) != HS_SUCCESS
               ? ASH_E_NOMEM
               : 0;
}

int ash_scan_new(ash_scan **ret, const ash_rules *rules, const uint8_t key[ASH_IDENTITY_KEY_SIZE],
                 const ash_scan_hooks *hooks, ash_error *err)
{
    ash_scan *s = calloc(1, sizeof *s);
    if (s != NULL)
        s->rules = rules;
    if (s == NULL || make(s, rules) != 0) {
        ash_scan_free(s);
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    }
    memcpy(s->key, key, sizeof s->key);
    if (hooks != NULL)
        s->hooks = *hooks;
    *ret = s;
    ash_scan_begin(s, NULL);
    return 0;
}

void ash_scan_free(ash_scan *s)
{
    if (s == NULL)
        return;
    hs_free_scratch(s->scratch);
    if (s->window != NULL)
        sodium_memzero(s->window, ASH_SCAN_WINDOW + 2);
    free(s->window);
    free(s->hits);
    free(s->tallies);
    free(s->word_score);
    free(s->word_seen);
    free(s->found);
    sodium_memzero(s, sizeof *s);
    free(s);
}

/* --- what was found ------------------------------------------------------ */

uint64_t ash_scan_digest(const ash_scan *s, char kind, ash_view value)
{
    crypto_generichash_state h;
    unsigned char out[crypto_generichash_BYTES_MIN];
    uint64_t d;
    crypto_generichash_init(&h, s->key, sizeof s->key, sizeof out);
    crypto_generichash_update(&h, (const unsigned char *)&kind, 1);
    crypto_generichash_update(&h, (const unsigned char *)value.p, value.n);
    crypto_generichash_final(&h, out, sizeof out);
    memcpy(&d, out, sizeof d);
    return d == 0 ? 1 : d;
}

static void place_of(const ash_scan *s, uint64_t line, ash_scan_place *where)
{
    memcpy(where->part, s->part, sizeof where->part);
    where->line = line;
}

void ash_scan_found_digest(ash_scan *s, uint32_t cls, ash_confidence c, uint64_t digest,
                           uint64_t line)
{
    ash_tally *t = &s->tallies[cls];
    if (c == ASH_CONFIDENCE_LOW) {
        t->doubtful++;
    } else {
        t->count++;
        ash_tally_distinct(t, digest);
    }
    if (c > t->confidence) {
        if (t->confidence == ASH_CONFIDENCE_LOW)
            t->n_places = 0; /* places of doubtful ones give way */
        t->confidence = c;
    }
    if (t->n_places < ASH_SCAN_PLACES &&
        (c != ASH_CONFIDENCE_LOW || t->confidence == ASH_CONFIDENCE_LOW) &&
        (t->n_places == 0 || t->places[t->n_places - 1].line != line))
        place_of(s, line, &t->places[t->n_places++]);
}

void ash_scan_found(ash_scan *s, uint32_t cls, ash_confidence c, ash_view value, ash_view raw,
                    uint64_t line)
{
    ash_scan_found_digest(s, cls, c, ash_scan_digest(s, 'v', value), line);
    if (s->hooks.on_value != NULL) {
        ash_scan_place where;
        place_of(s, line, &where);
        s->hooks.on_value(s->hooks.user, cls, c, raw, &where);
    }
}

void ash_scan_word(ash_scan *s, const ash_rule *r, uint64_t line)
{
    ash_tally *t = &s->tallies[r->cls];
    s->word_hits[r->cls]++;
    if (!s->word_seen[r->word]) {
        s->word_seen[r->word] = 1;
        s->word_score[r->cls] += r->weight;
    }
    if (t->n_places < ASH_SCAN_PLACES &&
        (t->n_places == 0 || t->places[t->n_places - 1].line != line))
        place_of(s, line, &t->places[t->n_places++]);
}

/* --- windows ------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A word within another ("no" in "knows"): most matches of short words are. Names
 * like "firstName" are left to ash_line_labels. */
static bool within_word(const ash_scan *s, size_t from, size_t to)
{
    char next = s->window[to], first = s->window[from];
    return (next >= 'a' && next <= 'z') ||
           (from > 0 && first >= 'a' && first <= 'z' && is_letter(s->window[from - 1]));
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *user)
{
    ash_scan *s = user;
    const ash_rule *r = &s->rules->rules[id];
    (void)flags;
    if (r->whole && within_word(s, (size_t)to - r->n, (size_t)to))
        return 0;
    if (s->n_hits > 0) { /* a longer match of the same beginning */
        ash_hit *last = &s->hits[s->n_hits - 1];
        if (r->kind == ASH_RULE_OWN && last->rule == id && last->from == from) {
            last->to = (uint32_t)to;
            return 0;
        }
    }
    if (s->n_hits == ASH_HITS_MAX) {
        s->hits_full = true;
        s->stop = (uint32_t)to;
        return 1;
    }
    uint32_t begin = r->kind == ASH_RULE_OWN ? (uint32_t)from : (uint32_t)to - r->n;
    s->hits[s->n_hits++] = (ash_hit){.from = begin, .to = (uint32_t)to, .rule = id};
    return 0;
}

static int by_end(const void *a, const void *b)
{
    const ash_hit *x = a, *y = b;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static void sort_hits(ash_scan *s)
{
    for (size_t i = 1; i < s->n_hits; i++) {
        if (by_end(&s->hits[i - 1], &s->hits[i]) > 0) {
            qsort(s->hits, s->n_hits, sizeof *s->hits, by_end);
            return;
        }
    }
}

static uint64_t count_lines(const char *p, size_t n)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

/* Where the row that begins at `at` ends: a line, or in a table of commas as many lines
 * as it takes to close a quotation. */
static size_t row_end(const ash_scan *s, size_t at, size_t n)
{
    bool quoted = false;
    size_t first = n;
    for (size_t i = at; i < n && i < at + 16384; i++) {
        if (s->window[i] == '"')
            quoted = !quoted;
        if (s->window[i] != '\n')
            continue;
        if (first == n)
            first = i;
        if (!quoted || !s->table.active || s->table.delimiter == '\t')
            return first == i || !quoted ? i : first;
    }
    return first;
}

static void scan_line(ash_scan *s, size_t from, size_t to, size_t *hit)
{
    ash_line *l = &s->line;
    size_t first = *hit;
    while (*hit < s->n_hits && s->hits[*hit].to <= to + 1)
        (*hit)++;
    l->text = ash_view_of(s->window + from, to - from);
    if (l->text.n > 0 && l->text.p[l->text.n - 1] == '\r')
        l->text.n--;
    l->base = s->window;
    l->hits = s->hits + first;
    l->n_hits = *hit - first;
    l->no = s->line_no;
    ash_line_scan(s, l);
}

/* The lines of window[0..n), which ends with one. */
static void scan_lines(ash_scan *s, size_t n)
{
    size_t at = 0, hit = 0;
    while (at < n) {
        bool all = s->table.active || s->table.one != ASH_ROLE_NONE || s->table.loose != 0;
        if (!all && hit >= s->n_hits) {
            s->line_no += count_lines(s->window + at, n - at);
            return;
        }
        if (!all) { /* to the line of the next match */
            size_t match = s->hits[hit].to - 1;
            const char *nl = match <= at ? NULL : memrchr(s->window + at, '\n', match - at);
            size_t line = nl == NULL ? at : (size_t)(nl + 1 - s->window);
            s->line_no += count_lines(s->window + at, line - at);
            at = line;
        }
        size_t end = all ? row_end(s, at, n) : n;
        if (!all) {
            const char *nl = memchr(s->window + at, '\n', n - at);
            end = nl == NULL ? n : (size_t)(nl - s->window);
        }
        scan_line(s, at, end, &hit);
        s->line_no += count_lines(s->window + at, end - at) + (end < n);
        at = end + 1;
    }
}

/* Matches and judges the first n bytes of the window, in parts if there are too many
 * matches. */
static int scan_window(ash_scan *s, size_t n, ash_error *err)
{
    while (n > 0) {
        s->n_hits = 0;
        s->hits_full = false;
        s->window[s->fill] = '\0'; /* within_word looks one further */
        hs_error_t rc = hs_scan(s->rules->db, s->window, (unsigned)n, 0, s->scratch, on_match, s);
        if (rc != HS_SUCCESS && rc != HS_SCAN_TERMINATED)
            return ash_fail(err, ASH_E_STATE, "classify", "matching failed (%d)", (int)rc);
        size_t now = n;
        if (s->hits_full) {
            const char *nl = memrchr(s->window, '\n', s->stop > 0 ? s->stop - 1 : 0);
            now = nl == NULL ? s->stop : (size_t)(nl + 1 - s->window);
            s->too_many |= nl == NULL;
            while (s->n_hits > 0 && s->hits[s->n_hits - 1].to > now)
                s->n_hits--;
        }
        sort_hits(s);
        scan_lines(s, now);
        memmove(s->window, s->window + now, s->fill - now);
        s->fill -= now;
        n -= now;
    }
    return 0;
}

/* How much of a full window can be judged now. */
static size_t whole_lines(ash_scan *s)
{
    const char *nl = memrchr(s->window, '\n', s->fill);
    if (nl != NULL)
        return (size_t)(nl + 1 - s->window);
    s->cut_lines = true;
    for (size_t i = s->fill; i > s->fill - 1024 && i > 1; i--) {
        if (s->window[i - 1] == ' ' || s->window[i - 1] == '\t')
            return i;
    }
    return s->fill;
}

static int flush(ash_scan *s, ash_error *err)
{
    if (s->fill > 0 && s->window[s->fill - 1] != '\n')
        s->window[s->fill++] = '\n'; /* there is room for one more */
    return scan_window(s, s->fill, err);
}

int ash_scan_text(ash_scan *s, ash_view text, ash_error *err)
{
    s->bytes += text.n;
    while (text.n > 0) {
        size_t n = ASH_SCAN_WINDOW - s->fill;
        n = n < text.n ? n : text.n;
        memcpy(s->window + s->fill, text.p, n);
        s->fill += n;
        text = ash_view_skip(text, n);
        if (s->fill < ASH_SCAN_WINDOW)
            return 0;
        int rc = scan_window(s, whole_lines(s), err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int ash_scan_part(ash_scan *s, ash_view name, ash_error *err)
{
    int rc = flush(s, err);
    ash_scan_table_end(s);
    ash_record_end(s);
    size_t n = name.n < sizeof s->part ? name.n : sizeof s->part - 1;
    while (n > 0 && n < name.n && ((unsigned char)name.p[n] & 0xc0) == 0x80)
        n--;
    if (n > 0)
        memcpy(s->part, name.p, n);
    memset(s->part + n, 0, sizeof s->part - n);
    s->line_no = 1;
    return rc;
}

int ash_scan_line(ash_scan *s, uint64_t number, ash_error *err)
{
    int rc = flush(s, err);
    s->line_no = number;
    return rc;
}

/* --- documents ----------------------------------------------------------- */

void ash_scan_begin(ash_scan *s, const ash_scan_hints *hints)
{
    size_t classes = ash_rules_classes(s->rules);
    for (size_t i = 0; i < classes; i++) /* the sketch is cleared when it is begun */
        memset(&s->tallies[i], 0, offsetof(ash_tally, exact));
    for (size_t i = 0; i < classes; i++) {
        s->tallies[i].sketched = false;
        s->tallies[i].n_places = 0;
    }
    memset(s->word_score, 0, classes * sizeof *s->word_score);
    memset(s->word_seen, 0, s->rules->words);
    memset(s->word_hits, 0, sizeof s->word_hits);
    memset(&s->table, 0, sizeof s->table);
    memset(&s->record, 0, sizeof s->record);
    memset(s->part, 0, sizeof s->part);
    s->fill = 0;
    s->line_no = 0;
    s->bytes = s->records = 0;
    s->cut_lines = s->too_many = false;
    s->delimiter = 0;
    if (hints != NULL && hints->name.n > 0) {
        /* The name is a line of its own, number 0; it makes no table. */
        const char *slash = ash_path_slash(hints->name);
        ash_view last = slash == NULL ? hints->name
                                      : ash_view_of(slash + 1, hints->name.n - (size_t)(slash + 1 - hints->name.p));
        ash_error ignored;
        if (ash_scan_text(s, ash_view_first(last, 1024), &ignored) == 0)
            (void)flush(s, &ignored);
        memset(&s->table, 0, sizeof s->table);
        memset(&s->record, 0, sizeof s->record);
        s->bytes = s->records = 0;
    }
    s->fill = 0;
    s->line_no = 1;
    s->delimiter = hints == NULL ? 0 : hints->delimiter;
}

void ash_scan_head(ash_scan *s, ash_view v)
{
    static const struct {
        uint32_t cls;
        const char *bytes;
        size_t n;
    } heads[] = {
        {ASH_CLASS_VAULT, "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", 8}, /* KeePass 2 */
        {ASH_CLASS_VAULT, "\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", 8}, /* KeePass 1 */
        {ASH_CLASS_VAULT, "PWS3", 4},                             /* Password Safe 3 */
        {ASH_CLASS_MAILBOX, "!BDN", 4},                           /* [MS-PST] 2.2.2.6 */
        {ASH_CLASS_PRIVATE_KEY, "\xfe\xed\xfe\xed", 4},           /* Java key store */
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        ash_view head = ash_view_of(heads[i].bytes, heads[i].n);
        if (ash_view_starts(v, head))
            ash_scan_found(s, heads[i].cls, ASH_CONFIDENCE_HIGH, head, head, 0);
    }
}

void ash_scan_kind(ash_scan *s, ash_class_id id)
{
    ash_view name = ash_view_z(ash_class_of(id)->name);
    ash_scan_found(s, id, ASH_CONFIDENCE_HIGH, name, name, 0);
}

/* Words of a class: enough of them make it one occurrence of a document's kind. */
static void judge_words(ash_scan *s)
{
    for (uint32_t i = 0; i < ASH_CLASSES_BUILT_IN; i++) {
        ash_tally *t = &s->tallies[i];
        if (s->word_score[i] == 0)
            continue;
        bool enough = s->word_score[i] >= ASH_WORDS_ENOUGH;
        ash_confidence c = s->word_score[i] >= 2 * ASH_WORDS_ENOUGH ? ASH_CONFIDENCE_HIGH
                           : enough                                  ? ASH_CONFIDENCE_MEDIUM
                                                                     : ASH_CONFIDENCE_LOW;
        t->confidence = c > t->confidence ? c : t->confidence;
        if (enough)
            t->count += s->word_hits[i];
        else
            t->doubtful += s->word_hits[i];
    }
}

int ash_scan_end(ash_scan *s, ash_scan_result *ret, ash_error *err)
{
    int rc = flush(s, err);
    ash_scan_table_end(s);
    ash_record_end(s);
    if (rc != 0)
        return rc;
    judge_words(s);
    size_t n = 0;
    for (size_t i = 0; i < ash_rules_classes(s->rules); i++) {
        const ash_tally *t = &s->tallies[i];
        if (t->count == 0 && t->doubtful == 0)
            continue;
        ash_scan_class *c = &s->found[n++];
        *c = (ash_scan_class){.id = (uint32_t)i, .confidence = t->confidence, .count = t->count,
                              .doubtful = t->doubtful, .n_places = t->n_places,
                              .distinct = ash_tally_distinct_count(t)};
        memcpy(c->places, t->places, sizeof c->places);
    }
    *ret = (ash_scan_result){.classes = s->found, .n = n, .bytes = s->bytes, .records = s->records,
                             .cut_lines = s->cut_lines, .too_many_own = s->too_many};
    return 0;
}
