"""The colors by role, light and dark, in hues that are told apart without red and green.

A chart names a role ("@blue"); the page's script puts in the color of the reader's scheme, the
style sheet has the same as variables. Hues after Okabe & Ito (2008), "Color Universal Design".
"""

from typing import Any

LIGHT = {
    "paper": "#ffffff",
    "page": "#f4f5f7",
    "ink": "#16191d",
    "soft": "#5b6470",
    "line": "#d9dde3",
    "grid": "#e9ecf0",
    "blue": "#0072b2",
    "blue_soft": "rgba(0,114,178,0.14)",
    "gray": "#7b8490",
    "gray_soft": "rgba(123,132,144,0.30)",
    "orange": "#d55e00",
    "orange_soft": "rgba(213,94,0,0.16)",
    "amber": "#e69f00",
    "violet": "#b0568f",
    "good": "#00664a",
    "good_soft": "#dcf1ea",
    "bad": "#a83f00",
    "bad_soft": "#fbe7db",
    "note": "#7a5600",
    "note_soft": "#fdf1d3",
}
DARK = {
    "paper": "#191d23",
    "page": "#101317",
    "ink": "#e8ebef",
    "soft": "#9da7b3",
    "line": "#333a44",
    "grid": "#272d35",
    "blue": "#56b4e9",
    "blue_soft": "rgba(86,180,233,0.18)",
    "gray": "#8f99a5",
    "gray_soft": "rgba(143,153,165,0.35)",
    "orange": "#f08a3c",
    "orange_soft": "rgba(240,138,60,0.22)",
    "amber": "#f0c048",
    "violet": "#d98fbb",
    "good": "#4fd0a5",
    "good_soft": "#143a30",
    "bad": "#ff9d66",
    "bad_soft": "#45230f",
    "note": "#f0c048",
    "note_soft": "#3a2e0d",
}


def variables(palette: dict[str, str]) -> str:
    """The palette as CSS custom properties."""
    return "".join(f"--{name.replace('_', '-')}:{color};" for name, color in palette.items())


def colored(figure: Any, palette: dict[str, str]) -> Any:
    """The figure with every color role replaced by the palette's color."""
    if isinstance(figure, dict):
        return {key: colored(value, palette) for key, value in figure.items()}
    if isinstance(figure, list):
        return [colored(value, palette) for value in figure]
    if isinstance(figure, str) and figure.startswith("@"):
        return palette.get(figure[1:], figure)
    return figure
