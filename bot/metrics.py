"""What the operator sees at /metrics: counters and gauges of the delivery side. No person, no channel, no
text."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.records import DeliveryState, Lane

LATENESS = (0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600)
"""Upper edges of the lateness buckets, in seconds."""


class Metrics:
    """One registry per process; labels are closed enums only."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._decisions = Counter(
            "boundary_decisions", "Decisions about real pings, by reason.", ["reason"], registry=self.registry
        )
        self._deliveries = Counter(
            "boundary_deliveries",
            "Deliveries that came to an end, by lane and state.",
            ["lane", "state"],
            registry=self.registry,
        )
        self._faults = Counter(
            "boundary_delivery_faults",
            "What went wrong on the way and was dealt with.",
            ["lane", "kind"],
            registry=self.registry,
        )
        self._outbox = Gauge(
            "boundary_outbox_rows", "Rows in the outbox by state.", ["state"], registry=self.registry
        )
        self._lateness = Histogram(
            "boundary_lateness_seconds",
            "From when a delivery was due to when it was done.",
            ["lane"],
            buckets=LATENESS,
            registry=self.registry,
        )
        self._refused = Counter(
            "boundary_requests_refused",
            "Requests from outside that were not let in, by platform and reason.",
            ["platform", "reason"],
            registry=self.registry,
        )
        self._swept = Counter(
            "boundary_people_swept", "People looked at by the sweep.", registry=self.registry
        )
        self._failed = Counter(
            "boundary_sweep_failures", "People whose sweep failed and is tried again.", registry=self.registry
        )
        self._sweep_age = Gauge(
            "boundary_seconds_since_sweep",
            "Age of the last finished sweep: the health of the loop.",
            registry=self.registry,
        )

    def decided(self, reason: str) -> None:
        """One decision about a real ping; `reason` is a rules.Reason."""
        self._decisions.labels(reason).inc()

    def ended(self, lane: Lane, state: DeliveryState, lateness: float) -> None:
        """A delivery came to an end, `lateness` seconds after it was due; counted for DONE only."""
        self._deliveries.labels(lane.value, state.value).inc()
        if state is DeliveryState.DONE:
            self._lateness.labels(lane.value).observe(max(0.0, lateness))

    def fault(self, lane: Lane, kind: str) -> None:
        """`kind`: unclear, waited, refused, guarded, probed_found, probed_missing, repaired, fenced."""
        self._faults.labels(lane.value, kind).inc()

    def refused(self, platform: str, reason: str) -> None:
        """A front door let a request not in; `reason` is one of its own words, nothing of the request."""
        self._refused.labels(platform, reason).inc()

    def swept(self, people: int, failed: int) -> None:
        self._swept.inc(people)
        self._failed.inc(failed)

    def outbox(self, counts: Mapping[DeliveryState, int]) -> None:
        for state in DeliveryState:
            self._outbox.labels(state.value).set(counts.get(state, 0))

    def sweep_age(self, seconds: float) -> None:
        self._sweep_age.set(seconds)

    def text(self) -> bytes:
        """The registry in Prometheus' text format."""
        return generate_latest(self.registry)
