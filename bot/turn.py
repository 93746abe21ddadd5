"""One inbound thing being answered inside one transaction, and what every answer is made with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import names, planning
from bot.inbound import Account, Profile
from bot.messages.actions import Topic
from bot.messages.words import Watch
from bot.ports import Calendars, Tx, Vault
from bot.records import AccountRecord, Change, Delivery, Lane, PersonRecord
from rules import Effect, Person, Ping, PublishHome, Say, Team, Verdict, decide

Decided = tuple[datetime, Ping, str, Verdict]
"""One decision about a real ping: when, the ping, the recipient's person id, the verdict."""


class Refusal(Exception):
    """Something cannot be done; the text is the sentence the person reads, with what to do instead."""


@dataclass(frozen=True, slots=True)
class World:
    """What answers need beside the transaction. `public_url` is where people's browsers reach us, None
    if nowhere."""

    vault: Vault
    calendars: Calendars
    public_url: str | None = None
    connect_enabled: bool = False

    @property
    def connectable(self) -> bool:
        """Whether people can be sent to the platform to grant their own token."""
        return self.connect_enabled and bool(self.public_url)


@dataclass(slots=True)
class Turn:
    """The transaction, the instant (aware UTC), the acting account, the dedupe key of what came in, and
    what it needs. `profile` is what the platform said with it about the acting account, if anything;
    `channel` the platform's id of the conversation it happened in, "" if unknown. `scrub`: something was
    forgotten and must become unrecoverable."""

    tx: Tx
    now: datetime
    who: Account
    key: str
    world: World
    decided: list[Decided] = field(default_factory=list)
    profile: Profile | None = None
    channel: str = ""
    scrub: bool = False

    def me(self) -> PersonRecord | None:
        """The acting person as stored, None if they have not enrolled."""
        return names.record_of(self.tx, self.who)

    def enrolled(self) -> PersonRecord:
        """The acting person; refuses with how to begin if they have not enrolled."""
        record = self.me()
        if record is None:
            raise Refusal("I don't know your norms yet. Say /boundary to set up in a minute.")
        return record

    def account(self) -> AccountRecord:
        """What we know of the acting account."""
        return self.tx.accounts.get(self.who) or AccountRecord(self.who)

    def accounts(self) -> list[Account]:
        """Every account of the acting human: this one, and those linked with it."""
        return names.accounts_of(self.tx, self.who)

    def adopt(self, account: Account, person: str) -> None:
        """Make an account that of a person."""
        known = self.tx.accounts.get(account) or AccountRecord(account)
        self.tx.accounts.put(replace(known, person=person))

    def zone(self) -> str:
        """The acting person's zone: their norms', their profile's, else UTC."""
        return names.zone_of(self.tx, self.who) or "UTC"

    def watch(self) -> Watch:
        """Tells times to the acting person."""
        return Watch(self.now, self.zone())

    def teams(self, record: PersonRecord) -> tuple[Team, ...]:
        return planning.teams_of(self.tx, record.person.id)

    def change(
        self, record: PersonRecord, person: Person, label: str, *, asked: bool = False
    ) -> PersonRecord:
        """Store changed norms so that undo can take them back, plan what follows, and show it on Home."""
        self.tx.history.push(Change(person.id, self.now, label, record.person))
        planning.log_said(self.tx, record.person, person, self.now)
        return self.store(replace(record, person=person), asked=asked)

    def store(self, record: PersonRecord, *, asked: bool = False) -> PersonRecord:
        """Store a record that undo need not know about, plan what follows, and show it on Home."""
        stored = planning.replan(self.tx, record, self.now, asked=asked)
        self.show_home(stored.person.id)
        return stored

    def begin_anew(self, person: str) -> PersonRecord:
        """A person's accounts have changed: set on each what holds now, and show it on their Homes."""
        record = self.tx.people.get(person)
        if record is None:
            raise LookupError("nobody is stored by that id")
        stored = planning.rearm(self.tx, record, self.now)
        self.show_home(person)
        return stored

    def show_home(self, person: str) -> None:
        """Show a person their Home again, on each of their accounts that can be reached."""
        for known in self.tx.accounts.of(person):
            if not known.unreachable:
                self.publish_home(known.account, person)

    def publish_home(self, to: Account, person: str) -> None:
        """Show Home again, once per inbound thing and account."""
        self.send(
            to, PublishHome(person, self.now), f"home:{names.outside_id(to)}:{self.key}", lane=Lane.HOME
        )

    def say(
        self, to: Account, topic: Topic, key: str, *facts: tuple[str, str], due: datetime | None = None
    ) -> None:
        """Tell an account something in its own chat, now or at `due`; deciding the same `key` twice says it
        once."""
        self.send(to, Say(names.id_of(self.tx, to), topic.value, facts), f"say:{topic}:{key}", due=due)

    def send(
        self,
        to: Account,
        effect: Effect,
        key: str,
        *,
        lane: Lane = Lane.MESSAGE,
        urgent: bool = False,
        after: str = "",
        due: datetime | None = None,
    ) -> None:
        """Put an effect on its way: due now unless said otherwise, at most once per `key`."""
        due_at = due or self.now
        delivery = Delivery(new_id("d"), key, lane, to, effect, due_at=due_at, urgent=urgent, after=after)
        self.tx.outbox.add(delivery)

    def judge(self, ping: Ping, record: PersonRecord | None) -> Verdict:
        """Decide about a real ping and remember the decision for whoever asks why."""
        teams = self.teams(record) if record else ()
        verdict = decide(ping, record.person if record else None, teams, self.now)
        if record:
            self.decided.append((self.now, ping, record.person.id, verdict))
        return verdict


def new_id(kind: str) -> str:
    """An opaque id: says nothing about whom or what it is for, and cannot be guessed."""
    return f"{kind}_{secrets.token_hex(9)}"
