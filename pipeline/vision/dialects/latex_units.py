"""Units of measurement as the LaTeX package siunitx names them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: What each command prints; a prefix and its unit stand without a blank between them.
UNITS: Final[Mapping[str, str]] = MappingProxyType({
    "kilo": "k", "milli": "m", "centi": "c", "micro": "\N{MICRO SIGN}", "nano": "n", "mega": "M",
    "giga": "G", "hecto": "h",
    "gram": "g", "tonne": "t", "metre": "m", "meter": "m", "second": "s", "minute": "min", "hour": "h", "day": "d",
    "litre": "l", "liter": "l", "percent": "%", "degree": "\N{DEGREE SIGN}", "celsius": "\N{DEGREE SIGN}C",
    "degreeCelsius": "\N{DEGREE SIGN}C", "kelvin": "K", "mole": "mol", "volt": "V", "watt": "W", "ampere": "A",
    "hertz": "Hz", "pascal": "Pa", "joule": "J", "newton": "N", "bar": "bar", "per": "/",
    "squared": "\N{SUPERSCRIPT TWO}",
    "square": "", "cubed": "\N{SUPERSCRIPT THREE}", "hectare": "ha", "ohm": "\N{GREEK CAPITAL LETTER OMEGA}",
})  # fmt: skip
