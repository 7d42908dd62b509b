"""A QR symbol as a picture for a page: dark runs of each row as one path."""

from __future__ import annotations

import re

from labels.qr import QUIET_ZONE, encode


def qr_svg(text: str) -> str:
    """The symbol of ``text`` at level M with its quiet zone, as SVG."""
    symbol = encode(text)
    size = symbol.size + 2 * QUIET_ZONE
    path = "".join(
        f"M{run.start() + QUIET_ZONE} {y + QUIET_ZONE}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(symbol.rows())
        for run in re.finditer("1+", row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path d="{path}"/></svg>'
    )
