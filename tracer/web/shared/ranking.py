"""How a ranking is asked for, by a page's address and by a call alike."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tracer.actions.forms import Form
from tracer.queries.credit.disclosure import Wanted


class RankingForm(Form):
    """Filters and where to go on; all may be left out."""

    kind: Annotated[Literal["product", "subject"], Field(title="查产品还是主体")] = "product"
    name: Annotated[str, Field(title="名称或拼音", max_length=60)] = ""
    category: Annotated[str, Field(title="产品类别", max_length=40)] = ""
    place: Annotated[str, Field(title="地区", pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6})$")] = ""
    grade: Annotated[str, Field(title="等级", max_length=3)] = ""
    after: Annotated[str, Field(title="从哪里接着看", max_length=60)] = ""

    @property
    def wanted(self) -> Wanted:
        """The filters as the query takes them."""
        return Wanted(self.kind, self.name, self.category, self.place, self.grade)
