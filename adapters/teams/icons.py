"""The two pictures of the app package, drawn from the shapes of the playground's icon: a sun on the horizon.

Shapes are signed distances in a square of 64: below zero is inside. Teams wants a color icon of 192 x 192,
whose corners it rounds itself and whose symbol keeps off the edges, and an outline of 32 x 32 in white on
nothing ([MST concepts/build-and-test/apps-package.md]).
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Final

Rgb = tuple[float, float, float]
Shape = Callable[[float, float], float]

SQUARE: Final = 64.0
COLOR_PIXELS: Final = 192
OUTLINE_PIXELS: Final = 32
SYMBOL: Final = 0.86  # how much of the icon's own size the symbol keeps, so that it stays in Teams' safe area

DUSK: Final[tuple[tuple[float, Rgb], ...]] = (
    (0.0, (43, 42, 92)),
    (0.55, (138, 79, 134)),
    (1.0, (229, 138, 106)),
)
SUN: Final[Rgb] = (255, 213, 145)
HORIZON: Final[Rgb] = (255, 244, 226)
REFLECTION: Final = 0.7  # how much of the sun's color the line below the horizon has


@cache
def color_icon() -> bytes:
    """The color icon as PNG."""
    step = SQUARE / COLOR_PIXELS
    rows = [
        [_color(x * step, y * step, step) for x in _centers(COLOR_PIXELS)] for y in _centers(COLOR_PIXELS)
    ]
    return png([[(*pixel, 255.0) for pixel in row] for row in rows])


@cache
def outline_icon() -> bytes:
    """The outline as PNG."""
    step = SQUARE / OUTLINE_PIXELS
    return png(
        [
            [
                (255, 255, 255, 255 * _cover(_outline(x * step, y * step), step))
                for x in _centers(OUTLINE_PIXELS)
            ]
            for y in _centers(OUTLINE_PIXELS)
        ]
    )


def png(rows: list[list[tuple[float, float, float, float]]]) -> bytes:
    """Rows of red, green, blue and opacity (0 to 255) as a PNG with eight bits each."""
    data = b"".join(b"\0" + bytes(round(part) for pixel in row for part in pixel) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 6, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(data, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _centers(pixels: int) -> list[float]:
    return [place + 0.5 for place in range(pixels)]


def _color(x: float, y: float, step: float) -> Rgb:
    pixel = _dusk(y / SQUARE)
    inner_x, inner_y, inner = (x - 32) / SYMBOL + 32, (y - 36) / SYMBOL + 40, step / SYMBOL
    for shape, color, strength in (
        (_sun, SUN, 1.0),
        (_horizon, HORIZON, 1.0),
        (_reflection, SUN, REFLECTION),
    ):
        pixel = _mixed(pixel, color, strength * _cover(shape(inner_x, inner_y), inner))
    return pixel


@cache
def _dusk(height: float) -> Rgb:
    """The sky's color, `height` from 0 at the top to 1."""
    (above, first), (below, second) = next(each for each in pairwise(DUSK) if height <= each[1][0])
    return _mixed(first, second, (height - above) / (below - above))


def _mixed(one: Rgb, two: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, two, strict=True))
    return red, green, blue


def _cover(distance: float, step: float) -> float:
    """How much of a pixel a shape covers whose edge is `distance` from the pixel's center."""
    return min(1.0, max(0.0, 0.5 - distance / step))


def _sun(x: float, y: float) -> float:
    return max(math.hypot(x - 32, y - 42) - 14, y - 42)


def _horizon(x: float, y: float) -> float:
    return _bar(x - 32, y - 44, half=23, round_=2)


def _reflection(x: float, y: float) -> float:
    return _bar(x - 32, y - 51.5, half=13, round_=1.5)


def _outline(x: float, y: float) -> float:
    """The same three shapes for a small picture: the sun as a line two pixels wide, both bars as wide."""
    ring = max(abs(math.hypot(x - 32, y - 36) - 16) - 2, y - 36)
    return min(ring, _bar(x - 32, y - 38, half=28, round_=2), _bar(x - 32, y - 48, half=15, round_=2))


def _bar(x: float, y: float, *, half: float, round_: float) -> float:
    """A lying bar around the origin with round ends, `half` as wide and `round_` as high on each side."""
    return math.hypot(max(abs(x) - (half - round_), 0), y) - round_
