"""Forms: what holds now is filled in, what is wrong is said beside its field, and nothing is saved then."""

from __future__ import annotations

import pytest

from bot.inbound import Pressed
from bot.messages.actions import Act
from bot.messages.forms import LONGEST_TEXT
from bot.messages.model import ChoiceField, Form, PeopleField, TextField
from bot.ports import Reply
from rules import Kind, Passes, format_when
from tests.support.shown import fields_of, shown
from tests.support.story import TENANT, Story, account


@pytest.fixture
async def story() -> Story:
    """Maya, Ana and Sam have enrolled."""
    story = Story()
    await story.enrol("maya", "ana", "sam")
    return story


async def pressed(story: Story, name: str, action: Act, value: str = "") -> Reply:
    return await story.handle(Pressed(story.key(), account(name), action, value, surface="home"))


def filled(form: Form | None) -> dict[str, object]:
    """What a form shows as filled in, by field id."""
    assert form is not None
    found: dict[str, object] = {}
    for field in form.fields:
        if isinstance(field, TextField):
            found[field.id] = field.value
        elif isinstance(field, ChoiceField | PeopleField):
            found[field.id] = field.chosen
    return found


FRAME = {
    "hours": "mon-fri 8-16",
    "zone": "lisbon",
    "style": "cycler",
    "holidays": "pt",
    "digests": "return, 9:30",
}


async def test_the_frame_form_is_one_change_that_undo_takes_back(story: Story) -> None:
    before = (await story.record("maya")).person
    opened = await pressed(story, "maya", Act.EDIT_FRAME)
    assert filled(opened.form)["hours"] == "weekdays 09:00-17:00"
    saved = await story.submit("maya", "frame", "", **FRAME)
    assert shown(saved.message).startswith(
        "Your hours: weekdays 08:00-16:00. Zone: Europe/Lisbon. Style: cycler."
    )
    person = (await story.record("maya")).person
    assert (person.place, person.digests) == ("PT", ("return", "09:30"))
    assert person.holidays
    await story.press("maya", saved.message, "Undo")
    assert (await story.record("maya")).person == before


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hours", "nine to five", "mon-fri"),
        ("zone", "Lisboa/Europe", "is not a time zone"),
        ("digests", "noon", "16:30"),
        ("holidays", "ES", "/boundary holidays PT"),
    ],
)
async def test_a_wrong_field_of_the_frame_saves_nothing(
    story: Story, field: str, value: str, words: str
) -> None:
    before = (await story.record("maya")).person
    reply = await story.submit("maya", "frame", "", **{**FRAME, field: value})
    assert words in reply.errors[field]
    assert (await story.record("maya")).person == before


async def test_hours_can_be_taken_away_and_a_place_too(story: Story) -> None:
    await story.submit("maya", "frame", "", **FRAME)
    saved = await story.submit("maya", "frame", "", **{**FRAME, "hours": "", "holidays": ""})
    assert "none, so you are never off" in shown(saved.message)
    person = (await story.record("maya")).person
    assert (person.hours, person.place, person.holidays) == (None, None, ())


async def test_a_norm_is_added_and_edited_with_people_who_always_get_through(story: Story) -> None:
    opened = await pressed(story, "maya", Act.ADD_WINDOW)
    assert fields_of(opened.form) == ["name", "kind", "when", "passes", "people", "share"]
    given = {"name": "deep work", "kind": "focus", "when": "mon 9-12", "passes": "nobody"}
    people = f"{account('ana').user},U0LEE"
    await story.submit("maya", "window", "", **given, people=people)
    ana = (await story.record("ana")).person.id
    window = (await story.record("maya")).person.windows[0]
    assert window.passes == Passes(people=frozenset({ana, f"{TENANT}/U0LEE"}))
    assert await story.says("ana", "/later @maya hi") == "Passed on now to Maya."
    assert "I'll pass on" in await story.says("sam", "/later @maya hi")
    assert await story.says("lee", "/later @maya hi") == "Passed on now to Maya."

    edit = await pressed(story, "maya", Act.EDIT_WINDOW, "0:deep work")
    assert filled(edit.form)["passes"] == ("nobody",)
    assert set(filled(edit.form)["people"]) == {account("ana").user, "U0LEE"}  # type: ignore[call-overload]
    assert edit.form is not None
    renamed = {**given, "name": "writing", "kind": "quiet", "passes": "everyone"}
    saved = await story.submit("maya", "window", edit.form.context, **renamed)
    assert "Everyone still gets through." in shown(saved.message)
    windows = (await story.record("maya")).person.windows
    assert [(each.name, each.kind) for each in windows] == [("writing", Kind.QUIET)]


