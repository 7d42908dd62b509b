"""The page models of assessments, on both databases, at every stage of one application."""

from __future__ import annotations

from tests.web import assessing
from tracer.actions.assessment.licences import resume, suspend
from tracer.actions.assessment.moving import find
from tracer.domain.words import Role
from tracer.queries.assessment import lists
from tracer.queries.assessment.application import application_page, columns_of, materials_page
from tracer.queries.assessment.desk import desk_page
from tracer.queries.assessment.licences import licences_of, marks_of, register
from tracer.queries.assessment.result import published_result, result_page
from tracer.queries.assessment.sheet import sheet_page
from tracer.queries.farm.waits import waits
from tracer.standards import flow_of, load
from tracer.store.world import World


def test_lists_tell_everybody_what_is_next(any_world: World) -> None:
    case = assessing.given_out(any_world)
    expert = case.desk.experts[0].account_id
    with any_world.read() as tx:
        assert len(lists.standards(tx)) == 4
        assert [one.applications for one in lists.calls(tx)] == [1]
        assert lists.open_calls(tx, "base") == ()
        (mine,) = lists.own_assessments(tx, case.farm.actor.producer_id, None)
        assert (mine.stage, mine.next) == ("评分中", "专家正在打分")
        work, filling, done = lists.desk_assessments(tx)
        assert [len(lines) for _, lines in (work, filling, done)] == [1, 0, 0]
        assert lists.desk_waits(tx, expert, Role.EXPERT) == (("1 张打分表等您打分", "sheets"),)
        assert lists.desk_waits(tx, 0, Role.OPERATOR) == (("1 份申请：等打分表", "assessments"),)
        assert [one.done for one in lists.own_sheets(tx, expert)] == [False]
        assert waits(tx, case.farm.actor.producer) == ()


def test_one_application_is_read_by_all_sides(any_world: World) -> None:
    case = assessing.given_out(any_world)
    with any_world.read() as tx:
        row = find(tx, case.assessment)
        page = application_page(tx, row)
        assert (page.left, page.open, page.licence) == (0, False, "")
        assert len(materials_page(tx, row).groups) == 6  # the conditions and five sections
        desk = desk_page(tx, row)
        assert (desk.turn, desk.waiting, desk.gates_left, desk.unmet) == ("mark", 3, 0, ())
        sheet = sheet_page(tx, case.sheets[0], case.desk.experts[0].account_id)
        assert sum(len(section.rows) for section in sheet.sections) == 22
        assert sheet.progress.startswith("已评 ")


def test_a_licence_is_read_from_the_register_to_the_shop(any_world: World) -> None:
    case = assessing.licensed(any_world)
    with any_world.read() as tx:
        result = published_result(tx, case.assessment)
        assert (result.total, result.agrees, result.experts) == ("100", True, 3)
        named = result_page(tx, find(tx, case.assessment), names=True)
        assert [one.who for one in named.groups[0].rows[0].marks] == ["专家甲", "专家乙", "专家丙"]
        assert [one.mark for one in marks_of(tx, [case.farm.product])[case.farm.product]] == [
            "蓼兰优品"
        ]
    with any_world.write() as tx:
        suspend(tx, case.desk.operator, case.licence, "抽查")
    with any_world.read() as tx:
        assert marks_of(tx, [case.farm.product]) == {}
        (line,) = register(tx).lines
        assert [act for act, _ in line.acts] == ["resumed", "withdrawn"]
    with any_world.write() as tx:
        resume(tx, case.desk.operator, case.licence, "整改")
    with any_world.read() as tx:
        assert [one.state for one in licences_of(tx, case.farm.product)] == ["in_force"]


def test_a_yearly_table_is_asked_column_by_column() -> None:
    form = flow_of(load("heitu")).recommendation
    assert form is not None
    section = next(one for one in form.sections if one.times == 3)
    columns = columns_of(section, {"output.2": "300"})
    assert [legend for legend, _ in columns] == ["第 1 栏", "第 2 栏", "第 3 栏"]
    assert {q.name: q.value for q in columns[1][1]}["output.2"] == "300"
    assert [len(questions) for _, questions in columns] == [len(section.fields)] * 3
