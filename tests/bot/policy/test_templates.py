"""Templates and packs: they can be put to the vote as they stand, and say no more than is known."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.policy.law import CHECKED, Law
from bot.policy.templates import PACKS, TEMPLATES, Template, near, of_mark, template, uses_a_pack
from bot.teamnorms import applied, difference
from rules.values import Team

TODAY = date(2026, 11, 23)
BARE = Team("platform", "Europe/Lisbon", ("maya", "sam"))


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.id)
def test_a_template_can_be_read_as_norms_and_sets_each_of_them(each: Template) -> None:
    wanted = each.proposed(TODAY)
    changed = difference(BARE, applied(BARE, wanted))
    assert set(changed) == {(field, text) for field, text in wanted if text}


def test_following_the_sun_takes_core_hours_away() -> None:
    with_core = applied(BARE, (("core", "mon-thu 13:00-15:00"),))
    found = template("follow the sun")
    assert found is not None
    assert applied(with_core, found.proposed(TODAY)).core is None


def test_a_template_is_dated_and_asks_to_be_read_again_in_a_quarter_of_a_year() -> None:
    for each in TEMPLATES:
        norms = applied(BARE, each.proposed(TODAY))
        assert norms.template == f"{each.id} {each.dated.isoformat()}"
        assert norms.review_by == date(2027, 2, 22)
        assert of_mark(norms.template) is each


def test_a_template_goes_by_its_id_its_name_or_its_place() -> None:
    named = {"core-hours": "Core hours", "right-to-disconnect-ireland": "Ireland", "on-call": "on-call team"}
    for id, text in named.items():
        found = template(text)
        assert found is not None
        assert found.id == id
    assert template("right to disconnect: france") == template("FRANCE")
    assert template("") is None
    assert template("spain") is None
    assert (near("irland"), near("xyzzy")) == ("right-to-disconnect-ireland", "")


def test_only_a_pack_asks_for_acknowledgements() -> None:
    assert [each.law is not None for each in PACKS] == [True] * 5
    assert {each.law.place for each in PACKS if each.law} == {
        "Australia", "France", "Portugal", "Ontario", "Ireland",
    }  # fmt: skip
    assert uses_a_pack("right-to-disconnect-france 2026-11-22")
    assert not uses_a_pack("core-hours 2026-11-22")
    assert not uses_a_pack("")
    assert not uses_a_pack("something of 2031")


KNOWN = {
    "Australia": {"26", "2024", "15", "2025"},
    "France": {"2016", "50"},
    "Portugal": {"83", "2021", "199", "1", "2022"},
    "Ontario": {"25", "1", "30"},
    "Ireland": {"159", "2021"},
}
"""Every number that has been checked. The fines reported for Portugal are not among them."""


@pytest.mark.parametrize("law", [each.law for each in PACKS if each.law], ids=lambda law: str(law.place))
def test_a_law_has_a_source_a_day_and_no_number_that_nobody_checked(law: Law) -> None:
    said = " ".join((law.source, *law.facts))
    assert set(re.findall(r"\d+", said)) == KNOWN[law.place]
    assert law.source
    assert law.checked == CHECKED
