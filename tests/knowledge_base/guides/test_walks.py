"""Any way through any guide: it never fails, says only what was reviewed, and comes to an end."""

import string
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pipeline.guard import check_reply
from knowledge_base.blocks import ChoicesBlock, Reply, ResultBlock
from knowledge_base.decision import Context
from knowledge_base.guides.contact import GIVEN
from knowledge_base.guides.engine import advance, is_for_guides
from knowledge_base.guides.model import Step, load_guides
from knowledge_base.guides.moves import load_moves
from knowledge_base.guides.state import GuideState, Status, read_state
from knowledge_base.release import Release
from knowledge_base.replies import label_of
from tests.knowledge_base.guides.talk import Talk
from tests.small_catalogue import CERTIFICATE, WAGES

GUIDES = load_guides()
MOST_TURNS = 60
STEPS = [(guide.id, step) for guide in GUIDES.values() for step in guide.steps]
WORDS = [words for step in STEPS for choice in step[1].choices for words in choice.say]
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(WORDS),
    st.sampled_from([words for found in load_moves().values() for words in found]),
    st.sampled_from(
        [
            "公司拖欠工资怎么办",
            "没有遗嘱遗产怎么分",
            "昨天",
            "2026年3月5日",
            "二十多万",
            "1",
            "学历公证",
            "办公证",
            "",
            "？",
        ]
    ),
    st.lists(st.sampled_from([*WORDS, "不对，", "没有", "不是", "吗", "不知道", "其实"]), max_size=4).map("".join),
)
VALUES = [choice.value for _, step in STEPS for choice in step.choices] + [
    "unknown",
    "",
    "请汇款",
    GIVEN,
    CERTIFICATE,
    "2026-11-03",
]
TARGETS = st.one_of(
    st.none(),
    st.builds(lambda of, value: f"step:{of[0]}.{of[1].id}={value}", st.sampled_from(STEPS), st.sampled_from(VALUES)),
    st.sampled_from(["why", "back", "stop", "restart", "resume", "person", "none", "unknown", "courtesy", "gone"]).map(
        "move:{}".format
    ),
    st.sampled_from([*GUIDES, "gone", ""]).map("guide:{}".format),
    st.sampled_from([f"entry:{WAGES}", "entry:gone", "topic:继承", "say:none_of_these", "", ":", "step:", "x" * 300]),
    st.text(string.printable, max_size=20),
)
ANSWERS = st.dictionaries(
    st.sampled_from([step.id for _, step in STEPS] + ["gone"]),
    st.one_of(
        st.sampled_from([*VALUES, "danger,property", "0001-01-01", "9999-12-31", "-1", "很多"]), st.text(max_size=8)
    ),
    max_size=8,
)
STATES = st.one_of(
    st.none(),
    st.builds(
        GuideState,
        guide=st.sampled_from([*GUIDES, "gone"]),
        answers=ANSWERS,
        partial=st.sampled_from(["", "danger", "danger,property,deadline,none", "请汇款", ","]),
        failures=st.integers(-1, 9),
        status=st.sampled_from(Status),
        day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    ),
)


def assert_sound(reply: Reply, release: Release) -> None:
    """What the guard lets pass, with a label for every button, as a citizen can press it."""
    assert check_reply(reply, [release]) is reply
    for block in reply.blocks:
        for choice in block.choices if isinstance(block, ChoicesBlock) else ():
            assert choice.label == label_of(choice.id, release), choice


@settings(max_examples=400, deadline=None)
@given(state=STATES, text=TEXTS, target=TARGETS)
def test_whatever_is_said_in_whatever_state_gets_a_reviewed_reply(
    small_release: Release, state: GuideState | None, text: str, target: str | None
) -> None:
    is_for_guides(text, target, state)
    context = Context(today=date.today())
    reply = advance(state, text, target, small_release, context)
    assert_sound(reply, small_release)
    assert reply == advance(state, text, target, small_release, context)
    assert reply.guide is None or read_state(reply.guide.model_dump(mode="json")) == reply.guide


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["deadline", "notary", "gone", "asking", "2026-11-24", "danger", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GuideState.model_fields, "step", "matter", "use"]), inner, max_size=5),
    max_leaves=9,
)  # fmt: skip
STORED = JSON | st.fixed_dictionaries(
    {"guide": st.sampled_from([*GUIDES, "gone"]), "day": st.just("2026-11-20"), "answers": JSON}
)


@settings(max_examples=200, deadline=None)
@given(stored=STORED, text=TEXTS)
def test_whatever_was_stored_gets_a_reply(small_release: Release, stored: object, text: str) -> None:
    state = read_state(stored)
    reply = advance(state, text, None, small_release, Context(today=date.today()))
    assert_sound(reply, small_release)


@pytest.mark.parametrize("guide", GUIDES)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_way_comes_to_an_end(small_release: Release, guide: str, seed: int) -> None:
    """Answers by button, by the words for a choice, and by days and sums, with a word beside the matter now and then."""
    random = Random(seed)
    talk = Talk(small_release, guide, date.today())
    for _ in range(MOST_TURNS):
        if talk.outcome == "guided.concluded":
            break
        _answer(talk, random)
        assert_sound(talk.reply, small_release)
    assert [type(block) for block in talk.reply.blocks[-2:]] == [ResultBlock, ChoicesBlock]


def _answer(talk: Talk, random: Random) -> None:
    step = talk.state.step() if talk.state else None
    assert step is not None
    buttons = [choice.id for choice in talk.question.choices if not choice.id.startswith("move:")]
    if step.kind in ("phone", "name"):  # read by the API, which says no more than that it is given
        talk.press(f"step:{talk.question.guide}.{step.id}={GIVEN}")
    elif random.random() < 0.15:
        talk.say(random.choice(["为什么", "谢谢", "公司拖欠工资怎么办", "呱呱呱", "什么意思"]))
    elif step.kind in ("date", "amount") and random.random() < 0.8:
        talk.say(
            random.choice(
                ["2026年11月3日", "上个月15号", "2024年2月29日", "明天"]
                if step.kind == "date"
                else ["三万五", "800", "0"]
            )
        )
    elif step.choices and random.random() < 0.5:
        choice = random.choice(step.choices)
        talk.say(random.choice([choice.label, *choice.say]))
    else:
        talk.press(random.choice(buttons or ["move:none"]))


@pytest.mark.parametrize("guide", GUIDES)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_button_is_taken(small_release: Release, guide: str, seed: int) -> None:
    """On any way, with moves: no button of the last reply is stale or leads out of the guides into nothing."""
    random = Random(seed)
    talk = Talk(small_release, guide, date.today())
    for _ in range(15):
        target = random.choice(talk.buttons).id
        if not is_for_guides("", target, talk.state):
            assert label_of(target, small_release)
            break
        talk.press(target)
        assert talk.outcome.partition(".")[2] not in {"stale", "guide_gone", "stale_choice"}, target
        assert talk.buttons
        assert_sound(talk.reply, small_release)


@pytest.mark.parametrize(("guide", "step"), [row for row in STEPS if row[1].choices])
def test_every_choice_of_every_step_has_a_button(guide: str, step: Step, small_release: Release) -> None:
    labels = [label_of(f"step:{guide}.{step.id}={choice.value}", small_release) for choice in step.choices]
    assert labels == [choice.label for choice in step.choices]
