"""1,000 people at 18:00 in one Slack workspace, in virtual time under Slack's limits; beside set-and-clear-
each.

The workspace is the playground, over HTTP, with Slack's ceilings; its minutes and the bot's are those of
one clock that jumps from one thing to do to the next, so that an hour takes seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp

from adapters.playground.methods import METHODS
from adapters.playground.records import TokenKind, User
from adapters.playground.seed import USER_SCOPES, empty, install
from adapters.playground.server import PlaygroundServer
from adapters.playground.workspace import Workspace
from adapters.slack.chat import SlackChat
from adapters.stores.memory import MemoryStore
from bot import planning
from bot.directory import StoredDirectory
from bot.inbound import Account
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Outcome, Tx, Wait
from bot.records import AccountRecord, PersonRecord, PersonState, Tenant
from bot.sweep import sweep
from bot.timing import Timing
from rules import Kind, Person, Status, Window, parse_when
from tests.support.outside import HandClock, OpenVault, plain_text

Row = dict[str, str | float]
SIX = datetime(2026, 11, 24, 18, tzinfo=UTC)
NORMS = (
    Window("family dinner", Kind.QUIET, parse_when("daily 18:00-19:30")),
    Window("night", Kind.QUIET, parse_when("daily 22:00-07:00")),
)
"""The evening off, the dinner in it and the night in it: three windows that touch, one absence."""
HOURS = parse_when("daily 09:00-18:00")
CALLS_OVER = "calls over a limit"
CALLS_EACH = "status and snooze calls per person and day"
WRITES = ("users.profile.set", "dnd.setSnooze")


def run(quick: bool) -> list[Row]:
    """One row per thing measured, for us and for the naive way."""
    people = 150 if quick else 1000
    return asyncio.run(_run(people))


async def _run(people: int) -> list[Row]:
    async with _office(people) as ours:
        await ours.keep_norms()
        mine = ours.figures()
    async with _office(people) as other:
        await other.set_and_clear_each()
        theirs = other.figures()
    return [
        {
            "people": people,
            "what": what,
            "ours": mine[what],
            "set and clear each": theirs.get(what, ""),
            "target": _target(what),
        }
        for what in mine
    ]


def _target(what: str) -> str:
    if what.startswith("share of the ceiling"):
        return "≥ 95"
    return {CALLS_OVER: "0", CALLS_EACH: "≤ half of the other's"}.get(what, "")


@dataclass
class Office:
    """One workspace with everybody connected, a clock that jumps, and the bot's chat with Slack's wire in
    between."""

    clock: HandClock
    workspace: Workspace
    chat: SlackChat
    store: MemoryStore
    people: list[Account]

    # Ours ----------------------------------------------------------------------------------------

    async def keep_norms(self) -> None:
        """Plan and perform from a quarter to six until everybody's status and snooze are set."""
        performer = Performer(
            store=self.store, clock=self.clock, chats={"slack": self.chat}, vault=OpenVault(),
            timing=Timing(concurrency=8), owner="bench", metrics=Metrics(), compose=plain_text,
        )  # fmt: skip
        await self.store.write(self._enrol)
        while True:
            await sweep(self.store, self.clock.at)
            delay = await performer.step()
            if delay == 0.0:
                continue
            if all(len(self._first_calls(method)) == len(self.people) for method in WRITES):
                return
            following = await self.store.read(lambda tx: tx.people.next_at())
            waits = [delay] if delay is not None else []
            waits += [(following - self.clock.at).total_seconds()] if following else []
            self.clock.advance(max(0.001, min(waits)))

    def _enrol(self, tx: Tx) -> None:
        tx.tenants.put(Tenant(self.people[0].tenant, "slack"))
        for account in self.people:
            person = Person(f"p{account.user}", "Etc/UTC", hours=HOURS, windows=NORMS)
            tx.accounts.put(AccountRecord(account, person.id, connected=True))
            planning.replan(tx, PersonRecord(person, PersonState(home=account)), self.clock.at)

    # The naive way -------------------------------------------------------------------------------

    async def set_and_clear_each(self) -> None:
        """For each window set status and snooze when it begins and take both down when it ends, person by
        person."""
        edges = [
            (SIX, "dinner", True), (SIX + timedelta(hours=1.5), "dinner", False),
            (SIX + timedelta(hours=1.5), "evening", True), (SIX + timedelta(hours=4), "evening", False),
            (SIX + timedelta(hours=4), "night", True), (SIX + timedelta(hours=13), "night", False),
            (SIX + timedelta(hours=13), "morning", True), (SIX + timedelta(hours=15), "morning", False),
        ]  # fmt: skip
        for at, name, begins in edges:
            self.clock.advance(max(0.0, (at - self.clock.at).total_seconds()))
            for account in self.people:
                await self._one(account, name, begins=begins)

    async def _one(self, account: Account, name: str, *, begins: bool) -> None:
        status = Status(f"In {name}", ":no_bell:", None) if begins else Status("", "", None)
        await self._until_done(lambda: self.chat.write_status(account, status))
        if begins:
            await self._until_done(lambda: self.chat.snooze(account, 90))
        else:
            await self._until_done(lambda: self.chat.end_snooze(account))

    async def _until_done(self, call: Callable[[], Awaitable[Outcome]]) -> None:
        while isinstance(outcome := await call(), Wait):
            self.clock.advance(outcome.seconds)

    # Figures -------------------------------------------------------------------------------------

    def figures(self) -> Row:
        """What the workspace saw, of the edge at 18:00 and in all."""
        calls = self.workspace.audit.calls
        made = [call for call in calls if call.method.startswith(("users.profile.", "dnd."))]
        first = {method: self._first_calls(method) for method in WRITES}
        row: Row = {}
        for method, times in first.items():
            row[f"last {method}, minutes after 18:00"] = (times[-1] - SIX.timestamp()) / 60
            row[f"share of the ceiling of {method} used, %"] = _share(method, times)
        row[CALLS_OVER] = float(self.workspace.calls_over_limit())
        row[CALLS_EACH] = len(made) / len(self.people)
        row["worst minute of dnd.setSnooze (limit 20)"] = float(
            self.workspace.audit.worst_window("dnd.setSnooze")
        )
        return row

    def _first_calls(self, method: str) -> list[float]:
        """When each person's first call of a method was accepted, ascending, in epoch seconds."""
        seen: dict[str, float] = {}
        for call in self.workspace.audit.calls:
            if call.method == method and call.outcome == "ok" and call.user:
                seen.setdefault(call.user, call.wall)
        return sorted(seen.values())


