"""Platform-neutral messages: what adapters render. Built once here, so that Slack and Teams say the same
sentences.

Text from people appears only in `Plain`, `Verbatim`, `Quote` and `Link.label`; renderers escape it, it is
never markup. `Plain` and `Code` hold our own sentences, whose commands a platform may spell its own way.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plain:
    text: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Words of a person within a sentence of ours, shown as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type: a command or its example."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


SOMEBODY = "a colleague"
"""What a person is called whose name we do not know."""


@dataclass(frozen=True, slots=True)
class Who:
    """Names a person without pinging them where the platform can; `user` is a platform id, `label` their
    name, "" if we do not know it."""

    user: str
    label: str

    @property
    def name(self) -> str:
        """What people read: never an id, which says nothing to them."""
        return self.label or SOMEBODY


Span = Plain | Verbatim | Strong | Code | Link | Who
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Text that a person asked us to pass on, verbatim and inert."""

    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """Small print."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Divider:
    pass


@dataclass(frozen=True, slots=True)
class RibbonPart:
    """A stretch of a day in minutes after local midnight."""

    start: int
    end: int
    mode: str


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A person's day as a picture: parts tile 0..1440; `now` in minutes. `alt` says the same in words."""

    parts: tuple[RibbonPart, ...]
    now: int | None
    alt: str


@dataclass(frozen=True, slots=True)
class Series:
    """One row of a chart: a value for each of the chart's labels."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, one group a label, for at most 6 series and 20 labels. `alt` says the same in words; it is shown
    where no chart can be, and read aloud."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str


@dataclass(frozen=True, slots=True)
class Button:
    """`action` and `value` come back in Pressed; `url` makes it a link instead. `tone` is "", "primary" or
    "danger".

    `confirm` asks "are you sure" with this sentence first.
    """

    label: str
    action: str
    value: str = ""
    tone: str = ""
    url: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Actions:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line with what can be done about it, e.g. one norm with [Edit] [Remove]."""

    line: Line
    buttons: tuple[Button, ...] = ()


Part = Heading | Paragraph | Bullets | Quote | Context | Divider | Ribbon | Chart | Actions | Row


@dataclass(frozen=True, slots=True)
class Message:
    """`summary` is the plain one-line fallback (notification, screen reader); `parts` what is shown."""

    summary: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TextField:
    id: str
    label: str
    value: str = ""
    hint: str = ""
    placeholder: str = ""
    multiline: bool = False
    optional: bool = False
    max_length: int = 3000


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One (or with `many` several) of `options`."""

    id: str
    label: str
    options: tuple[Option, ...]
    chosen: tuple[str, ...] = ()
    many: bool = False
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PeopleField:
    """One or several people of the platform; values are platform user ids."""

    id: str
    label: str
    chosen: tuple[str, ...] = ()
    many: bool = False
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class NoteField:
    """Words between fields."""

    line: Line


Field = TextField | ChoiceField | PeopleField | NoteField


@dataclass(frozen=True, slots=True)
class Form:
    """A modal. `id` and `context` come back in Submitted (context ≤ 2,000 characters, ids only)."""

    id: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    context: str = ""
