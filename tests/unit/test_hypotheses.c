/* Weighing explanations: the table, and the ranking it gives. */
#include "investigate/hypotheses.h"
#include "unit.h"

static const struct {
    const char *id;
    ash_observed value;
    const char *signs;
} table[] = {
#define VALUE(id, kind, name, signs, words) {#id, ASH_OBSERVED_##id, signs},
#include "investigate/observations.def"
};

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(strlen(table[i].signs), ASH_HYPOTHESES);
        assert_int_equal(strspn(table[i].signs, "+-0"), ASH_HYPOTHESES);
        assert_true(ash_observed_name(table[i].value)[0] != '\0');
        assert_true(ash_observed_words(table[i].value)[0] != '\0');
    }
    for (int k = 0; k < ASH_OBSERVATIONS; k++)
        assert_true(ash_observation_title((ash_observation_kind)k)[0] != '\0');
}

/* What says the same of all has no place in the table (Heuer: it is of no use). */
static void every_row_tells_some_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        if (strspn(table[i].signs, (char[]){table[i].signs[0], '\0'}) == ASH_HYPOTHESES)
            fail_msg("%s says the same of all", table[i].id);
}

/* ... and no explanation can be ruled out by nothing, or by everything. */
static void every_explanation_can_win_and_lose(void **state)
{
    (void)state;
    for (int k = 0; k < ASH_HYPOTHESES; k++) {
        size_t for_it = 0, against = 0;
        for (size_t i = 0; i < COUNT(table); i++) {
            char sign = ash_hypothesis_sign((ash_hypothesis_kind)k, table[i].value);
            for_it += sign == '+';
            against += sign == '-';
        }
        assert_true(for_it >= 5);
        assert_true(against >= 5);
    }
}

static void observe(ash_observations *o, ash_observed v)
{
    o->at[ash_observed_kind(v)].value = v;
}

static ash_hypothesis of_kind(const ash_hypothesis *h, ash_hypothesis_kind k)
{
    size_t i = 0;
    while (i < ASH_HYPOTHESES - 1 && h[i].kind != k)
        i++;
    assert_int_equal(h[i].kind, k);
    return h[i];
}

static void nothing_observed_settles_nothing(void **state)
{
    ash_observations o = {0};
    ash_weighed w = {0};
    (void)state;
    ash_hypotheses_rank(&o, w.at);
    assert_int_equal(ash_hypotheses_leading(&w), ASH_HYPOTHESES);
    for (size_t i = 0; i < ASH_HYPOTHESES; i++)
        assert_int_equal(w.at[i].rank, 1);
}

/* Much in favour does not outweigh one contradiction. */
static void least_contradiction_wins(void **state)
{
    ash_observations o = {0};
    ash_hypothesis h[ASH_HYPOTHESES];
    (void)state;
    observe(&o, ASH_OBSERVED_CHANGES_ENCRYPTION);
    observe(&o, ASH_OBSERVED_ACCOUNTS_ONE);
    observe(&o, ASH_OBSERVED_CLIENT_USUAL);
    observe(&o, ASH_OBSERVED_LOGONS_CLEAN);
    ash_hypotheses_rank(&o, h);
    assert_int_equal(h[0].kind, ASH_HYPOTHESIS_RANSOMWARE);
    assert_int_equal(h[0].contradicts, 0);
    assert_int_equal(h[0].supports, 1);
    ash_hypothesis insider = of_kind(h, ASH_HYPOTHESIS_INSIDER);
    assert_int_equal(insider.supports, 3);
    assert_int_equal(insider.contradicts, 1);
    assert_true(insider.rank > 1);
}

/* A nightly job by its own account, from its own client. */
static void a_backup_is_a_mass_job(void **state)
{
    static const ash_observed seen[] = {
        ASH_OBSERVED_CLIENT_USUAL, ASH_OBSERVED_FOLDERS_OWN,      ASH_OBSERVED_REFUSED_FEW,
        ASH_OBSERVED_ORDER_TREES,  ASH_OBSERVED_DEPTH_READING,    ASH_OBSERVED_CHANGES_NONE,
        ASH_OBSERVED_NAME_SERVICE, ASH_OBSERVED_SCHEDULE_REGULAR, ASH_OBSERVED_HABIT_BEFORE,
        ASH_OBSERVED_PACE_MACHINE, ASH_OBSERVED_BREADTH_WIDE};
    ash_observations o = {0};
    ash_hypothesis h[ASH_HYPOTHESES];
    (void)state;
    for (size_t i = 0; i < COUNT(seen); i++)
        observe(&o, seen[i]);
    ash_hypotheses_rank(&o, h);
    assert_int_equal(h[0].kind, ASH_HYPOTHESIS_MASS_JOB);
    assert_int_equal(h[1].rank, 2);
}

/* Quiet for long, a pause, another client, a burst. */
static void a_sold_access_is_a_change_of_operator(void **state)
{
    static const ash_observed seen[] = {
        ASH_OBSERVED_CLIENT_OTHER,    ASH_OBSERVED_WORKSTATION_NEW, ASH_OBSERVED_FOLDERS_NEW,
        ASH_OBSERVED_COURSE_LOUD_END, ASH_OBSERVED_HANDOVER_SEEN,   ASH_OBSERVED_DEPTH_READING,
        ASH_OBSERVED_CHANGES_NONE};
    ash_observations o = {0};
    ash_hypothesis h[ASH_HYPOTHESES];
    (void)state;
    for (size_t i = 0; i < COUNT(seen); i++)
        observe(&o, seen[i]);
    ash_hypotheses_rank(&o, h);
    assert_int_equal(h[0].kind, ASH_HYPOTHESIS_OPERATOR_CHANGE);
    assert_int_equal(h[1].rank, 2);
}

static void the_text_names_what_speaks_for_and_against(void **state)
{
    ash_weighed w = {0};
    ash_buf text;
    (void)state;
    observe(&w.observations, ASH_OBSERVED_NAME_PERSON);
    observe(&w.observations, ASH_OBSERVED_PACE_MACHINE);
    ash_hypotheses_rank(&w.observations, w.at);
    ash_buf_init(&text, 4096);
    for (size_t i = 0; i < ASH_HYPOTHESES; i++) {
        if (w.at[i].kind != ASH_HYPOTHESIS_MASS_JOB)
            continue;
        ash_hypothesis_text(&w, i, &text);
        assert_string_equal(ash_buf_z(&text), "against it: a person's account; for it: a program's pace");
    }
    assert_true(text.n > 0);
    ash_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(every_row_tells_some_apart),
        cmocka_unit_test(every_explanation_can_win_and_lose),
        cmocka_unit_test(nothing_observed_settles_nothing),
        cmocka_unit_test(least_contradiction_wins),
        cmocka_unit_test(a_backup_is_a_mass_job),
        cmocka_unit_test(a_sold_access_is_a_change_of_operator),
        cmocka_unit_test(the_text_names_what_speaks_for_and_against),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
