"""What a graded print tells its printer: one Chinese sentence."""

from collections.abc import Mapping, Sequence
from statistics import median

from labels.measure import Measured

GOOD = "印得清楚，可以用。"
FAIR = "能用。想更清楚，就擦一擦打印头，再印一张看看。"
LINE = "有一条印不出来的白线：用酒精棉擦打印头；还有白线，就要换打印头了。"
STAIN = "码上有污渍、折痕或破损：这张换一张新的。"
PALE = "印得太淡：把打印浓度调高一档；标签纸受潮或放久了，就换一卷。"
THIN = "黑的地方印得太细：把打印浓度调高一档，速度放慢一档。"
FAT = "黑的地方印得太粗：把打印浓度调低一档，速度放慢一档。"
SIDE = "一边深一边浅：把打印头压紧、纸装正，再印一张；拍的时候两边光要一样亮。"
BLURRED = "边缘发虚：先擦净镜头、拿稳再拍一次；还是这样，就把打印速度放慢一档。"
AROUND = "码的四周不干净：旁边不要盖章、写字，也不要贴到标签边上。"

# A line is dead when it has so much less ink than others.
DEAD = 0.22
# A half is weak when it has so much less.
WEAK = 0.2
# Edges of ink moved by so many modules are too far out or in.
MOVED = 0.12
# Of ink that moved only the one colour suffers: in a blurred picture both do.
CLEAR = 0.6
# Wrong modules that keep together, in parts of the symbol's side.
TOGETHER = 0.2


def advice(grades: Mapping[str, int], found: Measured) -> str:
    """What to do about the parameter with the least grade."""
    if found.line > DEAD:
        return LINE
    least = min(grades.values())
    if least == 4:
        return GOOD
    if _keep_together(found.wrong, len(found.sure)):
        return STAIN
    if grades["contrast"] == least:
        return PALE
    if found.side > WEAK:
        return SIDE
    if abs(found.growth) > MOVED and max(found.weakest.values()) > CLEAR:
        return FAT if found.growth > 0 else THIN
    if grades["quiet"] == least:
        return AROUND
    return FAIR if least == 3 else BLURRED


def _keep_together(wrong: Sequence[tuple[int, int]], size: int) -> bool:
    """Whether most wrong modules lie close to their middle."""
    if len(wrong) < 5:
        return False
    x, y = median(one[0] for one in wrong), median(one[1] for one in wrong)
    near = sum(max(abs(one[0] - x), abs(one[1] - y)) <= TOGETHER * size for one in wrong)
    return near > 0.7 * len(wrong)
