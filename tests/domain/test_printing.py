"""Where a print run stands, whatever happens to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.printing import (
    Layout,
    Part,
    Standing,
    Step,
    StepKind,
    covered,
    labels_in,
    next_part,
    standing,
)

HALF_USED = Layout(count=300, cells=24, start_cell=14)
JAM = Step(StepKind.JAMMED, 118, 300)


def test_a_new_run_begins_where_it_was_told() -> None:
    at = standing(HALF_USED, [])
    assert at == Standing(0, 14, False)
    assert next_part(HALF_USED, at, 1000) == Part(1, 300, 14)


def test_after_a_jam_the_rest_waits_for_its_cell() -> None:
    assert standing(HALF_USED, [JAM]).good == 117
    assert standing(HALF_USED, [JAM]).jammed
    at = standing(HALF_USED, [JAM, Step(StepKind.RESUMED, 118, 300, 5)])
    assert at == Standing(117, 5, False)
    assert next_part(HALF_USED, at, 1000) == Part(118, 300, 5)


def test_what_is_good_needs_no_paper() -> None:
    at = standing(HALF_USED, [Step(StepKind.FINISHED, 1, 300)])
    assert at.good == 300
    assert next_part(HALF_USED, at, 1000) is None


def test_reprints_and_spoiled_labels_move_nothing() -> None:
    steps = [Step(StepKind.REPRINTED, 5, 7, 20), Step(StepKind.SPOILED, 6, 6)]
    assert standing(HALF_USED, steps) == standing(HALF_USED, [])
    assert [covered(steps, StepKind.REPRINTED, n) for n in (4, 5, 7, 8)] == [0, 1, 1, 0]
    assert labels_in(steps, StepKind.REPRINTED) == 3


def test_copies_fill_cells_too() -> None:
    twice = Layout(count=30, cells=24, start_cell=1, copies=2)
    assert next_part(twice, standing(twice, []), 24) == Part(1, 12, 1, 2)


def test_pairs_are_not_parted_by_the_end_of_a_sheet() -> None:
    """From cell 14 of 24 five pairs fit: the last cell stays empty, the sixth begins a sheet."""
    pairs = Layout(count=6, cells=24, start_cell=14, copies=2, together=True)
    assert (pairs.room(14), pairs.room(24)) == (10, 0)
    assert pairs.cell_after(14, 5) == 24
    assert pairs.cell_after(14, 6) == 3
    assert pairs.cell_after(24, 1) == 3
    apart = Layout(count=6, cells=24, start_cell=14, copies=2)
    assert apart.cell_after(14, 6) == 2


layouts = st.integers(1, 65).flatmap(
    lambda cells: st.builds(
        Layout,
        count=st.integers(1, 2000),
        cells=st.just(cells),
        start_cell=st.integers(1, cells),
        copies=st.integers(1, 5),
        together=st.booleans(),
    )
)


@given(layouts, st.integers(1, 700))
def test_parts_cover_a_run_once_and_meet_on_the_sheet(layout: Layout, most: int) -> None:
    steps: list[Step] = []
    reached, cell = 0, layout.start_cell
    while (part := next_part(layout, standing(layout, steps), most)) is not None:
        assert part.first == reached + 1 <= part.last <= layout.count
        assert part.start_cell == cell
        reached, cell = part.last, layout.cell_after(cell, part.count)
        steps.append(Step(StepKind.FINISHED, part.first, part.last))
    assert reached == layout.count
    if not layout.together:
        assert cell == layout.cell_after(layout.start_cell, layout.count)


@given(layouts)
def test_the_free_cell_is_the_one_that_placing_label_by_label_leaves(layout: Layout) -> None:
    """Against the plain way: put each print down, turn the page where a group does not fit."""
    at = layout.start_cell
    group = layout.copies if layout.together and layout.copies <= layout.cells else 1
    for _ in range(layout.count * layout.copies // group):
        if at + group - 1 > layout.cells:
            at = 1
        at += group
    assert layout.cell_after(layout.start_cell, layout.count) == (at - 1) % layout.cells + 1
