"""An inspector checks and records; producer and desk see it; roles keep to their halls."""

from __future__ import annotations

import re

import pytest
import structlog
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.farm import Farm, start_farm
from tests.web.people import PASSWORD, add_account, csrf_of, sign_in
from tracer.actions.certificates.issue import GateClosed, IssueForm, issue
from tracer.actions.forms import parse
from tracer.actions.people import accounts, moderate
from tracer.domain.words import Role
from tracer.queries.fsck import fsck
from tracer.store.tables import Account, Certificate, Finding, Producer
from tracer.store.world import World


@pytest.fixture
def issued(world: World) -> tuple[Farm, Certificate]:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        form = {"batch": batch.public_id, "quantity": "100", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, form))
    add_account(world, Role.INSPECTOR, "jiancha")
    add_account(world, Role.OPERATOR, "guanli")
    return farm, certificate


def finding(page_text_csrf: str, certificate: Certificate, **changed: str) -> dict[str, str]:
    return {
        "csrf_token": page_text_csrf,
        "client_id": "device-0001",
        "code": certificate.number,
        "certificate": certificate.public_id,
        "verdict": "genuine",
        "conclusion": "held",
        "place": "城东市场 3 号门",
        "note": "数量和货对不上",
        "item-0": "啶虫脒",
        "method-0": "胶体金",
        "value-0": "阳性",
        "passed-0": "否",
        **changed,
    }


def test_a_finding_reaches_producer_and_desk_once(
    client: FlaskClient, world: World, issued: tuple[Farm, Certificate]
) -> None:
    _, certificate = issued
    sign_in(client, "jiancha")
    page = client.get("/inspect/check", query_string={"code": certificate.number})
    assert "签名有效" in page.text
    assert "13800001234" in page.text  # the inspector holds the paper: nothing is masked
    filled = finding(csrf_of(page), certificate)
    for _ in range(2):
        assert client.post("/inspect/findings", data=filled).status_code == 303
    assert "暂扣待查" in client.get("/inspect").text
    with world.read() as tx:
        assert len(tx.session.exec(select(Finding)).all()) == 1
        assert [problem for problem in fsck(tx) if problem] == []
    client.post("/sign-out", data={"csrf_token": csrf_of(client.get("/inspect"))})
    sign_in(client, "guanli")
    for address in ("/desk", "/desk/findings"):
        assert "数量和货对不上" in client.get(address).text
    client.post("/sign-out", data={"csrf_token": csrf_of(client.get("/desk"))})
    sign_in(client, "luqi")
    assert "数量和货对不上" in client.get("/farm/findings").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("conclusion", "admitted"), ("place", "西门"), ("note", "改了说法"), ("passed-0", "是")],
)
def test_a_finding_that_says_something_else_under_one_number_is_refused(
    client: FlaskClient, world: World, issued: tuple[Farm, Certificate], field: str, value: str
) -> None:
    _, certificate = issued
    sign_in(client, "jiancha")
    token = csrf_of(client.get("/inspect/check", query_string={"code": certificate.number}))
    assert client.post("/inspect/findings", data=finding(token, certificate)).status_code == 303
    other = client.post("/inspect/findings", data=finding(token, certificate) | {field: value})
    assert other.status_code == 409
    assert "没有存" in other.text
    with world.read() as tx:
        row = tx.session.exec(select(Finding)).one()
    assert (row.conclusion, row.place, row.note) == ("held", "城东市场 3 号门", "数量和货对不上")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("conclusion", "", "处理意见没有填"),
        ("conclusion", "eaten", "处理意见要从这些里选：admitted、held、informed"),
        ("place", "", "查验地点没有填"),
        ("value-0", "", "检测值没有填"),
        ("certificate", "00000000000", "没有这张合格证"),
    ],
)
def test_a_bad_finding_comes_back_with_its_sentence(
    client: FlaskClient,
    issued: tuple[Farm, Certificate],
    field: str,
    value: str,
    sentence: str,
) -> None:
    _, certificate = issued
    sign_in(client, "jiancha")
    token = csrf_of(client.get("/inspect/check", query_string={"code": certificate.number}))
    answer = client.post("/inspect/findings", data=finding(token, certificate) | {field: value})
    assert answer.status_code in {404, 422}
    assert sentence in answer.text
    assert "数量和货对不上" in answer.text or answer.status_code == 404


@pytest.mark.parametrize("code", ["../../etc", "<script>alert(1)</script>", "3" * 4000, "７Ｋ３Ｍ"])
def test_anything_may_be_scanned(
    client: FlaskClient, issued: tuple[Farm, Certificate], code: str
) -> None:
    sign_in(client, "jiancha")
    page = client.get("/inspect/check", query_string={"code": code})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_the_desk_suspends_and_resumes(
    client: FlaskClient, world: World, issued: tuple[Farm, Certificate]
) -> None:
    farm, _ = issued
    sign_in(client, "guanli")
    with world.read() as tx:
        producer = tx.session.exec(select(Producer)).one().public_id
    page = client.get(f"/desk/producers/{producer}")
    form = {"csrf_token": csrf_of(page), "reason": "抽检不合格"}
    client.post(f"/desk/producers/{producer}/suspend", data=form)
    assert "抽检不合格" in client.get(f"/desk/producers/{producer}").text
    with world.write() as tx:
        batch = farm.harvest(tx)
        order = {"batch": batch.public_id, "quantity": "1", "unit": "kg", "basis": ["control"]}
        with pytest.raises(GateClosed):
            issue(tx, farm.actor, parse(IssueForm, order))
    client.post(f"/desk/producers/{producer}/resume", data=form)
    with world.write() as tx:
        issue(tx, farm.actor, parse(IssueForm, order))


