"""Backup and restore: one compressed file holds the database, the files and the scan journal.

The secrets are left out on purpose: who gets hold of a backup must not be able to sign with it.
"""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
from pathlib import Path

import click

from tracer.cli.saving import saving
from tracer.config import Settings
from tracer.domain.errors import Refusal

FOLDERS = ("journal", "files")
DATABASE = "db/tracer.sqlite3"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """备份到 FILE（.tar.gz），服务不必停。

    备份里没有密钥：请把 secrets 文件夹另存一份，放在别处。
    """
    settings = Settings()
    database = _database(settings, "备份请用 pg_dump，再另存数据文件夹里的 files 和 journal")
    if not database.exists():
        raise Refusal("nothing_there", f"{settings.data.absolute()} 里还没有数据")
    with saving(file):
        if file.exists():
            raise Refusal("file_exists", f"{file} 已经存在，请换一个文件名")
    # The journal is copied after the database: a scan folded in between is then in both, never in
    # neither, and the database's own position says which are counted.
    draft = file.with_name(f"{file.name}.part")
    with saving(file):
        with tempfile.TemporaryDirectory(dir=settings.data) as folder:
            copy = Path(folder) / "copy.sqlite3"
            _copy_database(database, copy)
            with tarfile.open(draft, "w:gz", compresslevel=1) as archive:
                archive.add(copy, DATABASE)
                for name in FOLDERS:
                    if (settings.data / name).is_dir():
                        archive.add(settings.data / name, name)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(file)
    click.echo(f"已备份到 {file}，{file.stat().st_size / 1e6:.1f} 兆字节")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """把备份 FILE 恢复到空的数据文件夹；不覆盖任何已有数据。

    密钥要另外放回 secrets 文件夹，或写在设置 TRACER_KEK 里。
    """
    settings = Settings()
    _database(settings, "恢复请用 pg_restore，再放回 files 和 journal")
    for name in ("db", *FOLDERS):
        if (settings.data / name).exists():
            raise Refusal(
                "not_empty",
                f"{settings.data.absolute()} 里已有数据，没有改动",
                hint="请把 TRACER_DATA 设为一个空文件夹再恢复",
            )
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tempfile.TemporaryDirectory(dir=settings.data) as folder:
            with tarfile.open(file, "r:gz") as archive:
                archive.extractall(folder, filter="data")
            database = Path(folder) / DATABASE
            if not database.exists() or not _is_whole(database):
                raise Refusal("bad_backup", f"{file} 不是完好的备份，没有恢复")
            for name in (*FOLDERS, "db"):
                if (Path(folder) / name).exists():
                    (Path(folder) / name).chmod(0o700)
                    (Path(folder) / name).replace(settings.data / name)
    except (tarfile.TarError, EOFError, OSError, sqlite3.DatabaseError) as error:
        raise Refusal("bad_backup", f"{file} 不是完好的备份，没有恢复") from error
    click.echo(f"已恢复到 {settings.data.absolute()}")
    click.echo("请运行 tracer db upgrade 和 tracer log fsck 核对。")


def _database(settings: Settings, otherwise: str) -> Path:
    prefix = "sqlite:///"
    if not settings.sqlalchemy_url.startswith(prefix):
        raise Refusal("postgres", f"数据库是 PostgreSQL，{otherwise}")
    return Path(settings.sqlalchemy_url.removeprefix(prefix))


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own copy: whole and consistent while others go on writing."""
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def _is_whole(database: Path) -> bool:
    connection = sqlite3.connect(database)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    finally:
        connection.close()
