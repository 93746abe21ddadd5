"""What the acting person sees at once: the answers of invokes, and the cards and sentences around them.

Everything is private: an invoke's answer changes the card for whoever pressed, in a personal chat our own
card is updated so that it stays changed, and in a group only targeted messages or the person's own chat are
written to. Shapes: [MST task-modules-and-cards/cards/universal-actions-for-adaptive-cards] and
[MST messaging-extensions/how-to/action-commands].
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.bodies import Json
from adapters.teams.elements import CARD_TYPE, words
from adapters.teams.forms import form_card
from adapters.teams.render import card
from adapters.teams.wording import spoken
from bot.inbound import Account, Submitted
from bot.messages.model import Context, Form, Heading, Message, Paragraph, PeopleField, Plain
from bot.ports import Clock

SENTENCE_TYPE: Final = "application/vnd.microsoft.activity.message"
ERROR_TYPE: Final = "application/vnd.microsoft.error"
SHORT: Final = 200  # characters that are read in passing
FORMS_KEPT: Final = 500
FORM_AGE: Final = 3600.0  # seconds; after that an error is said in words and the card stays as it is
TITLE: Final = "Boundary Bot"

DONE: Final = "Done."
BELOW: Final = "I have answered below."
FILL_IN: Final = "Please fill in the form below."
IN_OWN_CHAT: Final = "I have answered in our own chat."
NOT_HERE: Final = "I cannot reach you in our own chat. Add Boundary Bot in Teams, and press once more."
CLOSED: Final = "Closed. Nothing was changed."
FAILED: Final = "Something went wrong on my side and nothing was changed. Please try again in a minute."
STILL_WORKING: Final = "This takes longer than usual. I will answer here when it is done."
OUT_OF_DATE: Final = "That button is out of date."
NOT_MINE: Final = "I cannot do this here. Write to me in my own chat, for example: help"
UNKNOWN_PERSON: Final = (
    "I have not met all of these people yet. Ask them to add Boundary Bot in Teams, and try again."
)


def sentence(text: str) -> Message:
    """A message of one sentence."""
    return Message(text, (Paragraph(((Plain(text),),)),))


# Answers to invokes -----------------------------------------------------------------------------------------


def with_card(content: Json) -> Json:
    """The card in place of the one that was pressed, for whoever pressed it."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": content}


def with_words(text: str) -> Json:
    """Words in passing; the card stays as it is."""
    return {"statusCode": 200, "type": SENTENCE_TYPE, "value": text}


def with_error(text: str, code: str = "BadRequest", status: int = 400) -> Json:
    """A refusal that Teams shows in its own words or ours."""
    return {"statusCode": status, "type": ERROR_TYPE, "value": {"code": code, "message": text}}


def dialog(title: str, content: Json) -> Json:
    """A dialog that opens, or another page of the open one. Its buttons can only submit."""
    attachment = {"contentType": CARD_TYPE, "content": _submitting(content)}
    value = {"title": title, "height": "medium", "width": "medium", "card": attachment}
    return {"task": {"type": "continue", "value": value}}


def _submitting(node: Any) -> Any:
    """A card with the fallback in place of every Action.Execute."""
    if isinstance(node, list):
        return [_submitting(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "Action.Execute":
        return node["fallback"]
    return {key: _submitting(each) for key, each in node.items()}


def dialog_message(message: Message) -> Json:
    """A dialog that shows a message and has nothing more to ask."""
    return dialog(TITLE, card(message, "private"))


def results(text: str) -> Json:
    """A search that found nothing but words."""
    return {"composeExtension": {"type": "message", "text": text}}


def refusal(name: str, text: str) -> Json:
    """A valid answer to any invoke that cannot be done, in the shape that its kind wants."""
    if name == "adaptiveCard/action":
        return with_words(text)
    if name in {"composeExtension/fetchTask", "composeExtension/submitAction", "task/fetch", "task/submit"}:
        return dialog_message(sentence(text))
    return results(text) if name.startswith("composeExtension/") else {}


def in_passing(message: Message) -> str:
    """The words of a message that is short and asks nothing; "" for any other."""
    lines = []
    for part in message.parts:
        if isinstance(part, Heading):
            lines.append(part.text)
        elif isinstance(part, Paragraph | Context):
            lines += ["".join(map(words, line)) for line in part.lines]
        else:
            return ""
    text = " ".join(filter(None, lines))
    return text if len(text) <= SHORT else ""


# Forms ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kept:
    form: Form
    names: Mapping[str, str]
    at: float
    opened_from: Where | None


class Shown:
    """Forms that people have open, for an hour: the only way to show one again with what is wrong in it.

    In memory only, since they hold what people wrote.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[Account, str, str], _Kept] = OrderedDict()

    def keep(
        self, who: Account, form: Form, names: Mapping[str, str], opened_from: Where | None = None
    ) -> None:
        """`names` are those of people in it, by id; `opened_from` is the card whose button opened it."""
        self._kept[(who, form.id, form.context)] = _Kept(form, names, self._clock.monotonic(), opened_from)
        self._kept.move_to_end((who, form.id, form.context))
        while len(self._kept) > FORMS_KEPT:
            self._kept.popitem(last=False)

    def forget(self, who: Account) -> None:
        """They want nothing of them kept."""
        for key in [key for key in self._kept if key[0] == who]:
            del self._kept[key]

    def drop(self, submitted: Submitted) -> Where | None:
        """It is filled in; the card whose button opened it, None if there is none or it is not known."""
        kept = self._kept.pop((submitted.who, submitted.form, submitted.context), None)
        return kept.opened_from if kept else None

    def again(
        self,
        submitted: Submitted,
        errors: Mapping[str, str],
        names: Mapping[str, str],
        *,
        in_dialog: bool = False,
    ) -> Json | None:
        """The card of a form as it was sent, with what is wrong; None if it is not known any more. `names`
        are those of people chosen since."""
        kept = self._kept.get((submitted.who, submitted.form, submitted.context))
        if kept is None or self._clock.monotonic() - kept.at > FORM_AGE:
            return None
        people = {**kept.names, **names}
        return form_card(kept.form, values=submitted.fields, errors=errors, people=people, dialog=in_dialog)

    def title(self, submitted: Submitted) -> str:
        kept = self._kept.get((submitted.who, submitted.form, submitted.context))
        return kept.form.title if kept else TITLE


def chosen_in(form: Form) -> tuple[str, ...]:
    """The people with which a form begins."""
    fields = (field for field in form.fields if isinstance(field, PeopleField))
    return tuple(dict.fromkeys(user for field in fields for user in field.chosen))


def all_of(errors: Mapping[str, str]) -> str:
    """Errors as one sentence, where there is no form to show them in."""
    return spoken(" ".join(dict.fromkeys(errors.values()))) or "Please look at the form again."


# Places -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody acted: `card` is the id of the message whose button was pressed, "" if there is none.

    `personal`: nobody else is in the conversation.
    """

    who: Account
    service_url: str
    conversation: str
    personal: bool
    card: str = ""
