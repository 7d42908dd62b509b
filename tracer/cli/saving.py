"""Files that a command writes where its user says: what the disk refuses is told in a sentence."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracer.domain.errors import Refusal

_WHY = {
    errno.ENOENT: "没有这个文件夹",
    errno.ENOTDIR: "没有这个文件夹",
    errno.EACCES: "没有写的权限",
    errno.EPERM: "没有写的权限",
    errno.EROFS: "那里只能读",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘满了",
    errno.ENAMETOOLONG: "文件名太长",
}


@contextmanager
def saving(file: Path) -> Iterator[None]:
    """Writing ``file``; a Refusal where it cannot be written there."""
    try:
        yield
    except OSError as error:
        why = _WHY.get(error.errno or 0, "写不进去")
        raise Refusal("not_saved", f"存不到 {file}：{why}，请换一个地方再存", "out") from error
