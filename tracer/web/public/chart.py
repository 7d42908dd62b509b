"""The history of an index as a picture: drawn by the server, the same on page and paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import escape

from tracer.queries.credit.history import Point

WIDTH, HEIGHT = 350, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 12, 24
_MUTED, _LINE, _GREEN = "#4f4b44", "#d9d5cb", "#1f6b3a"
_FONT = "Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"


def history_svg(points: Sequence[Point], bounds: Sequence[tuple[str, int]], label: str) -> str:
    """Steps from day to day over the grades' bounds; ``label`` is read out in its place."""
    first, last = points[0].day.toordinal(), points[-1].day.toordinal()
    span = max(1, last - first)
    values = [float(point.index) for point in points]
    floor = min(0.0, *values)
    ceiling = max(100.0, *values) * 1.08

    def x(day: date) -> float:
        return _LEFT + (day.toordinal() - first) / span * (WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TOP + (ceiling - value) / (ceiling - floor) * (HEIGHT - _TOP - _BOTTOM)

    parts = []
    for name, bound in [*bounds, ("0", 0)]:
        if bound <= ceiling:
            parts.append(
                f'<path d="M{_LEFT} {y(bound):.1f}H{WIDTH - _RIGHT}" stroke="{_LINE}"/>'
                f'<text x="{_LEFT - 6}" y="{y(bound) + 4:.1f}" text-anchor="end">{name}</text>'
            )
    steps = f"M{x(points[0].day):.1f} {y(values[0]):.1f}" + "".join(
        f"H{x(point.day):.1f}V{y(value):.1f}"
        for point, value in zip(points[1:], values[1:], strict=True)
    )
    parts.append(f'<path d="{steps}" fill="none" stroke="{_GREEN}" stroke-width="2.5"/>')
    parts.append(
        f'<circle cx="{x(points[-1].day):.1f}" cy="{y(values[-1]):.1f}" r="4" fill="{_GREEN}"/>'
    )
    foot = HEIGHT - 6
    if last > first:
        parts.append(f'<text x="{_LEFT}" y="{foot}">{_short(points[0].day)}</text>')
    parts.append(
        f'<text x="{WIDTH - _RIGHT}" y="{foot}" text-anchor="end">{_short(points[-1].day)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}" font-family="{_FONT}" font-size="12" fill="{_MUTED}">'
        + "".join(parts)
        + "</svg>"
    )


def _short(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}"
