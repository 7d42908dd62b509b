"""A made-up sixth standard, small enough to read, with every part a pack can have."""

from __future__ import annotations

from pathlib import Path

import pytest

PACK = """
id = "sixth"
edition = "1"
number = "T/TEST 6—2026"
title = "第六个标准"
status = "虚构"
issuer = "某协会"
valid_from = 2026-01-01

[[table]]
key = "1"
title = "表 1"
total = 30
notes = ["注：虚构。"]

[table.outcome]
rule = "threshold"
pass_at = 20
places = 1
clause = "6"
passed = "通过"
failed = "不通过"
blocked = "不受理"

[[table.gate]]
key = "4-1"
text = "伪造记录"
clause = "4"
verb = "absent"

[[table.choice]]
key = "prize"
title = "二选一"
clause = "5 注"

[[table.group]]
key = "A"
title = "甲部分"
rows = 2
max = 20

[[table.group.item]]
key = "A-1"
title = "分档"
text = "按档打分"
clause = "5 A-1"
verb = "ladder"
values = [0, 3, 10]
max = 10
evidence = ["photo"]

[[table.group.item]]
key = "A-2"
title = "必须"
text = "必须满分"
clause = "5 A-2"
verb = "mark"
mandatory = true
max = 10

[[table.group]]
key = "B"
title = "乙部分"
rows = 2
max = 10

[[table.group.item]]
key = "B-1"
text = "市级奖"
clause = "5 B-1"
verb = "mark"
choice = "prize"
max = 5

[[table.group.item]]
key = "B-2"
text = "省级奖"
clause = "5 B-2"
verb = "mark"
choice = "prize"
max = 10
"""

CASES = """
[base.full.gates]
4-1 = "无"
[base.full.rows]
A-1 = 10
A-2 = 10
B-2 = 10

[[case]]
name = "满分"
from = "full"
expect = { total = 30, outcome = "通过" }

[[case]]
name = "不在档上"
from = "full"
change = { rows = { "A-1" = 4 } }
expect = { refused = ["off_step", "A-1"] }
"""


@pytest.fixture
def sixth(tmp_path: Path) -> Path:
    """A folder of packs that holds the sixth standard alone."""
    edition = tmp_path / "packs" / "sixth" / "1"
    edition.mkdir(parents=True)
    (edition / "pack.toml").write_text(PACK, "utf-8")
    (edition / "cases.toml").write_text(CASES, "utf-8")
    (edition / "SOURCE.md").write_text("虚构的标准，没有出处。", "utf-8")
    return tmp_path / "packs"
