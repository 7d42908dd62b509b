"""Producers: who may be one, what is kept of a person, and that nothing is overwritten."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import select, text

from tests.actions.farm import producer_form, second_farm, start_farm, uscc
from tracer.actions.actor import Actor
from tracer.actions.forms import problems
from tracer.actions.people.enroll import (
    ProducerForm,
    create_producer,
    edit_producer,
    grant_consent,
    withdraw_consent,
)
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.words import Role
from tracer.queries.fsck import fsck
from tracer.store.tables import IssuerKey, Producer, Revision
from tracer.store.world import World

ID_CARD = "370283198001010019"
HOUSEHOLD = {"kind": "农户", "name": "李禾苗", "uscc": None, "id_card": ID_CARD}


def test_a_new_producer_gets_its_own_signing_key(world: World) -> None:
    with world.write() as tx:
        producer = create_producer(tx, producer_form())
        keys = tx.session.exec(select(IssuerKey).where(IssuerKey.producer_id == producer.id)).all()
    assert len(keys) == 1
    assert producer.contact_phone == "13800001234"


def test_the_log_says_whose_key_it_is(world: World) -> None:
    """A key that is moved to another producer, or exchanged, contradicts its leaf."""
    for harm in (
        "UPDATE issuer_key SET producer_id = 3 - producer_id WHERE purpose = 'certificate'",
        "UPDATE issuer_key SET public_key = x509 WHERE producer_id = 1",
    ):
        with world.write() as tx:
            if harm.startswith("UPDATE issuer_key SET producer_id"):
                start_farm(tx)
                second_farm(tx)
            assert [problem for problem in fsck(tx) if problem] == []
            saved = tx.session.begin_nested()
            tx.session.execute(text(harm))
            tx.session.expire_all()
            told = [problem for problem in fsck(tx) if problem]
            assert told
            assert all("对应的记录被改动过" in problem for problem in told)
            saved.rollback()


def test_the_same_form_again_is_the_same_producer(world: World) -> None:
    with world.write() as tx:
        first = create_producer(tx, producer_form())
        assert create_producer(tx, producer_form()).id == first.id
        with pytest.raises(Conflict, match=r"绿畦蔬菜专业合作社.*联系方式.*不一样"):
            create_producer(tx, producer_form(contact_phone="13800005678"))


def test_a_number_tells_nobody_whose_it_is(world: World) -> None:
    with world.write() as tx:
        create_producer(tx, producer_form(**HOUSEHOLD))
        farm = start_farm(tx)
        stranger = HOUSEHOLD | {"name": "王禾", "contact_phone": "13700001111"}
        with pytest.raises(Conflict) as refused:
            create_producer(tx, producer_form(**stranger))
        assert "李禾苗" not in refused.value.message
        assert "联系方式" not in refused.value.message
        create_producer(tx, producer_form(name="河东合作社", uscc=uscc("93370283MA3T0X009")))
        with pytest.raises(Conflict) as refused:
            create_producer(tx, producer_form(name="甲", uscc=uscc("93370283MA3T0X009")))
        assert "河东合作社" not in refused.value.message
        operator = Actor(farm.actor.account_id, Role.OPERATOR, "王禾", farm.actor.producer_id)
        with pytest.raises(Conflict, match="已经用这个证号") as refused:
            edit_producer(tx, operator, producer_form(name="乙", uscc=uscc("93370283MA3T0X009")))
        assert "河东合作社" not in refused.value.message


def test_what_was_true_before_an_edit_still_counts_as_the_same(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        edit_producer(tx, farm.actor, producer_form(address="蓼兰镇河东村 8 号"))
        again = create_producer(tx, producer_form())
        kept = tx.session.exec(select(Revision).where(Revision.table == "producer")).one()
    assert again.address == "蓼兰镇河东村 8 号"
    assert kept.before["address"] == "蓼兰镇河西村 1 号"
    assert kept.account_id == farm.actor.account_id


def test_an_edit_that_changes_nothing_keeps_nothing(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        edit_producer(tx, farm.actor, producer_form())
        assert tx.session.exec(select(Revision)).all() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "绿畦果品专业合作社"},
        {"kind": "家庭农场"},
        {"uscc": uscc("93370283MA3T0X077")},
    ],
)
def test_name_kind_and_code_are_changed_by_the_operator_only(
    world: World, changed: dict[str, str]
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(Refusal, match="平台管理员"):
            edit_producer(tx, farm.actor, producer_form(**changed))
        operator = Actor(farm.actor.account_id, Role.OPERATOR, "管理员", farm.actor.producer_id)
        edit_producer(tx, operator, producer_form(**changed))


def test_a_code_of_another_producer_is_not_taken_over(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        operator = Actor(farm.actor.account_id, Role.OPERATOR, "管理员", other.actor.producer_id)
        with pytest.raises(Conflict, match="已经用这个证号"):
            edit_producer(tx, operator, producer_form())


def test_an_id_card_is_enciphered_and_found_again_by_its_hash(world: World) -> None:
    with world.write() as tx:
        person = create_producer(tx, producer_form(**HOUSEHOLD))
        again = create_producer(tx, producer_form(**HOUSEHOLD))
        assert person.id_card_cipher is not None
        nonce, cipher = person.id_card_cipher[:12], person.id_card_cipher[12:]
        cell = AESGCM(tx.secrets.derive("id-card"))
        assert cell.decrypt(nonce, cipher, person.public_id.encode()).decode() == ID_CARD
        with pytest.raises(InvalidTag):
            cell.decrypt(nonce, cipher, b"another producer")
    assert again.id == person.id
    assert ID_CARD not in repr(person.model_dump())
    assert ID_CARD.encode() not in b"".join(
        path.read_bytes() for path in (world.folder / "db").iterdir()
    )


def test_an_id_card_not_given_again_stays(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx, **HOUSEHOLD)
        without = producer_form(**HOUSEHOLD | {"id_card": None, "address": "蓼兰镇河东村"})
        edited = edit_producer(tx, farm.actor, without)
        assert edited.id_card_hash is not None
        revision = tx.session.exec(select(Revision).where(Revision.table == "producer")).one()
    assert "id_card_cipher" not in revision.before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"uscc": None}, "uscc"),
        ({"uscc": "93370283MA3T0X0010"}, "uscc"),
        ({"id_card": ID_CARD}, "id_card"),
        ({"county": "000000"}, "county"),
        ({"town": "110101001"}, "town"),
        ({"contact_phone": "12345"}, "contact_phone"),
        ({"contact_email": "不是邮箱"}, "contact_email"),
        ({"kind": "皇家农场"}, "kind"),
        ({"name": None}, "name"),
        ({"shoe_size": "43"}, "shoe_size"),
    ],
)
def test_a_mistake_is_named_by_its_field(changed: dict[str, str | None], field: str) -> None:
    good = {
        "kind": "农民专业合作社",
        "name": "绿畦蔬菜专业合作社",
        "uscc": uscc("93370283MA3T0X001"),
        "contact_phone": "13800001234",
        "county": "370283",
        "address": "蓼兰镇河西村 1 号",
    }
    assert problems(ProducerForm, good) == []
    assert [problem.field for problem in problems(ProducerForm, good | changed)] == [field]


def test_a_wrong_id_card_is_refused(world: World) -> None:
    with world.write() as tx, pytest.raises(Refusal, match="身份证号有误"):
        create_producer(tx, producer_form(**HOUSEHOLD | {"id_card": "370283198001010018"}))


def test_consent_is_given_and_taken_back(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx, **HOUSEHOLD)
        assert grant_consent(tx, farm.actor).publish_name
        assert grant_consent(tx, farm.actor).consented_at == tx.now
        withdraw_consent(tx, farm.actor)
        withdraw_consent(tx, farm.actor)
        person = tx.session.get_one(Producer, farm.actor.producer)
        revisions = tx.session.exec(select(Revision).where(Revision.table == "producer")).all()
    assert (person.publish_name, person.consented_at, len(revisions)) == (False, None, 2)
