"""Where a print run stands, whatever happens to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
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
    spoiled,
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
    twice = Layout(count=30, cells=24, copies=2)
    assert (twice.places, twice.prints) == (60, 1)
    assert next_part(twice, standing(twice, []), 24) == Part(1, 24, 1, 1)
    pairs = Layout(count=30, cells=24, copies=2, together=True)
    assert (pairs.places, pairs.prints) == (30, 2)
    assert next_part(pairs, standing(pairs, []), 24) == Part(1, 12, 1, 2)


def test_the_second_round_goes_on_where_it_jammed() -> None:
    """Ten good labels of the second round are not printed again, nor is the first round."""
    rounds = Layout(count=30, copies=3)
    steps = [Step(StepKind.JAMMED, 41, 90), Step(StepKind.RESUMED, 41, 90)]
    assert next_part(rounds, standing(rounds, steps), 1000) == Part(41, 90)
    assert list(rounds.labels(41, 62)) == [*range(11, 31), 1, 2]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (5, None, "第 1 遍第 5 张"),
        (35, 35, "第 2 遍第 5 张"),
        (31, 60, "第 2 遍第 1 到 30 张"),
        (30, 31, "第 1 遍第 30 张到第 2 遍第 1 张"),
    ],
)
def test_places_in_words(first: int, last: int | None, words: str) -> None:
    assert Layout(count=30, copies=3).told(first, last) == words


def test_places_are_labels_where_there_is_one_round() -> None:
    plain, rounds = Layout(count=30), Layout(count=30, copies=3)
    assert (plain.told(5), plain.told(5, 9), plain.told_up_to(9)) == (
        "第 5 张",
        "第 5 到 9 张",
        "前 9 张",
    )
    told = [rounds.told_good(place) for place in (0, 30, 31)]
    assert told == ["一张好的也没有", "第 1 遍前 30 张是好的", "第 2 遍前 1 张是好的"]


def test_a_jam_that_was_none_leaves_the_sheet_as_it_went_through() -> None:
    steps = [JAM, Step(StepKind.FINISHED, 118, 300)]
    assert standing(HALF_USED, steps).cell == HALF_USED.cell_after(14, 300)


def test_what_is_spoiled_while_it_prints_has_used_its_cell() -> None:
    dead = Step(StepKind.SPOILED, 3, 4)
    half, rest = Step(StepKind.FINISHED, 1, 10), Step(StepKind.FINISHED, 11, 20)
    run = Layout(count=30, cells=24)
    assert standing(run, [half, dead]).cell == standing(run, [dead, half]).cell == 11
    later = Step(StepKind.SPOILED, 12, 13)
    assert standing(run, [later, half, rest]).cell == standing(run, [half, rest]).cell - 2 == 19


def test_pairs_are_not_parted_by_the_end_of_a_sheet() -> None:
    """From cell 14 of 24 five pairs fit: the last cell stays empty, the sixth begins a sheet."""
    pairs = Layout(count=6, cells=24, start_cell=14, copies=2, together=True)
    assert (pairs.room(14), pairs.room(24)) == (10, 0)
    assert pairs.cell_after(14, 5) == 24
    assert pairs.cell_after(14, 6) == 3
    assert pairs.cell_after(24, 1) == 3
    apart = Layout(count=6, cells=24, start_cell=14, copies=2)
    assert apart.cell_after(14, 12) == 2


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
        assert part.first == reached + 1 <= part.last <= layout.places
        assert part.start_cell == cell
        reached, cell = part.last, layout.cell_after(cell, part.count)
        steps.append(Step(StepKind.FINISHED, part.first, part.last))
    assert reached == layout.places
    if not layout.together:
        assert cell == layout.cell_after(layout.start_cell, layout.places)


@given(layouts)
def test_the_free_cell_is_the_one_that_placing_label_by_label_leaves(layout: Layout) -> None:
    after = free_cell(layout, layout.start_cell, layout.count * layout.copies)
    assert layout.cell_after(layout.start_cell, layout.places) == after


def free_cell(layout: Layout, cell: int, prints: int) -> int:
    """The plain way: put each print down, turn the page where a group does not fit."""
    group = layout.copies if layout.together and layout.copies <= layout.cells else 1
    for _ in range(prints // group):
        if cell + group - 1 > layout.cells:
            cell = 1
        cell += group
    return (cell - 1) % layout.cells + 1


small = st.integers(1, 30).flatmap(
    lambda cells: st.builds(
        Layout,
        count=st.integers(1, 40),
        cells=st.just(cells),
        start_cell=st.integers(1, cells),
        copies=st.integers(1, 4),
        together=st.booleans(),
    )
)


def walked(layout: Layout, part: Part, dead: set[int]) -> Iterator[tuple[int, int]]:
    """The plain way: each place of a part with its label, without the dead ones."""
    sequence = list(range(1, layout.count + 1)) * (1 if layout.together else layout.copies)
    for place in range(part.first, part.last + 1):
        if sequence[place - 1] not in dead:
            yield place, sequence[place - 1]


@given(small, st.integers(1, 60), st.data())
def test_every_print_is_made_once_whatever_jams(
    layout: Layout, most: int, data: st.DataObject
) -> None:
    """A farm at its printer: parts, jams, fresh sheets, spoiled labels, in any order.

    Every label that stayed alive came out well in each of its copies, once and in its turn; and
    each part begins in the cell where the one before it really ended.
    """
    steps: list[Step] = []
    dead: set[int] = set()
    well: list[int] = []
    good, cell, jams = 0, layout.start_cell, data.draw(st.integers(0, 6))

    def spoil() -> None:
        if data.draw(st.booleans()):
            first = data.draw(st.integers(1, layout.count))
            last = data.draw(st.integers(first, layout.count))
            steps.append(Step(StepKind.SPOILED, first, last))
            dead.update(range(first, last + 1))

    spoil()
    # What was dead before the printing began was known to the one who began it.
    steps.append(Step(StepKind.RESUMED, 1, layout.places, cell))
    while (part := next_part(layout, standing(layout, steps), most)) is not None:
        assert (part.first, part.start_cell) == (good + 1, cell)
        printed = list(walked(layout, part, dead))
        assert [label for _, label in printed] == list(
            layout.labels(part.first, part.last, spoiled(steps))
        )
        spoil()  # seen on the paper
        if jams and data.draw(st.booleans()):
            jams -= 1
            good = data.draw(st.integers(part.first - 1, min(part.last, layout.places - 1)))
            steps.append(Step(StepKind.JAMMED, good + 1, layout.places))
            spoil()
            cell = data.draw(st.integers(1, layout.cells))
            steps.append(Step(StepKind.RESUMED, good + 1, layout.places, cell))
        else:
            good = part.last
            cell = free_cell(layout, cell, len(printed) * part.copies)
            steps.append(Step(StepKind.FINISHED, part.first, part.last))
        well += [label for place, label in printed if place <= good for _ in range(part.copies)]
    everything = Part(1, layout.places, copies=layout.prints)
    alive = [label for _, label in walked(layout, everything, dead) for _ in range(layout.prints)]
    assert [label for label in well if label not in dead] == alive
    assert good == layout.places


@given(small, st.data())
def test_so_many_prints_reach_the_place_that_counting_reaches(
    layout: Layout, data: st.DataObject
) -> None:
    number = st.integers(1, layout.count)
    pairs = data.draw(st.lists(st.tuples(number, number), max_size=4))
    steps = [Step(StepKind.SPOILED, min(pair), max(pair)) for pair in pairs]
    dead = {number for step in steps for number in range(step.first, step.last + 1)}
    first = data.draw(st.integers(1, layout.places))
    printed = list(walked(layout, Part(first, layout.places), dead))
    assert layout.printed(first, layout.places, spoiled(steps)) == len(printed)
    places = data.draw(st.integers(0, len(printed)))
    reached = layout.reach(first, places, spoiled(steps))
    assert sum(place <= reached for place, _ in printed) == places
    assert layout.printed(first, reached, spoiled(steps)) == places
