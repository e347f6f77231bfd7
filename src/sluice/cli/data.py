"""`sluice data`: import, fetch, simulate, list, show and judge market data."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sluice.cli.output import progress_bar, show_json
from sluice.domain.instrument import AssetClass
from sluice.domain.quality import Policy

app = typer.Typer(
    help="Import, simulate and inspect market data.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Source = Annotated[Path, typer.Argument(help="A file, or a folder of files, one per symbol.")]
Column = Annotated[
    list[str] | None,
    typer.Option(
        help="Field=column, as close=Adj_Close; fields: ts open high low close volume symbol."
    ),
]
Every = Annotated[
    str | None, typer.Option(help="Bar interval, as 5m; told by the data if not given.")
]
Timezone = Annotated[str | None, typer.Option(help="Zone of stamps that have none (default UTC).")]
Stamp = Annotated[Literal["start", "end"], typer.Option(help="What the source stamps a bar by.")]
Calendar = Annotated[
    str | None, typer.Option(help="Trading calendar, as XNYS, CMES, 24/5 or 24/7.")
]
Format = Annotated[
    str | None, typer.Option(help="Layout of the files (default: told by name and content).")
]
KindOf = Annotated[
    Literal["bars", "quotes", "trades"] | None,
    typer.Option("--kind", help="What to take where a source holds several kinds."),
]
Symbol = Annotated[str | None, typer.Option(help="Symbol of a single file (default: its name).")]


Actions = Annotated[
    Path | None, typer.Option(help="Dividends and splits (default: actions.csv beside the data).")
]
Funding = Annotated[
    Path | None, typer.Option(help="Rates of perpetuals (default: funding.csv beside the data).")
]

_IMPORTS = """Examples:

* `sluice data import prices.csv --venue XNAS` a table of bars

* `sluice data import BTCUSDT-1m-2024-01.zip` the exchange's dump; a folder of them is merged

* `sluice data import BTC_USDT-5m.feather --name ft --venue BINANCE` what freqtrade stores

* `sluice data import lean/equity/usa/tick/ibm --kind quotes` LEAN's ticks, the national best

