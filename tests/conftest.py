"""What holds for every test: no network but loopback, and skips that fail where everything must run.

`BOUNDARY_SKIPS_FAIL=1` (set by `.ci/run`) turns each skip into a failure: a test that silently does not run
proves nothing.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

ADVICE = (
    "This test tried to reach {target}. Tests run without a network: start a server on 127.0.0.1 (port 0), "
    "for Slack the playground's, and pass its address instead."
)


def _is_loopback(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(host: object) -> None:
    if not _is_loopback(host):
        pytest.fail(ADVICE.format(target=host), pytrace=True)


def _guarded(real: Callable[..., Any], host_at: int) -> Callable[..., Any]:
    """`real` of a socket, refused unless the address at `host_at` of its arguments is on this machine."""

    def call(self: socket.socket, *args: Any) -> Any:
        address = args[host_at]
        if self.family != getattr(socket, "AF_UNIX", None) and isinstance(address, tuple):
            _refuse(address[0])
        return real(self, *args)

    return call


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    resolve = socket.getaddrinfo

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse(host)
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect, 0))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex, 0))
        patch.setattr(socket.socket, "sendto", _guarded(socket.socket.sendto, -1))
        yield


def _skips_fail() -> bool:
    return os.environ.get("BOUNDARY_SKIPS_FAIL") == "1"


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{why}: skips fail here (BOUNDARY_SKIPS_FAIL=1). Install what the test needs."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if _skips_fail():
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if _skips_fail():
        _fail_if_skipped(report)
    return report
