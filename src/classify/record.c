/* Which values belong to one person: those of a row, or of lines close together until
 * another name comes. */
#include "classify/scan_internal.h"

static void touch(ash_scan *s, uint64_t line)
{
    ash_record *r = &s->record;
    if (r->open && !r->in_row &&
        (line > r->last_line + ASH_RECORD_GAP || line < r->last_line))
        ash_record_end(s);
    r->open = true;
    r->last_line = line;
}

void ash_record_name(ash_scan *s, ash_view name, bool kana, uint64_t line)
{
    char normal[256];
    if (name.n + 8 > sizeof normal)
        return;
    touch(s, line);
    uint64_t d = ash_scan_digest(s, 'n', ash_view_of(normal, ash_name_normal(normal, name)));
    ash_record *r = &s->record;
    uint64_t *slot = kana ? &r->who.kana : &r->who.name;
    if (*slot != 0 && *slot != d && !kana && !r->in_row) {
        ash_record_end(s);
        r->open = true;
        r->last_line = line;
    }
    if (*slot == 0)
        *slot = d;
    r->who.classes |= 1ull << ASH_CLASS_NAME;
}

void ash_record_value(ash_scan *s, uint32_t cls, ash_view normal, uint64_t line)
{
    touch(s, line);
    ash_record *r = &s->record;
    uint64_t d = ash_scan_digest(s, (char)('A' + cls), normal), *slot;
    switch (cls) {
    case ASH_CLASS_EMAIL: slot = &r->who.email; break;
    case ASH_CLASS_PHONE: slot = &r->who.phone; break;
    case ASH_CLASS_BIRTH: slot = &r->who.birth; break;
    case ASH_CLASS_ADDRESS: slot = &r->who.address; break;
    case ASH_CLASS_CORPORATE: return;
    default: slot = &r->who.number; break;
    }
    bool another = *slot != 0 && *slot != d &&
                   (cls == ASH_CLASS_EMAIL || cls == ASH_CLASS_BIRTH || cls == ASH_CLASS_MYNUMBER);
    if (another && !r->in_row && slot != &r->who.number) {
        ash_record_end(s);
        r->open = true;
        r->last_line = line;
    }
    /* My Number stands for the person whatever else there is. */
    if (*slot == 0 || (cls == ASH_CLASS_MYNUMBER && slot == &r->who.number))
        *slot = d;
    r->has_card |= cls == ASH_CLASS_CARD;
    r->who.classes |= 1ull << cls;
}

void ash_record_end(ash_scan *s)
{
    ash_record *r = &s->record;
    ash_identity who = r->who;
    if (r->open && who.name == 0)
        who.name = who.kana;
    if (r->open && (who.name != 0 || who.email != 0 || who.number != 0)) {
        s->records++;
        if (s->hooks.on_person != NULL)
            s->hooks.on_person(s->hooks.user, &who);
    }
    memset(r, 0, sizeof *r);
}
