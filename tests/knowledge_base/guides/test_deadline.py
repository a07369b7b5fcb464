from datetime import date

import pytest

from knowledge_base.guides.model import Guide, load_guides
from knowledge_base.guides.reading import read
from knowledge_base.rules.conclusion import UNKNOWN, Answers
from knowledge_base.rules.deadline_kinds import load_deadlines
from knowledge_base.rules.deadlines import conclude, kinds

GUIDE = load_guides()["deadline"]
TODAY = date(2026, 11, 24)


def _walk(guide: Guide) -> tuple[set[str], list[Answers]]:
    """Every step that can be asked, and every way to the end; dates are either said or not."""
    asked: set[str] = set()
    ends: list[Answers] = []
    open_: list[Answers] = [{}]
    while open_:
        answers = open_.pop()
        step = guide.next_step(answers)
        if step is None:
            ends.append(answers)
            continue
        asked.add(step.id)
        values = [choice.value for choice in step.choices] or ["2026-11-20"]
        open_ += [{**answers, step.id: value} for value in [*values, UNKNOWN]]
    return asked, ends


def test_every_step_is_asked_and_every_kind_can_be_chosen() -> None:
    asked, ends = _walk(GUIDE)
    assert asked == {step.id for step in GUIDE.steps}
    chosen = {value for answers in ends for name, value in answers.items() if name.startswith("kind_")}
    assert chosen - {UNKNOWN} == set(kinds())
    assert all(step.unknown for step in GUIDE.steps)


def test_who_names_a_kind_is_asked_for_its_day_once_and_gets_it() -> None:
    _, ends = _walk(GUIDE)
    for answers in ends:
        starts = [name for name in answers if name.startswith("start_")]
        verdict = conclude(answers, TODAY).verdict
        if verdict in {"no_kind", "not_running", "no_deadline"}:
            assert starts == []
        elif answers.get("kind_family") != "safety_order":
            assert len(starts) == 1
            assert (verdict == "no_start") == (answers[starts[0]] == UNKNOWN)


def test_matters_list_the_kinds_their_step_offers() -> None:
    rules = load_deadlines()
    steps = {step.id: step for step in GUIDE.steps}
    assert set(rules.matters) == {*(choice.value for choice in steps["matter"].choices), UNKNOWN}
    for matter, names in rules.matters.items():
        if matter != UNKNOWN:
            offered = {choice.value for choice in steps[f"kind_{matter}"].choices}
            assert offered - set(names) <= {"safety_order", "limitation"}
            assert set(names) <= offered
        assert all(rules.kinds[name].length for name in names)


def _meant(step_id: str, typed: str) -> str | None:
    """The choice that a dialogue reads in what was typed."""
    step = next(step for step in GUIDE.steps if step.id == step_id)
    reading = read(step, typed, TODAY)
    return reading.value if reading else None


@pytest.mark.parametrize(
    ("step_id", "value"), [("informed", "yes"), ("has_order", "yes"), ("interrupted", "yes"), ("employed", "left")]
)
def test_a_denial_is_never_taken_for_what_it_denies(step_id: str, value: str) -> None:
    step = next(step for step in GUIDE.steps if step.id == step_id)
    phrases = [phrase for choice in step.choices if choice.value == value for phrase in choice.say]
    deniable = [
        phrase
        for phrase in phrases
        if "了" not in phrase and not phrase.startswith(("有", "已经", "合同", "不", "没", "我"))
    ]
    said = [no + phrase for phrase in deniable for no in ("没", "没有", "还没", "还没有", "从来没")]
    assert [denial for denial in said if _meant(step_id, denial) == value] == []


