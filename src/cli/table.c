#include "cli/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/words.h"

/* Rows looked at to find the widths; later rows may be wider and then stick out. */
#define HOLD_ROWS 1000u

static const char *const format_names[] = {"table", "json", "csv", "tsv"};
#define N_FORMATS (sizeof format_names / sizeof format_names[0])

const char *ash_format_name(size_t i)
{
    return i < N_FORMATS ? format_names[i] : NULL;
}

static pid_t pager_pid;
static int output_errno;

int ash_output_errno(void)
{
    return output_errno;
}

int ash_format_parse(const char *text, ash_format *ret, ash_error *err)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (strcmp(text, format_names[i]) == 0) {
            *ret = (ash_format)i;
            return 0;
        }
    }
    return ash_fail(err, ASH_E_USAGE, "cli", "'%.40s' is not a format; use table, json, csv or tsv",
                    text);
}

/* --- JSON -------------------------------------------------------------- */

struct ash_json_out {
    ash_json json;
    ash_out out;
};

ash_json_out *ash_json_out_begin(void)
{
    ash_json_out *o = calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    o->out.fd = STDOUT_FILENO;
    ash_buf_init(&o->out.buf, 64u << 20);
    fflush(stdout);
    ash_json_init(&o->json, &o->out, false);
    return o;
}

struct ash_json *ash_json_of(ash_json_out *o)
{
    return &o->json;
}

bool ash_json_out_end(ash_json_out *o)
{
    if (o == NULL)
        return false;
    bool ok = ash_out_flush(&o->out);
    output_errno = o->out.os_errno;
    ash_buf_free(&o->out.buf);
    free(o);
    return ok;
}

/* --- programs' formats ------------------------------------------------- */

static void tsv_cell(ash_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        if (c == '\t')
            fputs("\\t", stdout);
        else if (c == '\n')
            fputs("\\n", stdout);
        else if (c == '\r')
            fputs("\\r", stdout);
        else if (c == '\\')
            fputs("\\\\", stdout);
        else if (c < 0x20 || c == 0x7f)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
}

static void csv_cell(ash_view v, bool number)
{
    bool formula = !number && v.n > 0 && strchr("=+-@\t\r", v.p[0]) != NULL;
    bool quote = formula;
    for (size_t i = 0; i < v.n && !quote; i++)
        quote = v.p[i] == '"' || v.p[i] == ',' || v.p[i] == '\n' || v.p[i] == '\r';
    if (quote)
        putchar('"');
    if (formula)
        putchar('\'');
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '"')
            putchar('"');
        putchar((unsigned char)v.p[i]);
    }
    if (quote)
        putchar('"');
}

static void separated_header(const ash_table *t)
{
    for (size_t i = 0; i < t->n_columns; i++)
        printf("%s%s", i == 0 ? "" : t->format == ASH_FORMAT_CSV ? "," : "\t", t->columns[i].name);
    fputs(t->format == ASH_FORMAT_CSV ? "\r\n" : "\n", stdout);
}

/* --- the table --------------------------------------------------------- */

static void put_padded(const char *text, size_t width, bool right, bool last)
{
    size_t w = ash_text_width(text);
    for (; right && w < width; w++)
        putchar(' ');
    fputs(text, stdout);
    for (; !right && !last && w < width; w++)
        putchar(' ');
}

static void put_row(const ash_table *t, const char *const *cells)
{
    int shown = 0;
    const char *tail = NULL;
    for (size_t i = 0; i < t->n_columns; i++) {
        const ash_column_def *c = &t->columns[i];
        if (c->title == NULL)
            continue;
        if (c->last) {
            tail = cells[i];
            continue;
        }
        if (shown++ > 0)
            fputs("  ", stdout);
        put_padded(cells[i], t->widths[i], c->right, false);
    }
    if (tail != NULL)
        printf("%s%s", shown > 0 ? "  " : "", tail);
    putchar('\n');
}

static void flow(ash_table *t)
{
    const char *titles[ASH_TABLE_COLUMNS];
    for (size_t i = 0; i < t->n_columns; i++) {
        titles[i] = t->columns[i].title == NULL ? "" : _(t->columns[i].title);
        size_t w = ash_text_width(titles[i]);
        t->widths[i] = w > t->widths[i] ? w : t->widths[i];
    }
    if (t->colour)
        fputs("\x1b[1m", stdout);
    put_row(t, titles);
    if (t->colour)
        fputs("\x1b[0m", stdout);
    for (size_t i = 0; i + t->n_columns <= t->n_held; i += t->n_columns)
        put_row(t, t->held + i);
    t->flowing = true;
    t->n_held = 0;
    ash_arena_reset(&t->arena);
}

static void hold(ash_table *t, ash_view v)
{
    if (t->n_held == t->cap_held) {
        size_t cap = t->cap_held == 0 ? 256 : t->cap_held * 2;
        const char **p = realloc(t->held, cap * sizeof *p);
        if (p == NULL) {
            t->failed = true;
            return;
        }
        t->held = p;
        t->cap_held = cap;
    }
    size_t size = v.n * 10 + 16;
    char *text = ash_arena_alloc(&t->arena, size);
    if (text == NULL) {
        t->failed = true;
        return;
    }
    ash_text_escape(text, size, v);
    size_t w = ash_text_width(text);
    if (!t->flowing && w > t->widths[t->at])
        t->widths[t->at] = w;
    t->held[t->n_held++] = text;
}

