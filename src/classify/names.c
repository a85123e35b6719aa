#include "classify/names.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/text.h"

/* Built from IPADIC by tools/name-list: lines of a kind ('S' surname, 'G' given
 * name) and a word. */
__asm__(".section .rodata\n"
        ".global ash_name_list\n"
        ".global ash_name_list_end\n"
        "ash_name_list:\n"
        ".incbin \"" ASH_NAME_LIST "\"\n"
        "ash_name_list_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const char ash_name_list[], ash_name_list_end[];

#define SLOTS (1u << 17) /* more than twice the words */
#define NAME_BYTES 48u   /* longest text judged: 16 kanji */
#define WORD_BYTES 24u

enum { SURNAME = 1, GIVEN = 2, LATIN = 3 };

struct ash_names {
    uint64_t slots[SLOTS]; /* hash of kind and word; 0: free */
};

static const char latin_given[] =
    "aaron adam adrian alan albert alex alexander alexandra alice alicia alison amanda amber amelia amy "
    "andrea andrew angela anita ann anna anne annie anthony antonio april arthur ashley austin barbara "
    "ben benjamin bernard beth betty beverly bill bob bonnie brad bradley brandon brenda brian bruce "
    "bryan carl carla carlos carol caroline carolyn catherine charles charlotte cheryl chris christian "
    "christina christine christopher cindy claire clara claudia colin connie craig crystal cynthia dan "
    "daniel daniela danielle david dawn deborah debra denise dennis diana diane diego donald donna doris "
    "dorothy douglas dylan edward eileen elaine elena eleanor elizabeth ella ellen emily emma eric erica "
    "erin ethan eugene eva evelyn florence frances francis frank fred gabriel gary george gerald gloria "
    "grace graham greg gregory hannah harold harry heather helen henry howard hugo ian ingrid irene isaac "
    "isabel isabella ivan jack jacob jacqueline jake james jamie jan jane janet janice jason jean jeff "
    "jeffrey jennifer jeremy jerry jesse jessica jim joan joanna joe john jonathan jordan jorge jose "
    "joseph joshua joyce juan judith judy julia julian julie justin karen karl kate katherine kathleen "
    "kathryn kathy katie keith kelly ken kenneth kevin kim kimberly kyle larry laura lauren lawrence lee "
    "leo leon leonard liam lily linda lisa logan lori louis louise lucas lucy luis luke lynn madison "
    "margaret maria marie marilyn mario mark martha martin mary mason matthew maria megan melanie melissa "
    "mia michael michele michelle miguel mike mohammed monica nancy natalie nathan neil nicholas nicole "
    "nina noah nora olga oliver olivia oscar pablo pamela patricia patrick paul paula pedro peter philip "
    "phillip phyllis rachel ralph raymond rebecca richard rita robert robin roger ronald rosa rose roy "
    "russell ruth ryan samantha samuel sandra sara sarah scott sean sergio sharon sheila shirley simon "
    "sofia sonia sophia sophie stanley stephanie stephen steve steven stuart susan suzanne sylvia tara "
    "teresa terry theresa thomas tim timothy tina todd tom tracy tyler valerie vanessa veronica victor "
    "victoria vincent virginia walter wanda wayne wendy william xavier yvonne zachary zoe "
    "akira hiroshi kenji takashi taro hanako yuki yuko kenta daisuke satoshi makoto naoki haruka sakura "
    "keiko yoko kumiko tomoko mei wei li ming jun hao ahmed ali fatima omar priya raj sanjay anil deepak "
    "jurgen klaus hans stefan heike sabine pierre jacques francois camille giulia marco luca giovanni";

static uint64_t hash_of(unsigned kind, ash_view word)
{
    return ash_hash64(word.p, word.n, kind) | 1;
}

static void add(ash_names *n, unsigned kind, ash_view word)
{
    uint64_t h = hash_of(kind, word);
    size_t i = (h >> 20) % SLOTS;
    while (n->slots[i] != 0 && n->slots[i] != h)
        i = (i + 1) % SLOTS;
    n->slots[i] = h;
}

static bool has(const ash_names *n, unsigned kind, ash_view word)
{
    if (word.n == 0 || word.n > WORD_BYTES)
        return false;
    uint64_t h = hash_of(kind, word);
    for (size_t i = (h >> 20) % SLOTS; n->slots[i] != 0; i = (i + 1) % SLOTS) {
        if (n->slots[i] == h)
            return true;
    }
    return false;
}

int ash_names_new(ash_names **ret, ash_error *err)
{
    ash_names *n = calloc(1, sizeof *n);
    if (n == NULL)
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    ash_view rest = ash_view_of(ash_name_list, (size_t)(ash_name_list_end - ash_name_list));
    while (rest.n > 0) {
        ptrdiff_t nl = ash_view_find(rest, '\n');
        ash_view line = ash_view_first(rest, nl < 0 ? rest.n : (size_t)nl);
        if (line.n > 1)
            add(n, line.p[0] == 'S' ? SURNAME : GIVEN, ash_view_skip(line, 1));
        rest = ash_view_skip(rest, line.n + 1);
    }
    rest = ASH_VIEW_LIT(latin_given);
    while (rest.n > 0) {
        ptrdiff_t space = ash_view_find(rest, ' ');
        ash_view word = ash_view_first(rest, space < 0 ? rest.n : (size_t)space);
        add(n, LATIN, word);
        rest = ash_view_skip(rest, word.n + 1);
    }
    *ret = n;
    return 0;
}

void ash_names_free(ash_names *n)
{
    free(n);
}

size_t ash_is_kanji(ash_view v)
{
    uint32_t cp;
    unsigned k = v.n == 0 ? 0 : ash_utf8_decode(v.p, v.n, &cp);
    return k != 0 && ((cp >= 0x4e00 && cp <= 0x9fff) || cp == 0x3005 || cp == 0x30f6 ||
                      (cp >= 0x3400 && cp <= 0x4dbf) || (cp >= 0xf900 && cp <= 0xfaff) ||
                      (cp >= 0x20000 && cp <= 0x2ffff)) ? k : 0;
}

size_t ash_is_kana(ash_view v)
{
    uint32_t cp;
    unsigned k = v.n == 0 ? 0 : ash_utf8_decode(v.p, v.n, &cp);
    return k != 0 && ((cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30a1 && cp <= 0x30fa) ||
                      cp == 0x30fc) ? k : 0;
}

bool ash_all_kana(ash_view v)
{
    size_t i = 0, letters = 0;
    while (i < v.n) {
        size_t k = v.p[i] == ' ' ? 1 : ash_is_kana(ash_view_skip(v, i));
        if (k == 0)
            return false;
        letters += k > 1;
        i += k;
    }
    return letters >= 2;
}

bool ash_name_is_given_latin(const ash_names *n, ash_view word)
{
    char low[WORD_BYTES];
    if (word.n < 2 || word.n > sizeof low)
        return false;
    for (size_t i = 0; i < word.n; i++)
        low[i] = (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] + 32 : word.p[i]);
    return has(n, LATIN, ash_view_of(low, word.n));
}

