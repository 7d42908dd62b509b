"""verify, log fsck and credit replay: a clear yes, a clear no, and what was changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlmodel import select

from tests.web import goods as stall
from tests.web.goods import Goods
from tracer.actions.certificates import paper
from tracer.actions.certificates.void import VoidForm, void
from tracer.actions.forms import parse
from tracer.cli import main
from tracer.store.tables import Certificate, CreditScore, Producer
from tracer.store.world import World


@pytest.fixture
def goods(world: World, monkeypatch: pytest.MonkeyPatch) -> Goods:
    monkeypatch.setenv("TRACER_DATA", str(world.folder))
    monkeypatch.setenv("TRACER_PUBLIC_URL", world.site)
    return stall.sell(world)


def run(*words: str) -> Result:
    done = CliRunner().invoke(main, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def verdict(*words: str) -> tuple[int, str, str]:
    """Exit code, verdict and code of the reason."""
    done = run("verify", "--json", *words)
    said = json.loads(done.stdout)
    assert said["reasons"]
    return done.exit_code, said["verdict"], said["code"]


def change(world: World, statement: str) -> None:
    """Somebody with the database's password, past the service."""
    with world.engines.writer.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def test_each_form_of_a_certificate_is_genuine(world: World, goods: Goods, tmp_path: Path) -> None:
    with world.read() as tx:
        (tmp_path / "c.pdf").write_bytes(paper.certificate_pdf(tx, goods.certificate))
        (tmp_path / "c.json").write_bytes(paper.certificate_json(tx, goods.certificate))
        number = tx.session.get_one(Certificate, 1).number
    for material in (
        str(tmp_path / "c.pdf"),
        str(tmp_path / "c.json"),
        number,
        f"{world.site}/C/{goods.certificate}",
    ):
        assert verdict(material) == (0, "genuine", "genuine")
    for name in ("c.pdf", "c.json"):
        assert verdict("--offline", str(tmp_path / name))[:2] == (1, "cannot_tell")


def test_a_changed_file_is_altered(world: World, goods: Goods, tmp_path: Path) -> None:
    with world.read() as tx:
        whole = paper.certificate_json(tx, goods.certificate)
        pdf = paper.certificate_pdf(tx, goods.certificate)
    changed = tmp_path / "changed.json"
    changed.write_bytes(whole.replace("黄瓜".encode(), "西瓜".encode()))
    assert verdict(str(changed))[:2] == (1, "altered")
    page = tmp_path / "changed.pdf"
    middle = len(pdf) // 2
    page.write_bytes(pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :])
    assert verdict(str(page))[:2] == (1, "altered")


def test_a_voided_certificate_says_why(world: World, goods: Goods) -> None:
    with world.write() as tx:
        form = parse(VoidForm, {"reason": "重量写错"})
        void(tx, goods.farm.actor, goods.certificate, form)
    told = run("verify", f"{world.site}/C/{goods.certificate}")
    assert told.exit_code == 1
    assert "已作废" in told.stdout
    assert "重量写错" in told.stdout


@pytest.mark.parametrize("nonsense", ["", "x" * 5000, "\0", "https://elsewhere.example/C/1", "{}"])
def test_nonsense_is_answered_in_words(goods: Goods, nonsense: str) -> None:
    assert verdict("--", nonsense)[:2] == (1, "unknown")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificate SET product = '西瓜'",
        "UPDATE certificate SET quantity_milli = quantity_milli + 1000",
        "UPDATE certificate SET issued_at = issued_at - 86400",
        "UPDATE log_leaf SET recorded_at = recorded_at - 86400",
        'UPDATE log_leaf SET leaf_hash = zeroblob(32) WHERE "index" = 1',
        'DELETE FROM log_leaf WHERE "index" = 0',
    ],
)
def test_the_log_tells_what_was_changed(world: World, goods: Goods, statement: str) -> None:
    assert run("log", "fsck").exit_code == 0
    change(world, statement)
    told = run("log", "fsck", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["problems"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credit_score SET total = '999'",
        "DELETE FROM posting WHERE id = (SELECT min(id) FROM posting)",
    ],
)
def test_a_score_that_its_postings_do_not_give_is_told(
    world: World, goods: Goods, statement: str
) -> None:
    assert run("credit", "replay").exit_code == 0
    change(world, statement)
    told = run("credit", "replay", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["differences"]


def test_a_live_index_is_scored_the_same_at_the_other_door(
    world: World, goods: Goods, tmp_path: Path
) -> None:
    with world.read() as tx:
        scores = {score.target: score for score in tx.session.exec(select(CreditScore))}
        producer = tx.session.exec(select(Producer.public_id)).one()
    for target, public_id in (("product", goods.farm.product), ("subject", producer)):
        exported = run("credit", "answers", public_id)
        assert exported.exit_code == 0
        file = tmp_path / "answers.json"
        file.write_text(exported.stdout)
        scored = json.loads(run("standards", "score", "gveaia-016.1", str(file), "--json").stdout)
        assert str(scored["total"]) == scores[target].published.removesuffix(".0")
        assert scored["outcome"] == scores[target].grade
    assert run("credit", "answers", "7K3M9Q2XW4E").exit_code == 1
