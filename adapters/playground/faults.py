"""Faults that can be switched on per method: what goes wrong between a client and a platform, on purpose."""

import random
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final


class FaultKind(StrEnum):
    """What goes wrong; `Fault.takes_effect` says whether the call is carried out all the same."""

    RATE_LIMITED = "rate_limited"  # 429 with Retry-After = seconds
    SERVER_ERROR = "server_error"  # HTTP `status`
    ERROR = "error"  # the refusal `error`, as the platform words it
    DROP = "drop"  # the connection is closed without an answer
    RESET = "reset"  # the connection is reset without an answer
    TRUNCATE = "truncate"  # half of the body, then closed
    SLOW_ANSWER = "slow_answer"  # done at once, answered after `seconds`
    SLOW_ACCEPT = "slow_accept"  # done only after `seconds`, even when the client gave up long before
    TRICKLE = "trickle"  # the body comes one byte every `seconds`


_STORES: Final = frozenset(
    {
        FaultKind.DROP,
        FaultKind.RESET,
        FaultKind.TRUNCATE,
        FaultKind.SLOW_ANSWER,
        FaultKind.SLOW_ACCEPT,
        FaultKind.TRICKLE,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One switched-on fault. `times` None means until cleared; `stores` None what the kind usually does.
    The first `spare` calls that it could hit pass.

    `method` is a Web API method, `response_url`, the name of a Teams call or `*`. `json_body` False makes the
    429 body plain text, as Slack sends it at times (python-slack-sdk#1693); `http_date` makes its Retry-After
    a date instead of seconds (RFC 9110 section 10.2.3).
    """

    kind: FaultKind
    method: str = "*"
    times: int | None = None
    spare: int = 0
    probability: float = 1.0
    seconds: float = 0.0
    status: int = 503
    error: str = "token_revoked"
    json_body: bool = True
    http_date: bool = False
    stores: bool | None = None

    @property
    def takes_effect(self) -> bool:
        """Whether the call is carried out although its answer goes wrong."""
        return self.kind in _STORES if self.stores is None else self.stores


def _ordered(entry: dict[str, Any]) -> Fault:
    """One fault as a request names it. Raises ValueError with a sentence for what is none."""
    if not isinstance(entry, dict) or "kind" not in entry:
        raise ValueError('each fault needs a kind, such as {"kind": "drop", "method": "chat.delete"}')
    known = {each.name for each in fields(Fault)}
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"a fault has no {unknown[0][:40]!r}; it has {', '.join(sorted(known))}")
    if entry["kind"] not in set(FaultKind):
        raise ValueError(f"no kind of fault is {str(entry['kind'])[:40]!r}; kinds: {', '.join(FaultKind)}")
    return Fault(**(entry | {"kind": FaultKind(entry["kind"])}))


class Faults:
    """The faults that are on, in order; dice are seeded so that a run can be repeated."""

    def __init__(self, seed: int = 20261122) -> None:
        self.seed = seed
        self._dice = random.Random(seed)  # noqa: S311 - repeatable dice, nothing secret
        self._active: list[Fault] = []
        self._left: list[int | None] = []
        self._spare: list[int] = []
        self.struck: int = 0
        """How many calls a fault has hit."""

    def add(self, fault: Fault) -> None:
        """Switch `fault` on."""
        self._active.append(fault)
        self._left.append(fault.times)
        self._spare.append(fault.spare)

    def clear(self) -> None:
        """Switch every fault off."""
        self._active.clear()
        self._left.clear()
        self._spare.clear()

    def reseed(self, seed: int) -> None:
        """Start the dice again from `seed`."""
        self.seed = seed
        self._dice.seed(seed)

    def apply(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do `{"clear": true, "seed": 1, "add": [{"kind": "drop", "method": "chat.delete"}]}`, all optional.

        Gives `describe()`. A wrong order raises KeyError, OverflowError, TypeError or ValueError first.
        """
        added = [_ordered(entry) for entry in order.get("add", [])]
        seed = int(order["seed"]) if "seed" in order else None
        if order.get("clear"):
            self.clear()
        if seed is not None:
            self.reseed(seed)
        for fault in added:
            self.add(fault)
        return self.describe()

    def pick(self, method: str) -> Fault | None:
        """The fault that hits this call of `method`, if any; counts it down."""
        for index, fault in enumerate(self._active):
            if (
                fault.method in {"*", method}
                and self._left[index] != 0
                and self._dice.random() < fault.probability
                and not self._spared(index)
            ):
                left = self._left[index]
                self._left[index] = None if left is None else left - 1
                self.struck += 1
                return fault
        return None

    def _spared(self, index: int) -> bool:
        spared = self._spare[index] > 0
        self._spare[index] -= spared
        return spared

    def describe(self) -> dict[str, Any]:
        """The switched-on faults as JSON: `{seed, struck, faults: [{kind, method, left, …}]}`."""
        rows = [asdict(fault) | {"left": left} for fault, left in zip(self._active, self._left, strict=True)]
        return {"seed": self.seed, "struck": self.struck, "faults": rows}
