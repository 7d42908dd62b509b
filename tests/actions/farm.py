"""A small farm for the tests of the actions: made by the real actions, with valid invented ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracer.actions.actor import Actor
from tracer.actions.farm.batches import HarvestForm, record_harvest
from tracer.actions.farm.campaigns import CampaignForm, open_campaign
from tracer.actions.farm.holdings import PlotForm, ProductForm, add_plot, add_product
from tracer.actions.farm.inputs import InputForm, add_input
from tracer.actions.forms import parse
from tracer.actions.people.accounts import create_account
from tracer.actions.people.enroll import ProducerForm, create_producer
from tracer.domain.words import Role
from tracer.store.tables import Batch
from tracer.store.world import Tx

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

SPRAY = {
    "kind": "农药",
    "name": "啶虫脒乳油",
    "registration_no": "PD20081234",
    "maker": "禾下植保有限公司",
    "supplier": "蓼兰农资店",
    "ingredients": "啶虫脒",
    "uses": [
        {"crop": "黄瓜", "phi_days": 2, "max_uses": 3, "max_dose": "30", "dose_unit": "毫升/亩"}
    ],
}


def uscc(body: str) -> str:
    """A 统一社会信用代码: ``body`` of 17 characters with its check character."""
    total = sum(_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + _ALPHABET[-total % 31]


def producer_form(**changed: Any) -> ProducerForm:
    """A co-operative's form, with fields changed."""
    return parse(
        ProducerForm,
        {
            "kind": "农民专业合作社",
            "name": "绿畦蔬菜专业合作社",
            "uscc": uscc("93370283MA3T0X001"),
            "contact_phone": "13800001234",
            "county": "370283",
            "town": "370283108",
            "address": "蓼兰镇河西村 1 号",
            **changed,
        },
    )


@dataclass
class Farm:
    """One producer with an actor, a plot, a product, a spray and an open campaign."""

    actor: Actor
    plot: str
    product: str
    spray: str
    campaign: str

    def work(self, **changed: Any) -> dict[str, Any]:
        """A complete record of spraying on 2026-07-01, with fields changed."""
        return {
            "campaign": self.campaign,
            "kind": "chemical_control",
            "occurred_on": "2026-07-01",
            "operator": "王禾",
            "input": self.spray,
            "target": "蚜虫",
            "method": "喷雾",
            "dose": "25",
            "dose_unit": "毫升/亩",
            **changed,
        }

    def harvest(self, tx: Tx, quantity: str = "500", **changed: Any) -> Batch:
        """A harvest on 2026-07-06."""
        form = {
            "campaign": self.campaign,
            "made_on": "2026-07-06",
            "operator": "王禾",
            "quantity": quantity,
            "unit": "公斤",
            **changed,
        }
        return record_harvest(tx, self.actor, parse(HarvestForm, form))


def start_farm(tx: Tx, login: str = "luqi", **producer: Any) -> Farm:
    """A farm of its own; ``producer`` changes the producer's form."""
    owner = create_producer(tx, producer_form(**producer))
    account = create_account(tx, login, "麦子熟了2026", Role.PRODUCER, "王禾", owner.id)
    actor = Actor(account.id or 0, Role.PRODUCER, account.name, owner.id)
    plot = add_plot(tx, actor, parse(PlotForm, {"name": "东棚 1 号", "facility": "大棚"}))
    product = add_product(
        tx,
        actor,
        parse(
            ProductForm,
            {
                "name": "黄瓜",
                "origin": "山东省平度市蓼兰镇",
                "category": "A1-7",
                "sector": "种植",
            },
        ),
    )
    spray = add_input(tx, actor, parse(InputForm, SPRAY))
    campaign = open_campaign(
        tx,
        actor,
        parse(
            CampaignForm,
            {
                "ref": "2026-HG-1",
                "product": product.public_id,
                "plot": plot.public_id,
                "name": "2026 年夏茬黄瓜",
                "started_on": "2026-04-01",
            },
        ),
    )
    return Farm(actor, plot.public_id, product.public_id, spray.public_id, campaign.public_id)


def second_farm(tx: Tx) -> Farm:
    """Another producer's farm."""
    return start_farm(
        tx, "hexia", name="禾下家庭农场", kind="家庭农场", uscc=uscc("92370283MA3T0X002")
    )
