"""Killed at any moment, the service loses nothing it acknowledged and does nothing twice."""

from __future__ import annotations

import random
import threading
import time

import pytest

from tests.serving import Service
from tests.soak.market import Client, Memory, audit, crowd, set_up


@pytest.mark.parametrize(
    "kills",
    [pytest.param(3, id="short"), pytest.param(100, id="long", marks=pytest.mark.soak)],
)
@pytest.mark.timeout(3600)
def test_a_kill_under_load_loses_nothing(service: Service, kills: int) -> None:
    stall, memory, over = set_up(service), Memory(), threading.Event()
    labels = list(stall.labels)

    def trade(client: Client, chance: random.Random) -> None:
        pending: list[str] = []
        while not over.is_set():
            with memory.held():
                pending = pending or sorted(memory.asked)[:1]
            if chance.random() < 0.7:
                answered = client.scan(chance.choice(labels))
            else:
                answered = client.issue(pending.pop() if pending else None)
            if not answered:
                time.sleep(0.05)

    moment = random.Random(20260708)
    service.start()
    threads = crowd(service, stall, memory, trade)
    try:
        for _ in range(kills):
            wait_for(memory, scans=10, certificates=3)
            time.sleep(moment.uniform(0, 1))
            service.kill()
            service.start()
        wait_for(memory, scans=10, certificates=3)
    finally:
        over.set()
        for thread in threads:
            thread.join()
        service.kill()
    audit(service, stall, memory)


def wait_for(memory: Memory, scans: int, certificates: int) -> None:
    """Until that many more were acknowledged: a kill before any work would prove nothing."""
    deadline = time.monotonic() + 120
    before = memory.told()
    while memory.told()[0] < before[0] + scans or memory.told()[1] < before[1] + certificates:
        assert memory.failures == []
        assert time.monotonic() < deadline, memory.broken[-5:]
        time.sleep(0.02)


@pytest.mark.parametrize(
    "scans",
    [pytest.param(125, id="short"), pytest.param(1_000, id="long", marks=pytest.mark.soak)],
)
@pytest.mark.timeout(900)
def test_eight_clients_are_counted_exactly(service: Service, scans: int) -> None:
    stall, memory = set_up(service), Memory()
    labels = list(stall.labels)

    def shop(client: Client, chance: random.Random) -> None:
        for _ in range(scans):
            client.scan(chance.choice(labels))

    service.start()
    for thread in crowd(service, stall, memory, shop):
        thread.join()
    service.stop()
    assert memory.broken + memory.failures == [], service.log()[-4000:]
    assert memory.scans_acknowledged == memory.scans_sent
    assert sum(memory.scans_sent.values()) == 8 * scans
    audit(service, stall, memory)
