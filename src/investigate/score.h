/* Owner or intruder: the probability of each visit of an account that it was the
 * intruder's.
 *
 * A visit's terms are log-likelihood ratios (nats) that add up: where it went
 * against where the owner goes, from which client, when, whether in a walk, ... The
 * owner's habits are learned from the same visits, each counted as far as it is the
 * owner's, so that the terms and the probabilities are computed in turns
 * (expectation maximisation). An intruder comes for some time and goes: days are a
 * hidden Markov chain of two states, and a lonely odd visit of the owner stays the
 * owner's. docs/TRACKS.md has the formulas and their sources. */
#ifndef ASH_INVESTIGATE_SCORE_H
#define ASH_INVESTIGATE_SCORE_H

#include "investigate/parts.h"
#include "investigate/standing.h"
#include "investigate/visits.h"

/* Fills terms, presence and probability of the visits. seeds: what is known of
 * the intruder; parts of other accounts are passed over. */
int ash_score(ash_visits *v, const ash_map *m, const ash_part *seeds, size_t n_seeds, ash_error *err)
    ASH_MUST_USE;

/* The reasons that made a visit's probability what it is: ASH_WHY_*. */
uint32_t ash_visit_why(const ash_visit *v);

#endif
