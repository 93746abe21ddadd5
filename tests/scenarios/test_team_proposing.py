"""Proposing with care: what can hold no more is refused, and nobody fills the votes of a team alone."""

from __future__ import annotations

from tests.support.shown import fields_of
from tests.support.story import Story
from tests.support.team_story import team_of


async def test_a_review_date_that_has_passed_is_not_put_to_the_vote() -> None:
    story = await team_of("maya")
    for words in ("review 2020-01-01", "review date: 2026-11-23"):
        said = await story.says("maya", f"/boundary team propose {words}")
        assert 'later than today. For example: "/boundary team propose review 2027-02-22"' in said
    assert await open_votes(story) == 0
    form = (await story.command("maya", "/boundary team propose")).form
    assert form is not None
    assert "review_by" in fields_of(form)
    filled = {each.id: getattr(each, "value", "") for each in form.fields if hasattr(each, "id")}
    errors = (
        await story.submit("maya", "propose", form.context, **filled | {"review_by": "2020-01-01"})
    ).errors
    assert 'later than today. For example: "2027-02-22"' in errors["review_by"]
    assert await open_votes(story) == 0


async def open_votes(story: Story) -> int:
    return len(await story.store.read(lambda tx: tx.ballots.of("platform")))
