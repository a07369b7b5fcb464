"""A guide from its first question to its end, and whatever a citizen may say on the way."""

from datetime import date, timedelta

import pytest

from knowledge_base.blocks import AnswerBlock, ChoicesBlock, ResultBlock
from knowledge_base.decision import Context
from knowledge_base.guides.engine import advance, begun_by, is_for_guides
from knowledge_base.guides.model import load_guides
from knowledge_base.guides.state import GuideState, Status, with_answer
from knowledge_base.release import Release
from knowledge_base.wording import say
from tests.knowledge_base.guides.talk import TODAY, Talk
from tests.small_catalogue import CERTIFICATE, NO_WILL, WAGES

DEADLINE = load_guides()["deadline"]
MATTER, LABOUR = DEADLINE.steps[:2]
TO_THE_END = ("工资", "申请劳动仲裁", "欠我工资", "已经离开", "2026年11月3日", "没有")
"""Answers to the deadline guide up to its conclusion."""


@pytest.fixture
def deadline(small_release: Release) -> Talk:
    return Talk(small_release, "deadline")


@pytest.fixture
def urgent(small_release: Release) -> Talk:
    """The guide for disputes at its step of several."""
    return Talk(small_release, "dispute_path").say("公司不发工资")


# Beginning


def test_a_guide_begins_with_its_intro_and_first_question(deadline: Talk) -> None:
    assert (deadline.outcome, deadline.texts) == ("guided.begun", [DEADLINE.intro])
    assert (deadline.question.prompt, deadline.question.guide, deadline.question.answered) == (
        MATTER.ask,
        "deadline",
        0,
    )
    assert deadline.labels == [*(choice.label for choice in MATTER.choices), "不知道", "为什么问这个", "先停下"]


@pytest.mark.parametrize(
    ("text", "guide"),
    [
        ("期限计算", "deadline"),
        ("帮我算期限！", "deadline"),
        ("上訴期怎麼算？", "deadline"),
        ("怎么维权", "dispute_path"),
        ("办公证", "notary"),
        ("公司拖欠工资怎么办", None),
        ("我想算一下离婚的期限", None),
        ("", None),
    ],
)
def test_words_that_begin_a_guide(text: str, guide: str | None) -> None:
    assert (begun_by(text), is_for_guides(text, None, None)) == (guide, guide is not None)


def test_a_guide_begins_by_its_name(small_release: Release) -> None:
    talk = Talk(small_release).say("期限计算")
    assert (talk.outcome, talk.step) == ("guided.begun", "matter")


def test_a_guide_that_is_not_there(small_release: Release) -> None:
    talk = Talk(small_release).press("guide:no_such_guide")
    assert (talk.outcome, talk.texts, talk.state) == ("refused.guide_gone", [say("guide_gone")], None)


def test_another_guide_says_which_one_is_left(deadline: Talk) -> None:
    deadline.say("工资", "办公证")
    assert deadline.texts[0] == say("guide_switched", title="期限计算")
    assert (deadline.step, deadline.answers, deadline.question.guide) == ("use", {}, "notary")


def test_the_same_guide_again_begins_anew_without_saying_so(deadline: Talk) -> None:
    deadline.say("工资", "期限计算")
    assert (deadline.texts, deadline.answers) == ([DEADLINE.intro], {})


# Answers


def test_a_typed_answer_leads_on(deadline: Talk) -> None:
    deadline.say("公司欠我工资")
    assert (deadline.outcome, deadline.answers, deadline.texts) == (
        "guided.asked",
        {"matter": "labour"},
        [say("guide_noted", answer="上班、工资、工伤")],
    )
    assert (deadline.question.prompt, deadline.question.answered) == (LABOUR.ask, 1)
    assert "上一步" in deadline.labels


def test_a_button_leads_on_as_the_words_do(deadline: Talk, small_release: Release) -> None:
    pressed = deadline.press_label("上班、工资、工伤").reply
    assert pressed == Talk(small_release, "deadline").say("上班、工资、工伤").reply


def test_not_to_know_leads_on(deadline: Talk) -> None:
    assert deadline.say("工资", "不知道").answers == {"matter": "labour", "kind_labour": "unknown"}


