"""The columns of the flat row: their headers, what a clerk is told about them, and an example."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge_base.entry import Confidence

EXAMPLE_ID = "example.delete-this-row"
"""The id of the template's example; a row with it is never imported."""
KINDS = {"question": "问答", "service": "办事"}
CONFIDENCES = {Confidence.VERIFIED: "已核对", Confidence.PAGE: "网页所见"}
YES, NO = "是", "否"
FACET_ORDER = "facet_order"


@dataclass(frozen=True)
class Column:
    """One column. `field` is an entry's field, a facet's name, or `facet_order`; `must`: it may not be empty."""

    field: str
    header: str
    must: bool
    width: int
    explanation: str
    example: str = ""


COLUMNS = tuple(
    Column(**row) for row in yaml.safe_load(Path(__file__).with_name("columns.yml").read_text(encoding="utf-8"))
)
HEADERS = {column.field: column.header for column in COLUMNS}


def header_key(header: str) -> str:
    """What a header is known by: spaces, the width of signs and “每行一条” do not matter."""
    key = re.sub(r"\s", "", unicodedata.normalize("NFKC", header))
    return key.removesuffix("(每行一条)")


FIELDS_BY_KEY = {header_key(column.header): column.field for column in COLUMNS}
