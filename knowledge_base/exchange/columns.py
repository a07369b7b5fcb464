"""The columns of the flat row: their headers, what a clerk is told about them, and an example."""

import re
import unicodedata
from dataclasses import dataclass

from knowledge_base.entry import Confidence, Facet

EXAMPLE_ID = "example.delete-this-row"
"""The id of the template's example; a row with it is never imported."""
KINDS = {"question": "问答", "service": "办事"}
CONFIDENCES = {Confidence.VERIFIED: "已核对", Confidence.PAGE: "网页所见"}
YES, NO = "是", "否"
FACET_ORDER = "facet_order"


@dataclass(frozen=True)
class Column:
    """One column. `field` is the entry's field, a facet's name, or `facet_order`; `must` whether it may not be empty."""

    header: str
    field: str
    must: bool
    explanation: str
    example: str = ""
    width: int = 14


_FACET_EXAMPLES = {
    Facet.WHO: "本人办，也可以委托别人代办。",
    Facet.MATERIALS: "身份证原件和毕业证书原件。",
    Facet.FEE: "以公证处公示的价格为准。",
}
_LINES = "（每行一条）"
COLUMNS = (
    Column("编号", "id", True, "条目的编号，定了就不能改。主题的英文名、一个点、再加小写英文名，例如 notary.degree。导入时按编号认条目：编号已有的是修改，没有的是新增。", EXAMPLE_ID, 28),
    Column("主题", "topic", True, "从下拉框里选一个，名称要一字不差。全部主题列在本页下面。", "公证", 12),
    Column("类型", "kind", True, "写“问答”或“办事”。办事事项至少要填一个分项（材料、费用等）。", "办事", 8),
    Column("标题", "title", True, "市民看到的标题，最多 24 个字。", "学历公证怎么办", 24),
    Column("答复", "answer", True, "市民看到的回答，最多 220 个字，第一句就要答到点子上。换行按 Alt+Enter。", "带身份证和毕业证书原件，到公证处申请。\n完整清单以公证处为准。", 50),
    Column("紧急", "urgent", False, "人身安全等紧急事项写“是”，其他写“否”或不填。", NO, 8),
    Column(f"问法{_LINES}", "questions", True, "市民会怎么问，一行一种（Alt+Enter 换行）。至少 8 种，有长有短，其中至少 2 种不用标题里的词。", "毕业证公证\n学历公证要带什么\n出国读书，学校要一张盖章的学历证明", 50),
    Column(f"依据{_LINES}", "sources", True, "一行一条，各项之间用竖线隔开。\n法律：法律｜法律名称｜第几条｜核对日期｜已核对｜从这条取了什么\n网页：网页｜网页名称｜网页日期｜核对日期｜已核对 或 网页所见｜取了什么｜网址（可以不写）", "法律｜公证法｜第11条｜2026-11-23｜已核对｜学历是公证处可以证明的事项", 60),
    *(Column(facet.label, facet.value, False, f"分项“{facet.label}”，最多 160 个字。没有就空着。", _FACET_EXAMPLES.get(facet, ""), 30) for facet in Facet),
    Column("分项顺序", FACET_ORDER, False, "分项按别的次序显示时才填，用顿号隔开，例如：费用、材料。一般空着。", "", 14),
    Column(f"后续{_LINES}", "next", False, "看完这条接着看什么。条目写 entry:编号，引导写 guide:名称。可以空着。", "guide:notary", 30),
    Column(f"易混条目{_LINES}", "confusable", False, "容易和这条弄混的条目，一行一条：编号｜那条讲的是什么。可以空着。", "notary.degree｜要证明的是学位", 40),
    Column("主办处室", "office", True, "这件事归哪个处室。", "公共法律服务管理处", 20),
    Column("生效日期", "valid_from", True, "从哪天起适用，例如 2026-07-17。", "2021-04-01", 12),
    Column("失效日期", "valid_until", False, "到哪天为止（含当天）。一直有效就空着。", "", 12),
    Column("复核期限", "review_by", True, "最晚哪天要再核对一遍。", "2027-06-30", 12),
)  # fmt: skip
HEADERS = {column.field: column.header for column in COLUMNS}


def header_key(header: str) -> str:
    """What a header is known by: spaces, the width of signs and “每行一条” do not matter."""
    key = re.sub(r"\s", "", unicodedata.normalize("NFKC", header))
    return key.removesuffix("(每行一条)")


FIELDS_BY_KEY = {header_key(column.header): column.field for column in COLUMNS}
