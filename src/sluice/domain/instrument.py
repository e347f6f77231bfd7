"""What is traded and what trading it costs: Instrument and CostSchedule, exact decimals, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self, get_args

AssetClass = Literal["crypto_spot", "perpetual", "future", "fx", "equity"]
ASSET_CLASSES: tuple[str, ...] = get_args(AssetClass)
_DECIMALS = ("tick_size", "lot_size", "multiplier", "min_notional", "adv_usd")


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument at one venue; `id` is "SYMBOL.VENUE", as in "BTCUSDT.BINANCE".

    `tick_size` is the smallest price step (quote currency), `lot_size` the smallest quantity step,
    `multiplier` the money per 1.0 of price per unit, `min_notional` the least order (currency).
    `adv_usd` is average daily volume in USD where the data has no volume, with its source.
    `calendar` names its trading calendar ("XNYS", "24/5"); null is that of its class.
    `inferred` names the fields that an importer guessed.

    Raises:
        ValueError: a size that is not positive, a class that does not exist, an empty name.
    """

    symbol: str
    venue: str
    asset_class: AssetClass
    currency: str
    tick_size: Decimal
    lot_size: Decimal
    multiplier: Decimal = Decimal(1)
    min_notional: Decimal = Decimal(0)
    shortable: bool | None = None
    adv_usd: Decimal | None = None
    adv_source: str | None = None
    calendar: str | None = None
    inferred: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.symbol or not self.venue or not self.currency or "." in self.venue:
            msg = "an instrument needs a symbol, a venue without a dot, and a currency"
            raise ValueError(msg)
        if self.asset_class not in ASSET_CLASSES:
            msg = f"{self.asset_class!r} is no asset class; one of {', '.join(ASSET_CLASSES)}"
            raise ValueError(msg)
        for name in ("tick_size", "lot_size", "multiplier"):
            value: Decimal = getattr(self, name)
            if not value.is_finite() or value <= 0:
                msg = f"{name} of {self.id} is {value}; it must be above 0"
                raise ValueError(msg)
        if not self.min_notional.is_finite() or self.min_notional < 0:
            msg = f"min_notional of {self.id} is {self.min_notional}; it must not be negative"
            raise ValueError(msg)
        if self.adv_usd is not None and not self.adv_source:
            msg = f"adv_usd of {self.id} is given without adv_source; say where the figure is from"
            raise ValueError(msg)

    @property
    def id(self) -> str:
        """Symbol and venue, unique in a data set."""
        return f"{self.symbol}.{self.venue}"

    @property
    def can_short(self) -> bool:
        """Whether it can be sold short: as stated, else by class (crypto spot cannot)."""
        return self.asset_class != "crypto_spot" if self.shortable is None else self.shortable

    def to_json(self) -> dict[str, Any]:
        """Plain values in field order; decimals as text, so that nothing is rounded.

        A calendar that is not named is left out, so that digests of data from before it stay.
        """
        out: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "calendar" and value is None:
                continue
            if isinstance(value, Decimal):
                value = format(value.normalize(), "f")
            out[field.name] = list(value) if isinstance(value, tuple) else value
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The instrument of `to_json`.

        Raises:
            ValueError: an unknown field, a missing one, or a text that is no decimal number.
        """
        unknown = sorted(set(data) - {field.name for field in fields(cls)})
        if unknown:
            msg = f"unknown instrument field {', '.join(unknown)}"
            raise ValueError(msg)
        values = dict(data)
        for name in _DECIMALS:
            if values.get(name) is not None:
                try:
                    values[name] = Decimal(str(values[name]))
                except InvalidOperation:
                    msg = f"{name} is {values[name]!r}, which is no decimal number"
                    raise ValueError(msg) from None
        values["inferred"] = tuple(values.get("inferred") or ())
        try:
            return cls(**values)
        except TypeError as error:
            msg = f"an instrument field is missing: {error}"
            raise ValueError(msg) from None


@dataclass(frozen=True, slots=True)
class CostSchedule:
    """Costs of one instrument: fees as fractions of notional, `half_spread` of price; `source`.

    A negative maker fee is a rebate; taker and half_spread are ≥ 0. `volume_slippage` and `impact`
    (both ≥ 0, 0 = off) are the coefficients of the rules in docs/engine.md, "Costs". `borrow` is
    the fraction a year that shorts pay, `funding` the fraction per 8 hours that longs of a
    perpetual pay where none was recorded; both ≥ 0.
    """

    maker: Decimal
    taker: Decimal
    half_spread: Decimal
    source: str
    volume_slippage: float = 0.0
    impact: float = 0.0
    borrow: Decimal = Decimal(0)
    funding: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.taker < 0 or self.half_spread < 0:
            msg = f"taker fee {self.taker} and half-spread {self.half_spread} must not be negative"
            raise ValueError(msg)
        if self.borrow < 0 or self.funding < 0:
            msg = f"borrow {self.borrow} and funding {self.funding} must not be negative"
            raise ValueError(msg)

    def replaced(self, fees: Decimal | None, slippage: Decimal | None) -> Self:
        """This schedule with `fees` for maker and taker and `slippage` for the half-spread."""
        given = [
            name for name, rate in (("fees", fees), ("slippage", slippage)) if rate is not None
        ]
        if not given:
            return self
        return replace(
            self,
            maker=self.maker if fees is None else fees,
            taker=self.taker if fees is None else fees,
            half_spread=self.half_spread if slippage is None else slippage,
            source=f"given: {', '.join(given)}",
        )

    def is_below(self, floor: "CostSchedule") -> bool:
        """Whether any cost is lower than that of `floor` (`costs_below_floor`)."""
        return (
            self.maker < floor.maker
            or self.taker < floor.taker
            or self.half_spread < floor.half_spread
            or self.borrow < floor.borrow
            or self.funding < floor.funding
        )

    def to_json(self) -> dict[str, str]:
        """Plain values; decimals as text."""
        return {
            "maker": format(self.maker, "f"),
            "taker": format(self.taker, "f"),
            "half_spread": format(self.half_spread, "f"),
            "volume_slippage": format(self.volume_slippage, "g"),
            "impact": format(self.impact, "g"),
            "borrow": format(self.borrow, "f"),
            "funding": format(self.funding, "f"),
            "source": self.source,
        }