/* --- cells ------------------------------------------------------------- */

void ash_table_begin(ash_table *t, ash_format format, const ash_column_def *columns, size_t n)
{
    *t = (ash_table){.format = format, .columns = columns, .n_columns = n};
    t->colour = (pager_pid > 0 || isatty(STDOUT_FILENO)) && getenv("NO_COLOR") == NULL;
    ash_arena_init(&t->arena, 0);
    if (format == ASH_FORMAT_CSV || format == ASH_FORMAT_TSV)
        separated_header(t);
    if (format != ASH_FORMAT_JSON)
        return;
    t->json = ash_json_out_begin();
    t->failed = t->json == NULL;
    if (!t->failed)
        ash_json_begin(&t->json->json, '[');
}

static void before_cell(ash_table *t)
{
    if (t->format == ASH_FORMAT_JSON && t->at == 0)
        ash_json_begin(&t->json->json, '{');
    if (t->format == ASH_FORMAT_CSV && t->at > 0)
        putchar(',');
    if (t->format == ASH_FORMAT_TSV && t->at > 0)
        putchar('\t');
}

static void after_cell(ash_table *t)
{
    if (++t->at < t->n_columns)
        return;
    t->at = 0;
    t->rows++;
    switch (t->format) {
    case ASH_FORMAT_JSON: ash_json_end(&t->json->json, '}'); break;
    case ASH_FORMAT_CSV: fputs("\r\n", stdout); break;
    case ASH_FORMAT_TSV: putchar('\n'); break;
    case ASH_FORMAT_TABLE:
        if (t->flowing) {
            put_row(t, t->held);
            t->n_held = 0;
            ash_arena_reset(&t->arena);
        } else if (t->rows >= HOLD_ROWS) {
            flow(t);
        }
        break;
    }
}

void ash_table_text(ash_table *t, ash_view v)
{
    if (t->failed)
        return;
    before_cell(t);
    switch (t->format) {
    case ASH_FORMAT_JSON: ash_json_key_exact(&t->json->json, t->columns[t->at].name, v); break;
    case ASH_FORMAT_CSV: csv_cell(v, false); break;
    case ASH_FORMAT_TSV: tsv_cell(v); break;
    case ASH_FORMAT_TABLE: hold(t, v); break;
    }
    after_cell(t);
}

void ash_table_z(ash_table *t, const char *z)
{
    if (z != NULL || t->format != ASH_FORMAT_JSON) {
        ash_table_text(t, ash_view_z(z == NULL ? "" : z));
        return;
    }
    if (t->failed)
        return;
    before_cell(t);
    ash_json_key_z(&t->json->json, t->columns[t->at].name, NULL);
    after_cell(t);
}

void ash_table_words(ash_table *t, const char *z)
{
    char text[256];
    ash_table_z(t, z == NULL || t->format != ASH_FORMAT_TABLE ? z : ash_words(z, text, sizeof text));
}

void ash_table_int(ash_table *t, int64_t n)
{
    char text[32];
    if (t->failed)
        return;
    if (t->format == ASH_FORMAT_JSON) {
        before_cell(t);
        ash_json_key_int(&t->json->json, t->columns[t->at].name, n);
        after_cell(t);
        return;
    }
    snprintf(text, sizeof text, "%lld", (long long)n);
    before_cell(t);
    if (t->format == ASH_FORMAT_TABLE)
        hold(t, ash_view_z(text));
    else
        fputs(text, stdout);
    after_cell(t);
}

bool ash_table_end(ash_table *t)
{
    bool ok = !t->failed;
    if (t->format == ASH_FORMAT_TABLE && !t->flowing && ok)
        flow(t);
    if (t->format == ASH_FORMAT_JSON) {
        if (ok)
            ash_json_end(&t->json->json, ']');
        ok = ash_json_out_end(t->json) && ok;
    }
    free(t->held);
    ash_arena_free(&t->arena);
    if (fflush(stdout) != 0)
        output_errno = errno;
    return output_errno == 0 && ok;
}

/* --- pager ------------------------------------------------------------- */

void ash_pager_begin(void)
{
    int fds[2];
    const char *pager = getenv("PAGER");
    if (pager == NULL || pager[0] == '\0')
        pager = "less";
    if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) || strcmp(pager, "cat") == 0 ||
        pipe(fds) != 0)
        return;
    fflush(stdout);
    pager_pid = fork();
    if (pager_pid == 0) {
        dup2(fds[0], STDIN_FILENO);
        close(fds[0]);
        close(fds[1]);
        setenv("LESS", "RFXS", 0);
        execlp("sh", "sh", "-c", pager, (char *)NULL);
        _exit(127);
    }
    if (pager_pid > 0)
        dup2(fds[1], STDOUT_FILENO);
    close(fds[0]);
    close(fds[1]);
}

void ash_pager_end(void)
{
    if (pager_pid <= 0)
        return;
    fflush(stdout);
    close(STDOUT_FILENO);
    waitpid(pager_pid, NULL, 0);
    pager_pid = 0;
}