def _share(method: str, times: list[float]) -> float:
    """Percent of what the method's ceiling allows between the first and the last of these calls."""
    minutes = (times[-1] - times[0]) / 60
    return 100.0 * (len(times) - 1) / (minutes * METHODS[method].per_minute)


@asynccontextmanager
async def _office(people: int) -> AsyncIterator[Office]:
    clock = HandClock(SIX - timedelta(minutes=15))
    workspace = empty(clock, limit_time=clock.monotonic)
    bot, _ = install(workspace)
    accounts = [Account(f"slack:{workspace.team_id}", f"U{number:04}") for number in range(people)]
    store = MemoryStore()
    directory = StoredDirectory(store, OpenVault())
    await directory.keep_token(Account(accounts[0].tenant, ""), bot.secret)
    for account in accounts:
        workspace.add_user(User(account.user, account.user.lower(), account.user, "Etc/UTC"))
        token = workspace.grant(TokenKind.USER, account.user, USER_SCOPES)
        await directory.keep_token(account, token.secret)
    async with PlaygroundServer(workspace) as server, aiohttp.ClientSession() as session:
        chat = SlackChat(session, server.api_url, directory=directory)
        yield Office(clock, workspace, chat, store, accounts)


def main() -> None:
    """Print the rows of a full run."""
    from tests.bench.__main__ import main as bench

    bench(["bench_arming"])


if __name__ == "__main__":
    main()
