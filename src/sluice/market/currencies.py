"""Which currencies a run has: the base one, and for each other the instrument that gives its rate.

A currency that is declared the same as another (USDT as USD) counts as it. The rate of a currency
is the last price of an instrument of the data: its symbol is currency + base (EURUSD), or base +
currency, inverted (USDJPY), or the settings name it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sluice.domain.errors import UsageError
from sluice.domain.instrument import Instrument

DEFAULT = "USD"


@dataclass(frozen=True, slots=True)
class CurrencySettings:
    """`base` is empty where the data decides; `same_as` maps a currency to those that count as it.

    `rates` maps a currency to the instrument (symbol or id) whose price is its rate.
    """

    base: str = ""
    same_as: Mapping[str, Sequence[str]] | None = None
    rates: Mapping[str, str] | None = None

    def counts_as(self, currency: str) -> str:
        """The currency that `currency` counts as; mostly itself."""
        for one, others in (self.same_as or {}).items():
            if currency in others:
                return one
        return currency

    def words(self, currency: str) -> tuple[str, ...]:
        """All that is written for a currency in symbols: itself, and what counts as it."""
        return (currency, *(self.same_as or {}).get(currency, ()))


@dataclass(frozen=True, slots=True)
class Currencies:
    """The base currency of a run, the foreign ones, and where the rate of each is read.

    `purses` has the place of each instrument's currency: 0 is the base one, n the n-th of
    `foreign`; `rates` the number of the instrument and whether it quotes the base in the foreign
    one.
    """

    base: str
    foreign: tuple[str, ...] = ()
    purses: tuple[int, ...] = ()
    rates: tuple[tuple[int, bool], ...] = ()


def currencies_of(instruments: Sequence[Instrument], settings: CurrencySettings) -> Currencies:
    """The currencies of a run over `instruments` (in their order).

    Raises:
        UsageError: the data holds no rate of a currency, or what is named cannot give one.
    """
    quoted = [settings.counts_as(i.currency) for i in instruments]
    base = settings.counts_as(settings.base) if settings.base else ""
    if not base:
        base = quoted[0] if len(set(quoted)) == 1 else DEFAULT
    foreign = tuple(sorted(set(quoted) - {base}))
    purses = tuple(0 if c == base else foreign.index(c) + 1 for c in quoted)
    rates = tuple(_rate(c, base, instruments, settings) for c in foreign)
    return Currencies(base, foreign, purses, rates)


def _rate(
    currency: str, base: str, instruments: Sequence[Instrument], settings: CurrencySettings
) -> tuple[int, bool]:
    named = (settings.rates or {}).get(currency)
    for inverted in (False, True):
        sold, bought = (base, currency) if inverted else (currency, base)
        symbols = {s + b for s in settings.words(sold) for b in settings.words(bought)}
        for place, instrument in enumerate(instruments):
            plain = "".join(c for c in instrument.symbol.upper() if c.isalnum())
            fits = (
                plain in symbols if named is None else named in (instrument.symbol, instrument.id)
            )
            quoted = settings.counts_as(instrument.currency) == bought
            if fits and quoted and instrument.multiplier == Decimal(1):
                return place, inverted
    example = f"{currency}{base} or {base}{currency}"
    who = next(i.id for i in instruments if settings.counts_as(i.currency) == currency)
    if named is not None:
        msg = (
            f"account.rates names {named} for {currency}, which is not in the data or does not "
            f"quote {currency} in {base}; name an instrument such as {example}"
        )
        raise UsageError(msg)
    msg = (
        f"{who} is quoted in {currency}, the account is in {base}, and the data holds no rate: "
        f"add an instrument {example}, name one in account.rates, choose another --base, or leave "
        f"{who} out by --symbols"
    )
    raise UsageError(msg)
