"""打标签: what the page of a new run says of what it shows."""

from __future__ import annotations

from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village


def test_a_picture_of_samples_says_so(village: Village, farmer: Visitor) -> None:
    for design in ("certificate-80x60", "trace-60x40"):
        asked = f"/farm/print/new?certificate={village.certificate}&design={design}"
        assert "图上的内容是样例" in farmer.open(asked)
