"""Contrasts: each expression on texts it must see and neighbours it must leave alone, and how sides are counted."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import contrasts
from knowledge_base.contrasts import agreement, sides_of, sides_of_all
from knowledge_base.normalise import normalise

EXPRESSIONS = yaml.safe_load((Path(contrasts.__file__).with_name("contrasts.yml")).read_text(encoding="utf-8"))

# For each expression, in the order of the file: texts on which it fires | texts which it leaves alone.
ROWS: dict[str, list[str]] = {
    "party_labour.worker": [
        "老板不发工资 老板让我走人 老板克扣提成 | 我是老板怎么办 老板娘来了",
        "公司不给我交社保 公司辞退我 公司欠薪 | 保险公司不赔 物业公司不修 快递公司扣了我的货 公司在哪",
        "单位不发加班费 用工单位让我走 | 施工单位不来修 单位在浦东",
        "我在公司三年了 我给厂里开车 我在工地摔伤 | 公司在我家楼下 我在家里摔伤",
        "我在饭店做洗碗工 我给餐厅打工 我在店里上班 | 我在饭店吃坏肚子 我给饭店写了差评",
        "我被公司调岗 我被老板骂 | 我被邻居骂",
    ],
    "party_labour.employer": [
        "我公司要裁人 我们厂欠了货款 我是老板 我开的店 | 我是老板的司机 公司要裁人 我开车",
        "员工突然不来上班 伙计走了 前员工告我们 | 员工工资怎么算 职工医保",
        "招了个员工 雇了人没签合同 招了几个工人 | 请了人打官司 请了人查账 招工启事",
    ],
    "quit_or_dismissed.quit": [
        "自己辞职有补偿吗 主动离职 自己提出离职 | 让我自己走人 逼我主动辞职 自己去办",
        "我想辞职 要离职 想走人 | 不想离职 想买房",
        "提离职 提出辞职 我提了离职 自己提的离职 | 提前一个月 离职证明",
        "辞工回家 | 工人辞退",
    ],
    "quit_or_dismissed.dismissed": [
        "被辞退 被公司开除 把我裁了 被炒了 | 被裁定驳回 被裁决赔钱 被炒菜的油烫伤 被炒高的房价",
        "公司突然辞退 老板要开除他 单位裁员 | 公司在哪里 学校开除他",
        "老板炒鱿鱼 | 炒股亏了",
    ],
    "contract.with": [
        "签了合同 签过劳动合同 签有合同 | 没签过合同 没有签过合同 未签过合同 签合同",
        "我有合同 有书面合同 有劳动合同 | 没有合同 没有书面合同 所有合同都要看 未有合同",
        "他写了借条 写过欠条 | 没写借条 没有写合同 未写合同 借条丢了",
        "手里有借条 有欠条怎么告 | 没有借条 借条",
        "白纸黑字写着 | 白纸一张",
    ],
    "contract.without": [
        "没签合同 没有合同 无书面劳动合同 未订立书面合同 没签过劳动合同 | 有没有合同都行吗 签了合同 合同没到期",
        "没写借条 没有打欠条 没立字据 | 写了借条 没收到借条",
        "没有借条 没欠条 没字据 | 有没有借条 借条没带",
        "口头答应给我 口头约定 | 口头警告",
    ],
    "will.with": [
        "立遗嘱 写了一份遗嘱 留下遗嘱 立有遗嘱 | 没立遗嘱 没有留遗嘱 未写遗嘱 遗嘱在哪",
        "父亲有遗嘱 | 没有遗嘱 有遗嘱执行人吗",
        "按遗嘱分 | 按法律分",
    ],
    "will.without": [
        "没立遗嘱 没有写遗嘱 未留下遗嘱 没留过遗嘱 | 立了遗嘱 没看遗嘱",
        "没遗嘱 没有遗嘱 无遗嘱 | 有没有遗嘱 没有遗嘱执行人怎么办 有遗嘱",
    ],
    "divorce_way.agreed": [
        "协议离婚 | 离婚协议",
        "双方都同意 两个人谈好了 我们商量好 | 对方同意吗 双方吵架",
        "去民政局 | 民政补贴",
        "离婚冷静期 | 冷静一下",
    ],
    "divorce_way.court": [
        "起诉离婚 | 起诉讨债",
        "他不同意离 老婆死活不肯离 对方不肯签离婚协议 | 他不肯签合同 对方同意离",
        "去法院离婚 上法院要离 | 去法院交钱",
        "不判离 | 判决离开",
    ],
    "court_side.claimant": [
        "我起诉他 我想起诉我前夫 我要去告公司 我打官司 | 他跟我打官司 替我打官司的人 我警告他 我告诉他",
        "想起诉对方 要告他 想打官司 | 他要起诉我 要告诉他",
        "怎么起诉 | 起诉以后怎么办",
        "去法院立案 报警不立案 | 公司被立案 立案调查 备案",
    ],
    "court_side.defendant": [
        "被起诉 被人起诉 被物业告了 把我告了 被告上法庭 | 起诉被告上海某公司 被告上诉 被骗能起诉吗",
        "他要起诉我 公司告我 银行说要起诉我 | 他告诉我 我要起诉他 公司起诉我国企业",
        "收到传票 收到法院传票 收到法院的传票 | 传票丢了",
        "我是被告 | 被告是谁",
        "要不要应诉 答辩状 | 论文答辩 应聘",
    ],
    "enforcement_side.creditor": [
        "他不还 老赖躲起来 公司一直不给 对方说没钱 | 他说我不还 对方说我没钱 我没钱",
        "申请执行 申请强制执行 申请执行人 | 对方申请执行我 被申请执行",
    ],
    "enforcement_side.debtor": [
        "我被限高 我是老赖 我被执行了 | 他是老赖 我被打",
        "冻了我的钱 查封了我的店 | 冻了三年",
        "我的银行卡被冻 我账户被封 我工资卡被扣 我卡被冻 | 我的卡丢了 他的卡被冻",
        "我的微信被冻 我支付宝被扣 | 我的微信被封号",
    ],
    "victim_or_accused.victim": [
        "我被打 我儿子被人骗 我的车被偷 女儿被猥亵 | 我的材料被打印 我的文件被打包 我骗了他 他被打",
        "我是受害人 | 我是证人",
    ],
    "victim_or_accused.accused": [
        "我被抓了 老公被拘 女儿涉嫌诈骗 儿子昨天被刑拘 | 我被抓伤 孩子被抓破脸 小偷被抓",
        "我打了人 儿子偷了东西 我撞了人 | 我被骗了 我给人骗了 我的车被偷了 我被撞了人跑了",
        "把人打伤 我把他撞了 把别人砍了 | 里面的人把他打了 把话说清楚",
    ],
    "lender_side.lender": [
        "借给朋友 借钱给他 借了钱给同事 | 他借给我 借钱给我 借钱周转",
        "他欠我 | 我欠他",
        "他一直不还 朋友不还钱 | 朋友说我不还 我不还",
    ],
    "lender_side.borrower": [
        "我欠银行 | 欠我钱",
        "还不起 我还不上 房贷还不出 | 还不起诉 还不上班 还不出来 他还不起 对方还不上",
        "催收电话 催债的 爆通讯录 | 催款函",
        "我借了网贷 我借了钱 | 我借了书",
    ],
    "guarantor.guarantor": [
        "我担保的 帮朋友做担保 替他做保 给他作保 | 我们厂做保温杯 给员工做保险 我做保姆 无担保",
        "保证人的责任 | 保证书",
        "担保人还钱 | 担保物",
    ],
    "guarantor.debtor": ["借款人自己有钱 | 借款人是谁", "主债务人 | 债务人"],
    "landlord_side.tenant": [
        "房东不退钱 房东涨价 房东把我赶走 | 我是房东不想租 房东是谁",
        "我租的房子 我们租了三年 | 我租出去的房子 我租给他 房客欠我租金 我租金怎么收",
        "我是租客 我是承租人 | 租客是谁",
        "押金不退 押金没还 | 押金多少",
    ],
    "landlord_side.landlord": [
        "租客不交租 房客欠我五个月 租户赖着 | 我是租客不想租 我是租客,房东不退 租客是谁",
        "我是房东 我的房子出租 我房子租给他 | 房东是谁 我的房子漏水",
        "出租给别人 | 房东出租给我 出租车",
    ],
    "traffic_side.victim": [
        "被车撞 被电动车撞 被小货车撞 被摩托车刮 | 被我的车撞 车被撞 被人打",
        "把我撞了 把我妈撞倒 把我撞伤 | 把他撞了 把我打了",
        "他全责 对方肇事 司机逃逸 | 他说我全责 他是逃兵 对方逃税",
    ],
    "traffic_side.driver": [
        "我撞了人 我开车撞了 我骑车刮了车 我车撞了 | 我被撞了 我爸被人撞了 代驾把我车撞了 他撞了人",
        "把人撞伤 把老太碰倒 | 把我撞伤 把门关了",
    ],
    "marital_state.never_married": [
        "没结过婚 从没有结过婚 | 结过婚 没结成婚",
        "未婚声明 未婚生子 | 未婚妻 未婚夫",
        "单身证明 | 单身宿舍",
    ],
    "marital_state.married": [
        "已婚 | 未婚",
        "结婚证 | 没结婚证 没有结婚证 没领结婚证",
        "夫妻关系 夫妻双方 | 夫妻店",
    ],
    "marital_state.divorced": [
        "离了婚 离过婚 | 没离过婚 没有离过婚 要离婚",
        "离异 | 离开",
        "离婚证 | 结婚证",
        "前夫 前妻 | 婚前夫妻财产 离婚前妻子转走了钱 前天",
    ],
    "copy_or_fact.copy": ["复印件 | 原件", "副本 | 本人", "影印 | 打印", "和原件相符 | 原件"],
    "copy_or_fact.fact": ["出生公证 收入证明 无犯罪公证 | 毕业证公证 证明公证"],
    "age.child": [
        "小孩 小囡 未成年 女儿 | 老人",
        "9岁 15岁 三岁 十六岁 十几岁 | 65岁 20岁 18岁 五十六岁 二十岁 一百岁 十八岁",
    ],
    "age.old": [
        "老人 老太 外婆 老年 | 老公 老婆 老板",
        "65岁 70多岁 86岁 | 16岁 36岁 165岁",
        "七十岁 八十多岁 六十五岁 | 八十万 七十几户 十七岁 五十岁",
    ],
    "time.before": [
        "还没结婚 没有签 没上班 尚未开庭 没办 | 没办法 没有法律 结婚",
        "婚前 之前 以前 | 前天",
    ],
    "time.after": [
        "已经离婚 都签了 已经交房 | 都办不成 都是 离婚",
        "婚后 判了三年 出来以后 | 后天",
    ],
}


def expressions() -> Iterator[tuple[str, int, str]]:
    for name, sides in EXPRESSIONS.items():
        for side, own in sides.items():
            for place, expression in enumerate(own):
                yield f"{name}.{side}", place, expression


def cases(column: int) -> list[object]:
    """Each expression with each of its texts: of the first column those it fires on, of the second those it leaves."""
    return [
        pytest.param(expression, text, id=f"{side}-{place}-{text}")
        for side, place, expression in expressions()
        for text in ROWS[side][place].split(" | ")[column].split(" ")
    ]


# The expressions


def test_every_expression_has_its_row() -> None:
    listed = {side: len(rows) for side, rows in ROWS.items()}
    assert listed == {f"{name}.{side}": len(own) for name, sides in EXPRESSIONS.items() for side, own in sides.items()}


def test_every_contrast_has_two_sides_at_least() -> None:
    assert [name for name, sides in EXPRESSIONS.items() if len(sides) < 2] == []


@pytest.mark.parametrize(("expression", "text"), cases(0))
def test_the_expression_fires(expression: str, text: str) -> None:
    assert re.search(expression, text)


@pytest.mark.parametrize(("expression", "text"), cases(1))
def test_the_expression_leaves_the_neighbour_alone(expression: str, text: str) -> None:
    assert not re.search(expression, text)


def test_the_rows_are_normalised_texts_as_the_expressions_expect() -> None:
    texts = [text for rows in ROWS.values() for row in rows for text in row.replace(" | ", " ").split(" ")]
    assert [text for text in texts if normalise(text) != text] == []


# The sides of a text


@pytest.mark.parametrize(
    ("text", "contrast", "side"),
    [
        ("没有合同能不能要双倍工资", "contract", "without"),
        ("没有签过书面合同怎么办", "contract", "without"),
        ("没写借条只有微信转账", "contract", "without"),
        ("有劳动合同公司还能辞退我吗", "contract", "with"),
        ("没有遗嘱遗产怎么分", "will", "without"),
        ("父亲没留遗嘱房子归谁", "will", "without"),
        ("父亲立了遗嘱给弟弟", "will", "with"),
        ("他说要起诉我怎么办", "court_side", "defendant"),
        ("我想起诉他", "court_side", "claimant"),
        ("我被人骗了五万", "victim_or_accused", "victim"),
        ("我的手机被偷了", "victim_or_accused", "victim"),
        ("我骗了别人五万", "victim_or_accused", "accused"),
        ("朋友借钱给我,我还不上", "lender_side", "borrower"),
        ("他还不上钱,是我借给他的", "lender_side", "lender"),
        ("我被车撞了", "traffic_side", "victim"),
        ("他骑车把我撞了", "traffic_side", "victim"),
        ("我开车撞了人", "traffic_side", "driver"),
        ("我是租客,房东不退押金", "landlord_side", "tenant"),
        ("房客欠我租金不搬", "landlord_side", "landlord"),
        ("我没离过婚,要单身证明", "marital_state", "never_married"),
        ("我五十六岁想自己写份合同", "age", None),
        ("还没签合同就算了", "time", "before"),
        ("真没办法了", "time", None),
        ("有没有合同都能告吗", "contract", None),
        ("公司不签合同,我们公司是外地的", "party_labour", None),
        ("今天天气很好", "age", None),
    ],
)
def test_a_text_stands_on_one_side_or_on_none(text: str, contrast: str, side: str | None) -> None:
    assert sides_of(text).get(contrast) == side


def test_a_text_may_stand_on_several_contrasts() -> None:
    assert sides_of("我被公司辞退,没签合同") == {
        "party_labour": "worker",
        "quit_or_dismissed": "dismissed",
        "contract": "without",
        "time": "before",
    }


@given(st.text())
def test_any_text_stands_only_on_sides_that_are_in_the_file(text: str) -> None:
    assert all(side in EXPRESSIONS[name] for name, side in sides_of(text).items())


# The sides of an entry

QUIT, DISMISSED, NEITHER = "我想辞职", "被辞退了", "今天天气很好"


@pytest.mark.parametrize(
    ("texts", "side"),
    [
        ([], None),
        ([NEITHER] * 5, None),
        ([QUIT], "quit"),
        ([QUIT, *[NEITHER] * 9], "quit"),
        ([QUIT, QUIT, DISMISSED], "quit"),
        ([DISMISSED, QUIT, DISMISSED], "dismissed"),
        ([QUIT, DISMISSED], None),
        ([QUIT] * 3 + [DISMISSED] * 2, None),
        ([f"{QUIT},{DISMISSED}"] * 3, None),
    ],
    ids=["no text", "none takes a side", "one", "the silent do not count", "twice as many", "twice as many, the other",
         "as many", "less than twice as many", "texts on both sides"],
)  # fmt: skip
def test_an_entry_stands_where_twice_as_many_of_its_texts_stand(texts: list[str], side: str | None) -> None:
    assert sides_of_all(texts).get("quit_or_dismissed") == side


def test_of_three_sides_the_runner_up_decides() -> None:
    never, married, divorced = "未婚声明", "已婚", "离异"
    assert sides_of_all([divorced] * 4 + [married] * 2 + [never]).get("marital_state") == "divorced"
    assert sides_of_all([divorced] * 3 + [married] * 2 + [never]).get("marital_state") is None


@given(st.permutations([QUIT, QUIT, DISMISSED, NEITHER, "没签合同", "签了合同", "老板不发工资"]))
def test_the_order_of_the_texts_decides_nothing(texts: list[str]) -> None:
    assert sides_of_all(texts) == {"quit_or_dismissed": "quit", "party_labour": "worker", "time": "before"}


# Agreement


@pytest.mark.parametrize(
    ("question", "entry", "expected"),
    [
        ({}, {}, (0, 0)),
        ({"will": "with"}, {}, (0, 0)),
        ({}, {"will": "with"}, (0, 0)),
        ({"will": "with"}, {"contract": "with"}, (0, 0)),
        ({"will": "with"}, {"will": "with"}, (1, 0)),
        ({"will": "with"}, {"will": "without"}, (0, 1)),
        ({"will": "with", "age": "old", "time": "after"}, {"will": "with", "age": "child", "time": "after"}, (2, 1)),
    ],
)
def test_agreement(question: dict[str, str], entry: dict[str, str], expected: tuple[int, int]) -> None:
    assert agreement(question, entry) == expected
