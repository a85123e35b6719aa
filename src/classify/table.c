/* Tables: a header says what the columns hold; columns without one are judged by what
 * is in them. */
#include <stdio.h>

#include "classify/scan_internal.h"
#include "classify/validate.h"

#define ADDRESS_MAX 512u

void ash_scan_table_end(ash_scan *s)
{
    memset(&s->table, 0, sizeof s->table);
}

static bool has_digit(ash_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] >= '0' && v.p[i] <= '9')
            return true;
    }
    return false;
}

/* Labels and values by turns ("氏名 | 山田太郎 | 電話 | 03-...") are no header. */
static bool by_turns(const ash_scan *s, const ash_line *l)
{
    size_t pairs = 0, labels = 0;
    for (size_t i = 0; i < l->n_cells; i++) {
        labels += l->cells[i].role != ASH_ROLE_NONE;
        if (l->cells[i].role == ASH_ROLE_NONE || i + 1 == l->n_cells)
            continue;
        const ash_cell *next = &l->cells[i + 1];
        pairs += next->role == ASH_ROLE_NONE &&
                 (has_digit(next->text) || ash_name_judge(s->rules->names, next->text) != ASH_NAME_NO);
    }
    return pairs > 0 && pairs * 2 >= labels;
}

bool ash_scan_table_header(ash_scan *s, ash_line *l)
{
    size_t filled = 0, labels = 0;
    bool words = true; /* nothing but short words: the others are headers too */
    for (size_t i = 0; i < l->n_cells; i++) {
        filled += l->cells[i].text.n > 0;
        labels += l->cells[i].role != ASH_ROLE_NONE;
        words &= l->cells[i].text.n <= 40 && !has_digit(l->cells[i].text);
    }
    if (labels < 2 || (labels * 2 < filled && !words) || by_turns(s, l))
        return false;
    ash_table *t = &s->table;
    char delimiter = t->delimiter;
    ash_scan_table_end(s);
    ash_record_end(s);
    if (delimiter == 0)
        return false;
    t->active = true;
    t->delimiter = delimiter;
    t->n = l->n_cells;
    for (size_t i = 0; i < l->n_cells; i++)
        t->roles[i] = l->cells[i].role;
    return true;
}

ash_role ash_scan_table_role(const ash_scan *s, const ash_line *l, const char *p)
{
    if (!s->table.active)
        return ASH_ROLE_NONE;
    size_t i = ash_line_cell_at(l, p);
    return i < s->table.n && i < l->n_cells ? s->table.roles[i] : ASH_ROLE_NONE;
}

/* A line of labels with single spaces between them, as text out of a PDF has it: which
 * column a value is in cannot be told, but what there is. */
bool ash_scan_table_loose(ash_scan *s, const ash_line *l)
{
    size_t covered = 0;
    uint64_t roles = 0;
    for (size_t i = 0; i < l->n_labels; i++) {
        covered += (size_t)(l->labels[i].to - l->labels[i].from);
        roles |= UINT64_C(1) << l->labels[i].role;
    }
    if (l->n_labels < 3 || covered * 2 < l->text.n || has_digit(l->text) ||
        ash_view_find(l->text, ':') >= 0 || ash_view_find(l->text, '=') >= 0)
        return false;
    ash_record_end(s);
    s->table.loose = roles;
    s->table.loose_line = l->no;
    return true;
}

/* Columns "姓" and "名" together are a name. */
static void split_name(ash_scan *s, ash_line *l, ash_role role, ash_view text)
{
    char both[160];
    ash_record *r = &s->record;
    if (text.n == 0 || text.n >= sizeof r->surname)
        return;
    if (r->surname_n == 0) {
        memcpy(r->surname, text.p, text.n);
        r->surname_n = text.n;
        return;
    }
    bool surname_first = role == ASH_ROLE_GIVEN;
    ash_view a = surname_first ? ash_view_of(r->surname, r->surname_n) : text,
             b = surname_first ? text : ash_view_of(r->surname, r->surname_n);
    int n = snprintf(both, sizeof both, "%.*s %.*s", (int)a.n, a.p, (int)b.n, b.p);
    r->surname_n = 0;
    bool kana = ash_all_kana(a) && ash_all_kana(b);
    if (kana && s->record.who.name != 0) {
        ash_record_name(s, ash_view_of(both, (size_t)n), true, l->no);
        return;
    }
    ash_scan_found(s, ASH_CLASS_NAME, ASH_CONFIDENCE_HIGH, ash_view_of(both, (size_t)n),
                   ash_view_of(both, (size_t)n), l->no);
    ash_record_name(s, ash_view_of(both, (size_t)n), false, l->no);
}

