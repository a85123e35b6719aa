#include "detect/rates.h"

#include <math.h>

const double ash_window_s[ASH_WINDOWS] = {60, 600, 3600};

ash_keep ash_keep_after(double dt_s)
{
    if (dt_s <= 0)
        return (ash_keep){{1, 1, 1}};
    /* One exponential: the windows are 3600 s and its sixth and sixtieth part. */
    double hour = exp(-dt_s / ash_window_s[2]);
    double ten = hour * hour * hour;
    ten *= ten;
    double two = ten * ten, four = two * two;
    double minute = four * four * two;
    return (ash_keep){{(float)minute, (float)ten, (float)hour}};
}

void ash_rates_add(ash_rate *rates, unsigned n, ash_keep keep, unsigned add)
{
    for (unsigned i = 0; i < n; i++)
        for (unsigned w = 0; w < ASH_WINDOWS; w++)
            rates[i].value[w] *= keep.part[w];
    for (unsigned w = 0; w < ASH_WINDOWS; w++) {
        rates[add].value[w] += 1;
        if (rates[add].value[w] > rates[add].peak[w])
            rates[add].peak[w] = rates[add].value[w];
    }
}

static unsigned bin_of(double peak)
{
    if (peak < 1)
        return 0;
    unsigned b = 1 + (unsigned)(2 * log2(peak));
    return b < ASH_PEAK_BINS ? b : ASH_PEAK_BINS - 1;
}

void ash_peaks_add(ash_peaks *p, double peak)
{
    if (p->total >= 4096) {
        p->total = 0;
        for (unsigned i = 0; i < ASH_PEAK_BINS; i++) {
            p->bin[i] /= 2;
            p->total += p->bin[i];
        }
    }
    p->bin[bin_of(peak)]++;
    p->total++;
}

double ash_peaks_quantile(const ash_peaks *p, double q)
{
    double need = q * p->total, seen = 0;
    if (p->total == 0)
        return 0;
    for (unsigned i = 0; i < ASH_PEAK_BINS; i++) {
        seen += p->bin[i];
        if (seen >= need)
            return i == 0 ? 1 : pow(2, i / 2.0);
    }
    return pow(2, ASH_PEAK_BINS / 2.0);
}

void ash_peaks_save(const ash_peaks *p, ash_buf *out)
{
    for (unsigned i = 0; i < ASH_PEAK_BINS; i++)
        ash_put_u16(out, p->bin[i]);
}

void ash_peaks_load(ash_peaks *p, ash_cursor *in)
{
    p->total = 0;
    for (unsigned i = 0; i < ASH_PEAK_BINS; i++)
        p->total += p->bin[i] = ash_get_u16(in);
}
