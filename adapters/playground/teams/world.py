"""The state of one local Teams tenant: people, conversations, the app's tokens. Pure memory, no I/O."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from adapters.playground.audit import CallLog
from adapters.playground.clock import TimeSource
from adapters.playground.faults import Faults
from adapters.playground.limits import RateLimiter
from adapters.playground.records import Json
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.keys import Keys
from adapters.playground.teams.records import (
    AppToken,
    Dialog,
    Kind,
    Team,
    TeamsActivity,
    TeamsApp,
    TeamsConversation,
    TeamsUser,
)
from adapters.playground.watching import Watched

TENANT = "7e1a0000-0000-4000-8000-000000007e1a"
TOKEN_LIFE = timedelta(seconds=3599)


class TeamsAudit(CallLog):
    """The oracle: `posts` keeps every message ever stored, deleted ones too."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[TeamsActivity] = []
        self.tokens_granted = 0
        self.key_fetches = 0

    def sent_by_bot(self) -> list[TeamsActivity]:
        """What the bot ever posted, oldest first."""
        return [post for post in self.posts if post.by_bot]


class TeamsWorld(Watched):
    """One tenant with one app.

    `clock.now()` is the tenant's time (messages, tokens, presences); `limit_time` times rate limits, in
    seconds (default: the clock's monotonic time). The addresses are those of the server that serves it.
    """

    def __init__(
        self,
        clock: TimeSource,
        *,
        tenant_id: str = TENANT,
        app: TeamsApp | None = None,
        limit_time: Callable[[], float] | None = None,
    ) -> None:
        super().__init__()
        self.clock = clock
        self.tenant_id = tenant_id
        self.app = app or TeamsApp()
        self.users: dict[str, TeamsUser] = {}
        self.conversations: dict[str, TeamsConversation] = {}
        self.teams: dict[str, Team] = {}
        self.tokens: dict[str, AppToken] = {}
        self.dialogs: dict[str, Dialog] = {}
        self.last_read: dict[tuple[str, str], int] = {}
        self.keys = Keys()
        self.audit = TeamsAudit()
        self.faults = Faults()
        self.limits = RateLimiter(limit_time or clock.monotonic)
        self.base_url = "http://127.0.0.1"
        self._accounts: dict[str, str] = {}  # account ids by directory id and user principal name
        self._last_id = 0

    # Addresses, time and ids

    @property
    def service_url(self) -> str:
        """What activities name as their `serviceUrl`, with a slash at the end."""
        return f"{self.base_url}/teams/connector/"

    @property
    def openid_url(self) -> str:
        """The OpenID configuration of the keys that sign what the bot hears."""
        return f"{self.base_url}/teams/openid/.well-known/openidconfiguration"

    @property
    def login_url(self) -> str:
        """The login, without tenant and slash."""
        return f"{self.base_url}/teams/login"

    @property
    def graph_url(self) -> str:
        """Graph with its version, without a slash at the end."""
        return f"{self.base_url}/teams/graph/v1.0"

    def now(self) -> datetime:
        """The tenant's present instant, aware, UTC."""
        return self.clock.now()

    def new_activity_id(self, at: datetime | None = None) -> str:
        """A message id: epoch milliseconds, now or `at`, unique and growing within the tenant."""
        self._last_id = max(int((at or self.now()).timestamp() * 1000), self._last_id + 1)
        return str(self._last_id)

    # People and conversations

    def add_user(self, user: TeamsUser) -> TeamsUser:
        """Let somebody join the tenant."""
        self.users[user.id] = user
        self._accounts[user.aad] = self._accounts[user.upn.lower()] = user.id
        self.changed()
        return user

    def person(self, key: str) -> TeamsUser | None:
        """Somebody by account id (29:…), directory id or user principal name."""
        return self.users.get(key) or self.users.get(self._accounts.get(key.lower(), ""))

    def name_of(self, account: str) -> str:
        """The display name of a person or of the bot."""
        return self.app.name if account == self.app.bot_id else self.users[account].name

    def add_conversation(
        self, conversation: str, kind: Kind, name: str, members: Iterable[str], *, team: str = ""
    ) -> TeamsConversation:
        """Start a conversation."""
        made = TeamsConversation(conversation, kind, name, dict.fromkeys(members), team)
        self.conversations[conversation] = made
        self.changed()
        return made

    def personal(self, user: str) -> TeamsConversation:
        """Somebody's own chat with the bot, started when there is none."""
        name = f"a:1{user.removeprefix('29:')}"
        members = (user, self.app.bot_id)
        return self.conversations.get(name) or self.add_conversation(name, Kind.PERSONAL, "", members)

    def conversation(self, conversation: str) -> TeamsConversation:
        """A conversation by its id, with or without `;messageid=`; ConversationNotFound otherwise."""
        found = self.conversations.get(conversation.partition(";")[0])
        if found is None:
            raise TeamsError("ConversationNotFound")
        return found

    def conversation_for(self, user: str, conversation: str) -> TeamsConversation:
        """A conversation that this person takes part in; ConversationNotFound otherwise."""
        found = self.conversation(conversation)
        if user not in found.members:
            raise TeamsError("ConversationNotFound")
        return found

    def conversations_of(self, user: str) -> list[TeamsConversation]:
        """The conversations somebody takes part in."""
        return [one for one in self.conversations.values() if user in one.members]

    def person_in(self, conversation: TeamsConversation) -> TeamsUser:
        """The human of a personal chat."""
        return next(self.users[member] for member in conversation.members if member in self.users)

    def store(self, activity: TeamsActivity) -> TeamsActivity:
        """Keep a message, for people and for the oracle."""
        self.conversations[activity.conversation].activities[activity.id] = activity
        self.audit.posts.append(activity)
        self.changed()
        return activity

    # Tokens

    def grant(self, audience: str) -> AppToken:
        """A fresh access token of the app."""
        token = AppToken(secrets.token_urlsafe(32), audience, self.now() + TOKEN_LIFE)
        self.tokens[token.secret] = token
        self.audit.tokens_granted += 1
        return token

    def token(self, secret: str, audience: str) -> AppToken | None:
        """The live token with this secret, if it is meant for `audience`."""
        token = self.tokens.get(secret)
        if token is None or token.audience != audience or token.expires <= self.now():
            return None
        return token


def activity_json(post: TeamsActivity) -> Json:
    """A stored message as the oracle's JSON; `delivery` is what the bot put into `channelData.delivery`."""
    return {
        "id": post.id,
        "conversation": post.conversation,
        "from": post.sender,
        "targeted": post.viewer,
        "summary": post.summary,
        "text": post.text,
        "card": post.card,
        "at": post.at.isoformat(),
        "edited": post.edited is not None,
        "deleted": post.deleted is not None,
        "delivery": (post.raw.get("channelData") or {}).get("delivery"),
    }