/* Columns of prefecture, city and street are one address. */
static void append(char *whole, size_t *n, ash_view part)
{
    if (part.n + *n + 1 > ADDRESS_MAX)
        return;
    if (*n > 0 && (unsigned char)part.p[0] < 0x80)
        whole[(*n)++] = ' ';
    memcpy(whole + *n, part.p, part.n);
    *n += part.n;
}

void ash_scan_table_row(ash_scan *s, ash_line *l)
{
    char parts[ADDRESS_MAX];
    size_t n_parts = 0;
    bool in_parts = false;
    for (size_t i = 0; i < s->table.n; i++)
        in_parts |= s->table.roles[i] == ASH_ROLE_ADDRESS_PART;
    ash_record_end(s);
    s->record.in_row = true;
    for (size_t i = 0; i < l->n_cells && i < s->table.n; i++) {
        ash_role role = s->table.roles[i];
        ash_view text = l->cells[i].text;
        if (role == ASH_ROLE_NONE || text.n == 0)
            continue;
        if (in_parts && (role == ASH_ROLE_ADDRESS_PART || role == ASH_ROLE_ADDRESS))
            append(parts, &n_parts, text);
        else if (role == ASH_ROLE_SURNAME || role == ASH_ROLE_GIVEN)
            split_name(s, l, role, text);
        else
            (void)ash_value_labelled(s, l, role, text);
    }
    if (ash_address_like(ash_view_of(parts, n_parts)))
        ash_value_address(s, l, ash_view_of(parts, n_parts), ASH_CONFIDENCE_HIGH);
}

/* A column is believed when as many values in a row passed as make an accident of 1 in
 * 10^6 or less, and 98 % of all. */
static void column_value(ash_scan *s, ash_column_stat *c, uint32_t cls, bool passed,
                         ash_view digits, uint32_t enough, uint64_t line)
{
    c->values++;
    if (!passed)
        return;
    c->passed++;
    bool believed = c->passed >= enough && c->passed * 100 >= c->values * 98;
    uint64_t digest = ash_scan_digest(s, 'v', digits);
    if (!believed) {
        if (c->passed <= ASH_COLUMN_HELD && c->passed == c->values)
            c->held[c->passed - 1] = digest;
        ash_scan_found_digest(s, cls, ASH_CONFIDENCE_LOW, digest, line);
        return;
    }
    if (c->passed == enough) {
        for (uint32_t i = 0; i + 1 < enough; i++)
            ash_scan_found_digest(s, cls, ASH_CONFIDENCE_MEDIUM, c->held[i], line);
    }
    ash_scan_found_digest(s, cls, ASH_CONFIDENCE_MEDIUM, digest, line);
    ash_record_value(s, cls, digits, line);
}

void ash_scan_table_number(ash_scan *s, const ash_line *l, ash_view digits, const char *p)
{
    size_t column = ash_line_cell_at(l, p);
    if (column >= ASH_COLUMNS_JUDGED || column >= l->n_cells)
        return;
    /* The number is all of its cell. */
    ash_view cell = l->cells[column].text;
    char own[24];
    if (ash_digits_of(cell, own, sizeof own) != digits.n)
        return;
    ash_column_stat *c = s->table.stats[column];
    if (digits.n == 12) {
        bool mine = ash_valid_mynumber(digits), licence = ash_valid_licence(digits);
        column_value(s, &c[ASH_SHAPE_12], ASH_CLASS_MYNUMBER, mine, digits, 7, l->no);
        column_value(s, &c[ASH_SHAPE_LICENCE], ASH_CLASS_LICENCE, licence, digits, 6, l->no);
    }
    if (digits.n == 13)
        column_value(s, &c[ASH_SHAPE_13], ASH_CLASS_CORPORATE, ash_valid_corporate(digits), digits, 7, l->no);
    if (digits.n >= 14 && digits.n <= 16)
        column_value(s, &c[ASH_SHAPE_CARD], ASH_CLASS_CARD, ash_valid_card(digits), digits, 6, l->no);
}