/* Letters of any script but Japanese and ASCII symbols; 0 if none is at the front. */
static size_t letter(ash_view v)
{
    uint32_t cp;
    unsigned k = v.n == 0 ? 0 : ash_utf8_decode(v.p, v.n, &cp);
    if (k == 0)
        return 0;
    if (k == 1)
        return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || cp == '\'' || cp == '-' ||
               cp == '.';
    return (cp >= 0xc0 && cp <= 0x24f && cp != 0xd7 && cp != 0xf7) || (cp >= 0x370 && cp <= 0x5ff) ||
           (cp >= 0x1e00 && cp <= 0x1fff) || (cp >= 0xac00 && cp <= 0xd7a3) || cp == 0x2019 ? k : 0;
}

/* Words within a name that begin small. */
static bool particle(ash_view v)
{
    static const char *const all[] = {"van", "von", "de", "der", "den", "del", "della", "da", "di", "do", "dos", "du",
                                      "la", "le", "bin", "al", "el", "y", "e", "ter", "zu", "af", "ibn"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (ash_view_is(v, all[i]))
            return true;
    }
    return false;
}

/* Organisations and things that are written like names. */
static bool organisation(ash_view last)
{
    static const char *const all[] = {"Inc", "Inc.", "Corp", "Corp.", "Ltd", "Ltd.", "LLC", "GmbH", "Co.", "Company", "University",
                                      "Bank", "Group", "Department", "Team", "Office", "Systems", "Services", "Manager", "Director",
                                      "Corporation", "Limited", "Institute", "School", "Hospital", "Number", "Name", "Address",
                                      "Date", "Street", "Foundation", "Project", "List", "Report", "Form", "Data"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (ash_view_is(last, all[i]))
            return true;
    }
    return false;
}

/* Two to five words with a capital first ("John Smith", "Smith, John", "JOHN SMITH",
 * "Ludwig van Beethoven", "John Q. Public"). */
