"""What a graded print tells its printer: one Chinese sentence."""

from collections.abc import Mapping, Sequence
from statistics import mean, median

GOOD = "印得清楚，可以用。"
FAIR = "能用。想更清楚，就擦一擦打印头，再印一张看看。"
LINE = "有一条印不出来的白线：用酒精棉擦打印头；还有白线，就要换打印头了。"
STAIN = "码上有污渍、折痕或破损：这张换一张新的。"
PALE = "印得太淡：把打印浓度调高一档；标签纸受潮或放久了，就换一卷。"
FAT = "黑的地方印得太粗：把打印浓度调低一档，速度放慢一档。"
BLURRED = "边缘发虚：先擦净镜头、拿稳再拍一次；还是这样，就把打印速度放慢一档。"
AROUND = "码的四周不干净：旁边不要盖章、写字，也不要贴到标签边上。"

# A line of modules is dead when its dark ones are this much less sure than those of other lines.
DEAD = 0.5
# The weakest dark modules of a print whose ink spreads are at least this sure.
CLEAR = 0.75
# Wrong modules that keep together, in parts of the symbol's side.
TOGETHER = 0.2


def advice(
    grades: Mapping[str, int], sure: Sequence[Sequence[float]], dark: Sequence[Sequence[bool]]
) -> str:
    """`sure` tells of each module, from 1 to -1, how clearly it is what it should be."""
    if _has_dead_line(sure, dark):
        return LINE
    least = min(grades.values())
    if least == 4:
        return GOOD
    wrong = [(x, y) for y, row in enumerate(sure) for x, one in enumerate(row) if one <= 0]
    if wrong and _keep_together(wrong, len(sure)):
        return STAIN
    if grades["contrast"] == least:
        return PALE
    if grades["quiet"] == least:
        return AROUND
    if _is_fat(sure, dark):
        return FAT
    return FAIR if least == 3 else BLURRED


def _is_fat(sure: Sequence[Sequence[float]], dark: Sequence[Sequence[bool]]) -> bool:
    """Whether ink spreads: the weakest dark modules are clear, the weakest light ones are not.

    In a blurred picture both are weak.
    """
    weakest: dict[bool, float] = {}
    for colour in (True, False):
        own = sorted(
            one
            for line, inked in zip(sure, dark, strict=True)
            for one, is_dark in zip(line, inked, strict=True)
            if is_dark is colour
        )
        weakest[colour] = own[len(own) // 20]
    return weakest[True] > CLEAR and weakest[False] < CLEAR - DEAD / 2


def _has_dead_line(sure: Sequence[Sequence[float]], dark: Sequence[Sequence[bool]]) -> bool:
    """Whether the dark modules of a whole row or column are missing, and not everywhere."""
    for lines, inked in (
        (sure, dark),
        (list(zip(*sure, strict=True)), list(zip(*dark, strict=True))),
    ):
        strengths = [
            mean(one for one, is_dark in zip(line, own, strict=True) if is_dark)
            for line, own in zip(lines, inked, strict=True)
        ]
        usual = median(strengths)
        if min(strengths) < usual - DEAD:
            return True
    return False


def _keep_together(wrong: Sequence[tuple[int, int]], size: int) -> bool:
    """Whether most wrong modules lie close to their middle."""
    x, y = median(one[0] for one in wrong), median(one[1] for one in wrong)
    near = sum(max(abs(one[0] - x), abs(one[1] - y)) <= TOGETHER * size for one in wrong)
    return len(wrong) > 4 and near > 0.7 * len(wrong)
