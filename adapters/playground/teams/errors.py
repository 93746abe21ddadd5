"""The errors of the connector and of Graph, with the statuses and words they come with.

From the "Status codes from bot conversational APIs" of learn.microsoft.com/microsoftteams/platform/bots/
build-notifications-capability and the error responses of learn.microsoft.com/graph/errors.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "BadSyntax": 400,
        "BadArgument": 400,
        "BotNotRegistered": 401,
        "BotDisabledByAdmin": 403,
        "BotNotInConversationRoster": 403,
        "ConversationBlockedByUser": 403,
        "MessageWritesBlocked": 403,
        "ActivityNotFoundInConversation": 404,
        "ConversationNotFound": 404,
        "MemberNotFoundInConversation": 404,
        "TeamNotFound": 404,
        "PreconditionFailed": 412,
        "MessageSizeTooBig": 413,
        "TooManyRequests": 429,
        "ServiceError": 500,
        "InvalidAuthenticationToken": 401,
        "Authorization_RequestDenied": 403,
        "Request_ResourceNotFound": 404,
        "InvalidArgument": 400,
        "invalid_client": 401,
        "invalid_request": 400,
        "invalid_scope": 400,
        "unauthorized_client": 400,
    }
)
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BotNotRegistered": "No bot is registered with this app id in this tenant.",
        "BotDisabledByAdmin": "The tenant admin disabled this bot.",
        "BotNotInConversationRoster": "The bot is not part of the conversation roster.",
        "ConversationBlockedByUser": "User blocked the conversation with the bot.",
        "MessageWritesBlocked": "Message delivery is blocked: the app was blocked or uninstalled.",
        "ActivityNotFoundInConversation": "The activity was not found in the conversation.",
        "ConversationNotFound": "Conversation not found.",
        "MemberNotFoundInConversation": "The member was not found in the conversation.",
        "TeamNotFound": "The team was not found.",
        "PreconditionFailed": "A concurrent operation is in progress; try again.",
        "MessageSizeTooBig": "Message size too large.",
        "TooManyRequests": "Too many requests.",
        "InvalidAuthenticationToken": "Access token is empty, expired or not meant for this service.",
        "Authorization_RequestDenied": "Insufficient privileges to complete the operation.",
    }
)


class TeamsError(Exception):
    """A refusal with Microsoft's code; `status` follows from the code unless given."""

    def __init__(self, code: str, message: str = "", *, status: int = 0) -> None:
        self.code = code
        self.message = message or WORDS.get(code, code)
        self.status = status or STATUS.get(code, 400)
        super().__init__(f"{code}: {self.message}")
