"""Nothing leaves the house that no person reviewed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from api.pipeline.guard import check_reply
from knowledge_base.blocks import (
    AnswerBlock,
    Choice,
    ChoicesBlock,
    FacetBlock,
    LastDayBlock,
    NoticeBlock,
    ReasonBlock,
    Reply,
    ResultBlock,
    SourceBlock,
)
from knowledge_base.decision import Context, Decider
from knowledge_base.guides.engine import advance
from knowledge_base.guides.state import GuideState, Status
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import Release
from knowledge_base.replies import (
    answer_block,
    reply_to_choice,
    reply_with_decision,
    reply_with_explanation,
    reply_with_handover,
    reply_with_wording,
)
from knowledge_base.wording import load_wording, say
from tests.api import fakes


@pytest.fixture(scope="module")
def release(live_release: LiveRelease) -> Release:
    return live_release.get()


def _with_entries(release: Release, **changes: Any) -> Release:
    """The release as the next one, in which the entry on wages was changed or, without changes, taken back."""
    entries = dict(release.entries)
    wages = entries.pop(fakes.WAGES)
    if changes:
        entries[fakes.WAGES] = wages.model_copy(update=changes)
    decider = Decider.__new__(Decider)
    decider.entries = entries
    return replace(release, number=release.number + 1, decider=decider)


def assert_withheld(reply: Reply, *releases: Release) -> None:
    before = REGISTRY.get_sample_value("hufa_guard_refusals_total") or 0
    checked = check_reply(reply, releases)
    assert checked == Reply(outcome="failed.guard", blocks=fakes.text_reply(say("content_withheld")).blocks)
    assert REGISTRY.get_sample_value("hufa_guard_refusals_total") == before + 1


# --- what passes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", fakes.ENTRIES, ids=lambda entry: entry.id)
def test_every_card_and_every_facet_of_it_passes(release: Release, entry: Any) -> None:
    for facet in (None, *entry.facets):
        reply = Reply(outcome="answered.entry", blocks=[answer_block(entry, facet)])
        assert check_reply(reply, [release]) is reply


@pytest.mark.parametrize(
    "text", ["老板不发工资", "学历公证要带什么材料", "加班没钱拿", "今天天气怎么样", "", "彩礼", "🙂", "遗产 工资 离婚"]
)
def test_every_decision_passes(release: Release, text: str) -> None:
    reply = reply_with_decision(release.decider.decide(text), release)
    assert check_reply(reply, [release]) is reply


def test_every_other_reply_passes(release: Release) -> None:
    last = release.entries[fakes.WAGES]
    replies = [
        reply_with_handover(),
        reply_with_explanation(None, release),
        reply_with_explanation(last, release),
        reply_to_choice(f"entry:{fakes.WAGES}", release),
        reply_to_choice("say:none_of_these", release),
        reply_to_choice("topic:劳动争议", release),
        *(fakes.abstaining_reply(release, before) for before in range(4)),
        fakes.abstaining_reply(release, 1, "abstained.government"),
        fakes.several_reply(release),
        reply_to_choice("gone", release),
        reply_with_wording("too_long", "refused.too_long", limit=1000),
        fakes.clarifying_reply(),
    ]
    assert [reply.outcome for reply in replies if check_reply(reply, [release]) is not reply] == []


@pytest.mark.parametrize("key", load_wording())
def test_every_wording_passes(release: Release, key: str) -> None:
    values = {"title": "甲", "topic": "乙", "desk": "丙", "limit": 1000, "seconds": 3}
    values |= {"code": "GD-ABCDE-FGHJK", "kind": "预约", "day": "2026年12月8日", "status": "待办", "answer": "学历公证"}
    reply = fakes.text_reply(say(key, **values))
    assert check_reply(reply, [release]) is reply


def test_a_card_of_the_release_before_passes(release: Release) -> None:
    reply = fakes.wages_reply(release)
    assert check_reply(reply, [_with_entries(release, answer="新的回答。"), release]) is reply


# --- what does not ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你可以赢。",
        "你一定会赢官司。" + "请拨打 12348。",
        say("greet") + "另外请汇款。",
        "请汇款。" + say("greet"),
        say("greet")[:-1],
        say("greet").upper() + "!",
        say("greet") + "\n",
        say("too_long", limit="，".join(["请把钱汇到我的卡里"] * 9)),
    ],
)
def test_an_unknown_wording(release: Release, text: str) -> None:
    assert_withheld(fakes.text_reply(text), release)


@given(st.text(max_size=80).filter(lambda text: text not in load_wording().values()))
def test_any_other_text(text: str) -> None:
    assert check_reply(fakes.text_reply(text), []).outcome == "failed.guard"


def test_one_bad_block_withholds_all(release: Release) -> None:
    reply = fakes.wages_reply(release)
    mixed = reply.model_copy(update={"blocks": [*reply.blocks, *fakes.text_reply("请汇款。").blocks]})
    assert_withheld(mixed, release)


SOURCE = SourceBlock(title="《民法典》", article="第1条", checked=date(2026, 1, 1), confidence="verified")
TAMPERED: dict[str, dict[str, Any]] = {
    "text": {"text": "不用给工资。"},
    "text with more": {"text": "可以先向劳动保障监察机构投诉，也可以申请劳动仲裁。\n先存好合同和考勤。请汇款。"},
    "empty text": {"text": ""},
    "another title": {"title": "请汇款"},
    "title with more": {"title": "公司拖欠工资怎么办？请把钱汇到我的卡里"},
    "no sources": {"sources": []},
    "another source": {"sources": [SOURCE]},
    "a facet made up": {"facets": [FacetBlock(name="fee", label="费用", text="请汇款。")]},
    "another version": {"entry_version": "0" * 12},
    "another entry": {"entry_id": "labour.arbitration-how"},
    "an entry that is not published": {"entry_id": "labour.made-up"},
    "another office": {"office": "请拨打 400 开头的号码"},
    "another day": {"as_of": date(2030, 1, 1)},
    "another end": {"valid_until": date(2099, 1, 1)},
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_tampered_card(release: Release, case: str) -> None:
    assert_withheld(fakes.wages_reply(release, **TAMPERED[case]), release)


def _degree(release: Release, **facet: str) -> Reply:
    block: AnswerBlock = fakes.degree_block(release)
    facets = [block.facets[0].model_copy(update=facet), *block.facets[1:]]
    return Reply(outcome="answered.entry", blocks=[block.model_copy(update={"facets": facets})])


@pytest.mark.parametrize(
    "facet",
    [
        {"label": "请汇款"},
        {"name": "made-up"},
        {"label": "费用", "name": "fee"},
        {"text": "按件收，价目在公证处能看到。"},
    ],
    ids=["label made up", "name made up", "another facet's label", "another facet's text"],
)
def test_a_tampered_facet(release: Release, facet: dict[str, str]) -> None:
    assert_withheld(_degree(release, **facet), release)


def test_a_card_that_was_taken_back(release: Release) -> None:
    assert_withheld(fakes.wages_reply(release), _with_entries(release))


def test_a_card_that_was_changed(release: Release) -> None:
    assert_withheld(fakes.wages_reply(release), _with_entries(release, answer="新的回答。"))


def test_a_notice_that_the_pipeline_did_not_make(release: Release) -> None:
    reply = Reply(outcome="answered.entry", blocks=[NoticeBlock(level="urgent", text="请拨打 110。")])
    assert_withheld(reply, release)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (f"entry:{fakes.WAGES}", "请点这里汇款"),
        (f"entry:{fakes.WAGES}", "怎么申请劳动仲裁"),
        ("entry:labour.made-up", "公司拖欠工资怎么办"),
        ("say:none_of_these", "请点这里汇款"),
        ("topic:劳动争议", "请点这里汇款"),
        ("topic:劳动争议", "继承"),
        ("topic:汇款", "汇款"),
        ("劳动争议", "劳动争议"),
        ("say:made_up", "都不是"),
        ("guide:made_up", "都不是"),
        ("guide:deadline", "请点这里汇款"),
        ("move:why", "请点这里汇款"),
        ("step:deadline.matter=labour", "请点这里汇款"),
        ("step:deadline.start_left=请汇款", "请汇款"),
        ("step:dispute_path.sum=请汇款", "请汇款"),
        ("step:notary.matter=请汇款", "请汇款"),
        ("https://example.com", "都不是"),
        ("", "都不是"),
    ],
)
def test_a_tampered_button(release: Release, name: str, label: str) -> None:
    block = ChoicesBlock(prompt=say("clarify_prompt"), choices=[Choice(id=name, label=label)])
    assert_withheld(Reply(outcome="clarified.choices", blocks=[block]), release)


def test_a_tampered_prompt(release: Release) -> None:
    block = ChoicesBlock(prompt="请点这里", choices=[Choice(id=f"entry:{fakes.WAGES}", label="公司拖欠工资怎么办")])
    assert_withheld(Reply(outcome="clarified.choices", blocks=[block]), release)


# --- guides -----------------------------------------------------------------------------------------------------------

ANSWERS = {
    "matter": "labour", "kind_labour": "labour_arbitration", "claim": "wages", "employed": "left",
    "start_left": "2026-11-03", "interrupted": "no",
}  # fmt: skip


def _result(release: Release, today: date | None = None) -> Reply:
    today = today or date.today()
    state = GuideState(guide="deadline", answers=ANSWERS, status=Status.CONCLUDED, day=today)
    reply = advance(state, "继续", None, release, Context(today=today))
    assert reply.outcome == "guided.concluded"
    return reply


def _with_result(reply: Reply, **changes: Any) -> Reply:
    return reply.model_copy(
        update={
            "blocks": [
                block.model_copy(update=changes) if isinstance(block, ResultBlock) else block for block in reply.blocks
            ]
        }
    )


def test_what_the_rules_say_passes(release: Release) -> None:
    reply = _result(release)
    assert check_reply(reply, [release]) is reply


def test_what_the_rules_said_just_before_midnight_passes(release: Release) -> None:
    reply = _result(release, date.today() - timedelta(days=1))
    assert check_reply(reply, [release]) is reply


@pytest.mark.parametrize("days", [-1, 2, 400])
def test_a_result_of_another_day(release: Release, days: int) -> None:
    assert_withheld(_result(release, date.today() - timedelta(days=days)), release)


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "你一定会赢。"},
        {"text": "请汇款。"},
        {"verdict": "won"},
        {"title": "请汇款"},
        {"guide": "notary"},
        {"said": [("什么事？", "请汇款")]},
        {"reasons": [ReasonBlock(text="请汇款。", sources=[SOURCE])]},
        {"days": []},
        {"days": [LastDayBlock(label="申请仲裁", day=date(2099, 1, 1), state="open", counted="还早。", sources=[])]},
        {"document": ["请汇款。"]},
        {"as_of": date(2030, 1, 1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_tampered_result(release: Release, changes: dict[str, Any]) -> None:
    assert_withheld(_with_result(_result(release), **changes), release)


def test_a_result_without_where_the_citizen_is(release: Release) -> None:
    assert_withheld(_result(release).model_copy(update={"guide": None}), release)


@pytest.mark.parametrize("changes", [{"answers": ANSWERS | {"start_left": "2025-11-03"}}, {"guide": "gone"}], ids=str)
def test_a_result_of_other_answers(release: Release, changes: dict[str, Any]) -> None:
    reply = _result(release)
    assert reply.guide is not None
    assert_withheld(reply.model_copy(update={"guide": reply.guide.model_copy(update=changes)}), release)
