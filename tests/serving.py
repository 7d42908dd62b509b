"""The service as people run it: commands in an environment, the server as its own processes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parent.parent
START_SECONDS = 60


@dataclass
class Service:
    """One installation in ``folder``, with its command line and its server."""

    folder: Path
    port: int
    workers: int = 2
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``tracer`` with ``words`` on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "tracer.cli", *words],
            cwd=CHECKOUT,
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def answer(self, *words: str) -> Any:
        """What a command prints with ``--json``; the command must succeed."""
        done = self.command(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, server: Sequence[str] | None = None) -> None:
        """Start the server, by ``tracer serve`` or another command, and wait until it is ready."""
        words = server or [
            *(sys.executable, "-m", "tracer.cli", "serve"),
            *("--port", str(self.port), "--workers", str(self.workers)),
        ]
        log = (self.folder.parent / "server.log").open("ab")
        # A group of its own, so that one signal reaches master and workers alike.
        self._process = subprocess.Popen(
            words,
            cwd=CHECKOUT,
            env=self._environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while self._ask("/readyz") != 200:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server did not start:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End every process of the server at once, as a power cut of the programs would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the server to end, and wait for it: it ends by itself."""
        assert self._end(signal.SIGTERM), f"the server did not stop:\n{self.log()[-3000:]}"

    def log(self) -> str:
        return (self.folder.parent / "server.log").read_text(errors="replace")

    def _end(self, how: signal.Signals) -> bool:
        """Whether the signal was enough."""
        if self._process is None:
            return True
        enough = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            enough = False
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(15)
        self._process = None
        return enough

    def _ask(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            # Named even where empty: a checkout's own .env must not reach into a test.
            **{f"TRACER_{name}": "" for name in ("DATABASE_URL", "KEK", "PUBLIC_URL")},
            "TRACER_DATA": str(self.folder),
            "PORT": str(self.port),
            **self.environment,
        }


@dataclass(frozen=True)
class LiveServer:
    """A running service with demo data; ``demo`` is what ``tracer demo load --json`` answered."""

    service: Service
    demo: dict[str, Any]

    @property
    def url(self) -> str:
        return self.service.url

    def account(self, role: str) -> dict[str, str]:
        """The first demo sign-in of a role: ``login`` and ``password``."""
        return next(account for account in self.demo["accounts"] if account["role"] == role)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A fresh installation without data; the test starts its server when it wants one."""
    one = Service(tmp_path / "data", free_port())
    yield one
    one.kill()


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The demo, served by granian as ``make run`` does."""
    one = Service(tmp_path_factory.mktemp("live") / "data", free_port())
    assert one.command("db", "upgrade").returncode == 0
    demo = one.answer("demo", "load")
    one.start()
    yield LiveServer(one, demo)
    one.stop()
