"""The schema of the configuration: what may stand in base.toml and costs.toml.

Unknown keys are refused and every wrong field is reported at once (by `runtime/config.py`, which
reads the files); what passes is frozen. Figures that cost money are decimals, never floats.
"""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sluice.domain.duration import parse_duration

_HIGHEST_RATE = Decimal("0.1")


def _duration_ns(value: object) -> object:
    """A duration such as "30s" as nanoseconds; anything else is left to the type's own check."""
    return parse_duration(value) if isinstance(value, str) else value


def _exact(value: object) -> object:
    """Money and rates are written as integers or strings; a float is not exact."""
    if isinstance(value, float):
        msg = f'write {value!r} as a string, as in "{value}": a float is not exact'
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueErrors into one report
    return value


DurationNs = Annotated[int, BeforeValidator(_duration_ns), Field(ge=0)]
Exact = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False)]
Rate = Annotated[Exact, Field(ge=0, le=_HIGHEST_RATE)]
MakerRate = Annotated[Exact, Field(ge=-_HIGHEST_RATE, le=_HIGHEST_RATE)]


class _Table(BaseModel):
    """A table of the configuration: frozen, and without room for keys that nothing reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_CURRENCY = r"^[A-Z0-9]{2,10}$"


class AccountSettings(_Table):
    """What a backtest starts with: cash in the base currency, and what counts as that currency.

    `currency` is empty where the data decides: its one currency, USD where it has several.
    `same_as` maps a currency to others that are worth one of it. `rates` names the instrument
    whose price is the rate of a currency, where its symbol does not tell.
    """

    cash: Annotated[Exact, Field(gt=0)]
    currency: Annotated[str, Field(pattern=r"^([A-Z0-9]{2,10})?$")] = ""
    same_as: dict[str, list[Annotated[str, Field(pattern=_CURRENCY)]]] = Field(default_factory=dict)
    rates: dict[str, str] = Field(default_factory=dict)


class BacktestSettings(_Table):
    """How a backtest runs where the command does not say."""

    latency: DurationNs
    latency_samples: tuple[DurationNs, ...]
    participation: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    touch_fills: bool
    seed: Annotated[int, Field(ge=0, lt=2**63)]

    @property
    def latency_ns(self) -> int:
        """Decision to arrival at the venue, in nanoseconds."""
        return self.latency


class DataSettings(_Table):
    """The public archive that `sluice data fetch` asks, and how patiently."""

    archive_url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]
    archive_timeout: Annotated[DurationNs, Field(gt=0)]
    archive_attempts: Annotated[int, Field(ge=1, le=100)]
    archive_pause: DurationNs


class GateSettings(_Table):
    """What a house may set about its gates; the thresholds themselves are not settings."""

    span_days_min: Annotated[int, Field(ge=1)]
    evidence_days: Annotated[int, Field(ge=1, le=90)]


class RegistrySettings(_Table):
    """Where the record of runs lies: an SQLAlchemy URL, or SQLite in the home where it is empty."""

    url: str
    busy_timeout: DurationNs


class CostFigures(_Table):
    """What trading and holding costs at one venue, as fractions of the notional, with the source.

    `borrow` is a year's, `funding` that of 8 hours.
    """

    maker: MakerRate
    taker: Rate
    half_spread: Rate
    volume_slippage: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 0.0
    impact: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 0.0
    borrow: Rate = Decimal(0)
    funding: Rate = Decimal(0)
    source: Annotated[str, Field(min_length=10)]


VenueCosts = dict[str, CostFigures]


class CostSettings(_Table):
    """Cost figures by asset class, then by venue; each class has a `default`."""

    crypto_spot: VenueCosts
    perpetual: VenueCosts
    future: VenueCosts
    fx: VenueCosts
    equity: VenueCosts

    @model_validator(mode="after")
    def _every_class_has_a_default(self) -> Self:
        missing = [name for name in type(self).model_fields if "default" not in getattr(self, name)]
        if missing:
            msg = "no default venue for " + ", ".join(missing)
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _only_what_can_be_charged(self) -> Self:
        for name in type(self).model_fields:
            for venue, figures in getattr(self, name).items():
                if figures.funding and name != "perpetual":
                    msg = f"{name}.{venue}: only perpetuals pay funding; leave it out"
                    raise ValueError(msg)
                if figures.borrow and name == "crypto_spot":
                    msg = f"{name}.{venue}: crypto spot cannot be sold short; leave borrow out"
                    raise ValueError(msg)
        return self

    def of(self, asset_class: str, venue: str) -> CostFigures:
        """The figures of a venue, or those of its class where the venue has none of its own."""
        assert asset_class in type(self).model_fields, f"unknown asset class {asset_class!r}"
        venues: VenueCosts = getattr(self, asset_class)
        return venues.get(venue, venues["default"])


class Settings(_Table):
    """Everything that is configured: base.toml, and costs.toml under `costs`."""

    account: AccountSettings
    backtest: BacktestSettings
    data: DataSettings
    gates: GateSettings
    registry: RegistrySettings
    costs: CostSettings