* `sluice data import es.csv --format trades --column size=Lots --symbol ES` columns by name
"""


@app.command(name="import", epilog=_IMPORTS)
def import_(  # noqa: PLR0913, PLR0917 - an option a parameter: so typer reads them
    path: Source,
    name: Annotated[
        str | None, typer.Option(help="Name in the catalog (default: the file's).")
    ] = None,
    policy: Annotated[Policy, typer.Option(help="What to do with rows that are wrong.")] = "refuse",
    column: Column = None,
    symbol: Symbol = None,
    every: Every = None,
    timezone: Timezone = None,
    stamp: Stamp = "start",
    venue: Annotated[str | None, typer.Option(help="Where it trades, as BINANCE or XNAS.")] = None,
    asset_class: Annotated[
        AssetClass | None, typer.Option(help="Guessed from the symbol if not given.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Quote currency (default: guessed).")] = None,
    tick: Annotated[str | None, typer.Option(help="Price step (default: decimals seen).")] = None,
    lot: Annotated[str | None, typer.Option(help="Quantity step (default: decimals seen).")] = None,
    instruments: Annotated[
        Path | None, typer.Option(help="File of instruments (default: instruments.toml beside).")
    ] = None,
    actions: Actions = None,
    funding: Funding = None,
    calendar: Calendar = None,
    format: Format = None,  # noqa: A002 - the option's name
    kind: KindOf = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a data set.")] = False,
    json: Json = False,
) -> None:
    """Store bars, quotes or trades from files, judged and with their origin.

    Read are tables (CSV, gz, xz, Parquet, feather), the exchange's public dumps, freqtrade's and
    LEAN's files, and recorded feeds; the layout is told by name and content, or by `--format`.

    The policy `refuse` stores nothing if a row is wrong, `quarantine` sets wrong rows aside,
    `accept` keeps what a run can bear. Instruments may be described in `instruments.toml` beside
    the data.
    """
    from sluice.cli.data_output import imported, options
    from sluice.operations.data import ImportRequest, import_data
    from sluice.runtime.build import clock, open_catalog

    said = options(
        column=column or [],
        symbol=symbol,
        every=every,
        timezone=timezone,
        stamp=stamp,
        venue=venue,
        asset_class=asset_class,
        currency=currency,
        tick=tick,
        lot=lot,
        instruments_file=instruments,
        actions_file=actions,
        funding_file=funding,
        calendar=calendar,
        format=format,
        kind=kind,
    )
    request = ImportRequest(path, name, policy, replace, said)
    with progress_bar(json_wanted=json) as advance:
        info = import_data(request, open_catalog(), clock().now_ns(), advance)
    imported(info, json_wanted=json)


@app.command(
    epilog="Example: `sluice data fetch BTCUSDT ETHUSDT --every 1h --from 2023-01 --to 2024-12`"
)
def fetch(  # noqa: PLR0913, PLR0917 - as above
    symbols: Annotated[list[str], typer.Argument(help="Symbols of the exchange, as BTCUSDT.")],
    start: Annotated[str, typer.Option("--from", help="First day or month, as 2024-01-31.")],
    end: Annotated[
        str | None, typer.Option("--to", help="Last day or month, included (default: yesterday).")
    ] = None,
    kind: Annotated[
        Literal["klines", "trades", "aggTrades"], typer.Option(help="What to fetch.")
    ] = "klines",
    every: Annotated[str | None, typer.Option(help="Interval of the klines, as 1m.")] = None,
    market: Annotated[
        Literal["spot", "um", "cm"], typer.Option(help="Spot, USDT-margined, coin-margined.")
    ] = "spot",
    name: Annotated[
        str | None, typer.Option(help="Name in the catalog (default: made up).")
    ] = None,
    policy: Annotated[Policy, typer.Option(help="What to do with rows that are wrong.")] = "refuse",
    base_url: Annotated[
        str | None, typer.Option(help="Another archive of the same layout (base.toml has ours).")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a data set.")] = False,
    json: Json = False,
) -> None:
    """Fetch from the exchange's public archive, verify every checksum, and import.

    Whole months come as months, the rest as days. Downloads stay under the home, and the same
    command goes on where it stopped.
    """
    from sluice.cli.fetch_output import fetch_bars, fetched
    from sluice.market.importers.exchange_archive import Series
    from sluice.operations.fetch import Fetching, FetchRequest, fetch_data
    from sluice.runtime.build import clock, home, open_archive, open_catalog

    series = tuple(Series(symbol.upper(), kind, market, every) for symbol in dict.fromkeys(symbols))
    request = FetchRequest(series, start, end, name, policy, replace)
    tools = Fetching(open_archive(base_url), home().downloads, open_catalog(), clock().now_ns())
    with fetch_bars(json_wanted=json) as progress:
        done = fetch_data(request, tools, progress)
    fetched(done, json_wanted=json)


@app.command(epilog="Example: `sluice data simulate --seed 7 --name sim7`")
def simulate(  # noqa: PLR0913, PLR0917 - as above
    seed: Annotated[int, typer.Option(help="The same seed gives the same bars.")] = 0,
    start: Annotated[str, typer.Option(help="First day, UTC.")] = "2022-01-01",
    days: Annotated[int, typer.Option(help="Number of days.")] = 800,
    every: Annotated[str, typer.Option(help="Bar interval, 1m to 1d.")] = "1h",
    instruments: Annotated[int, typer.Option(help="Number of instruments, 1 to 8.")] = 8,
    effect: Annotated[
        Literal["overreaction", "none"], typer.Option(help="The effect that is planted.")
    ] = "overreaction",
    name: Annotated[str, typer.Option(help="Name in the catalog.")] = "simulated",
    replace: Annotated[bool, typer.Option("--replace", help="Replace a data set.")] = False,
    json: Json = False,
) -> None:
    """Make the simulated market: eight invented perpetuals, and one effect to be found."""
    from sluice.cli.data_output import imported
    from sluice.market.simulate import SimulatedMarket
    from sluice.operations import data
    from sluice.runtime.build import clock, open_catalog

    market = SimulatedMarket(
        seed=seed,
        start=start,
        days=days,
        every=every,
        instruments=instruments,
        effect=None if effect == "none" else effect,
        name=name,
    )
    with progress_bar(json_wanted=json) as advance:
        info = data.simulate(
            market, open_catalog(), clock().now_ns(), replace=replace, progress=advance
        )
    imported(info, json_wanted=json)


@app.command(epilog="Example: `sluice data resample simulated --every 4h --name simulated-4h`")
def resample(
    source: Annotated[str, typer.Argument(help="A data set: bars, quotes or trades.")],
    every: Annotated[str, typer.Option(help="Interval of the new bars, as 5m.")],
    name: Annotated[
        str | None, typer.Option(help="Name of the new data set (default: SOURCE-EVERY).")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a data set.")] = False,
    json: Json = False,
) -> None:
    """Make bars from quotes, trades or finer bars, and store them as a data set."""
    from sluice.cli.data_output import imported
    from sluice.domain.duration import parse_duration
    from sluice.domain.errors import UsageError
    from sluice.operations.resample import resample_data
    from sluice.runtime.build import clock, open_catalog

    try:
        every_ns = parse_duration(every)
    except ValueError as error:
        msg = f"--every: {error}"
        raise UsageError(msg) from error
    with progress_bar(json_wanted=json) as advance:
        info = resample_data(
            source,
            every_ns,
            open_catalog(),
            clock().now_ns(),
            name=name,
            replace=replace,
            progress=advance,
        )
    imported(info, json_wanted=json)


@app.command(name="list")
def list_(json: Json = False) -> None:
    """Every data set of the catalog, one line each."""
    from sluice.cli.data_output import listed
    from sluice.operations.data import list_datasets
    from sluice.runtime.build import open_catalog

    listed(list_datasets(open_catalog()), json_wanted=json)


@app.command(epilog="Example: `sluice data show simulated`")
def show(
    name: Annotated[str, typer.Argument(help="A data set; `sluice data list` names them.")],
    as_of: Annotated[
        str | None, typer.Option(help="As it was known then, UTC: 2016-01-31.")
    ] = None,
    json: Json = False,
) -> None:
    """One data set: where it is from, and its instruments."""
    from sluice.cli.data_output import shown
    from sluice.operations import data
    from sluice.research.window import stamp_ns
    from sluice.runtime.build import open_catalog

    known = data.show(open_catalog(), name, stamp_ns(as_of, "--as-of"))
    shown(known, json_wanted=json)


@app.command(epilog="Example: `sluice data quality prices.csv`")
def quality(  # noqa: PLR0913, PLR0917 - as above
    what: Annotated[str, typer.Argument(help="A data set, or a file or folder not yet imported.")],
    column: Column = None,
    symbol: Symbol = None,
    every: Every = None,
    timezone: Timezone = None,
    stamp: Stamp = "start",
    calendar: Calendar = None,
    format: Format = None,  # noqa: A002 - the option's name
    kind: KindOf = None,
    json: Json = False,
) -> None:
    """The quality report: what is wrong or odd, row by row; exit code 1 where it refuses."""
    from sluice.cli.data_output import options, quality_shown
    from sluice.operations import data
    from sluice.runtime.build import clock, open_catalog

    said = options(
        column=column or [],
        symbol=symbol,
        every=every,
        timezone=timezone,
        stamp=stamp,
        calendar=calendar,
        format=format,
        kind=kind,
    )
    with progress_bar(json_wanted=json) as advance:
        report = data.quality(what, open_catalog(), clock().now_ns(), said, advance)
    if json:
        show_json(report.to_json())
    else:
        quality_shown(report)
    if report.refused:
        raise typer.Exit(1)
