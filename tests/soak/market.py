"""A market day: people scan labels and a producer issues certificates, over real connections."""

from __future__ import annotations

import http.client
import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlmodel import func, select

from tests.actions.farm import start_farm
from tests.serving import Service
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.credit_replay import replay
from tracer.actions.forms import parse
from tracer.actions.people.accounts import create_token
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.supervision.scanning import fold
from tracer.proof.labelcode import code
from tracer.queries.fsck import fsck
from tracer.store.journal import unpack
from tracer.store.tables import Certificate, LogLeaf, ScanTally
from tracer.store.world import World

LABELS = 40
CLIENTS = 8


@dataclass
class Stall:
    """What the clients know: the batch to certify from, the labels to scan, a token."""

    batch: str
    token: str
    labels: dict[str, int]  # code → label index


@dataclass
class Memory:
    """What the clients were told. An acknowledged thing must be there for ever."""

    scans_acknowledged: Counter[int] = field(default_factory=Counter)
    scans_sent: Counter[int] = field(default_factory=Counter)
    certificates: dict[str, str] = field(default_factory=dict)  # key → number
    asked: set[str] = field(default_factory=set)  # keys without an answer yet
    failures: list[str] = field(default_factory=list)  # answers that should not be
    broken: list[str] = field(default_factory=list)  # lines that broke
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def told(self) -> tuple[int, int]:
        """How many scans and certificates were acknowledged so far."""
        with self._lock:
            return sum(self.scans_acknowledged.values()), len(self.certificates)

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._lock:
            yield


def set_up(service: Service) -> Stall:
    """A farm with a big harvest, one certificate and labels for it."""
    assert service.command("db", "upgrade").returncode == 0
    with opened(service) as world, world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx, "9000000")
        order = {"batch": batch.public_id, "quantity": "1", "unit": "公斤", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, order))
        wanted = {"certificate": certificate.public_id, "count": LABELS}
        paper = {"design": "trace-60x40", "stock": "roll-60x40"}
        run = print_labels(tx, farm.actor, parse(PrintForm, wanted | paper))
        indexes = range(run.first_index, run.first_index + LABELS)
        return Stall(
            batch.public_id,
            create_token(tx, "luqi"),
            {code(index, tx.secrets.label_key): index for index in indexes},
        )


@contextmanager
def opened(service: Service) -> Iterator[World]:
    """The service's installation, opened beside it as a command would."""
    database = service.folder / "db" / "tracer.sqlite3"
    world = World.open(service.folder, f"sqlite:///{database}", service.url)
    yield world
    world.close()


class Client:
    """One person with one connection, who tries again when the line breaks."""

    def __init__(self, service: Service, stall: Stall, memory: Memory) -> None:
        self._stall = stall
        self._memory = memory
        self._connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)

    def scan(self, label: str) -> bool:
        """Open a label's page once; True where it was answered."""
        index = self._stall.labels[label]
        with self._memory.held():
            self._memory.scans_sent[index] += 1
        status, body = self._ask("GET", f"/T/{label}")
        if status is None:
            return False
        with self._memory.held():
            if status == 200:
                self._memory.scans_acknowledged[index] += 1
            else:
                self._memory.failures.append(f"scan: {status} {body[:200]!r}")
        return True

    def issue(self, key: str | None = None) -> bool:
        """Ask for a certificate of one kilogram; True where it was answered."""
        key = key or str(uuid.uuid4())
        with self._memory.held():
            self._memory.asked.add(key)
        order = {
            "batch": self._stall.batch,
            "quantity": "1",
            "unit": "kg",
            "basis": ["control"],
        }
        headers = {
            "Authorization": f"Bearer {self._stall.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        status, body = self._ask("POST", "/api/v1/certificates", json.dumps(order), headers)
        if status is None:
            return False
        with self._memory.held():
            if status == 201:
                self._memory.certificates[key] = json.loads(body)["number"]
                self._memory.asked.discard(key)
            else:
                self._memory.failures.append(f"issue: {status} {body[:300]!r}")
        return True

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int | None, bytes]:
        try:
            self._connection.request(method, path, body, headers or {})
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            with self._memory.held():
                self._memory.broken.append(repr(error))
            self._connection.close()
            return None, b""


def crowd(
    service: Service, stall: Stall, memory: Memory, work: Callable[[Client, random.Random], None]
) -> list[threading.Thread]:
    """CLIENTS threads, each running ``work`` with a client of its own."""

    def visit(seed: int) -> None:
        client = Client(service, stall, memory)
        try:
            work(client, random.Random(seed))
        finally:
            client.close()

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(CLIENTS)]
    for thread in threads:
        thread.start()
    return threads


def audit(service: Service, stall: Stall, memory: Memory) -> None:
    """With the server down: nothing acknowledged is missing, nothing is there twice."""
    assert memory.failures == []
    with opened(service) as world:
        while fold(world):
            pass
        journal = Counter(
            scan.subject
            for segment in world.journal.segments()
            for scan in unpack(world.journal.read(segment, 0))
        )
        with world.read() as tx:
            counted = {
                row.subject: row.scans
                for row in tx.session.exec(select(ScanTally).where(ScanTally.kind == "label"))
            }
            assert counted == dict(journal)
            for index in stall.labels.values():
                scans = counted.get(index, 0)
                assert memory.scans_acknowledged[index] <= scans <= memory.scans_sent[index]
            numbers = tx.session.exec(select(Certificate.number)).all()
            assert len(numbers) == len(set(numbers))
            assert set(memory.certificates.values()) <= set(numbers)
            assert len(set(memory.certificates.values())) == len(memory.certificates)
            # One from the set-up; a key that was never answered may have had its effect once.
            certificates = len(numbers) - 1 - len(memory.certificates)
            assert 0 <= certificates <= len(memory.asked)
            last, leaves = tx.session.exec(select(func.max(LogLeaf.index), func.count())).one()
            assert leaves == last + 1
            assert [one for one in fsck(tx) if one is not None] == []
            assert [one for one in replay(tx) if one is not None] == []
        with world.engines.reader.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            assert whole == "ok"