def test_the_end(deadline: Talk) -> None:
    deadline.say(*TO_THE_END)
    result = deadline.result
    assert (deadline.outcome, result.guide, result.title) == ("guided.concluded", "deadline", "期限计算")
    assert deadline.state is not None and deadline.state.status is Status.CONCLUDED
    assert deadline.question.prompt == say("guide_ended")
    assert deadline.labels[-2:] == ["上一步", "从头再来"]
    assert (MATTER.ask, "上班、工资、工伤") in result.said
    assert ("你是哪天离开单位的？", "2026年11月3日") in result.said
    assert [last.day for last in result.days] == [date(2027, 11, 3)]


def test_what_follows_the_end_can_be_pressed(deadline: Talk, small_release: Release) -> None:
    deadline.say(*TO_THE_END)
    following = [choice.id for choice in deadline.buttons if choice.id.startswith(("entry:", "guide:"))]
    assert all(
        small_release.in_force(target.removeprefix("entry:")) for target in following if target.startswith("entry:")
    )


# Why, what, back, stop, on, anew, a person


def test_why(deadline: Talk) -> None:
    deadline.say("工资", "为什么问这个")
    assert (deadline.outcome, deadline.texts, deadline.question.prompt) == (
        "guided.explained",
        [LABOUR.why],
        LABOUR.ask,
    )
    assert deadline.press_label("为什么问这个").texts == [LABOUR.why]


def test_what_a_question_means(deadline: Talk) -> None:
    deadline.say("工资", "什么意思")
    assert (deadline.outcome, deadline.texts, deadline.question.prompt) == ("guided.explained", [], LABOUR.again)
    assert deadline.say("不知道").answers["kind_labour"] == "unknown"


def test_back(deadline: Talk) -> None:
    deadline.say("工资", "申请劳动仲裁", "上一步")
    assert (deadline.step, deadline.answers) == ("kind_labour", {"matter": "labour"})
    assert deadline.press_label("上一步").step == "matter"
    assert deadline.say("上一步").step == "matter"


def test_back_from_the_end(deadline: Talk) -> None:
    deadline.say(*TO_THE_END).press_label("上一步")
    assert (deadline.step, len(deadline.answers)) == ("interrupted", 5)
    assert deadline.say("没有").outcome == "guided.concluded"


def test_stop_and_on(deadline: Talk) -> None:
    deadline.say("工资", "算了")
    assert (deadline.outcome, deadline.labels) == ("guided.stopped", ["继续", "从头再来"])
    assert not is_for_guides("公司拖欠工资怎么办", None, deadline.state)
    assert not is_for_guides("", f"entry:{WAGES}", deadline.state)
    assert is_for_guides("继续", None, deadline.state) and is_for_guides("", "move:resume", deadline.state)
    deadline.say("继续")
    assert (deadline.outcome, deadline.texts) == ("guided.resumed", [say("guide_continued", title="期限计算")])
    assert (deadline.step, deadline.answers) == ("kind_labour", {"matter": "labour"})


def test_an_answer_by_button_after_a_stop_goes_on(deadline: Talk) -> None:
    deadline.say("工资", "停").press("step:deadline.kind_labour=labour_arbitration")
    assert deadline.state is not None
    assert (deadline.step, deadline.state.status) == ("claim", Status.ASKING)


@pytest.mark.parametrize("where", [["工资"], ["工资", "停"], list(TO_THE_END)], ids=["asked", "stopped", "ended"])
def test_anew(deadline: Talk, where: list[str]) -> None:
    deadline.say(*where)
    assert is_for_guides("从头来", None, deadline.state)
    assert deadline.say("从头来").texts == [say("guide_restarted")]
    assert (deadline.step, deadline.answers) == ("matter", {})


def test_a_person(deadline: Talk) -> None:
    deadline.say("工资", "转人工")
    assert (deadline.outcome, deadline.texts, deadline.step) == ("guided.person", [say("handover")], "kind_labour")


def test_a_courtesy(deadline: Talk) -> None:
    deadline.say("谢谢")
    assert (deadline.outcome, deadline.texts, deadline.question.prompt) == ("guided.asked", [], MATTER.ask)
    assert deadline.state is not None and deadline.state.failures == 0


def test_a_courtesy_is_no_answer_where_no_yes_is_asked_for(deadline: Talk) -> None:
    assert deadline.say("打官司", "好的").step == "kind_court"


def test_the_next_day_it_says_where_it_goes_on(deadline: Talk) -> None:
    deadline.say("工资")
    deadline.today = TODAY + timedelta(days=1)
    deadline.say("申请劳动仲裁")
    assert (deadline.texts, deadline.step) == ([say("guide_resumed", title="期限计算")], "claim")
    assert deadline.say("欠我工资").texts == []


