"""The random processes behind the simulated market; arrays are (time, instrument).

Each process draws from a generator of its own, so that switching one off leaves the others alone.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS = 12  # sub-steps of each bar, so that high and low belong to a path
TAIL = 4.0  # degrees of freedom of the innovations: fat tails, finite variance


def fat_tailed(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Student-t innovations of unit variance."""
    draws = rng.standard_t(TAIL, size=shape)
    draws *= np.sqrt((TAIL - 2.0) / TAIL)
    return draws


def volatility_factor(rng: np.random.Generator, bars: int, count: int, per_day: float) -> Floats:
    """Log-normal stochastic volatility (Taylor 1986), mean square 1: clusters of about a week.

    log factor is AR(1) with half-life 4 days and stationary deviation 0.35, of which 70 % of the
    variance is the market's and the rest each instrument's own.
    """
    keep = 0.5 ** (1.0 / (4.0 * per_day))
    shocks = rng.standard_normal((bars, count + 1))
    level = np.empty((bars, count + 1))
    state = shocks[0]
    scale = np.sqrt(1.0 - keep * keep)
    for row in range(bars):
        state = keep * state + scale * shocks[row]
        level[row] = state
    mixed = np.sqrt(0.7) * level[:, :1] + np.sqrt(0.3) * level[:, 1:]
    spread = 0.35
    out: Floats = np.exp(spread * mixed - spread * spread)  # E[factor²] = 1
    return out


def intraday_curve(hour_of_day: Floats) -> Floats:
    """Activity by UTC hour, mean 1: quiet at 04:00, busiest at 15:00, as two cosines."""
    day = 2.0 * np.pi * (hour_of_day - 15.0) / 24.0
    out: Floats = 1.0 + 0.40 * np.cos(day) + 0.12 * np.cos(2.0 * day)
    return out


def random_walk(rng: np.random.Generator, deviation: Floats, loading: Floats, steps: int) -> Floats:
    """Increments (bars, steps, instruments) of log price with the given deviation per bar.

    One common factor carries `loading`² of each instrument's variance.
    """
    bars, count = deviation.shape
    draws = fat_tailed(rng, (bars, steps, count + 1))
    own = np.sqrt(1.0 - loading * loading)
    out: Floats = (draws[:, :, :1] * loading + draws[:, :, 1:] * own) * (
        deviation[:, None, :] / np.sqrt(steps)
    )
    return out


def overreaction(
    rng: np.random.Generator, bars: int, steps: int, deviation: Floats, half_life_steps: float
) -> Floats:
    """Ornstein-Uhlenbeck path (bars, steps, instruments), exact at the sub-steps, stationary start.

    Blocks are chosen short enough that keep^-block stays small, and each is one cumulative sum:
    x[t] = keep^t (x[0] + Σ keep^-s e[s]).
    """
    total, count = bars * steps, len(deviation)
    keep = 0.5 ** (1.0 / half_life_steps)
    shocks = rng.standard_normal((total + 1, count)) * deviation
    state = shocks[0]
    shocks = shocks[1:] * np.sqrt(1.0 - keep * keep)
    out = np.empty((total, count))
    block = max(1, int(half_life_steps * 8))
    powers = keep ** np.arange(1, block + 1)[:, None]
    for start in range(0, total, block):
        part = shocks[start : start + block]
        grow = powers[: len(part)]
        out[start : start + block] = grow * (state + np.cumsum(part / grow, axis=0))
        state = out[start + len(part) - 1]
    return out.reshape(bars, steps, count)
