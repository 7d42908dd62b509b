"""Secrets: made once, readable by their owner alone, never beside the database."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.store.secrets import SecretError, Secrets, day_key, load_secrets


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = load_secrets(folder)
    assert load_secrets(folder) == first
    assert stat.S_IMODE((folder / "kek").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["kek"]


def at_once(make: Callable[[], bytes]) -> list[bytes]:
    """What eight threads get that start together."""
    gate, found = threading.Barrier(8), []

    def run() -> None:
        gate.wait()
        found.append(make())

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_starting_twice_at_once_gives_one_key(tmp_path: Path) -> None:
    found = at_once(lambda: load_secrets(tmp_path).kek)
    assert (len(found), len(set(found))) == (8, 1)


def test_the_first_scans_of_a_day_share_one_key(tmp_path: Path) -> None:
    for number in range(1, 31):
        day = f"2026-06-{number:02d}"
        found = at_once(lambda day=day: day_key(tmp_path, day))
        assert (len(found), set(found)) == (8, {day_key(tmp_path, day)})


@pytest.mark.parametrize("inside", ["", "below/deeper"])
def test_a_key_inside_the_databases_folder_is_refused(tmp_path: Path, inside: str) -> None:
    with pytest.raises(SecretError, match="同一个文件夹"):
        load_secrets(tmp_path / "db" / inside, database_folder=tmp_path / "db")
    assert not (tmp_path / "db").exists()


def test_a_key_from_the_settings_leaves_no_file(tmp_path: Path) -> None:
    assert load_secrets(tmp_path, "ab" * 32).kek == bytes.fromhex("ab" * 32)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["ab" * 31, "ab" * 33, "xy" * 32, "二" * 64])
def test_a_malformed_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SecretError, match="64 位十六进制"):
        load_secrets(tmp_path, text)


def test_the_key_is_not_shown_by_accident() -> None:
    assert "abab" not in repr(Secrets(bytes.fromhex("ab" * 32)))


def test_purposes_have_keys_of_their_own() -> None:
    secrets = Secrets(bytes(32))
    keys = {secrets.derive(purpose) for purpose in ("label-code", "web-session", "id-card")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert secrets.keyed_hash("id-card", "1") != secrets.keyed_hash("phone", "1")
    assert secrets.keyed_hash("id-card", "1") != Secrets(bytes(31) + b"1").keyed_hash(
        "id-card", "1"
    )


def test_the_keys_of_past_days_are_destroyed(tmp_path: Path) -> None:
    days = [f"2026-07-{day:02d}" for day in range(1, 6)]
    keys = [day_key(tmp_path, day) for day in days]
    assert len(set(keys)) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "visitor-2026-07-04",
        "visitor-2026-07-05",
    ]
    assert day_key(tmp_path, "2026-07-05") == keys[4]
    assert day_key(tmp_path, "2026-07-04") == keys[3]
