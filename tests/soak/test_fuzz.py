"""Thousands of made-up requests from the API's own description: refused in words, never broken."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import Service
from tests.soak.market import set_up

# A body may fit its schema and still break a rule of the field, or leave out by null what has a
# default: what the description promises about answers is checked, these two guesses are not.
GUESSES = "positive_data_acceptance,negative_data_rejection"


@pytest.mark.parametrize(
    ("examples", "cases"),
    [
        pytest.param(5, 2_000, id="short"),
        pytest.param(400, 20_000, id="long", marks=pytest.mark.soak),
    ],
)
@pytest.mark.timeout(7200)
def test_made_up_requests_never_break_the_api(
    service: Service, tmp_path: Path, examples: int, cases: int
) -> None:
    stall = set_up(service)
    # A real batch, so that requests get past "there is no such thing".
    (tmp_path / "schemathesis.toml").write_text(f'[parameters]\n"path.batch" = "{stall.batch}"\n')
    service.start()
    fuzzed = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{service.url}/api/openapi.json"),
            *("--header", f"Authorization: Bearer {stall.token}", "--seed", "20260708"),
            *("--checks", "all", "--exclude-checks", GUESSES, "-n", str(examples)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    service.stop()
    assert fuzzed.returncode == 0, fuzzed.stdout[-6000:] + fuzzed.stderr[-2000:]
    generated = re.search(r"(\d+) generated", fuzzed.stdout)
    assert generated
    assert int(generated[1]) >= cases, fuzzed.stdout[-2000:]
    assert re.findall(r"^.*status=5\d\d.*$", service.log(), re.MULTILINE) == []
    assert "Traceback" not in service.log()
