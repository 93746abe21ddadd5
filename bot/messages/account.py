"""What a person reads about their own connection, zone and account: connect, disconnect, moved zone."""

from __future__ import annotations

from bot.messages.actions import Act
from bot.messages.model import Button, Message
from bot.messages.words import buttons, message, say, small

_ADDS = (
    "With your permission I set your status, pause your notifications in time, and put back what was there."
)


def connect_offer() -> Message:
    """Told once to a person who has not connected: what connecting adds, and that nothing depends on it."""
    return message(
        say(f"Your norms hold already: I hold what can wait and tell its senders. {_ADDS}"),
        buttons(Button("Connect…", Act.CONNECT, tone="primary")),
        small("I say this once. You can connect later on my Home tab, and disconnect there at any time."),
    )


def connect_link(url: str) -> Message:
    """The way to the platform's own page; `url` carries a ticket that works once and for a few minutes."""
    return message(
        say(f"{_ADDS} I can't read your messages with it."),
        buttons(Button("Connect", Act.OPEN_CONNECT, url=url, tone="primary")),
        small("The link is yours alone, works once, and for ten minutes."),
    )


def connect_unavailable() -> Message:
    return message(
        say("Connecting is not set up here. Everything else works without it."),
        small("Whoever runs me sets SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and BOUNDARY_PUBLIC_URL."),
    )


def set_by_the_app() -> Message:
    """Where the organisation lets the app set statuses, nobody connects."""
    return message(
        say(
            "There is nothing to connect here: I set your presence and status message in time by myself, and "
            "put back what was there."
        ),
        small("A presence that you set by hand stays as it is, unless you ask me for something right now."),
    )


def presence_is_off() -> Message:
    """On a platform where only the organisation can let us set statuses."""
    return message(
        say(
            "Here an administrator decides whether I may set presences, and it is switched off. "
            "Everything else works without it."
        ),
        small("Whoever runs me sets TEAMS_FEATURES=presence; boundary-bot doctor says what to consent to."),
    )


def connected() -> Message:
    """After the person granted their token."""
    return message(
        say("Connected. From now on your status says when you are back, and notifications pause meanwhile."),
        say("A status that you set by hand stays as it is, and what I set is put back."),
        small("Disconnect at any time on my Home tab."),
    )


def disconnected() -> Message:
    """After the token was revoked or removed: what stops and what goes on."""
    return message(
        say(
            "You are disconnected: your token is deleted, and I no longer set your status or pause your "
            "notifications."
        ),
        say("Your norms still hold what can wait, and senders are told."),
        buttons(Button("Connect again…", Act.CONNECT)),
    )


def moved_zone(new: str, home: str) -> Message:
    """Asked once when the platform shows another zone than the norms."""
    return message(
        say(
            f"Your profile now says {_city(new)}, and your norms are in {_city(home)} time. "
            "Which one should they follow?"
        ),
        buttons(
            Button(f"Follow {_city(new)}", Act.FOLLOW_ZONE, new, tone="primary"),
            Button(f"Keep {_city(home)}…", Act.KEEP_ZONE, new),
        ),
        small("I ask once per move. Until you choose, your norms stay where they are."),
    )


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ") or zone