@pytest.mark.parametrize(
    ("step_id", "typed", "value"),
    [
        ("matter", "老板拖着工资不发", "labour"),
        ("matter", "法院寄来一张传票", "court"),
        ("matter", "我儿子被判刑了", "criminal"),
        ("matter", "罚单不服", "government"),
        ("matter", "被车撞了", "traffic"),
        ("matter", "在冷静期", "family"),
        ("matter", "朋友借钱不还", "deal"),
        ("kind_labour", "我不服劳动仲裁", "labour_award_sue"),
        ("kind_labour", "单位报工伤要几天", "work_injury_employer"),
        ("kind_court", "我是被告", "civil_defence"),
        ("kind_court", "判了不给", "enforcement"),
        ("kind_court", "还没立案", "limitation"),
        ("kind_government", "不服复议决定", "administrative_suit_after_reconsideration"),
        ("employed", "我还没离职", "yes"),
        ("employed", "上个月被开除了", "left"),
        ("interrupted", "从来没有讨过", "no"),
        ("interrupted", "没跟他要过", "no"),
        ("interrupted", "没给他打过电话", "no"),
        ("interrupted", "没去找过他", "no"),
        ("interrupted", "催过好几次，他一直没给", "yes"),
        ("interrupted", "他答应过但是没有还", "yes"),
        ("interrupted", "问他要过，没用", "yes"),
        ("claim", "不是的，是被辞退", "other"),
        ("claim", "不欠工资，就是要赔偿", "other"),
        ("claim", "加班费没给", "wages"),
        ("employed", "没有被开除", "yes"),
        ("employed", "合同还没到期", "yes"),
        ("employed", "已经没去上班了", "left"),
        ("has_order", "申请过，没批下来", "no"),
        ("has_order", "还没拿到", "no"),
        ("informed", "口头说的，没写", "no"),
        ("matter", "法院判我赔钱", "court"),
        ("matter", "离婚判决我不服", "court"),
        ("matter", "刑事上诉", "criminal"),
        ("matter", "我是被害人", "criminal"),
        ("matter", "行政上诉", "government"),
        ("matter", "工伤赔偿", "labour"),
        ("matter", "被老公打了", "family"),
        ("matter", "被人打伤了", "deal"),
        ("kind_labour", "收到劳动仲裁裁决书", "labour_award_sue"),
        ("kind_labour", "还没拿到裁决书", "labour_arbitration"),
        ("kind_labour", "单位没报", "work_injury_worker"),
        ("kind_court", "我是被告，一审输了", "civil_appeal_judgment"),
        ("kind_court", "不是判决书，是裁定书", "civil_appeal_ruling"),
        ("kind_court", "不是裁定书，是判决书", "civil_appeal_judgment"),
        ("kind_court", "判决生效了不给钱", "enforcement"),
        ("kind_court", "他不给钱，还没起诉", "limitation"),
        ("kind_criminal", "不是裁定，是判决", "criminal_appeal_judgment"),
        ("kind_criminal", "不是判决书，是裁定书", "criminal_appeal_ruling"),
        ("kind_criminal", "我是受害人，收到刑事判决书", "victim_protest"),
        ("kind_criminal", "判得太轻", "victim_protest"),
        ("kind_government", "没有复议过", "reconsideration"),
        ("kind_government", "复议完去法院", "administrative_suit_after_reconsideration"),
        ("kind_government", "直接去法院", "administrative_suit"),
        ("kind_family", "家暴要离婚", "safety_order"),
        ("kind_deal", "保险公司拒赔", "limitation_two_years"),
    ],
)
def test_what_people_type(step_id: str, typed: str, value: str) -> None:
    assert _meant(step_id, typed) == value


def test_every_phrase_means_its_own_choice_and_no_other() -> None:
    for step in GUIDE.steps:
        phrases = [phrase for choice in step.choices for phrase in choice.say]
        meant = {phrase: choice.value for choice in step.choices for phrase in choice.say}
        assert [phrase for phrase, value in meant.items() if _meant(step.id, phrase) != value] == [], step.id
        assert len(set(phrases)) == len(phrases), step.id
        assert all(len(phrase) > 1 for phrase in phrases)
        assert len(step.choices) <= 9
