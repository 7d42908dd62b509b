"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tracer.cli import COMMANDS
from tracer.config import Settings

CHECKOUT = Path(__file__).parent.parent.parent
HARD_LIMIT = 400
ROOMS_WITHOUT_A_NAME = {"utils.py", "helpers.py", "misc.py", "common.py"}
# Where packages come from and where this checkout lies is each machine's own business.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted",
    "npmjs" + ".org",
    "npm" + "mirror",
    "tuna.tsing",
]
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|tmp|root|home|Users)/\w")
UNFINISHED = re.compile(r"raise NotImplementedError|\bTODO\b|\bFIXME\b|\bXXX\b|\bstub\b")
REFUSALS = {"Refusal", "Conflict", "NotFound", "Forbidden", "LabelError"}
BROAD = re.compile(r"except(?: Exception| BaseException)?:\s*$", re.MULTILINE)


# The database's driver is named in an address, never imported.
LOADED_BY_NAME = {"psycopg"}
# Parts of Flask and pydantic that they hand out under their own names.
COME_WITH_ANOTHER = {"jinja2", "markupsafe", "werkzeug", "pydantic-core"}


def plain(name: str) -> str:
    """A distribution's name as the lock spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def tracked(*patterns: str) -> list[Path]:
    """Files that git keeps, so that a leftover in the folder is nobody's fault."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=CHECKOUT, capture_output=True, text=True
    )
    if listed.returncode != 0:
        pytest.skip("NOT RUN: this is no git checkout")
    return [path for name in listed.stdout.split("\0") if (path := CHECKOUT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def offenders(files: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_rooms_import_one_way() -> None:
    done = lint_imports(CHECKOUT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("planted_in", "wrong_import", "contract"),
    [
        ("tracer/domain/quantity.py", "import tracer.store.world", "open downwards"),
        ("tracer/store/files.py", "import tracer.actions.issue", "open downwards"),
        ("tracer/proof/sign.py", "import sqlmodel", "no web and no database"),
        ("labels/stock.py", "import tracer.domain.words", "know nothing of the service"),
        (
            "tracer/actions/certificates/void.py",
            "import tracer.config",
            "handed down by the wiring",
        ),
    ],
)
def test_an_import_the_wrong_way_is_caught(
    tmp_path: Path, planted_in: str, wrong_import: str, contract: str
) -> None:
    for name in ("tracer", "labels"):
        shutil.copytree(
            CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    planted = tmp_path / planted_in
    planted.write_text(f"{planted.read_text()}\n{wrong_import}  # noqa\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"{contract}\s+BROKEN", done.stdout)


def test_files_stay_readable_in_one_sitting() -> None:
    sources = tracked("*.py", "*.js")
    lengths = {path: text_of(path).count("\n") for path in sources}
    # A migration is a record of the past, not a text that is worked on.
    long = {
        str(path.relative_to(CHECKOUT)): length
        for path, length in lengths.items()
        if length > HARD_LIMIT and "migrations" not in path.parts
    }
    assert long == {}


def test_every_room_has_a_name() -> None:
    assert [path for path in tracked("*.py") if path.name in ROOMS_WITHOUT_A_NAME] == []


def test_only_the_settings_read_the_environment() -> None:
    files = [path for path in tracked("tracer/*.py", "labels/*.py") if path.name != "config.py"]
    assert offenders(files, re.compile(r"\bos\.environ\b|\bos\.getenv\b|\bgetenv\(")) == []


def test_nothing_is_left_unfinished() -> None:
    files = tracked("tracer/*.py", "labels/*.py", "static/*.js", "templates/*")
    assert offenders(files, UNFINISHED) == []
    assert offenders(files, BROAD) == []


def test_what_is_refused_stands_without_a_full_stop() -> None:
    """Sentences of all rooms stand side by side, and within others: “名称：请换一个名称”."""
    stopped = [
        f"{path.name}:{node.lineno}"
        for path in tracked("tracer/*.py", "labels/*.py")
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in REFUSALS
        and any(ast.unparse(one).rstrip("'\"").endswith("。") for one in node.args)
    ]
    assert stopped == []


def test_no_file_names_a_registry_or_a_machines_folder() -> None:
    files = [path for path in tracked() if path != Path(__file__)]
    assert offenders(files, re.compile("|".join(map(re.escape, REGISTRIES)))) == []
    assert offenders(files, MACHINE_PATH) == []


def test_locked_files_carry_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = text_of(CHECKOUT / name)
        pins = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
        assert len(pins) > 30
        assert text.count("--hash=sha256:") >= len(pins)
        assert not re.search(r"https?://|file:|^--(extra-)?index|^--find", text, re.MULTILINE)


def test_every_dependency_is_used_and_every_use_is_declared() -> None:
    sources = tracked("tracer/*.py", "labels/*.py", "demo/*.py")
    trees = [ast.walk(ast.parse(text_of(path))) for path in sources]
    imported = {
        name.partition(".")[0]
        for tree in trees
        for node in tree
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    owners = packages_distributions()
    used = {plain(owner) for name in imported for owner in owners.get(name, [])} - {"tracer"}
    project = tomllib.loads(text_of(CHECKOUT / "pyproject.toml"))["project"]
    declared = {plain(re.split(r"[\[=<>]", line)[0]) for line in project["dependencies"]}
    assert declared - used - LOADED_BY_NAME == set()
    assert used - declared - COME_WITH_ANOTHER == set()


def test_every_setting_is_documented() -> None:
    operations = text_of(CHECKOUT / "docs" / "operations.md")
    names = {
        str(field.validation_alias or f"TRACER_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    assert {name for name in names if f"`{name}`" not in operations} == set()
    written = set(re.findall(r"`(TRACER_[A-Z_]+)`", operations))
    assert written - names == set()
    rows = re.findall(r"^\| `([A-Z_]+)` \|", operations, re.MULTILINE)
    assert sorted(rows) == sorted(names)


def commands_of(readme: str) -> list[str]:
    """The command lines a reader is told to type, without the remarks behind them."""
    lines = re.findall(r"^(?:make|\.venv/bin/|cp) ?.*$", text_of(CHECKOUT / readme), re.MULTILINE)
    return [line.partition("#")[0].strip() for line in lines]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_only_what_exists(name: str) -> None:
    targets = set(re.findall(r"^(\w+):", text_of(CHECKOUT / "Makefile"), re.MULTILINE))
    commands = [line.split() for line in commands_of(name)]
    assert {words[1] for words in commands if words[0] == "make"} <= targets
    assert {words[1] for words in commands if words[0] == ".venv/bin/tracer"} <= set(COMMANDS)
    assert commands[:2] == [["make", "run"], ["make", "test"]]
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text_of(CHECKOUT / name)):
        assert (CHECKOUT / link).exists(), link


def test_the_two_readmes_say_the_same_things() -> None:
    def outline(name: str) -> list[int]:
        return [len(marks) for marks in re.findall(r"^(#+) ", text_of(CHECKOUT / name), re.M)]

    assert outline("README.md") == outline("README.zh-CN.md") != []
    assert commands_of("README.md") == commands_of("README.zh-CN.md") != []
