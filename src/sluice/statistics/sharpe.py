"""How far a Sharpe ratio can be believed: its error, PSR, MinTRL, DSR and MinBTL.

Inside these formulas the Sharpe ratio is **per period**, never annualized, `n` is the number of
returns, and kurtosis is **raw** (3 for the normal): mixing either is the usual mistake, and errs on
the optimistic side. The form of 2012/2014 is what a gate may read; `psr_under_null` and
`min_trl_under_null` are the revision of 2025, reported beside it and never mixed with it.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

_NORMAL = NormalDist()
EULER_GAMMA = 0.5772156649015329


def _spread(sharpe: float, skew: float, kurtosis: float) -> float:
    """1 - γ3·SR + (γ4 - 1)/4·SR²: n times the variance of a Sharpe estimate (Mertens 2002)."""
    return 1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe * sharpe


def sharpe_standard_error(
    sharpe: float, n: int, *, skew: float = 0.0, kurtosis: float = 3.0
) -> float:
    """Standard error of a per-period Sharpe ratio from n returns: sqrt(spread / (n - 1)).

    Mertens (2002); with normal moments it is Lo (2002), sqrt((1 + SR²/2) / n), but for n - 1.
    NaN below two returns or where the sample moments make the spread negative.
    """
    spread = _spread(sharpe, skew, kurtosis)
    return math.sqrt(spread / (n - 1)) if n > 1 and spread >= 0 else float("nan")


def lo_annualization(autocorrelations: Sequence[float], periods: int) -> float:
    """η(q) of Lo (2002): the factor from a per-period to a q-period Sharpe ratio.

    η(q) = q / sqrt(q + 2·Σ_{k=1}^{q-1} (q - k)·ρ_k); √q without autocorrelation.

    Args:
        autocorrelations: ρ_1 … ρ_{q-1}; missing ones at the end count as 0.
        periods: q, ≥ 1.
    """
    lags = zip(range(1, periods), autocorrelations, strict=False)
    variance = periods + 2.0 * math.fsum((periods - k) * rho for k, rho in lags)
    return periods / math.sqrt(variance) if variance > 0 else float("nan")


def psr(
    sharpe: float, n: int, *, skew: float = 0.0, kurtosis: float = 3.0, benchmark: float = 0.0
) -> float:
    """Probability that the true Sharpe ratio is above `benchmark` (both per period).

    Φ((SR - SR*)·sqrt(n - 1) / sqrt(1 - γ3·SR + (γ4 - 1)/4·SR²)): Bailey & López de Prado, "The
    Sharpe Ratio Efficient Frontier", J. Risk 15(2), 2012.
    """
    error = sharpe_standard_error(sharpe, n, skew=skew, kurtosis=kurtosis)
    if not error > 0:
        return float("nan")
    return _NORMAL.cdf((sharpe - benchmark) / error)


def min_trl(
    sharpe: float,
    benchmark: float = 0.0,
    *,
    skew: float = 0.0,
    kurtosis: float = 3.0,
    confidence: float = 0.95,
) -> float:
    """Minimum track record length in observations, for `confidence` that SR > benchmark.

    1 + (1 - γ3·SR + (γ4 - 1)/4·SR²)·(z_{1-α} / (SR - SR*))², same paper; infinite where SR ≤ SR*.
    """
    if sharpe <= benchmark:
        return math.inf
    z = _NORMAL.inv_cdf(confidence)
    return 1.0 + _spread(sharpe, skew, kurtosis) * (z / (sharpe - benchmark)) ** 2


def expected_max(trials: float) -> float:
    """E[max] of N independent standard normals, in deviations; 0 for one trial.

    (1 - γ)·Φ⁻¹(1 - 1/N) + γ·Φ⁻¹(1 - 1/(N·e)): Bailey & López de Prado, "The Deflated Sharpe Ratio",
    J. Portfolio Management 40(5), 2014. Slightly high for small N. N may be an effective number.
    """
    if trials <= 1:
        return 0.0
    upper = _NORMAL.inv_cdf(1.0 - 1.0 / trials)
    lower = _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    return (1.0 - EULER_GAMMA) * upper + EULER_GAMMA * lower


def dsr(
    sharpe: float,
    n: int,
    *,
    trials: float,
    trials_variance: float,
    skew: float = 0.0,
    kurtosis: float = 3.0,
) -> float:
    """Deflated Sharpe ratio: PSR against what the best of `trials` lucky ones would show.

    SR0 = sqrt(V[SR])·E[max_N], same paper.

    Args:
        sharpe: per-period Sharpe ratio of the strategy.
        n: number of returns.
        trials: number of (effective) independent trials, ≥ 1.
        trials_variance: variance of the trials' **per-period** Sharpe ratios.
        skew: of the returns.
        kurtosis: of the returns, raw.
    """
    bar = math.sqrt(trials_variance) * expected_max(trials)
    return psr(sharpe, n, skew=skew, kurtosis=kurtosis, benchmark=bar)


def min_btl(trials: float, target: float) -> float:
    """Minimum backtest length in years, (E[max_N] / target)² for an annual Sharpe `target` > 0.

    Bailey, Borwein, López de Prado, Zhu, Notices of the AMS 61(5), 2014: with less, the best of N
    strategies without edge is expected to reach the target in sample.
    """
    return (expected_max(trials) / target) ** 2


def chance_without_edge(threshold: float, years: float) -> float:
    """Chance that a strategy whose true Sharpe is 0 shows more than `threshold` (annual).

    1 - Φ(threshold·√years): an annual Sharpe ratio has standard error ≈ 1/√years whatever the bar.
    180 days: 15 % above 1.5; two years: 1.7 %.
    """
    if years <= 0:
        return 0.5 if threshold >= 0 else 1.0
    return _NORMAL.cdf(-threshold * math.sqrt(years))


def psr_under_null(
    sharpe: float, n: int, *, skew: float = 0.0, kurtosis: float = 3.0, benchmark: float = 0.0
) -> float:
    """PSR in the form of 2025: the error is taken at the benchmark, and over n, not n - 1.

    Reported beside `psr`, never judged. "Sharpe Ratio Inference: A New Standard for Reporting and
    Decision-Making", SSRN 5520741; without its AR(1) correction.
    """
    spread = _spread(benchmark, skew, kurtosis)
    if not (n > 0 and spread > 0):
        return float("nan")
    return _NORMAL.cdf((sharpe - benchmark) / math.sqrt(spread / n))


def min_trl_under_null(
    sharpe: float,
    benchmark: float = 0.0,
    *,
    skew: float = 0.0,
    kurtosis: float = 3.0,
    confidence: float = 0.95,
) -> float:
    """MinTRL in the form of 2025, in observations: spread at the benchmark, and no added 1."""
    if sharpe <= benchmark:
        return math.inf
    z = _NORMAL.inv_cdf(confidence)
    return _spread(benchmark, skew, kurtosis) * (z / (sharpe - benchmark)) ** 2
