"""Photos of good and bad prints in bulk: how often what is said of them helps."""

import sys

import pytest

from tests.labels.kinds import KINDS, is_right, told
from tests.labels.photos import PRINTS

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]
VIEWS = 3
# Of 15 photos of a kind so many may be told something else.
MOST_WRONG = 2


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_said_of_a_photo_helps(kind, capsys):
    """Five prints, three views of each; the line printed is the one of docs/labels.md."""
    tries = [(one, seed) for one in PRINTS for seed in range(VIEWS)]
    answers = [told(kind, one, seed) for one, seed in tries]
    letters = "".join(sorted({letter for letter, _ in answers if letter})) or "-"
    right = sum(is_right(kind, letter, said) for letter, said in answers)
    with capsys.disabled():
        sys.stdout.write(f"\n| {kind.name} | {letters} | {right} of {len(tries)} |\n")
    wrong = [
        (str(one), seed, *answer)
        for (one, seed), answer in zip(tries, answers, strict=True)
        if not is_right(kind, *answer)
    ]
    assert len(wrong) <= MOST_WRONG, wrong
