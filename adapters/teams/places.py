"""Where to send to: conversation references, kept in the store and created when there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from adapters.teams.connector import Connector, Turn
from adapters.teams.limits import CREATE
from bot.inbound import Account
from bot.ports import Outcome, Refused, Store, Tx, Unclear, Wait
from bot.records import AccountRecord, Conversation

PERSONAL: Final = "personal"
WANTED: Final = "wanted"
"""`Conversation.home` when the person asked for Home anew."""
ANYWHERE: Final = "https://smba.trafficmanager.net/teams/"
"""Microsoft's service for all regions, for a tenant that we have not heard from."""
NEVER_HEARD: Final = Refused("service_url_not_known")
OPEN_AGAIN: Final = 5.0  # seconds
_THREAD: Final = ";messageid="
_MOST_NOTED: Final = 1000


def tenant_id(tenant: str) -> str:
    """Microsoft's id of "teams:7e1a…"."""
    return tenant.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Ref:
    """Where something went: the conversation and its activities ("a:1x 1700"), "private:" before it when it
    was shown to one member of a group. Ids hold no spaces."""

    conversation: str
    activities: tuple[str, ...]
    private: bool = False

    def text(self) -> str:
        if not self.activities:
            return ""  # it stands somewhere, but cannot be named
        return f"{'private:' if self.private else ''}{' '.join((self.conversation, *self.activities))}"

    @staticmethod
    def of(text: str) -> Ref:
        rest = text.removeprefix("private:")
        conversation, *ids = rest.split(" ")
        return Ref(conversation, tuple(ids), rest != text)


class Places:
    """References by tenant and conversation. `known` are accounts whose own chat exists for sure; `anywhere`
    is the service of a tenant that we have not heard from, "" if there is none (a stand-in's login)."""

    def __init__(self, store: Store, connector: Connector, anywhere: str = ANYWHERE) -> None:
        self.known: set[Account] = set()
        self._store = store
        self._connector = connector
        self._anywhere = anywhere
        self._services: dict[str, str] = {}
        self._noted: set[tuple[str, str]] = set()

    async def get(self, tenant: str, conversation: str) -> Conversation | None:
        """One reference; a thread of a channel is where the channel is."""
        base = conversation.partition(_THREAD)[0]
        place = await self._store.read(
            lambda tx: tx.conversations.get(tenant, conversation) or tx.conversations.get(tenant, base)
        )
        return None if place is None else replace(place, id=conversation)

    async def own(self, to: Account) -> Conversation | None:
        """The bot's own chat with `to`, None if we have none."""
        place = await self._store.read(lambda tx: _own(tx, to))
        if place is None:
            self.known.discard(to)
            return None
        self.known.add(to)
        self._services.setdefault(to.tenant, place.service_url)
        return place

    async def shared(self, tenant: str, channel: str, thread: str) -> Conversation | None:
        """A group or a thread of a channel; `thread` is its first message, "" if `channel` names it all."""
        whole = f"{channel}{_THREAD}{thread}" if thread and _THREAD not in channel else channel
        place = await self.get(tenant, whole)
        return place if place is not None and place.kind != PERSONAL else None

    async def open(
        self, to: Account, turn: Turn, *, like: Conversation | None = None
    ) -> Conversation | Outcome:
        """Create the bot's own chat with `to`, or find out that there is one; `like` knows the service."""
        service_url = like.service_url if like else await self._service(to.tenant)
        if not service_url:
            return NEVER_HEARD
        answer = await self._connector.create_conversation(
            service_url, tenant_id(to.tenant), to.user, turn=turn
        )
        if isinstance(answer, Unclear):
            # nothing was said, and creating it twice is harmless: this is a clear "not now"
            return Wait(OPEN_AGAIN, f"{CREATE}/2s")
        if isinstance(answer, Outcome):
            return answer
        conversation = str(answer.get("id") or "")
        if not conversation:
            return Wait(OPEN_AGAIN, f"{CREATE}/2s")
        self.known.add(to)
        return await self._store.write(lambda tx: _keep(tx, to, conversation, service_url))

    async def forget(self, to: Account, place: Conversation) -> None:
        """The reference is dead."""
        self.known.discard(to)
        await self._store.write(lambda tx: _forget(tx, to, place))

    async def swap_home(self, place: Conversation, old: str, new: str) -> bool:
        """Set what shows Home there if it is still `old`; whether it was."""
        return await self._store.write(lambda tx: _swap_home(tx, place, old, new))

    async def keep_directory_id(self, to: Account, directory_id: str) -> None:
        """Note which human of the directory this is."""
        await self._store.write(lambda tx: _keep_directory_id(tx, to, directory_id))

    async def record(self, to: Account) -> AccountRecord | None:
        """What we know of an account."""
        return await self._store.read(lambda tx: tx.accounts.get(to))

    async def learn(self, tenant: str, service_url: str) -> None:
        """Where this tenant's service is, for people whom we have not met."""
        self._services[tenant] = service_url
        if (tenant, service_url) not in self._noted:  # a tenant's people may be in several regions
            if len(self._noted) >= _MOST_NOTED:
                self._noted.clear()
            self._noted.add((tenant, service_url))
            await self._store.write(lambda tx: tx.meta.put(_service_name(tenant), service_url))

    async def _service(self, tenant: str) -> str:
        known = self._services.get(tenant)
        return (
            known or await self._store.read(lambda tx: tx.meta.get(_service_name(tenant))) or self._anywhere
        )


def _service_name(tenant: str) -> str:
    return f"service:{tenant}"


def _own(tx: Tx, to: Account) -> Conversation | None:
    """Only if nobody else is in it: what is private goes there."""
    record = tx.accounts.get(to)
    place = tx.conversations.get(to.tenant, record.dm) if record is not None and record.dm else None
    return place if place is not None and place.kind == PERSONAL and place.user in {"", to.user} else None


def _keep(tx: Tx, to: Account, conversation: str, service_url: str) -> Conversation:
    known = tx.conversations.get(to.tenant, conversation)
    before = known or Conversation(to.tenant, conversation, service_url, PERSONAL)
    place = replace(before, kind=PERSONAL, user=to.user)  # the service knows best whose it is
    tx.conversations.put(place)
    tx.accounts.put(replace(tx.accounts.get(to) or AccountRecord(to), dm=conversation))
    return place


def _forget(tx: Tx, to: Account, place: Conversation) -> None:
    tx.conversations.remove(place.tenant, place.id)
    record = tx.accounts.get(to)
    if record is not None and record.dm == place.id:
        tx.accounts.put(replace(record, dm=""))


def _swap_home(tx: Tx, place: Conversation, old: str, new: str) -> bool:
    known = tx.conversations.get(place.tenant, place.id)
    if known is None or known.home != old:
        return False
    tx.conversations.put(replace(known, home=new))
    return True


def _keep_directory_id(tx: Tx, to: Account, directory_id: str) -> None:
    record = tx.accounts.get(to) or AccountRecord(to)
    if record.directory_id != directory_id:
        tx.accounts.put(replace(record, directory_id=directory_id))
