"""Confidence intervals of 95 %, standard library only."""
import math
import random

Z = 1.959963984540054  # the normal distribution's 97.5 % point


def wilson(hits, n):
    """Of a rate. E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927)."""
    if n == 0:
        return 0.0, 1.0
    p, z2 = hits / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson_cdf(k, mean):
    term = total = math.exp(-mean)
    for i in range(1, k + 1):
        term *= mean / i
        total += term
    return total


def poisson(count):
    """Of a count: exact. F. Garwood, Fiducial Limits for the Poisson Distribution (1936)."""
    def solve(k, p):  # the mean at which at most k events have the probability p
        lo, hi = 0.0, 10.0 + 3 * k
        while hi - lo > 1e-9 * (1 + hi):
            mid = (lo + hi) / 2
            lo, hi = (mid, hi) if poisson_cdf(k, mid) > p else (lo, mid)
        return lo
    if count > 500:  # where the exponential underflows the normal approximation is exact to a per cent
        return count - Z * math.sqrt(count), count + Z * math.sqrt(count)
    return (0.0 if count == 0 else solve(count - 1, 0.975)), solve(count, 0.025)


def quantile(values, q):
    """The smallest value that at least q of all do not exceed. Infinity: never."""
    v = sorted(values)
    return v[max(0, math.ceil(q * len(v)) - 1)]


def median_interval(values, rounds=1000):
    """Of the median: bootstrap, always with the same numbers."""
    rng = random.Random(1)
    medians = sorted(quantile(rng.choices(values, k=len(values)), 0.5) for _ in range(rounds))
    return medians[int(0.025 * rounds)], medians[int(0.975 * rounds) - 1]


