"""Who is who: accounts of a platform, people of ours, and how one names the other.

A person id is ours and opaque. Somebody who has not enrolled has none; where a norm names them (`@sam` may
get through, `@sam` stands in) they go by `tenant/user` until they enrol.
"""

from __future__ import annotations

from dataclasses import replace

from bot.inbound import Account, PersonRef, Pieces, Profile
from bot.messages.model import Who
from bot.ports import Tx
from bot.records import AccountRecord, Hold, PersonRecord
from rules import ZoneError
from rules import zone_of as zone_of_name
from rules.values import Person


def record_of(tx: Tx, account: Account) -> PersonRecord | None:
    """The enrolled person behind an account, None if they have not enrolled."""
    known = tx.accounts.get(account)
    return tx.people.get(known.person) if known and known.person else None


def outside_id(account: Account) -> str:
    """What an account is called where a person id is wanted and there is none."""
    return f"{account.tenant}/{account.user}"


def id_of(tx: Tx, account: Account) -> str:
    """The person id of an account, or its outside id."""
    known = tx.accounts.get(account)
    return known.person if known and known.person else outside_id(account)


def sender_id(tx: Tx, sender: Account, recipient: Person | None) -> str:
    """What `sender` is called in the recipient's norms: a norm may have named them before they enrolled, or
    before their accounts were linked."""
    windows = recipient.windows if recipient else ()
    named = {each for window in windows if window.passes for each in window.passes.people}
    own = id_of(tx, sender)
    if not named or own in named:
        return own
    return next((id for id in sorted(known_as(tx, sender)) if id in named), own)


def known_as(tx: Tx, account: Account) -> set[str]:
    """Every id that the human behind an account goes by or ever went by: here, and where norms name them."""
    record = record_of(tx, account)
    aliases = record.state.aliases if record else ()
    return {id_of(tx, account), *map(outside_id, accounts_of(tx, account)), *aliases}


def accounts_of(tx: Tx, account: Account) -> list[Account]:
    """Every account of the human behind one: those linked with it, or only this one."""
    known = tx.accounts.get(account)
    linked = accounts_of_person(tx, known.person) if known and known.person else []
    return linked or [account]


def accounts_of_person(tx: Tx, person: str) -> list[Account]:
    """Every account of a person, by platform and id."""
    return sorted((known.account for known in tx.accounts.of(person)), key=outside_id)


PLATFORMS = {"slack": "Slack", "teams": "Teams"}


def side(tx: Tx, account: Account) -> str:
    """What the place of an account is called: "Slack (Acme)", without the name where we do not know it."""
    platform = account.tenant.partition(":")[0]
    tenant = tx.tenants.get(account.tenant)
    name = f" ({tenant.name})" if tenant and tenant.name else ""
    return f"{PLATFORMS.get(platform, platform)}{name}"


def resolved(tx: Tx, person: str) -> str:
    """The id a person goes by now: an id that went out of use when accounts were linked leads to it."""
    record = tx.people.get(person)
    return record.state.merged_into or person if record else person


def account_of(tx: Tx, person: str, tenant: str) -> Account | None:
    """The account of a person id or outside id: in `tenant` if there is one, else where we talk to them."""
    place, slash, user = person.partition("/")
    if slash and ":" in place:
        return Account(place, user)
    accounts = [known.account for known in tx.accounts.of(person)]
    here = [account for account in accounts if account.tenant == tenant]
    if here:
        return here[0]
    record = tx.people.get(person)
    if record is not None and record.state.merged_into:
        return account_of(tx, record.state.merged_into, tenant)
    home = record.state.home if record else None
    return home or (accounts[0] if accounts else None)


def name_of(tx: Tx, account: Account, label: str = "") -> str:
    """A name for an account: what the platform told us, else a mention's label, "" if neither is known."""
    known = tx.accounts.get(account)
    if known and known.name:
        return known.name
    record = tx.people.get(known.person) if known and known.person else None
    return (record.state.name if record else "") or label


def who(tx: Tx, account: Account, label: str = "") -> Who:
    """An account as a span that names without pinging."""
    return Who(account.user, name_of(tx, account, label))


def who_here(tx: Tx, account: Account, tenant: str) -> Who:
    """An account as somebody in `tenant` may know it: elsewhere by its name alone, since an id of another
    platform says nothing here, and which account is the same human's here is nobody else's business."""
    return who(tx, account) if account.tenant == tenant else Who("", name_of(tx, account))


def same_human(tx: Tx, one: Account, other: Account) -> bool:
    """Whether two accounts are one, or are linked."""
    return one == other or id_of(tx, one) == id_of(tx, other)


def who_is(tx: Tx, person: str, tenant: str) -> Who:
    """A person id or outside id as a span; without a name where nobody is known by it any more."""
    account = account_of(tx, person, tenant)
    return who_here(tx, account, tenant) if account else Who("", "")


def recipient_of(tx: Tx, hold: Hold, tenant: str) -> Who:
    """The recipient of a hold as a span in `tenant`: the account that its sender wrote to, and no other."""
    account = account_of(tx, hold.recipient, hold.sender.tenant)
    return who_here(tx, account, tenant) if account else Who("", "")


def learn(tx: Tx, account: Account, profile: Profile) -> None:
    """Keep what the platform says of an account that we know no name of; of somebody who has not enrolled
    the zone, too, to tell them times in."""
    known = tx.accounts.get(account) or AccountRecord(account)
    seen = replace(
        known,
        guest=known.guest or profile.is_guest,
        directory_id=profile.directory_id or known.directory_id,
    )
    if seen != known:
        known = seen
        tx.accounts.put(known)
    if known.name or not profile.name:
        return
    zone = known.zone if known.person else known.zone or known_zone(profile.zone)
    tx.accounts.put(replace(known, name=profile.name, zone=zone))


def known_zone(zone: str) -> str:
    """The IANA name of a zone from outside, "" for one that we do not know."""
    try:
        return zone_of_name(zone).key if zone else ""
    except ZoneError:
        return ""


def labelled(tx: Tx, tenant: str, pieces: Pieces) -> Pieces:
    """Text with names for the people it mentions, where the platform gave none and we know one."""
    return tuple(
        replace(piece, label=name_of(tx, Account(tenant, piece.user)))
        if isinstance(piece, PersonRef) and not piece.label
        else piece
        for piece in pieces
    )


def zone_of(tx: Tx, account: Account) -> str:
    """The zone to tell an account times in: what their norms say, else what the platform said, else ""."""
    known = tx.accounts.get(account)
    record = tx.people.get(known.person) if known and known.person else None
    return record.person.zone if record else known.zone if known else ""


def named_in(tx: Tx, person: Person, tenant: str) -> dict[str, Who]:
    """Everybody a person's norms name, by the id they are named by: for lists and for the words of a
    trace."""
    passing = [each for window in person.windows if window.passes for each in window.passes.people]
    standing = [leave.stand_in for leave in person.leave if leave.stand_in]
    return {each: who_is(tx, each, tenant) for each in [*passing, *standing]}
