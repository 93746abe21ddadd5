"""Charts as Slack draws them by itself, in its own colors and in dark mode too: the block
`data_visualization`, in messages only.

Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from adapters.fitting import clip
from bot.messages.model import Chart

Json = dict[str, Any]

MESSAGE_CHARTS: Final = 2  # a message
TITLE_TEXT: Final = 50
LABEL_TEXT: Final = 20
SERIES: Final = 6
POINTS: Final = 20


def bars(part: Chart) -> Json | None:
    """Bars in groups, one group a label; None for a chart that has nothing to draw, or not for all labels."""
    labels = _distinct(part.labels[:POINTS])
    names = _distinct(each.name for each in part.series[:SERIES])
    if not labels or not names or any(len(each.values) < len(labels) for each in part.series):
        return None
    series = [
        {
            "name": name,
            "data": [
                {"label": label, "value": value} for label, value in zip(labels, each.values, strict=False)
            ],
        }
        for name, each in zip(names, part.series, strict=False)
    ]
    return {
        "type": "data_visualization",
        "title": clip(part.title, TITLE_TEXT) or "-",
        "chart": {"type": "bar", "series": series, "axis_config": {"categories": labels}},
    }


def _distinct(texts: Iterable[str]) -> list[str]:
    """Names that fit and differ from each other, as Slack wants them."""
    found: list[str] = []
    for text in texts:
        name = clip(text, LABEL_TEXT) or "-"
        count = 1
        while name in found:
            count += 1
            ending = f" ({count})"
            name = f"{text[: LABEL_TEXT - len(ending)]}{ending}"
        found.append(name)
    return found