# Corrections


def test_an_earlier_answer_is_put_right(deadline: Talk) -> None:
    deadline.say("工资", "申请劳动仲裁", "不对，是交通事故")
    assert (deadline.outcome, deadline.texts) == ("guided.corrected", [say("guide_corrected_to", answer="交通事故")])
    assert (deadline.answers, deadline.step) == ({"matter": "traffic"}, "kind_traffic")


def test_the_day_is_put_right_after_the_end(deadline: Talk) -> None:
    deadline.say(*TO_THE_END)
    assert is_for_guides("不对，是2026年10月5日", None, deadline.state)
    deadline.say("不对，是2026年10月5日")
    assert (deadline.outcome, deadline.texts) == (
        "guided.concluded",
        [say("guide_corrected_to", answer="2026年10月5日")],
    )
    assert [last.day for last in deadline.result.days] == [date(2027, 10, 5)]


def test_that_it_is_wrong_after_the_end_goes_back(deadline: Talk) -> None:
    deadline.say(*TO_THE_END)
    assert is_for_guides("不对", None, deadline.state)
    assert deadline.say("不对").step == "interrupted"


@pytest.mark.parametrize(
    "text",
    ["其实我想问离婚怎么办", "不好意思，请问公司拖欠工资怎么办", "公司拖欠工资怎么办", "谢谢", "没有遗嘱遗产怎么分"],
)
def test_a_question_after_the_end_is_not_for_the_guide(deadline: Talk, text: str) -> None:
    deadline.say(*TO_THE_END)
    assert not is_for_guides(text, None, deadline.state)


def test_of_a_long_correction_the_first_clause_that_answers_counts(small_release: Release) -> None:
    talk = Talk(small_release, "appointment").press_label("让人打电话给我").say("公司欠我工资", "浦东", "明天上午")
    talk.say("等等，改成礼拜五吧，明天要带小孩")
    assert (talk.outcome, talk.answers["day"], talk.step) == ("guided.corrected", "2026-11-27", "note")


@pytest.mark.parametrize("text", ["不对", "不对，我说的是那边那个", "你理解错了"])
def test_that_something_is_wrong_and_not_what_asks_the_last_again(deadline: Talk, text: str) -> None:
    deadline.say("工资", "申请劳动仲裁", text)
    assert (deadline.outcome, deadline.step) == ("guided.asked", "kind_labour")
    assert deadline.texts == [say("guide_wrong_unclear")]


def test_what_is_about_nothing_of_ours_has_no_subject(deadline: Talk) -> None:
    assert deadline.say("烦死了").outcome == "guided.not_understood"


def test_that_something_is_wrong_before_anything_was_said(deadline: Talk) -> None:
    assert (deadline.say("不对").step, deadline.answers) == ("matter", {})


def test_what_was_told_in_own_words_last_is_told_anew(small_release: Release) -> None:
    talk = Talk(small_release, "appointment").press_label("让人打电话给我").say("公司欠我工资", "不对，是房东不退押金")
    assert (talk.outcome, talk.answers["about"], talk.step) == ("guided.corrected", "是房东不退押金", "district")


def test_not_to_know_this_is_no_correction_of_what_came_before(deadline: Talk) -> None:
    deadline.say("工资", "申请劳动仲裁", "其实这个我真的不记得了")
    assert deadline.answers == {"matter": "labour", "kind_labour": "labour_arbitration", "claim": "unknown"}


def test_a_denial_at_a_step_answers_it(deadline: Talk) -> None:
    deadline.say("工资", "申请劳动仲裁", "不是欠工资")
    assert deadline.answers["claim"] == "other"


def test_an_earlier_button_puts_right(deadline: Talk) -> None:
    deadline.say(*TO_THE_END).press("step:deadline.employed=yes")
    assert deadline.answers["employed"] == "yes" and "start_left" not in deadline.answers
    assert deadline.outcome == "guided.concluded"


# Several


def test_several_by_buttons(urgent: Talk) -> None:
    urgent.press_label("有人有危险")
    assert (urgent.outcome, urgent.texts, urgent.step) == ("guided.asked", [say("guide_choose_more")], "urgency")
    assert urgent.labels == ["对方在转移财产", "期限快到了", "没有别的了", "为什么问这个", "上一步", "先停下"]
    urgent.press_label("对方在转移财产", "没有别的了")
    assert urgent.answers["urgency"] == "danger,property"


