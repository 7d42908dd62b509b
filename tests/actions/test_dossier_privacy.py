"""Canaries: what is private lies in no file of the installation, and opens for few."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog
from cryptography.exceptions import InvalidTag
from sqlmodel import select

from tests.actions.farm import second_farm, start_farm
from tests.actions.papers import ID_CARD, add, picture
from tracer.actions.actor import Actor
from tracer.actions.dossier.filling import withdraw_entry
from tracer.actions.people.accounts import create_account
from tracer.actions.private_files import keep_private_file, open_private_file
from tracer.domain.elements import ElementField, element_rows
from tracer.domain.errors import NotFound
from tracer.domain.words import Role
from tracer.store.dossier import all_values
from tracer.store.files import clean_upload
from tracer.store.seals import unseal_values
from tracer.store.tables import Element, LogLeaf, StoredFile
from tracer.store.world import World

NAMES = "鸟人雀、鸟人鹂"
PICTURE = picture(3)
PRIVATE = [field for row in element_rows().values() for field in row.entry_fields if field.private]


def everything(world: World) -> Iterator[bytes]:
    for path in world.folder.rglob("*"):
        if path.is_file() and "secrets" not in path.parts:
            yield path.read_bytes()


def canary(field: ElementField) -> str:
    return ID_CARD if field.name == "id_card" else NAMES


def test_every_private_field_is_sealed_in_the_database_and_on_disk(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        photo = keep_private_file(tx, actor, "证件.jpg", PICTURE).public_id
        given = {
            "B.1-2": {"id_card": ID_CARD, "id_card_front": photo, "id_card_back": photo},
            "B.1-6": {"name": "劳模", "issuer": "县总工会", "awarded_on": "2026-05-01"},
            "B.4-21": {"role": "采收工", "count": "2"},
        }
        for row, values in given.items():
            hidden = {one.name: canary(one) for one in PRIVATE if one.row == row}
            add(tx, actor, row, hidden | values, publish=True, consent=True)
        kept = {one.row: one for one in tx.session.exec(select(Element))}
        assert all_values(tx.secrets, kept["B.4-21"])["names"] == NAMES
        leaves = b"".join(tx.session.exec(select(LogLeaf.leaf)))
        clean = clean_upload(PICTURE).content
    for content in (*everything(world), leaves):
        assert ID_CARD.encode() not in content
        assert clean not in content
        for secret in NAMES.split("、"):
            assert secret.encode() not in content
            assert json.dumps(secret)[1:-1].encode() not in content


def test_private_values_are_bound_to_their_entry(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        entry = add(tx, actor, "B.1-2", {"id_card": ID_CARD}).entry
        assert entry is not None
        with pytest.raises(InvalidTag):
            unseal_values(tx.secrets, "element", "another", entry.sealed)


def test_a_private_file_is_cipher_text_kept_once_and_bound_to_its_row(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        first = keep_private_file(tx, actor, "正面.jpg", PICTURE)
        assert keep_private_file(tx, actor, "again.jpg", PICTURE).id == first.id
        second = keep_private_file(tx, actor, "反面.jpg", picture(9))
        assert first.sealed
        assert first.size == len(clean_upload(PICTURE).content)
        assert open_private_file(tx, actor, first.public_id) == clean_upload(PICTURE)
        first.sha256, second.sha256 = second.sha256, first.sha256
        tx.session.flush()
        with pytest.raises(InvalidTag):
            open_private_file(tx, actor, first.public_id)


def test_only_its_producer_and_the_operator_open_it_and_the_operator_leaves_a_trace(
    world: World,
) -> None:
    with world.write() as tx:
        actor, stranger = start_farm(tx).actor, second_farm(tx).actor
        file = keep_private_file(tx, actor, "正面.jpg", PICTURE)
        plain = StoredFile(**file.model_dump(exclude={"id", "public_id"}), public_id="X")
        plain.sealed = False
        tx.session.add(plain)
        inspector, desk = (
            Actor(create_account(tx, role, "麦子熟了2026", role, "某人").id or 0, role, "某人")
            for role in (Role.INSPECTOR, Role.OPERATOR)
        )
        for other, public_id in ((stranger, file.public_id), (inspector, file.public_id)):
            with pytest.raises(NotFound):
                open_private_file(tx, other, public_id)
        with pytest.raises(NotFound):
            open_private_file(tx, desk, "X")
        with structlog.testing.capture_logs() as logs:
            open_private_file(tx, actor, file.public_id)
            assert logs == []
            assert open_private_file(tx, desk, file.public_id).content
        assert logs == [
            {
                "event": "private_file_opened",
                "account": desk.account_id,
                "file": file.public_id,
                "log_level": "info",
            }
        ]


def test_what_is_cleared_or_withdrawn_leaves_every_version_and_the_disk(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        front, back = (
            keep_private_file(tx, actor, name, picture(shade))
            for shade, name in enumerate(("正面.jpg", "反面.jpg"), 1)
        )
        card = {"id_card": ID_CARD, "id_card_front": front.public_id}
        add(tx, actor, "B.1-2", card | {"id_card_back": back.public_id})
        add(tx, actor, "B.1-2", {"legal_person": "王禾"})
        tx.session.expunge_all()
    kept = [world.folder / "files" / one.sha256[:2] / one.sha256 for one in (front, back)]
    with world.write() as tx:
        saved = add(tx, actor, "B.1-2", {"legal_person": "王禾"}, clear=["id_card_front"])
        assert [path.exists() for path in kept] == [True, True]
        assert saved.entry is not None
        left = [all_values(tx.secrets, one) for one in tx.session.exec(select(Element))]
        assert not any("id_card_front" in values for values in left)
        assert all(values["id_card"] == ID_CARD for values in left)
    assert [path.exists() for path in kept] == [False, True]
    with world.write() as tx:
        withdraw_entry(tx, actor, saved.entry.public_id)
        assert [all_values(tx.secrets, one) for one in tx.session.exec(select(Element))] == [{}] * 2
        with pytest.raises(NotFound, match="找不到"):
            open_private_file(tx, actor, front.public_id)
    assert [path.exists() for path in kept] == [False, False]


def test_a_rollback_keeps_the_file(world: World) -> None:
    with world.write() as tx:
        actor = start_farm(tx).actor
        file = keep_private_file(tx, actor, "正面.jpg", PICTURE)
        add(tx, actor, "B.1-2", {"id_card_front": file.public_id})
    with pytest.raises(ZeroDivisionError), world.write() as tx:
        add(tx, actor, "B.1-2", {}, clear=["id_card_front"])
        raise ZeroDivisionError
    with world.read() as tx:
        assert open_private_file(tx, actor, file.public_id) == clean_upload(PICTURE)
