"""The tenant that everybody meets first."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapters.playground.clock import PlaygroundClock
from adapters.playground.teams.seed import CREW, GENERAL, seed_teams
from tests.support.slack_stage import ManualTime

TUESDAY = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)  # when the playground opens, in Lisbon


def test_people_talked_before_in_working_hours_of_their_own() -> None:
    world = seed_teams(PlaygroundClock(ManualTime(), start=TUESDAY))
    said = world.audit.posts

    assert {post.conversation for post in said} == {GENERAL, CREW}
    assert [post.at for post in said] == sorted(post.at for post in said)
    for post in said:
        there = post.at.astimezone(ZoneInfo(world.users[post.sender].tz))
        assert there.weekday() < 5, post.text
        assert 9 <= there.hour < 19, post.text
        assert post.at < TUESDAY


def test_what_was_said_before_is_older_than_what_is_said_now() -> None:
    world = seed_teams(PlaygroundClock(ManualTime(), start=TUESDAY))
    last = max(int(post.id) for post in world.audit.posts)

    assert last < int(world.new_activity_id())
    assert not world.audit.sent_by_bot()