def test_all_of_several_lead_on(urgent: Talk) -> None:
    urgent.press_label("期限快到了", "对方在转移财产", "有人有危险")
    assert urgent.answers["urgency"] == "danger,property,deadline"


def test_several_in_one_message(urgent: Talk) -> None:
    assert urgent.say("他要卖房子，还威胁我").answers["urgency"] == "danger,property"


@pytest.mark.parametrize("text", ["没有了", "没有", "就这些", "都没有"])
def test_nothing_more_keeps_what_was_chosen(urgent: Talk, text: str) -> None:
    assert urgent.press_label("有人有危险").say(text).answers["urgency"] == "danger"


def test_words_after_a_button_add_to_it(urgent: Talk) -> None:
    assert urgent.press_label("有人有危险").say("还在卖房子").answers["urgency"] == "danger,property"


@pytest.mark.parametrize("text", ["没有", "不急"])
def test_none_of_several(urgent: Talk, text: str) -> None:
    assert urgent.say(text).answers["urgency"] == "none"


def test_none_of_several_by_button(urgent: Talk) -> None:
    assert urgent.press_label("都不急").answers["urgency"] == "none"


def test_back_within_several_forgets_what_was_chosen(urgent: Talk) -> None:
    urgent.press_label("有人有危险").say("上一步")
    assert urgent.state is not None and (urgent.step, urgent.state.partial) == ("urgency", "")


def test_the_same_button_twice_is_once(urgent: Talk) -> None:
    urgent.press("step:dispute_path.urgency=danger", "step:dispute_path.urgency=danger")
    assert urgent.state is not None and urgent.state.partial == "danger"


def test_a_late_button_of_several_adds_to_the_answer(urgent: Talk) -> None:
    urgent.press_label("有人有危险", "没有别的了").press("step:dispute_path.urgency=property")
    assert urgent.answers["urgency"] == "danger,property"


def test_what_is_chosen_so_far_outlives_a_question_in_between(urgent: Talk) -> None:
    urgent.press_label("有人有危险").say("没有遗嘱遗产怎么分")
    assert "没有别的了" in urgent.labels
    assert urgent.press_label("没有别的了").answers["urgency"] == "danger"


# Questions in between


@pytest.mark.parametrize("times", [1, 3, 5])
def test_questions_of_the_catalogue_in_between(deadline: Talk, times: int) -> None:
    deadline.say("工资")
    before = deadline.answers
    for text in ("没有遗嘱遗产怎么分", "自己写的遗嘱有效吗", "学历公证", "遗嘱怎么写", "没有遗嘱遗产怎么分")[:times]:
        deadline.say(text)
        assert deadline.outcome == "guided.interrupted"
        assert [block.type for block in deadline.reply.blocks] == ["answer", "text", "choices"]
        assert (deadline.texts, deadline.question.prompt) == ([say("guide_continued", title="期限计算")], LABOUR.ask)
    assert (deadline.answers, deadline.step) == (before, "kind_labour")
    assert deadline.say("申请劳动仲裁").step == "claim"


def test_a_question_in_between_counts_for_its_entry(deadline: Talk) -> None:
    deadline.say("没有遗嘱遗产怎么分")
    assert (deadline.reply.entry_id, deadline.reply.topic) == (NO_WILL, "继承")
    assert deadline.reply.confidence is not None


def test_a_question_with_words_of_a_choice_is_still_a_question(deadline: Talk) -> None:
    deadline.say("被公司辞退有没有补偿")
    assert (deadline.outcome, deadline.step) == ("guided.interrupted", "matter")


def test_the_button_of_an_entry_in_between(deadline: Talk) -> None:
    deadline.say("工资").press(f"entry:{WAGES}")
    assert (deadline.outcome, deadline.step) == ("guided.interrupted", "kind_labour")
    assert isinstance(deadline.reply.blocks[0], AnswerBlock)


# Not understood


def test_failures_in_a_row(deadline: Talk) -> None:
    found = [(deadline.say("呱呱呱").texts, deadline.question.prompt) for _ in range(4)]
    assert found == [
        ([say("guide_not_understood")], MATTER.ask),
        ([say("guide_not_understood_again")], MATTER.again),
        ([say("guide_person")], MATTER.again),
        ([say("guide_person")], MATTER.again),
    ]
    assert deadline.say("工资", "呱呱呱").texts == [say("guide_not_understood")]