static ash_name_kind judge_latin(const ash_names *n, ash_view v)
{
    unsigned words = 0, capitals = 0, given = 0;
    for (size_t i = 0; i < v.n;) {
        size_t from = i, k;
        while ((k = letter(ash_view_skip(v, i))) != 0)
            i += k;
        ash_view word = ash_view_of(v.p + from, i - from);
        bool small = word.n > 0 && word.p[0] >= 'a' && word.p[0] <= 'z';
        ptrdiff_t dot = ash_view_find(word, '.');
        bool initial = dot >= 0 && (size_t)dot + 1 == word.n && word.n <= 3;
        if (word.n == 0 || (small && (words == 0 || !particle(word))) || (dot >= 0 && !initial))
            return ASH_NAME_NO;
        words++;
        capitals += !small && word.p[0] != '\'' && word.p[0] != '-';
        given += ash_name_is_given_latin(n, word);
        if (i < v.n && v.p[i] == ',')
            i++;
        if (i < v.n && v.p[i] != ' ')
            return ASH_NAME_NO;
        i += i < v.n;
    }
    const char *space = memrchr(v.p, ' ', v.n);
    if (space != NULL && organisation(ash_view_of(space + 1, (size_t)(v.p + v.n - space - 1))))
        return ASH_NAME_NO;
    if (words < 2 || words > 5 || capitals < 2)
        return words == 1 && capitals == 1 && given == 1 ? ASH_NAME_SURNAME : ASH_NAME_NO;
    return given > 0 ? ASH_NAME_FULL : ASH_NAME_POSSIBLE;
}

static bool no_name(ash_view v)
{
    static const char *const ends[] = {"会社", "部", "課", "店", "局", "校", "欄", "書", "所", "様", "院",
                                       "係", "室", "者", "名", "未定", "不明", "なし", "参照", "同上", "該当",
                                       "県", "市", "区", "法人", "組合", "銀行", "大学", "センター", "当", "済"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ash_view_ends(v, ash_view_z(ends[i])))
            return true;
    }
    return false;
}

/* Length of kanji and kana at the front, in bytes; characters into *ret_n. */
static size_t japanese(ash_view v, unsigned *ret_n)
{
    size_t i = 0, k;
    *ret_n = 0;
    while (i < v.n && ((k = ash_is_kanji(ash_view_skip(v, i))) != 0 ||
                       (k = ash_is_kana(ash_view_skip(v, i))) != 0)) {
        i += k;
        (*ret_n)++;
    }
    return i;
}

/* Of a text without a space. */
static ash_name_kind judge_joined(const ash_names *n, ash_view v, unsigned chars)
{
    ash_name_kind best = has(n, SURNAME, v) ? ASH_NAME_SURNAME : ASH_NAME_NO;
    if (best == ASH_NAME_SURNAME && chars <= 2) /* "田中" is no 田 with a given name */
        return best;
    for (size_t i = 3; i < v.n; i++) {
        if (((unsigned char)v.p[i] & 0xc0) == 0x80)
            continue;
        ash_view first = ash_view_first(v, i), second = ash_view_skip(v, i);
        if (!has(n, SURNAME, first))
            continue;
        if (has(n, GIVEN, second))
            return ASH_NAME_FULL;
        if (chars >= 2 && chars <= 7 && second.n <= 12 && best == ASH_NAME_NO)
            best = ASH_NAME_POSSIBLE;
    }
    return best;
}

static bool has_hiragana(ash_view v)
{
    for (size_t i = 0; i + 2 < v.n; i++) { /* U+3041 to U+3096: e3 81 81 to e3 82 96 */
        const unsigned char *p = (const unsigned char *)v.p + i;
        if (p[0] == 0xe3 && (p[1] == 0x81 || (p[1] == 0x82 && p[2] <= 0x96)))
            return true;
    }
    return false;
}

ash_name_kind ash_name_judge(const ash_names *n, ash_view v)
{
    unsigned chars, more;
    if (v.n < 3 || v.n > NAME_BYTES)
        return ASH_NAME_NO;
    size_t first = japanese(v, &chars);
    if (first == 0)
        return judge_latin(n, v);
    if (first == v.n)
        return chars > 12 || no_name(v) ? (has(n, SURNAME, v) ? ASH_NAME_SURNAME : ASH_NAME_NO)
                                        : judge_joined(n, v, chars);
    ash_view rest = ash_view_skip(v, first + 1);
    ptrdiff_t third = ash_view_find(rest, ' ');
    if (third > 0 && ash_all_kana(v) && !has_hiragana(v)) /* "グエン ティ ラン" */
        return ash_view_find(ash_view_skip(rest, (size_t)third + 1), ' ') < 0 ? ASH_NAME_POSSIBLE : ASH_NAME_NO;
    if (v.p[first] != ' ' || japanese(rest, &more) != rest.n || chars > 8 || more > 8 || more == 0)
        return ASH_NAME_NO;
    ash_view front = ash_view_first(v, first);
    bool surname = has(n, SURNAME, front), given = has(n, GIVEN, rest);
    if (surname && (given || (more <= 4 && !no_name(rest))))
        return ASH_NAME_FULL;
    /* A surname not in the list: kanji, or a reading in katakana. */
    if (given && chars <= 4 && !no_name(front) && !has_hiragana(front))
        return ASH_NAME_FULL;
    return chars <= 5 && more <= 5 && !no_name(rest) && !no_name(front) && !has_hiragana(front) ? ASH_NAME_POSSIBLE : ASH_NAME_NO;
}

