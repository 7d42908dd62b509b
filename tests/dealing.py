"""How tests are dealt out to the workers of a parallel run.

Tests that share the running server or the browser stay in one worker; those that start servers and
kill them stay in another. Groups are dealt out before single tests, so the long ones are under way
from the start and nobody waits for them at the end. Whoever deals knows the tests by name alone:
pytest-xdist's own groups are written where pytest no longer looks.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

LIVE = ("_in_browser.py", "test_on_a_phone.py", "test_serving.py")
SERVERS = "tests/soak/"


def group_of(nodeid: str) -> str:
    """The group of a test, or the test itself where it has none."""
    file = nodeid.partition("::")[0]
    if file.endswith(LIVE):
        return "live"
    return "servers" if file.startswith(SERVERS) else nodeid


class Dealing(LoadScopeScheduling):
    """Groups, the largest first, then one test after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return Dealing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Names tell the truth: what needs the shared server is named so."""
    for item in items:
        shares = {"browser", "live_server"} & set(getattr(item, "fixturenames", ()))
        if shares and group_of(item.nodeid) != "live":
            raise pytest.UsageError(f"{item.nodeid} uses {shares}: name its file as tests/dealing")
