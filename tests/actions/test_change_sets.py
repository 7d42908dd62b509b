"""D12: three edits a year are free, the fourth waits, and there is no way round it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from tests.actions.farm import producer_form, start_farm
from tests.actions.papers import HOUSEHOLD, ID_CARD, add, picture
from tracer.actions.actor import Actor
from tracer.actions.credit_replay import replay
from tracer.actions.dossier.change_sets import MarkForm, mark_change_set
from tracer.actions.dossier.filling import withdraw_entry
from tracer.actions.farm.reports import keep_file
from tracer.actions.forms import parse
from tracer.actions.people.accounts import create_account
from tracer.actions.people.enroll import edit_producer
from tracer.actions.private_files import keep_private_file
from tracer.domain.clock import FixedClock, start_of
from tracer.domain.errors import Conflict, Forbidden, NotFound
from tracer.domain.words import Role
from tracer.store.changes import free_left, waiting_set, wanted_values
from tracer.store.dossier import all_values
from tracer.store.tables import ChangeSet, Element, Posting, Producer, StoredFile
from tracer.store.world import Tx, World


def operator(tx: Tx) -> Actor:
    account = create_account(tx, "guanli", "麦子熟了2026", Role.OPERATOR, "管理员")
    return Actor(account.id or 0, Role.OPERATOR, account.name)


def mark(tx: Tx, actor: Actor, change: ChangeSet, word: str) -> ChangeSet:
    return mark_change_set(tx, actor, change.public_id, parse(MarkForm, {"mark": word}))


def address(tx: Tx, actor: Actor) -> str:
    return tx.session.get_one(Producer, actor.producer).address


def use_up(tx: Tx, actor: Actor) -> None:
    for number in range(3):
        edit_producer(tx, actor, producer_form(address=f"蓼兰镇河东村 {number} 号"))


def test_the_fourth_edit_waits_and_the_old_value_stands(any_world: World) -> None:
    with any_world.write() as tx:
        actor = start_farm(tx).actor
        use_up(tx, actor)
        assert free_left(tx.session, actor.producer, 2026) == 0
        wanted = producer_form(address="蓼兰镇河南村 9 号", introduction="新的介绍")
        for _ in range(2):
            edit_producer(tx, actor, wanted)
        row = tx.session.get_one(Producer, actor.producer)
        assert (row.address, row.introduction) == ("蓼兰镇河东村 2 号", "新的介绍")
        sets = tx.session.exec(select(ChangeSet)).all()
        assert [one.mark for one in sets] == ["free", "free", "free", "waiting"]
        assert sets[-1].fields == ["C.1-3"]
        with pytest.raises(Conflict, match="还在等"):
            edit_producer(tx, actor, producer_form(address="另一个村"))


@pytest.mark.parametrize(("word", "moved"), [("paid", True), ("waived", True), ("refused", False)])
def test_the_desk_carries_out_or_drops_what_waits(world: World, word: str, moved: bool) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        use_up(tx, actor)
        edit_producer(tx, actor, producer_form(address="蓼兰镇河南村 9 号"))
        change = waiting_set(tx.session, actor.producer)
        assert change is not None
        with pytest.raises(Forbidden):
            mark(tx, actor, change, word)
        desk = operator(tx)
        for _ in range(2):
            assert mark(tx, desk, change, word).marked_by == desk.account_id
        assert (address(tx, actor) == "蓼兰镇河南村 9 号") is moved
        assert waiting_set(tx.session, actor.producer) is None
        other = "waived" if word == "paid" else "paid"
        with pytest.raises(Conflict, match="已经处理过"):
            mark(tx, desk, change, other)
        with pytest.raises(NotFound):
            mark_change_set(tx, desk, "X" * 11, parse(MarkForm, {"mark": "paid"}))
        assert [one for one in replay(tx) if one] == []


@pytest.mark.parametrize("clock", [date(2026, 12, 31)], indirect=True)
def test_a_new_year_in_beijing_is_free_again(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        use_up(tx, actor)
    clock.advance(start_of(date(2027, 1, 1)) - clock.now() - 1)
    with world.write() as tx:
        assert free_left(tx.session, actor.producer, 2026) == 0
    clock.advance(1)
    with world.write() as tx:
        edit_producer(tx, actor, producer_form(address="新年新址"))
        assert address(tx, actor) == "新年新址"
        assert waiting_set(tx.session, actor.producer) is None
        years = tx.session.exec(select(ChangeSet.year)).all()
        assert years == [2026, 2026, 2026, 2027]


def test_filling_what_is_empty_is_free_and_earns(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        more = {"registered_on": "2019-03-12", "contact_name": "王禾", "business_type": "种植"}
        edit_producer(tx, actor, producer_form(**more))
        assert tx.session.exec(select(ChangeSet)).all() == []
        rows = set(tx.session.exec(select(Posting.row).where(Posting.target == "subject")))
        assert rows == {"C.1-1", "C.1-3", "C.1-6", "C.1-12", "C.1-13", "C.1-15", "C.1-16"}


def test_emptying_and_filling_anew_is_no_way_round(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx, contact_name="王禾").actor
        edit_producer(tx, actor, producer_form())
        edit_producer(tx, actor, producer_form(contact_name="李畦"))
        assert free_left(tx.session, actor.producer, 2026) == 2
        postings = tx.session.exec(select(Posting).where(Posting.row == "C.1-12")).all()
        assert len(postings) == 1


def test_private_values_are_erased_at_once_with_no_free_edit_left(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        photos = [
            keep_private_file(tx, actor, "正面.jpg", picture(shade)).public_id for shade in (1, 2)
        ]
        add(tx, actor, "B.1-2", {"id_card": ID_CARD, "id_card_front": photos[0]})
        use_up(tx, actor)
        points = len(tx.session.exec(select(Posting)).all())
        waits = add(tx, actor, "B.1-2", {"legal_person": "王禾", "id_card_front": photos[1]})
        assert waits.change is not None
        saved = add(
            tx, actor, "B.1-2", {"legal_person": "王禾"}, clear=["id_card", "id_card_front"]
        )
        assert (saved.change, saved.notes) == (None, ())
        for entry in tx.session.exec(select(Element)):
            assert all_values(tx.secrets, entry) == {}
        names = select(StoredFile.name).where(col(StoredFile.public_id).in_(photos))
        assert set(tx.session.exec(names)) == {"已删除"}
        # What wanted nothing but the erased photo is over; what was earned stays earned.
        assert waiting_set(tx.session, actor.producer) is None
        assert len(tx.session.exec(select(Posting)).all()) == points + 1
        again = add(tx, actor, "B.1-2", {"legal_person": "王禾", "id_card": ID_CARD})
        assert again.change is not None
        assert (again.change.mark, again.change.fields) == ("waiting", ["C.1-8"])
        assert tx.session.exec(select(Element).where(Element.withdrawn_at == None)).all() == []  # noqa: E711
        add(tx, actor, "B.1-2", {"legal_person": "王禾"}, clear=["id_card"])
        assert waiting_set(tx.session, actor.producer) is None
        assert ID_CARD.encode() not in again.change.sealed
        assert wanted_values(tx.secrets, again.change) == {}


def test_an_erased_value_leaves_what_else_waits(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx, legal_person="王禾", contact_name="王禾").actor
        add(tx, actor, "B.1-2", {"legal_person": "王禾", "id_card": ID_CARD})
        use_up(tx, actor)
        row = tx.session.get_one(Producer, actor.producer)
        assert row.contact_name is None
        other = "370283199001010013"
        waits = add(tx, actor, "B.1-2", {"legal_person": "李畦", "id_card": other}).change
        assert waits is not None
        entry = tx.session.exec(select(Element)).one()
        assert withdraw_entry(tx, actor, entry.public_id).notes == ()
        assert entry.withdrawn_at is not None
        assert wanted_values(tx.secrets, waits) == {"producer.legal_person": "李畦"}
        assert waits.fields == ["C.1-7"]
        mark(tx, operator(tx), waits, "paid")
        assert (row.legal_person, waits.mark) == ("李畦", "paid")
        assert tx.session.exec(select(Element).where(Element.withdrawn_at == None)).all() == []  # noqa: E711


def test_photos_and_numbers_are_edits_too(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        card = {"legal_person": "王禾", "id_card": ID_CARD}
        add(tx, actor, "B.1-2", card)
        assert free_left(tx.session, actor.producer, 2026) == 3
        for shade in (1, 2, 3):
            photo = keep_private_file(tx, actor, "正面.jpg", picture(shade)).public_id
            saved = add(tx, actor, "B.1-2", card | {"id_card_front": photo})
        assert saved.change is not None
        assert saved.change.fields == ["C.1-9"]
        edit_producer(tx, actor, producer_form(legal_person="王禾", address="河东村"))
        assert free_left(tx.session, actor.producer, 2026) == 0
        last = keep_private_file(tx, actor, "正面.jpg", picture(4)).public_id
        waits = add(tx, actor, "B.1-2", {"legal_person": "李畦", "id_card_front": last})
        assert waits.notes
        assert waits.entry == saved.entry
        assert waits.change is not None
        assert waits.change.fields == ["C.1-7", "C.1-9"]
        mark(tx, operator(tx), waits.change, "paid")
        again = add(tx, actor, "B.1-2", {"legal_person": "李畦", "id_card_front": last})
        assert again.change is None
        assert tx.session.get_one(Producer, actor.producer).legal_person == "李畦"


@pytest.mark.parametrize(("word", "kept"), [("waived", True), ("refused", False)])
def test_a_photo_of_a_dropped_edit_leaves_the_disk(world: World, word: str, kept: bool) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        first = keep_private_file(tx, actor, "正面.jpg", picture(1)).public_id
        add(tx, actor, "B.1-2", {"id_card": ID_CARD, "id_card_front": first})
        use_up(tx, actor)
        photo = keep_private_file(tx, actor, "正面.jpg", picture(2))
        add(tx, actor, "B.1-2", {"id_card_front": photo.public_id})
        change = waiting_set(tx.session, actor.producer)
        assert change is not None
    with world.write() as tx:
        mark(tx, operator(tx), change, word)
    assert any(world.folder.rglob(photo.sha256)) is kept


def test_one_save_of_columns_and_photos_is_one_edit(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        row = tx.session.get_one(Producer, actor.producer)
        said = {"name": row.name, "uscc": row.uscc, "address": row.address}
        photos = [keep_file(tx, actor, "执照.jpg", picture(shade)).public_id for shade in (1, 2)]
        add(tx, actor, "B.1-1", said | {"licence_photo": photos[0]})
        assert free_left(tx.session, actor.producer, 2026) == 3
        saved = add(tx, actor, "B.1-1", said | {"address": "河东村", "licence_photo": photos[1]})
        assert saved.change is not None
        assert saved.change.fields == ["C.1-3", "C.1-4"]
        assert free_left(tx.session, actor.producer, 2026) == 2


def test_households_are_not_rated_and_edit_freely(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx, **HOUSEHOLD).actor
        for number in range(6):
            edit_producer(tx, actor, producer_form(**HOUSEHOLD, address=f"河西村 {number} 号"))
        assert address(tx, actor) == "河西村 5 号"
        assert tx.session.exec(select(ChangeSet)).all() == []


def test_the_wanted_values_are_sealed(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        add(tx, actor, "B.1-2", {"id_card": ID_CARD})
        other = "370283199001010013"
        saved = add(tx, actor, "B.1-2", {"id_card": other})
        assert saved.change is not None
        assert other.encode() not in saved.change.sealed
    database = b"".join(path.read_bytes() for path in (world.folder / "db").iterdir())
    assert other.encode() not in database
    assert ID_CARD.encode() not in database