def test_a_day_that_is_not_understood(deadline: Talk) -> None:
    deadline.say(*TO_THE_END[:4], "夏天的时候")
    assert (deadline.outcome, deadline.texts) == ("guided.not_understood", [say("guide_need_date")])


def test_a_sum_that_is_not_understood(urgent: Talk) -> None:
    urgent.say("从头来", "朋友借钱不还", "都不急", "谈过", "找得到")
    assert urgent.step == "sum"
    assert urgent.say("蛮多的").texts == [say("guide_need_amount")]
    assert urgent.say("二十多万").answers["sum"] == "200000"


# Buttons that are old or of another guide


@pytest.mark.parametrize(
    "target",
    [
        "step:notary.use=study",
        "step:deadline.matter=weather",
        "step:deadline.no_such_step=a",
        "step:deadline.kind_court=retrial",
        "step:deadline.start_left=2026-11-03",
        "step:deadline.matter",
        "step:gone.matter=labour",
        "step:",
    ],
)
def test_an_old_or_foreign_button(deadline: Talk, target: str) -> None:
    deadline.say("工资").press(target)
    assert (deadline.outcome, deadline.texts) == ("guided.stale", [say("stale_choice")])
    assert (deadline.answers, deadline.question.prompt) == ({"matter": "labour"}, LABOUR.ask)


@pytest.mark.parametrize("target", ["entry:gone.gone", "say:made_up", "move:made_up", "topic:天气", "x"])
def test_a_button_that_leads_nowhere(deadline: Talk, target: str) -> None:
    deadline.say("工资").press(target)
    assert (deadline.texts[0], deadline.step) == (say("stale_choice"), "kind_labour")


@pytest.mark.parametrize("target", [None, "move:back", "step:deadline.matter=labour"])
@pytest.mark.parametrize("state", [None, GuideState(guide="gone", day=TODAY, answers={"a": "b"})])
def test_without_a_guide_there_is_nothing_to_go_on_with(
    small_release: Release, state: GuideState | None, target: str | None
) -> None:
    reply = advance(state, "工资", target, small_release, Context(today=TODAY))
    assert (reply.outcome, reply.guide) == ("refused.guide_gone", None)


# Whose a message is


@pytest.mark.parametrize(
    ("status", "text", "target", "guides"),
    [
        (Status.ASKING, "什么都行", None, True),
        (Status.ASKING, "", f"entry:{WAGES}", True),
        (Status.PAUSED, "公司拖欠工资怎么办", None, False),
        (Status.PAUSED, "上一步", None, True),
        (Status.PAUSED, "期限计算", None, True),
        (Status.PAUSED, "", "step:deadline.matter=labour", True),
        (Status.PAUSED, "", "say:none_of_these", False),
        (Status.CONCLUDED, "上一步", None, True),
        (Status.CONCLUDED, "继续", None, True),
        (Status.CONCLUDED, "为什么", None, False),
        (Status.CONCLUDED, "好的", None, False),
        (Status.CONCLUDED, "不对，是打官司", None, True),
        (Status.CONCLUDED, "不对，是外星人", None, False),
        (Status.CONCLUDED, "", "topic:继承", False),
        (None, "继续", None, False),
        (None, "", "move:resume", True),
        (None, "", f"entry:{WAGES}", False),
    ],
)  # fmt: skip
def test_whose_a_message_is(status: Status | None, text: str, target: str | None, guides: bool) -> None:
    state = GuideState(guide="deadline", answers={"matter": "labour"}, status=status, day=TODAY) if status else None
    assert is_for_guides(text, target, state) is guides


# What was understood is said back


@pytest.mark.parametrize(
    ("text", "noted"),
    [("老板拖着工钱不肯给我", ["上班、工资、工伤"]), ("上班、工资、工伤", []), ("工资", []), ("不知道", []), ("1", [])],
)
def test_a_reading_of_many_words_is_said_back(deadline: Talk, text: str, noted: list[str]) -> None:
    assert deadline.say(text).texts == [say("guide_noted", answer=answer) for answer in noted]


def test_a_day_is_said_back_with_its_year(deadline: Talk) -> None:
    deadline.say("工资", "申请劳动仲裁", "欠我工资", "已经离开", "11月3号")
    assert deadline.texts == [say("guide_noted", answer="2026年11月3日")]


