"""PDF through reportlab, deterministic and with text that can be selected.

FiraGO is embedded (as `pymupdf-fonts` ships it), which has Latin, Greek, Cyrillic, Georgian, Hebrew, Arabic,
Thai and Devanagari letters. Chinese, Japanese and Korean are set in Adobe's standard fonts for them, which
every reader of PDF has or replaces; they are not embedded. A sign that neither has is set as a lozenge.
Arabic letters are not joined.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from bot.messages.document import Document
from bot.messages.model import Code, Line, Link, Plain, Span, Strong, Verbatim, Who
from bot.messages.words import plain

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

REGULAR, BOLD = "FiraGO", "FiraGO-Bold"
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
_BOX = "\u25ca"
_MARGIN = 62.0
_BULLETS: dict[str, Any] = {
    "bulletType": "bullet",
    "start": "\u2022",
    "leftIndent": 14,
    "bulletFontName": REGULAR,
    "bulletFontSize": 8,
}
_FROM_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]+(?: +[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]+)*"
)
_UNSEEN = dict.fromkeys((*range(0x20), 0x7F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), " ")


class ReportlabTypesetter:
    """The `Typesetter` port. Pages are A4; each has its number and the first line of the small print."""

    def pdf(self, document: Document) -> bytes:
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import SimpleDocTemplate

        _fonts()
        file, title = io.BytesIO(), _clean(plain(document.title))
        template = SimpleDocTemplate(
            file,
            pagesize=A4,
            title=title,
            author="Boundary Bot",
            lang="en",
            invariant=1,  # no clock, no random id: the same document gives the same bytes
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            topMargin=_MARGIN,
            bottomMargin=_MARGIN,
        )
        foot = _clean(plain(document.small[0])) if document.small else ""

        def decorate(canvas: Any, page: Any) -> None:
            canvas.setFont(REGULAR, 7.5)
            canvas.setFillGray(0.4)
            canvas.drawString(_MARGIN, 34, foot[:110])
            canvas.drawRightString(A4[0] - _MARGIN, 34, str(page.page))

        template.build(_story(document), onFirstPage=decorate, onLaterPages=decorate)
        return file.getvalue()


def _story(document: Document) -> list[Flowable]:
    from reportlab.platypus import KeepTogether, ListFlowable, ListItem, Paragraph, Spacer

    style = _styles()
    story: list[Flowable] = [Paragraph(_marked(document.title, BOLD), style["title"])]
    story += [Paragraph(_marked(each), style["about"]) for each in document.about]
    for section in document.sections:
        head = Paragraph(escape(section.title), style["heading"])
        lines = [Paragraph(_marked(each), style["text"]) for each in section.lines]
        story.append(KeepTogether([head, *lines[:1]]))
        story += lines[1:]
        items: list[Any] = [ListItem(Paragraph(_marked(each), style["item"])) for each in section.items]
        if items:
            story.append(ListFlowable(items, **_BULLETS))
    story.append(Spacer(1, 10))
    return story + [Paragraph(_marked(each), style["small"]) for each in document.small]


@cache
def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    ink, grey = HexColor("#1c2430"), HexColor("#5a6472")
    text = ParagraphStyle("text", fontName=REGULAR, fontSize=9.5, leading=14, textColor=ink, spaceAfter=4)

    def variant(name: str, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=text, **changes)

    return {
        "text": text,
        "item": variant("item", spaceAfter=2),
        "title": variant("title", fontName=BOLD, fontSize=17, leading=22, spaceAfter=8),
        "about": variant("about", textColor=grey),
        "heading": variant("heading", fontName=BOLD, fontSize=11.5, leading=15, spaceBefore=11, spaceAfter=4),
        "small": variant("small", fontSize=8, leading=11, textColor=grey),
    }


@cache
def _fonts() -> dict[str, frozenset[int]]:
    """Make the fonts known to reportlab; the code points that the embedded ones have."""
    from pymupdf_fonts import FiraGO_Bold, FiraGO_Regular
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (CHINESE, JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    files = {REGULAR: FiraGO_Regular.fontbuffer, BOLD: FiraGO_Bold.fontbuffer}
    own = {name: TTFont(name, io.BytesIO(file)) for name, file in files.items()}
    for font in own.values():
        pdfmetrics.registerFont(font)
    return {name: frozenset(font.face.charToGlyph) for name, font in own.items()}


# Lines as reportlab's markup, in which every sign of a text is escaped ----------------------------


def _marked(spans: Line, font: str = REGULAR) -> str:
    return "".join(_span(span, font) for span in spans)


def _span(span: Span, font: str) -> str:
    match span:
        case Strong(text):
            return _set(text, BOLD)
        case Link(label, url):
            return _set(f"{label} ({url})", font)
        case Who():
            return _set(span.name, font)
        case Plain(text) | Code(text) | Verbatim(text):
            return _set(text, font)


def _set(text: str, font: str) -> str:
    """Text in runs of the fonts that have its signs."""
    text, runs = _leftwards(_clean(text)), list[tuple[str, str]]()
    han = JAPANESE if any("\u3040" <= sign <= "\u30ff" for sign in text) else CHINESE
    for sign in text:
        name = _font_of(sign, font, han)
        shown = sign if name else _BOX
        if runs and runs[-1][0] == (name or font):
            runs[-1] = (runs[-1][0], runs[-1][1] + shown)
        else:
            runs.append((name or font, shown))
    return "".join(f'<font face="{name}">{escape(run)}</font>' for name, run in runs)


def _leftwards(text: str) -> str:
    """Words of Hebrew and Arabic in the order in which they stand on paper, which reportlab leaves to us."""
    return _FROM_RIGHT.sub(lambda found: found.group()[::-1], text)


def _clean(text: str) -> str:
    """Text on one line, without halves of characters, which some platforms do send."""
    return text.translate(_UNSEEN).encode("utf-8", "replace").decode("utf-8")


def _font_of(sign: str, font: str, han: str) -> str:
    """The font that has a sign, "" where none has."""
    code = ord(sign)
    if code in _fonts()[font]:
        return font
    if 0xAC00 <= code <= 0xD7A3 or 0x1100 <= code <= 0x11FF:
        return KOREAN
    if 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF:
        return han
    return ""