size_t ash_name_at(const ash_names *n, ash_view v)
{
    unsigned chars, more;
    v = ash_view_first(v, NAME_BYTES);
    size_t run = 0, k;
    while ((k = ash_is_kanji(ash_view_skip(v, run))) != 0)
        run += k;
    if (run == 0)
        return 0;
    /* Given names in kana may follow the kanji. */
    size_t whole = run + japanese(ash_view_skip(v, run), &more);
    if (whole < v.n && v.p[whole] == ' ' && whole <= 12 && has(n, SURNAME, ash_view_first(v, whole))) {
        size_t second = japanese(ash_view_skip(v, whole + 1), &chars);
        if (has(n, GIVEN, ash_view_of(v.p + whole + 1, second)))
            return whole + 1 + second;
    }
    return ash_name_judge(n, ash_view_first(v, run)) == ASH_NAME_FULL ? run : 0;
}

/* Kanji or kana end at v.p + at. */
static bool japanese_before(ash_view v, size_t at)
{
    if (at < 3)
        return false;
    ash_view last = ash_view_of(v.p + at - 3, 3);
    return ash_is_kanji(last) != 0 || ash_is_kana(last) != 0;
}

size_t ash_name_before(const ash_names *n, ash_view v)
{
    size_t at = v.n, best = 0;
    unsigned chars = 0;
    bool space = false;
    while (at > 0 && chars < 9) {
        size_t from = at - 1;
        while (from > 0 && ((unsigned char)v.p[from] & 0xc0) == 0x80)
            from--;
        ash_view rest = ash_view_of(v.p + from, v.n - from);
        if (v.p[from] == ' ') {
            if (space || chars == 0)
                break;
            space = true;
            at = from;
            continue;
        }
        if (ash_is_kanji(rest) == 0 && ash_is_kana(rest) == 0)
            break;
        chars++;
        at = from;
        ash_name_kind kind = ash_name_judge(n, rest);
        if (kind == ASH_NAME_FULL || (kind == ASH_NAME_SURNAME && (chars > 1 || from == 0)))
            best = rest.n;
        /* A given name not in the list: only where nothing else can belong to it. */
        bool alone = from == 0 || (!japanese_before(v, from) && v.p[from - 1] != ' ');
        if (kind == ASH_NAME_POSSIBLE && best == 0 && alone && !space && chars >= 3 && chars <= 4)
            best = rest.n;
    }
    return best;
}

size_t ash_name_normal(char *out, ash_view v)
{
    static const char *const variants[][2] = {{"髙", "高"}, {"﨑", "崎"}, {"邉", "辺"}, {"邊", "辺"},
                                              {"齋", "斎"}, {"齊", "斉"}, {"德", "徳"}, {"濵", "浜"},
                                              {"濱", "浜"}, {"澤", "沢"}, {"廣", "広"}, {"櫻", "桜"}};
    ash_view words[8];
    size_t n_words = 0, n = 0;
    for (size_t i = 0; i < v.n && n_words < 8;) {
        size_t from = i;
        while (i < v.n && v.p[i] != ' ' && v.p[i] != ',')
            i++;
        if (i > from)
            words[n_words++] = ash_view_of(v.p + from, i - from);
        i++;
    }
    bool latin = v.n > 0 && (unsigned char)v.p[0] < 0xe3;
    for (size_t i = 1; latin && i < n_words; i++) { /* in order, whatever the case */
        for (size_t j = i; j > 0 && strncasecmp(words[j].p, words[j - 1].p, words[j].n < words[j - 1].n ? words[j].n : words[j - 1].n) < 0; j--) {
            ash_view t = words[j];
            words[j] = words[j - 1];
            words[j - 1] = t;
        }
    }
    for (size_t w = 0; w < n_words; w++) {
        if (latin && w > 0)
            out[n++] = ' ';
        for (size_t i = 0; i < words[w].n; i++)
            out[n++] = (char)(words[w].p[i] >= 'A' && words[w].p[i] <= 'Z' ? words[w].p[i] + 32 : words[w].p[i]);
    }
    for (size_t i = 0; i + 3 <= n; i++) {
        for (size_t k = 0; k < sizeof variants / sizeof *variants; k++) {
            if (memcmp(out + i, variants[k][0], 3) == 0)
                memcpy(out + i, variants[k][1], 3);
        }
    }
    return n;
}
