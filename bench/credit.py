"""Credit: posting, replay and ranking, beside the plain ORM way.

    python -m bench.credit [--postings 1000000] [--products 100000]

One SQLite database with the product's own schema and settings (WAL, synchronous=FULL); both ways
read and write the same rows. The plain way is what the tables invite to: load a target's postings
as SQLModel objects and count them anew, sort and page with ORDER BY and OFFSET over objects. It
uses the same rules and the same indexes; it only keeps no tallies and no sort key. Times are wall
clock on this machine and say little by themselves: read the ratios.

posting   one `count` in a write transaction with its commit, for a product with 100 postings and
          for one with all of `--postings`; the plain way inserts and recounts from the postings
replay    every index computed anew and compared; the plain way asks for each target's postings
          (measured on a sample of targets and multiplied, which is fair: its cost is linear)
ranking   the first page, the page in the middle, and a filtered page; the plain way sorts by the
          published text as a number and skips rows by OFFSET
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count
from pathlib import Path

from sqlalchemy import Float, cast, text
from sqlmodel import col, select

from tracer.actions import credit
from tracer.actions.credit_replay import replay
from tracer.domain.clock import FixedClock
from tracer.domain.reference import load as reference
from tracer.domain.spelling import parts
from tracer.queries.credit.disclosure import PAGE, Wanted, ranking
from tracer.standards import credit as rules
from tracer.store import schema
from tracer.store.engines import open_engines
from tracer.store.tables import CreditScore, NamePart, Posting, Producer, Product
from tracer.store.world import Tx, World

NOON = 1_783_483_200  # 2026-07-08 12:00 in Beijing
PRODUCTS_EACH = 10  # products of a producer
ROWS = ("C.2-5", "C.2-6", "C.2-7", "C.2-3", "C.2-4")
SAMPLE = 500  # targets the plain replay is measured on
COUNTIES = sorted(
    place.code
    for place in reference().regions.values()
    if place.level == "county" and len(place.code) == 6
)
FEW = 100  # postings of the product with a short history


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--products", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-credit-") as folder:
        world = build(Path(folder), asked.products, asked.postings)
        print(f"{asked.products:,} products, {asked.postings:,} postings\n")
        print("| | ours | plain ORM | ratio |\n|---|---:|---:|---:|")
        # Replay first: the postings to a long history that follow must not be part of it.
        replaying(world, asked.products)
        rankings(world, asked.products)
        postings(world, asked.postings)
        world.close()


def build(folder: Path, products: int, postings: int) -> World:
    """An installation with so many products and postings, and the scores that these give."""
    (folder / "db").mkdir()
    url = f"sqlite:///{folder}/db/tracer.sqlite3"
    engines = open_engines(url)
    schema.upgrade(engines.writer)
    engines.dispose()
    world = World.open(folder, url, "https://bench.example.cn", clock=FixedClock(NOON))
    with world.write() as tx:
        producers = max(1, products // PRODUCTS_EACH)
        _insert(tx, Producer, (_producer(number) for number in range(1, producers + 1)))
        _insert(tx, Product, (_product(number, producers) for number in range(1, products + 1)))
        _insert(tx, NamePart, _parts("subject", producers, _producer))
        _insert(tx, NamePart, _parts("product", products, lambda one: _product(one, producers)))
        _insert(tx, Posting, (_posting(number, products) for number in range(postings)))
        _settle(tx)
    return world


def replaying(world: World, products: int) -> None:
    """Every index from its postings, in one pass; and target by target with objects."""

    def ours() -> int:
        with world.read() as tx:
            found = list(replay(tx))
            assert not any(found), next(filter(None, found))
            return len(found)

    def plain() -> int:
        with world.read() as tx:
            for number in range(1, sample + 1):
                assert _recounted(tx, number).total == _exact(tx, number)
        return sample

    sample = min(SAMPLE, products)
    seconds, targets = timed(ours)
    slow, _ = timed(plain)
    show(f"replay of {targets:,} indexes", seconds, slow * targets / sample)


def rankings(world: World, products: int) -> None:
    """Pages of the ranking: by key, and by OFFSET."""
    with world.read() as tx:
        page = ranking(tx, Wanted())
        middle = tx.session.exec(
            select(CreditScore, Product.public_id)
            .join(Product, col(Product.id) == CreditScore.target_id)
            .where(CreditScore.target == "product")
            .order_by(col(CreditScore.ranking).desc(), col(CreditScore.target_id).desc())
            .offset(products // 2)
            .limit(1)
        ).one()
        after = f"{middle[0].ranking}.{middle[1]}.{products // 2}"
        assert len(page.lines) == min(PAGE, products)
    for name, wanted, key, offset in (
        ("ranking, first page", Wanted(), "", 0),
        ("ranking, page in the middle", Wanted(), after, products // 2 + 1),
        ("ranking, a rare name by pinyin", Wanted(name=f"chanpin{products // 3}"), "", 0),
        ("ranking, a name that all have", Wanted(name="chanpin"), "", 0),
    ):

        def ours(wanted: Wanted = wanted, key: str = key) -> list[str]:
            with world.read() as tx:
                return [line.id for line in ranking(tx, wanted, key).lines]

        def plain(wanted: Wanted = wanted, offset: int = offset) -> list[str]:
            with world.read() as tx:
                return _plain_page(tx, wanted.name, offset)

        fast, mine = timed(ours, 15)
        slow, theirs = timed(plain, 5)
        assert mine == theirs, name
        show(name, fast, slow)


def postings(world: World, many: int) -> None:
    """One more posting, to a short and to a long history."""
    serial = count()
    for name, product_id, history in (("short", 1, FEW), ("long", 2, many)):
        with world.write() as tx:
            _lengthen(tx, product_id, history)

        def ours(product_id: int = product_id, name: str = name) -> None:
            with world.write() as tx:
                credit.count(tx, product_id, "C.2-5", "ours", f"{name}{next(serial)}")

        def plain(product_id: int = product_id, name: str = name) -> None:
            with world.write() as tx:
                tx.session.add(Posting(**_fact(product_id, "plain", f"{name}{next(serial)}")))
                tx.session.flush()
                score = tx.session.get_one(CreditScore, ("product", product_id))
                index = _recounted(tx, product_id)
                score.total, score.published = str(index.total), str(index.published)

        fast, _ = timed(ours, 30)
        slow, _ = timed(plain, 30 if history <= 10_000 else 1)
        show(f"posting to {history:,} postings", fast, slow)


def timed(run: Callable[[], object], rounds: int = 1) -> tuple[float, object]:
    """Median seconds of so many rounds, and what the last one gave."""
    seconds, answer = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds), answer


def show(name: str, ours: float, plain: float) -> None:
    """One line of the table."""
    print(f"| {name} | {_time(ours)} | {_time(plain)} | {plain / ours:,.1f} × |", flush=True)


def _time(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms" if seconds < 10 else f"{seconds:,.1f} s"


def _recounted(tx: Tx, product_id: int) -> rules.CreditIndex:
    """The plain way: all postings as objects, counted anew."""
    found = tx.session.exec(
        select(Posting).where(Posting.target == "product", Posting.target_id == product_id)
    ).all()
    return rules.index(credit.pack(), "C.2", rules.fold(found))


def _exact(tx: Tx, product_id: int) -> object:
    return Fraction(tx.session.get_one(CreditScore, ("product", product_id)).total)


def _plain_page(tx: Tx, name: str, offset: int) -> list[str]:
    query = (
        select(CreditScore, Product, Producer)
        .join(Product, col(Product.id) == CreditScore.target_id)
        .join(Producer, col(Producer.id) == Product.producer_id)
        .where(CreditScore.target == "product")
    )
    if name:
        query = query.where(col(Product.found_by).contains(name))
    query = query.order_by(
        cast(col(CreditScore.published), Float).desc(), col(CreditScore.target_id).desc()
    )
    return [row[1].public_id for row in tx.session.exec(query.offset(offset).limit(PAGE))]


def _producer(number: int) -> dict[str, object]:
    return {
        "public_id": f"P{number}",
        "kind": "cooperative",
        "name": f"合作社{number}",
        "found_by": f"合作社{number} hezuoshe{number} hzs{number}",
        "contact_phone": "053280000000",
        "county": COUNTIES[number % len(COUNTIES)],
        "address": "一号",
        "publish_name": False,
        "created_at": NOON,
    }


def _product(number: int, producers: int) -> dict[str, object]:
    return {
        "public_id": f"Q{number}",
        "producer_id": (number - 1) % producers + 1,
        "name": f"产品{number}",
        "found_by": f"产品{number} chanpin{number} cp{number}",
        "spec": "",
        "origin": "一县",
        "category": f"A1-{number % 10 + 1}",
        "crop": "",
        "sector": "planting",
        "unit": "kg",
        "created_at": NOON,
    }


def _parts(
    target: str, many: int, row: Callable[[int], dict[str, object]]
) -> Iterator[dict[str, object]]:
    """What the tables keep of each name by themselves, where rows come through the session."""
    for number in range(1, many + 1):
        for part in parts(str(row(number)["found_by"])):
            yield {"target": target, "target_id": number, "part": part}


def _posting(number: int, products: int) -> dict[str, object]:
    """Every fifth product gets twice what the others get, so that the ranking is no tie."""
    product_id = number * 7919 % products + 1
    if number % 3 == 0:
        product_id -= product_id % 5
    return _fact(product_id or 1, "built", str(number)) | {"row": ROWS[number % len(ROWS)]}


def _fact(product_id: int, kind: str, evidence: str) -> dict[str, object]:
    return {
        "target": "product",
        "target_id": product_id,
        "pack": credit.PACK,
        "edition": credit.EDITION,
        "row": "C.2-5",
        "fact": {"n": 1},
        "amount": "5",
        "evidence_kind": kind,
        "evidence_id": evidence,
        "occurred_at": NOON,
    }


def _insert(tx: Tx, table: type, rows: Iterator[dict[str, object]]) -> None:
    """Straight into the table, a thousand at a time."""
    insert = table.__table__.insert()
    chunk: list[dict[str, object]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == 1000:
            tx.session.connection().execute(insert, chunk)
            chunk = []
    if chunk:
        tx.session.connection().execute(insert, chunk)


def _lengthen(tx: Tx, product_id: int, history: int) -> None:
    """Bring a product to so many postings, tallies and all."""
    connection = tx.session.connection()
    said = {"id": product_id}
    counted = text("SELECT count(*) FROM posting WHERE target = 'product' AND target_id = :id")
    have = connection.execute(counted, said).scalar_one()
    missing = max(0, history - have)
    _insert(tx, Posting, (_fact(product_id, "more", f"{product_id}-{n}") for n in range(missing)))
    score = tx.session.get_one(CreditScore, ("product", product_id))
    before = score.tallies.get("C.2-5", {}).get("n", 0)
    score.tallies = {**score.tallies, "C.2-5": {"n": before + missing}}
    tx.session.flush()


def _settle(tx: Tx) -> None:
    """The scores that the postings give, written as the service would have."""
    connection = tx.session.connection()
    tallies: dict[int, dict[str, dict[str, int]]] = {}
    rows = text(
        "SELECT target_id, row, count(*) FROM posting WHERE target = 'product' "
        "GROUP BY target_id, row"
    )
    for target_id, row, n in connection.execute(rows):
        tallies.setdefault(target_id, {})[row] = {"n": n}
    totals: dict[int, list[object]] = {}
    owners = dict(connection.execute(text("SELECT id, producer_id FROM product")).all())
    scores = []
    for target_id, producer_id in owners.items():
        index = rules.index(credit.pack(), "C.2", tallies.get(target_id, {}))
        totals.setdefault(producer_id, []).append(index.total)
        if target_id in tallies:
            scores.append(_score("product", target_id, index, tallies[target_id]))
    for producer_id, members in totals.items():
        index = rules.index(credit.pack(), "C.1", {}, members=members)
        scores.append(_score("subject", producer_id, index, {}))
    _insert(tx, CreditScore, iter(scores))


def _score(
    target: str, target_id: int, index: rules.CreditIndex, tallies: dict[str, dict[str, int]]
) -> dict[str, object]:
    return {
        "target": target,
        "target_id": target_id,
        "pack": credit.PACK,
        "edition": credit.EDITION,
        "tallies": tallies,
        "total": str(index.total),
        "published": str(index.published),
        "ranking": int(index.published * 10),
        "grade": index.grade.name,
        "updated_at": NOON,
    }


if __name__ == "__main__":
    main()