@pytest.mark.parametrize(
    ("text", "answers", "step"),
    [
        ("下周三上午", {"day": "2026-12-02", "hour": "morning"}, "note"),
        ("12月3号周四 下午", {"day": "2026-12-03", "hour": "afternoon"}, "note"),
        ("12月3号", {"day": "2026-12-03"}, "hour"),
        ("上午", {"hour": "morning"}, "day"),
        ("随便哪天", {"day": "unknown"}, "hour"),
    ],
)
def test_a_message_may_answer_the_next_step_too(
    small_release: Release, text: str, answers: dict[str, str], step: str
) -> None:
    talk = Talk(small_release, "appointment").press_label("让人打电话给我").say("公司欠我工资", "浦东", text)
    given = {name: value for name, value in talk.answers.items() if name in ("day", "hour")}
    assert (given, talk.step) == (answers, step)


def test_a_clear_answer_beside_a_question_is_taken_and_the_question_answered(deadline: Talk) -> None:
    deadline.say("工资", "申请劳动仲裁", "没有拖欠，公司拖欠工资怎么办？")
    assert (deadline.outcome, deadline.answers["claim"]) == ("guided.asked", "other")
    assert [block.entry_id for block in deadline.reply.blocks if isinstance(block, AnswerBlock)] == [WAGES]


def test_a_short_question_is_no_part_of_a_story(small_release: Release) -> None:
    state = GuideState(guide="reconsideration", day=TODAY, answers={"act": "penalty", "penalty": "on_spot"})
    while (step := state.step()) is not None and step.id != "story":
        state = with_answer(state, step, "none" if step.id == "before" else "unknown", TODAY)
    assert step is not None
    asked = advance(state, "公司拖欠工资怎么办", None, small_release, Context(today=TODAY))
    told = advance(state, "他们说我占道，罚了五百块", None, small_release, Context(today=TODAY))
    assert (asked.outcome, told.outcome) == ("guided.interrupted", "guided.concluded")


# Notarial matters


@pytest.fixture
def notary(small_release: Release) -> Talk:
    """The guide to notarial matters at the step that asks which."""
    return Talk(small_release, "notary").say("出国读书")


def test_the_usual_matters_are_buttons(notary: Talk) -> None:
    assert (notary.step, notary.labels[:2]) == ("matter", ["学历公证", "还不知道"])
    assert notary.press_label("学历公证").answers["matter"] == CERTIFICATE


@pytest.mark.parametrize("text", ["学历公证", "学历", "毕业证公证", "学历公证要多少钱"])
def test_a_matter_that_is_named(notary: Talk, text: str) -> None:
    assert notary.say(text).answers["matter"] == CERTIFICATE


def test_a_matter_that_is_not_certain_is_offered(notary: Talk) -> None:
    notary.say("出生公证")
    assert (notary.outcome, notary.question.prompt, notary.labels[0]) == (
        "guided.asked",
        say("guide_matter_unclear"),
        "学历公证",
    )


@pytest.mark.parametrize("text", ["不知道", "这个我真的不知道"])
def test_a_matter_that_is_not_known(notary: Talk, text: str) -> None:
    assert notary.say(text).answers["matter"] == "unknown"


def test_a_question_at_the_step_of_the_matter_is_answered(notary: Talk) -> None:
    notary.say("公司拖欠工资怎么办")
    assert (notary.outcome, notary.reply.entry_id, notary.step) == ("guided.interrupted", WAGES, "matter")


@pytest.mark.parametrize(("text", "outcome"), [("谢谢", "guided.asked"), ("呱呱呱", "guided.not_understood")])
def test_what_names_no_matter(notary: Talk, text: str, outcome: str) -> None:
    notary.say(text)
    assert (notary.outcome, notary.step, notary.labels[0]) == (outcome, "matter", "学历公证")


@pytest.mark.parametrize("value", [WAGES, "notary.gone", "请汇款", ""])
def test_what_is_no_matter_cannot_be_chosen(notary: Talk, value: str) -> None:
    notary.press(f"step:notary.matter={value}")
    assert (notary.outcome, notary.step) == ("guided.stale", "matter")


def test_the_chosen_matter_is_called_by_its_title_at_the_end(notary: Talk) -> None:
    notary.say("学历公证", "英国", "本人去")
    assert ("要办的是哪一种公证？可以选下面的，也可以直接写。", "学历公证") in notary.result.said
    assert notary.result.guide == "notary"


def test_the_result_stands_before_what_can_be_done_then(deadline: Talk) -> None:
    blocks = deadline.say(*TO_THE_END).reply.blocks
    assert [type(block) for block in blocks] == [ResultBlock, ChoicesBlock]
