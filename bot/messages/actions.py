"""The names of our buttons, forms and message topics. A value with each is an id of ours, never text
from people."""

from __future__ import annotations

from enum import StrEnum

_ALONE = ":alone"


def alone(hold: str) -> str:
    """The value of a choice about the only hold that its message is about: the choice settles the message."""
    return hold + _ALONE


def hold_in(value: str) -> tuple[str, bool]:
    """The hold that a choice is about, and whether the choice settles the message it was made in."""
    return value.removesuffix(_ALONE), value.endswith(_ALONE)


_BESIDE = ":beside"


def beside(kind: str) -> str:
    """The value of a switch that stands in a message about something else, which stays as it is."""
    return kind + _BESIDE


def switched(value: str) -> tuple[str, bool]:
    """The kind that a switch is about, and whether its message stays."""
    return value.removesuffix(_BESIDE), value.endswith(_BESIDE)


class Act(StrEnum):
    """What a button asks for; comes back in `Pressed.action`. The value is named beside each."""

    KEEP = "keep"  # hold id, here and below perhaps `alone`: deliver when back
    URGENT = "urgent"  # hold id: opens the reason form
    NEVER_MIND = "never_mind"  # hold id
    EDIT_HOLD = "edit_hold"  # hold id
    FAIR = "fair"  # hold id
    COULD_WAIT = "could_wait"  # hold id
    LOOK = "look"  # show what waits
    RELEASE = "release"  # deliver what waits now
    UNDO = "undo"
    QUESTIONS = "questions"  # opens the three questions
    SET_UP = "set_up"  # enrols, then opens the three questions
    LEAVE_US = "leave_us"  # undo of the first contact
    RITUAL_DONE = "ritual_done"  # kind:day
    RITUAL_MORE = "ritual_more"  # kind:day
    RITUAL_SKIP = "ritual_skip"  # kind:day
    MUTE = "mute"  # kind, perhaps `beside`
    UNMUTE = "unmute"  # kind
    ADD_WINDOW = "add_window"
    EDIT_WINDOW = "edit_window"  # position in the list and name
    REMOVE_WINDOW = "remove_window"  # name
    EDIT_FRAME = "edit_frame"
    ADD_LEAVE = "add_leave"
    REMOVE_LEAVE = "remove_leave"  # first..last
    FOLLOW_ZONE = "follow_zone"  # IANA name
    KEEP_ZONE = "keep_zone"  # IANA name: opens the form
    CONNECT = "connect"
    OPEN_CONNECT = "open_connect"  # a link: nothing to do when pressed
    DISCONNECT = "disconnect"
    EXPORT = "export"
    FORGET = "forget"
    UNLINK = "unlink"  # "others" for all but the acting account
    TAKE_HOURS = "take_hours"  # the hours as text of a `when`
    PROPOSE = "propose"  # team id: opens the form
    VOTE_YES = "vote_yes"  # proposal id
    VOTE_NO = "vote_no"  # proposal id
    WITHDRAW = "withdraw"  # proposal id
    MUTE_VOTES = "mute_votes"  # no more reminders of votes
    TEAM_HISTORY = "team_history"  # team id
    TEAM_UNDO = "team_undo"  # team id: proposes the version before
    TEAM_JOIN = "team_join"  # team id
    TEMPLATES = "templates"  # team id, perhaps :template
    USE_TEMPLATE = "use_template"  # team id:template
    REVIEWED = "reviewed"  # team id: the norms were read again
    FOCUS_OUT = "focus_out"  # team id: without me
    FOCUS_IN = "focus_in"  # team id
    LIFT = "lift"  # team id: opens the form
    LIFT_BACK = "lift_back"  # id in the ledger
    OVERRIDE_FAIR = "override_fair"  # id in the ledger
    OVERRIDE_WAITED = "override_waited"  # id in the ledger
    POLICY = "policy"  # team id
    OPEN_POLICY = "open_policy"  # a link: nothing to do when pressed
    ACKNOWLEDGE = "acknowledge"  # team id:version, then :asked where it answers an invitation
    RITUAL_OPEN = "ritual_open"  # kind:day, opens the form
    FIRST_HOUR = "first_hour"  # kind:day: hold the first hour back from leave
    SEE_MINE = "see_mine"  # team id:week, perhaps `alone`: a lead looks at their own line, and decides then
    SHOW_MINE = "show_mine"  # team id:week, perhaps `alone`: it goes with the summary
    HIDE_MINE = "hide_mine"  # team id:week, perhaps `alone`
    SUGGEST = "suggest"  # team id:week: puts the suggested change to the vote


class FormId(StrEnum):
    """What a form is for; comes back in `Submitted.form`. The context is named beside each."""

    URGENT = "urgent"  # hold id, here and below perhaps `alone`
    LATER = "later"  # link of the message the shortcut was used on
    EDIT_HOLD = "edit_hold"  # hold id
    FIRST = "first"
    WINDOW = "window"  # the name it had, "" for a new one
    FRAME = "frame"
    LEAVE = "leave"
    ZONE = "zone"  # the zone the person is in now
    PROPOSE = "propose"  # team id
    LIFT = "lift"  # team id
    RITUAL = "ritual"  # kind:day


class Topic(StrEnum):
    """What a `Say` effect is about. Facts (all optional: what is missing is left out of the sentence):

    CONNECT none · MOVED `hold` ids · UNDELIVERED `hold` ids · GONE `name`, `count` · DISCONNECTED none ·
    CONNECTED none · ZONE `zone` · UNREACHED `hold` ids · LINKED none · FOCUS `team`, `what` ("focus",
    "meetings").
    """

    CONNECT = "connect"
    MOVED = "moved"
    UNDELIVERED = "undelivered"
    GONE = "gone"
    DISCONNECTED = "disconnected"
    CONNECTED = "connected"
    ZONE = "zone"
    UNREACHED = "unreached"
    LINKED = "linked"
    FOCUS = "focus"