def test_a_new_account_signs_in_with_the_password_shown_once(
    client: FlaskClient, world: World, issued: tuple[Farm, Certificate]
) -> None:
    sign_in(client, "guanli")
    form = {"csrf_token": csrf_of(client.get("/desk/accounts"))}
    form |= {"login": "xinren", "name": "赵新", "role": "inspector"}
    page = client.post("/desk/accounts", data=form)
    assert "密码只在这一页显示一次" in page.text
    again = client.post("/desk/accounts", data=form)
    assert (again.status_code, "已有人用" in again.text) == (409, True)
    client.post("/desk/accounts/jiancha/disable", data=form)
    with world.read() as tx:
        row = tx.session.exec(select(Account).where(Account.login == "jiancha")).one()
        assert row.disabled_at is not None
    client.post("/sign-out", data=form)
    assert sign_in(client, "jiancha", PASSWORD).status_code == 422


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("jiancha", "/desk"),
        ("jiancha", "/farm"),
        ("guanli", "/inspect"),
        ("guanli", "/farm"),
        ("luqi", "/desk"),
        ("luqi", "/inspect"),
    ],
)
def test_each_role_keeps_to_its_hall(
    client: FlaskClient, issued: tuple[Farm, Certificate], login: str, address: str
) -> None:
    sign_in(client, login)
    assert client.get(address).status_code == 403


def test_no_operator_can_become_another_at_the_desk(
    client: FlaskClient, world: World, issued: tuple[Farm, Certificate]
) -> None:
    add_account(world, Role.OPERATOR, "fuhe")
    sign_in(client, "guanli")
    page = client.get("/desk/accounts")
    assert "/desk/accounts/fuhe/password" not in page.text
    assert "/desk/accounts/luqi/password" in page.text
    assert '<option value="operator"' not in page.text
    form = {"csrf_token": csrf_of(page)}
    for login in ("fuhe", "guanli"):
        told = client.post(f"/desk/accounts/{login}/password", data=form)
        assert (told.status_code, "tracer account password" in told.text) == (422, True)
    opened = client.post(
        "/desk/accounts", data=form | {"login": "er", "name": "二", "role": "operator"}
    )
    assert (opened.status_code, "tracer account create" in opened.text) == (422, True)
    with world.read() as tx:
        assert accounts.authenticate(tx, "fuhe", PASSWORD)
        logins = set(tx.session.exec(select(Account.login)))
    assert "er" not in logins


def test_the_log_tells_who_opened_renewed_and_disabled(world: World) -> None:
    with world.write() as tx:
        desk = accounts.create_account(tx, "guanli", PASSWORD, Role.OPERATOR, "管理员")
        actor = accounts.actor_of(desk)
        with structlog.testing.capture_logs() as logs:
            form = {"login": "xinren", "name": "赵新", "role": "inspector"}
            account = moderate.open_account(tx, actor, parse(moderate.AccountForm, form)).account
            moderate.renew_password(tx, actor, "xinren")
            moderate.disable_account(tx, actor, "xinren")
    told = [(one["event"], one["by"], one["account"]) for one in logs]
    assert told == [
        (event, desk.id, account.id)
        for event in ("account_opened", "password_renewed", "account_disabled")
    ]


def test_an_expert_is_led_only_to_what_it_may_open(client: FlaskClient, world: World) -> None:
    add_account(world, Role.EXPERT, "zhuanjia")
    sign_in(client, "zhuanjia")
    home = client.get("/desk").text
    rooms = re.findall(r'<li><a href="(/desk/[a-z]+)"', home[: home.index("</nav>")])
    assert rooms[0] == "/desk/sheets"
    assert [client.get(room).status_code for room in rooms] == [200] * len(rooms)
    assert client.get("/desk/accounts").status_code == 403
    form = {"csrf_token": csrf_of(client.get("/desk")), "login": "x"}
    refused = client.post("/desk/accounts", data=form | {"name": "新", "role": "expert"})
    assert (refused.status_code, "登录名" in refused.text) == (403, False)


def test_the_desk_explains_every_point(
    client: FlaskClient, world: World, issued: tuple[Farm, Certificate]
) -> None:
    farm, _ = issued
    sign_in(client, "guanli")
    page = client.get(f"/desk/products/{farm.product}").text
    for row in ("C.2-4", "C.2-6", "C.2-7"):
        assert row in page


def test_the_desk_renews_a_forgotten_password(
    client: FlaskClient, world: World, issued: tuple[Farm, Certificate]
) -> None:
    sign_in(client, "guanli")
    token = csrf_of(client.get("/desk/accounts"))
    shown = client.post("/desk/accounts/luqi/password", data={"csrf_token": token})
    found = re.search(r"密码</dt><dd[^>]*>([\w-]{12})<", shown.text)
    assert found
    with world.read() as tx:
        assert accounts.authenticate(tx, "luqi", found[1])
    unknown = client.post("/desk/accounts/nobody/password", data={"csrf_token": token})
    assert unknown.status_code == 422
    client.post("/sign-out", data={"csrf_token": token})
    sign_in(client, "luqi", found[1])
    token = csrf_of(client.get("/farm"))
    assert (
        client.post("/desk/accounts/guanli/password", data={"csrf_token": token}).status_code == 403
    )
