"""What a citizen's words answer at a step."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.guides.model import Choice, Step, load_guides
from knowledge_base.guides.reading import read, read_subject
from knowledge_base.rules.conclusion import UNKNOWN

TODAY = date(2026, 11, 24)
STEPS = {f"{guide.id}.{step.id}": step for guide in load_guides().values() for step in guide.steps}


def made(kind: str, *choices: tuple[str, str, str], unknown: str | None = "不知道") -> Step:
    """A step; of a choice its value, label, and what is said for it, with blanks between."""
    rows = [Choice(value=value, label=label, say=tuple(say.split())) for value, label, say in choices]
    return Step.model_validate(
        {
            "id": "tried",
            "kind": kind,
            "ask": "怎么样？",
            "why": "要知道。",
            "again": "说说看。",
            "unknown": unknown,
            "choices": rows,
        }
    )


WHO = made(
    "choice", ("brother", "我哥哥", "哥哥 阿哥"), ("sister", "我姐姐", "姐姐"), ("friend", "朋友", "朋友 同事 女朋友")
)
OWED = made("choice", ("yes", "是，欠我工资", "欠工资 拖欠"), ("no", "不是", "辞退 不欠"))
STAYS = made("choice", ("yes", "还在上班", "还在 在职"), ("left", "已经离开", "离开 辞职 走了"))
NEEDS = made(
    "several", ("danger", "有人有危险", "危险 打我"), ("property", "对方在转移财产", "转移财产 卖房"), ("none", "都不急", "没有 不急")
)  # fmt: skip
WHEN = made("date").model_copy(update={"day": "past"})
RECEIVED = WHEN.model_copy(update={"ask": "决定书是哪天收到的？"})
SUM = made("amount")
COUNT = made("number")
WORDS = made("text").model_copy(update={"subjects": True})
STORY = made("text")
SAYS = made("choice", ("a", "甲", "甲方"), ("b", "乙", "乙方"), unknown="都不像、说不清")
NOT_THESE = made("choice", ("a", "甲", "甲方"), ("other", "别的", "都不是"))
SUBJECT = made("choice", ("labour", "上班的事", "劳动合同"), ("home", "家里的事", "离婚")).model_copy(
    update={"subjects": True}
)
MUST = made("choice", ("a", "甲", "甲方"), ("b", "乙", "乙方"), unknown=None)


def value(step: Step, text: str) -> str | None:
    reading = read(step, text, TODAY)
    return reading.value if reading else None


@pytest.mark.parametrize(
    ("step", "text", "expected"),
    [
        (WHO, "我哥哥", "brother"),
        (WHO, "是我哥哥借的钱", "brother"),
        (WHO, "我哥哥。", "brother"),
        (WHO, "就是我阿哥呀", "brother"),
        (WHO, "女朋友", "friend"),
        (WHO, "同事", "friend"),
        (WHO, "哥哥和姐姐", None),
        (WHO, "邻居", None),
        (WHO, "", None),
        (WHO, "？", None),
        # denied
        (WHO, "不是我哥哥", None),
        (WHO, "不是哥哥，是姐姐", "sister"),
        (WHO, "没有姐姐，只有哥哥", "brother"),
        (WHO, "特别是我哥哥", "brother"),
        (WHO, "是不是哥哥", "brother"),
        (STAYS, "没辞职", "yes"),
        (STAYS, "没有要辞职", "yes"),
        (STAYS, "不在职", "left"),
        (STAYS, "从来没有离开", "yes"),
        (OWED, "没有拖欠", "no"),
        (OWED, "不欠工资", "no"),
        # bare yes and no
        (OWED, "是的", "yes"),
        (OWED, "对", "yes"),
        (OWED, "不是", "no"),
        (OWED, "没有", "no"),
        (STAYS, "是", "yes"),
        (STAYS, "嗯", "yes"),
        (STAYS, "没有", "left"),
        (WHO, "是的", None),
        (WHO, "没有", None),
        (MUST, "好的", None),
        # numbers of buttons
        (WHO, "1", "brother"),
        (WHO, "２", "sister"),
        (WHO, "第三个", "friend"),
        (WHO, "选2", "sister"),
        (WHO, "我选第一个", None),
        (WHO, "4", None),
        (WHO, "0", None),
        (WHO, "12", None),
        (WHO, "1和2", None),
        # several
        (NEEDS, "有人打我", "danger"),
        (NEEDS, "他打我，还要卖房", "danger,property"),
        (NEEDS, "在卖房，还打我", "danger,property"),
        (NEEDS, "没有危险，但是在转移财产", "property"),
        (NEEDS, "没有", "none"),
        (NEEDS, "不急", "none"),
        (NEEDS, "1和2", "danger,property"),
        (NEEDS, "2、1", "danger,property"),
        (NEEDS, "1 2", "danger,property"),
        (NEEDS, "1，3", "danger"),
        (NEEDS, "3", "none"),
        (NEEDS, "他没有还钱", None),
        (NEEDS, "从来没有打过", "none"),
        (NEEDS, "没有碰到过的", "none"),
        (NEEDS, "好像没有吧，他人还可以", "none"),
        (NEEDS, "1和9", None),
        (NEEDS, "没有什么急的", "none"),
        (NEEDS, "没有什么期限", "none"),
        (NEEDS, "没人有危险", "none"),
        (NEEDS, "都没有，就是房子被打我的人占了", "none"),
        (NEEDS, "都没有，但是在转移财产", "property"),
        (OWED, "没有打官司", None),
        (WHO, "没有姐姐", None),
        (SAYS, "都不像", UNKNOWN),
        (SAYS, "说不清", UNKNOWN),
        (SAYS, "都不像是这样的", UNKNOWN),
        (SAYS, "好像都不对", UNKNOWN),
        (NEEDS, "都不是", UNKNOWN),
        (NOT_THESE, "都不是", "other"),
        (SUBJECT, "没有劳动合同", "labour"),
        (SUBJECT, "不是劳动合同", "home"),
        (STORY, "这个要写多久", "这个要写多久"),
        # unknown
        (WHO, "不知道", UNKNOWN),
        (WHO, "这个我真的不记得了", UNKNOWN),
        (WHO, "不清楚，好像是哥哥", "brother"),
        (MUST, "不知道", None),
        (MUST, "这个我真的不记得了", None),
        (WHEN, "不知道", UNKNOWN),
        (WHEN, "我真的不记得是哪天了", UNKNOWN),
        (WHEN, "不记得了，大概三月", UNKNOWN),
        (SUM, "说不清多少", UNKNOWN),
        # days, sums, numbers, words
        (WHEN, "3月5日收到的", "2026-03-05"),
        (WHEN, "明天", None),
        (WHEN, "3月5日或者6日", None),
        (RECEIVED, "12号签收的，落款是11月5号", "2026-11-12"),
        (RECEIVED, "落款11月5号，昨天拿到", "2026-11-23"),
        (RECEIVED, "11月5号收到，11月6号又收到一份", None),
        (WHEN, "12号签收的，落款是11月5号", None),
        (SUM, "三万五", "35000"),
        (SUM, "三千到五千", None),
        (SUM, "不多", None),
        (COUNT, "三口人", "3"),
        (WORDS, "  公司欠我工资 ", "公司欠我工资"),
        (WORDS, "字" * 300, "字" * 200),
        (WORDS, "……", None),
        (WORDS, "", None),
        # what is not read from words alone
        (made("phone"), "13812345678", None),
        (made("name"), "王阿姨", None),
        (made("matter"), "学历公证", None),
        (made("matter"), "我也不知道办哪种", UNKNOWN),
    ],
)
def test_what_words_answer(step: Step, text: str, expected: str | None) -> None:
    assert value(step, text) == expected


@pytest.mark.parametrize(
    ("step", "text", "clear"),
    [
        (WHO, "我哥哥", True),
        (WHO, "我哥哥，他能不能告我呢", False),
        (OWED, "是", True),
        (OWED, "没有拖欠", False),
        (WHEN, "3月5日收到的，还来得及吗", True),
        (NEEDS, "打我，卖房", True),
        (NEEDS, "他昨天打我了，派出所说他们不管这种事情", False),
    ],
)
def test_how_much_of_a_message_answers(step: Step, text: str, clear: bool) -> None:
    reading = read(step, text, TODAY)
    assert reading is not None and 0 < reading.share <= 1 and (reading.share > 0.6) is clear


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("deadline.kind_court", "好的", None),
        ("deadline.kind_court", "对", None),
        ("deadline.kind_traffic", "是的", None),
        ("deadline.kind_traffic", "行", None),
        ("deadline.kind_deal", "好", None),
        ("deadline.claim", "是的", "wages"),
        ("deadline.claim", "不是", "other"),
        ("deadline.employed", "没有", "left"),
        ("deadline.informed", "没有写清楚", "no"),
        ("deadline.has_order", "还没有", "no"),
        ("deadline.has_order", "有", "yes"),
        ("dispute_path.evidence", "有", None),
        ("dispute_path.evidence", "没有证据", "little"),
        ("dispute_path.kind", "我不是被打，是被骗", "crime"),
        ("dispute_path.kind", "老板特别欠工资", "labour"),
        ("dispute_path.urgency", "没有", "none"),
        ("dispute_path.urgency", "我怕他打我，他还在卖房子", "danger,property"),
        ("dispute_path.sum", "一共三个月，每月8000", "8000"),
        ("dispute_path.sum", "一共二十多万", "200000"),
        ("notary.who", "脑子不清楚", "unclear"),
    ],
)
def test_what_words_answer_in_the_guides(name: str, text: str, expected: str | None) -> None:
    assert value(STEPS[name], text) == expected


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.choices])
def test_every_label_and_number_is_its_choice(name: str) -> None:
    step = STEPS[name]
    by_label = [value(step, choice.label) for choice in step.choices]
    by_number = [value(step, str(number)) for number, _ in enumerate(step.choices, start=1)]
    values = [choice.value for choice in step.choices]
    assert (by_label, by_number) == (values, values)


@pytest.mark.parametrize("name", STEPS)
@settings(deadline=None)
@given(
    text=st.text(max_size=30)
    | st.text(st.sampled_from("没有不是我公司工资哥哥打卖房1二和、的吗，3月5日万"), max_size=15)
)
def test_whatever_is_typed_is_an_answer_that_the_step_admits_or_none(name: str, text: str) -> None:
    reading = read(STEPS[name], text, TODAY)
    assert reading is None or (STEPS[name].admits(reading.value) and 0 < reading.share <= 1)


TOPICS = WHO.model_copy(
    update={
        "choices": (
            Choice(value="labour", label="上班的事", topics=("劳动争议", "工伤")),
            Choice(value="home", label="家里的事", topics=("婚姻家庭",)),
            Choice(value="other", label="别的"),
        )
    }
)


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        ([("劳动争议", 0.45), ("婚姻家庭", 0.1)], "labour"),
        ([("劳动争议", 0.2), ("工伤", 0.2), ("婚姻家庭", 0.1)], "labour"),
        ([("婚姻家庭", 0.5), ("劳动争议", 0.2)], "home"),
        ([("婚姻家庭", 0.4), ("劳动争议", 0.3)], None),
        ([("婚姻家庭", 0.3)], None),
        ([("公证", 0.9)], None),
        ([], None),
    ],
)
def test_a_subject_by_its_topics(topics: list[tuple[str, float]], expected: str | None) -> None:
    reading = read_subject(TOPICS, topics)
    assert (reading.value if reading else None) == expected


def test_a_step_whose_choices_have_no_topics_is_not_read_by_them() -> None:
    assert read_subject(WHO, [("劳动争议", 0.9)]) is None
