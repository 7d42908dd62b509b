"""Backup and restore: whole while others write, never over existing data."""

from __future__ import annotations

import tarfile
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracer.actions.people.accounts import create_account
from tracer.cli import main
from tracer.domain.words import Role
from tracer.store.files import CleanFile
from tracer.store.journal import Scan, unpack
from tracer.store.tables import Account, LabelCounter
from tracer.store.world import World


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TRACER_DATA", str(world.folder))
    return CliRunner()


def test_what_was_backed_up_is_restored(
    world: World, run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.write() as tx:
        create_account(tx, "zhang", "麦子熟了2026", Role.OPERATOR, "张三丰")
    name = world.files.put(CleanFile(b"%PDF-1.7", "application/pdf"))
    world.journal.append(Scan("label", 7, 1_783_000_000, 1))
    backup = tmp_path / "day.tar.gz"
    assert run.invoke(main, ["backup", str(backup)]).exit_code == 0

    monkeypatch.setenv("TRACER_DATA", str(tmp_path / "other"))
    restored = run.invoke(main, ["restore", str(backup)])
    assert restored.exit_code == 0, restored.stderr
    other = World.open(
        tmp_path / "other",
        f"sqlite:///{tmp_path / 'other' / 'db' / 'tracer.sqlite3'}",
        world.site,
        world.secrets.kek.hex(),
    )
    with other.read() as tx:
        assert tx.session.get_one(Account, 1).login == "zhang"
    assert other.files.get(name) == b"%PDF-1.7"
    assert [scan.subject for scan in unpack(other.journal.read(1, 0))] == [7]
    other.close()


def test_the_key_is_not_in_the_backup(world: World, run: CliRunner, tmp_path: Path) -> None:
    assert run.invoke(main, ["backup", str(tmp_path / "day.tar.gz")]).exit_code == 0
    with tarfile.open(tmp_path / "day.tar.gz") as archive:
        assert not [name for name in archive.getnames() if "secret" in name or "kek" in name]
    assert world.secrets.kek.hex().encode() not in (tmp_path / "day.tar.gz").read_bytes()


def test_nothing_is_overwritten(run: CliRunner, tmp_path: Path) -> None:
    backup = tmp_path / "day.tar.gz"
    backup.write_bytes(b"yesterday's")
    told = run.invoke(main, ["backup", str(backup)])
    assert (told.exit_code, backup.read_bytes()) == (1, b"yesterday's")
    backup.unlink()
    assert run.invoke(main, ["backup", str(backup)]).exit_code == 0
    told = run.invoke(main, ["restore", str(backup)])
    assert (told.exit_code, "没有改动" in told.stderr) == (1, True)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_half_a_backup_is_refused_and_leaves_nothing(
    run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    backup = tmp_path / "day.tar.gz"
    assert run.invoke(main, ["backup", str(backup)]).exit_code == 0
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])
    monkeypatch.setenv("TRACER_DATA", str(tmp_path / "other"))
    told = run.invoke(main, ["restore", str(backup)])
    assert (told.exit_code, "不是完好的备份" in told.stderr) == (1, True)
    assert list((tmp_path / "other").iterdir()) == []


def test_a_backup_under_load_misses_nothing_written_before_it(
    world: World, run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def write_on() -> None:
        while not stop.is_set():
            with world.write() as tx:
                tx.session.get_one(LabelCounter, 1).next_index += 1

    with world.write() as tx:
        tx.session.get_one(LabelCounter, 1).next_index = 1000
    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        done = run.invoke(main, ["backup", str(tmp_path / "day.tar.gz")])
    finally:
        stop.set()
        writer.join()
    assert done.exit_code == 0, done.stderr
    monkeypatch.setenv("TRACER_DATA", str(tmp_path / "other"))
    assert run.invoke(main, ["restore", str(tmp_path / "day.tar.gz")]).exit_code == 0
    other = World.open(
        tmp_path / "other", f"sqlite:///{tmp_path}/other/db/tracer.sqlite3", world.site
    )
    with other.read() as tx:
        assert tx.session.get_one(LabelCounter, 1).next_index >= 1000
    other.close()


def test_postgres_is_sent_to_its_own_tools(
    run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACER_DATABASE_URL", "postgresql://db/tracer")
    told = run.invoke(main, ["backup", str(tmp_path / "day.tar.gz")])
    assert (told.exit_code, "pg_dump" in told.stderr) == (1, True)


@pytest.mark.parametrize("words", [["backup"], ["export"], ["import", "--template"]])
def test_a_place_that_takes_no_file_is_told(
    world: World, run: CliRunner, tmp_path: Path, words: list[str]
) -> None:
    with world.write() as tx:
        create_account(tx, "boss", "长长的密码2026", Role.OPERATOR, "周管理")
    for name, why in (("nowhere/x.xlsx", "没有这个文件夹"), ("x" * 256 + ".xlsx", "文件名太长")):
        told = run.invoke(main, [*words, str(tmp_path / name)])
        assert (told.exit_code, why in told.stderr) == (1, True)
