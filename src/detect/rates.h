/* Decayed counts over several windows, and histories of their peaks.
 *
 * A decayed count adds 1 per event and falls by 1/e per window: after a burst
 * it is the burst's size, under a steady rate it is rate x window. One number
 * and one time, whatever the rate (Cormode et al., "Forward Decay", 2009). */
#ifndef ASH_DETECT_RATES_H
#define ASH_DETECT_RATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

#define ASH_WINDOWS 3
/* Seconds: a burst, a quarter of a coffee break, a sitting. */
extern const double ash_window_s[ASH_WINDOWS];

typedef struct ash_rate {
    float value[ASH_WINDOWS];
    float peak[ASH_WINDOWS]; /* since the session began */
} ash_rate;

/* What is left of a count, by window, when dt seconds have passed (dt <= 0: all). */
typedef struct ash_keep {
    float part[ASH_WINDOWS];
} ash_keep;
ash_keep ash_keep_after(double dt_s);

/* Lets that time pass for n rates, then adds one to rates[add]. */
void ash_rates_add(ash_rate *rates, unsigned n, ash_keep keep, unsigned add);

/* Histogram of session peaks on a log scale, 2 bins per doubling; old ones fade
 * when it holds many, so that habits may change. */
#define ASH_PEAK_BINS 32
typedef struct ash_peaks {
    uint32_t total;
    uint16_t bin[ASH_PEAK_BINS];
} ash_peaks;

void ash_peaks_add(ash_peaks *p, double peak);
/* Upper edge of the bin that holds quantile q; 0 while empty. */
double ash_peaks_quantile(const ash_peaks *p, double q);

void ash_peaks_save(const ash_peaks *p, ash_buf *out);
void ash_peaks_load(ash_peaks *p, ash_cursor *in);

#endif