@pytest.mark.parametrize("passes", ["default", "nobody", "urgent", "everyone"])
async def test_what_a_norm_lets_through_comes_back_in_its_form(story: Story, passes: str) -> None:
    await story.submit("maya", "window", "", name="x", kind="focus", when="mon 9-12", passes=passes)
    edit = await pressed(story, "maya", Act.EDIT_WINDOW, "0:x")
    assert filled(edit.form)["passes"] == (passes,)


async def test_a_norm_that_cannot_be_read_is_answered_beside_its_field(story: Story) -> None:
    reply = await story.submit("maya", "window", "", name="y" * 61, kind="focus", when="mon 25-26")
    assert "at most 60 characters" in reply.errors["name"]
    assert '"25"' in reply.errors["when"]
    assert (await story.record("maya")).person.windows == ()


async def test_editing_a_norm_that_is_gone_says_which_there_are(story: Story) -> None:
    reply = await pressed(story, "maya", Act.EDIT_WINDOW, "0:gone")
    assert 'You have no norm "gone". Your norms: none yet.' in shown(reply.message)


async def test_leave_is_added_with_a_stand_in_and_removed_on_home(story: Story) -> None:
    assert fields_of((await pressed(story, "maya", Act.ADD_LEAVE)).form) == ["first", "last", "stand_in"]
    dates = {"first": "2026-12-21", "last": "2027-01-03"}
    await story.submit("maya", "leave", "", **dates, stand_in=account("sam").user)
    assert "Leave 2026-12-21 to 2027-01-03, Sam stands in [Remove]" in shown(await story.opens_home("maya"))
    await pressed(story, "maya", Act.REMOVE_LEAVE, "2026-12-21..2027-01-03")
    assert (await story.record("maya")).person.leave == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first": "soon", "last": "2027-01-03"}, "first"),
        ({"first": "2027-01-03", "last": "2026-12-21"}, "last"),
        ({"first": "2020-01-03", "last": ""}, "last"),
        ({"first": "2026-12-21", "last": "2026-12-21", "stand_in": "U0MAYA"}, "stand_in"),
    ],
)
async def test_leave_that_cannot_be_is_answered_beside_its_field(
    story: Story, given: dict[str, str], field: str
) -> None:
    assert field in (await story.submit("maya", "leave", "", **given)).errors


async def test_three_answers_that_cannot_be_read_save_nothing(story: Story) -> None:
    reply = await story.submit("maya", "first", "", hours="9 to 5", never="dinner daily", style="separator")
    assert set(reply.errors) == {"hours", "never"}
    person = (await story.record("maya")).person
    assert person.hours is not None
    assert format_when(person.hours) == "weekdays 09:00-17:00"
    assert person.style == "integrator"


async def test_the_questions_can_be_answered_in_part(story: Story) -> None:
    saved = await story.submit("maya", "first", "", hours="", never="", style="cycler")
    assert shown(saved.message).startswith("Your hours: none, so you are never off. Your style: cycler.")


async def test_an_edited_text_may_not_be_empty_or_too_long(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    hold = (await story.holds("ana"))[0]
    for text in ("  ", "x" * (LONGEST_TEXT + 1)):
        assert "text" in (await story.submit("ana", "edit_hold", hold.id, text=text)).errors


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"to": "", "text": "x"}, "to"),
        ({"to": "U0ANA", "text": "x"}, "to"),
        ({"to": "U0MAYA", "text": " "}, "text"),
        ({"to": "U0MAYA", "text": "x", "needs_by": "9:00"}, "needs_by"),
    ],
)
async def test_the_form_of_a_message_to_hold_says_what_is_missing(
    story: Story, given: dict[str, str], field: str
) -> None:
    assert field in (await story.submit("ana", "later", "", **given)).errors
