/* Where a sequence changes its behaviour.
 *
 * Every item has a composition (how much of each kind) and a level. A segment is
 * described by one composition (multinomial) and one level (normal, known
 * spread); the segmentation with the least cost
 *
 *     sum over segments of -2 log likelihood  +  penalty * number of segments
 *
 * is found exactly, by PELT: Killick, Fearnhead, Eckley, "Optimal detection of
 * changepoints with a linear computational cost", JASA 107 (2012). Both costs
 * are maximum likelihoods, so that splitting never costs, as its pruning needs. */
#ifndef ASH_INVESTIGATE_CHANGEPOINTS_H
#define ASH_INVESTIGATE_CHANGEPOINTS_H

#include <stddef.h>

#include "ashiato/error.h"

#define ASH_ITEM_KINDS 5

typedef struct ash_item {
    double n[ASH_ITEM_KINDS]; /* 0 or more: observations of each kind that count as independent */
    double level;
} ash_item;

/* What one more segment must gain, after Schwarz and Yao (Statistics &
 * Probability Letters 6, 1988): the shares of all kinds but one, the level and
 * the place of the change are found in n items. */
double ash_changepoints_penalty(size_t n);

/* How far a level strays from one item to the next within a segment: by the
 * median of the differences of neighbours, which changes of the level do not
 * reach. Between `least` and `most`; `least` if there are too few items. */
int ash_changepoints_spread(const ash_item *items, size_t n, double least, double most,
                            double *ret, ash_error *err) ASH_MUST_USE;

/* Writes the first item of each segment to ret_begins (room for n) and their
 * number to *ret_n. n is up to ASH_CELLS_MAX. The same input gives the same
 * result; of equal costs the earlier change wins. */
int ash_changepoints(const ash_item *items, size_t n, double spread, double penalty,
                     size_t *ret_begins, size_t *ret_n, ash_error *err) ASH_MUST_USE;

#endif
