"""Grading a photographed print: how long a photo of a telephone takes.

    python -m bench.photos [--rounds 5]

Photos of 12, 48 and 108 million pixels in colour, a good print of three symbols on each, a module
about as large as a telephone shows it from a hand's breadth.  Figures are CPU (user + system) of
this process for one photo, opening included, the median of the rounds.
"""

import argparse
import statistics
import time

from PIL import Image

from labels import grade
from tests.labels.photos import PRINTS, TABLE, View, jpeg, noisy, photographed, place, printed

SIZES = ((4000, 3000), (8000, 6000), (12_000, 9_000))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for width, height in SIZES:
        for one in (PRINTS[0], PRINTS[2], PRINTS[4]):
            label = printed(one)
            seen = photographed(label, View(module=12 * width / 4000, turn=20), place(label))
            large = Image.new("L", (width, height), TABLE)
            large.paste(seen, ((width - seen.width) // 2, (height - seen.height) // 2))
            photo = jpeg(noisy(large, 3, 1).convert("RGB"))
            spent = []
            for _ in range(rounds):
                start = time.process_time()
                letter = grade(photo, one.text).letter
                spent.append(time.process_time() - start)
            median = statistics.median(spent)
            print(f"{width * height // 10**6:4} MP  {one!s:24} {letter}  {median:.2f} s")


if __name__ == "__main__":
    main()
