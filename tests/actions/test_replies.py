"""The four actions as Rasa calls them: a tracker in, one message with a reply of blocks out, nothing changed."""

from datetime import date
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import AnswerAction, ChooseAction, ExplainAction, GuideFormAction, HandoverAction, all_actions
from knowledge_base.blocks import Reply
from knowledge_base.decision import Context
from knowledge_base.guides.state import GuideState, Status
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import Release
from tests.knowledge_base.test_real_catalogue import ROOT
from tests.small_catalogue import CERTIFICATE, DISMISSED, WAGES


def tracker(text: str | None = "", metadata: Any = None, **entities: str) -> Tracker:
    """The tracker of one message."""
    message: dict[str, Any] = {
        "text": text,
        "metadata": metadata,
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    return Tracker("citizen", {}, message, [], False, None, {}, "action_listen")


async def run(action: Action, at: Tracker) -> Reply:
    """The reply of an action; it must be the one message, and no event may come with it."""
    dispatcher = CollectingDispatcher()
    assert await action.run(dispatcher, at, {}) == []
    (message,) = dispatcher.messages
    return Reply.model_validate(message["custom"]["reply"])


def test_the_actions_are_those_of_the_domain(releases: LiveRelease) -> None:
    domain = yaml.safe_load((ROOT / "bot" / "domain.yml").read_text(encoding="utf-8"))
    assert [action.name() for action in all_actions(releases)] == domain["actions"]


# action_answer


async def test_a_known_question_is_answered(releases: LiveRelease) -> None:
    reply = await run(AnswerAction(releases), tracker("公司拖欠工资怎么办"))
    assert (reply.outcome, reply.entry_id, reply.release) == ("answered.exact", WAGES, 1)


async def test_the_reply_is_plain_json(releases: LiveRelease) -> None:
    dispatcher = CollectingDispatcher()
    await AnswerAction(releases).run(dispatcher, tracker("公司拖欠工资怎么办"), {})
    card = dispatcher.messages[0]["custom"]["reply"]["blocks"][0]
    assert (card["type"], card["as_of"], card["sources"][0]["article"]) == ("answer", "2026-07-17", "第30条")


async def test_what_is_not_ours_is_abstained_from(releases: LiveRelease) -> None:
    reply = await run(AnswerAction(releases), tracker("明天会下雨吗"))
    assert reply.outcome.partition(".")[0] == "abstained"  # how near a few entries are to it does not matter here


@pytest.mark.parametrize("text", ["", None])
async def test_a_message_without_text_is_met(releases: LiveRelease, text: str | None) -> None:
    reply = await run(AnswerAction(releases), tracker(text))
    assert reply.outcome == "abstained.no_words"


async def test_a_follow_up_is_about_the_entry_in_the_metadata(releases: LiveRelease) -> None:
    reply = await run(AnswerAction(releases), tracker("要带什么材料", {"last_entry_id": CERTIFICATE}))
    assert (reply.outcome, reply.entry_id) == ("answered.follow_up", CERTIFICATE)


@pytest.mark.parametrize(
    "metadata", [None, {}, {"last_entry_id": None}, {"last_entry_id": 5}, {"last_entry_id": "labour.gone"}], ids=str
)
async def test_without_a_usable_last_entry_there_is_no_follow_up(releases: LiveRelease, metadata: Any) -> None:
    reply = await run(AnswerAction(releases), tracker("要带什么材料", metadata))
    assert reply.outcome != "answered.follow_up"


async def test_a_message_goes_on_from_the_question_in_the_metadata(releases: LiveRelease) -> None:
    text = "那如果没有签合同呢"
    question = "我被公司开除了能要赔偿吗"
    reply = await run(AnswerAction(releases), tracker(text, {"last_question": question}))
    together = releases.get().decider.decide(text, Context(last_question=question))
    alone = await run(AnswerAction(releases), tracker(text))
    assert reply.outcome == together.outcome != alone.outcome


@pytest.mark.parametrize(
    ("before", "outcome"),
    [(0, "abstained.no_words"), (1, "abstained.categories"), (2, "handed_over.after_abstentions")],
)
async def test_abstentions_in_a_row_are_read_from_the_metadata(
    releases: LiveRelease, before: int, outcome: str
) -> None:
    reply = await run(AnswerAction(releases), tracker("？！", {"abstained_before": before}))
    assert reply.outcome == outcome


@pytest.mark.parametrize(
    "metadata",
    [{"last_question": 5}, {"last_question": ["工资"]}, {"abstained_before": "2"}, {"abstained_before": None}],
    ids=str,
)
async def test_unusable_metadata_count_as_none(releases: LiveRelease, metadata: Any) -> None:
    action = AnswerAction(releases)
    assert await run(action, tracker("明天会下雨吗", metadata)) == await run(action, tracker("明天会下雨吗"))


async def test_two_questions_get_two_cards(releases: LiveRelease) -> None:
    reply = await run(AnswerAction(releases), tracker("公司拖欠工资怎么办？没有遗嘱遗产怎么分？"))
    assert [block.type for block in reply.blocks] == ["text", "answer", "answer", "choices"]


async def test_asking_twice_gives_the_same_reply(releases: LiveRelease) -> None:
    action, at = AnswerAction(releases), tracker("老板拖欠我工资怎么办啊")
    assert await run(action, at) == await run(action, at)


# action_choose


async def test_a_button_gives_its_entry(releases: LiveRelease) -> None:
    reply = await run(ChooseAction(releases), tracker(target=f"entry:{DISMISSED}"))
    assert (reply.outcome, reply.entry_id) == ("answered.chosen", DISMISSED)


async def test_the_button_of_a_topic_lists_its_entries(releases: LiveRelease) -> None:
    reply = await run(ChooseAction(releases), tracker(target="topic:继承"))
    assert (reply.outcome, reply.topic) == ("clarified.topic", "继承")


async def test_none_of_these(releases: LiveRelease) -> None:
    assert (await run(ChooseAction(releases), tracker(target="say:none_of_these"))).outcome == "clarified.rejected"


@pytest.mark.parametrize("entities", [{}, {"target": "entry:labour.gone"}, {"other": f"entry:{WAGES}"}], ids=str)
async def test_a_button_that_stands_for_nothing(releases: LiveRelease, entities: dict[str, str]) -> None:
    assert (await run(ChooseAction(releases), tracker(**entities))).outcome == "refused.stale_choice"


# action_explain


async def test_the_last_answer_is_explained(releases: LiveRelease, small_release: Release) -> None:
    reply = await run(ExplainAction(releases), tracker("为什么", {"last_entry_id": WAGES}))
    assert [block.type for block in reply.blocks] == ["text", "answer", "choices"] and reply.entry_id == WAGES


@pytest.mark.parametrize("metadata", [None, {"last_entry_id": "labour.gone"}], ids=str)
async def test_without_an_answer_there_is_nothing_to_explain(releases: LiveRelease, metadata: Any) -> None:
    reply = await run(ExplainAction(releases), tracker("为什么", metadata))
    assert (reply.outcome, reply.entry_id, len(reply.blocks)) == ("answered.explained", None, 1)


# action_handover


async def test_the_way_to_a_person() -> None:
    reply = await run(HandoverAction(), tracker("我要找真人"))
    assert reply.outcome == "handed_over.hotline"


# validate_guide_form


async def run_form(releases: LiveRelease, at: Tracker) -> tuple[Reply, Any]:
    """The reply, and what fills the slot that ends the form."""
    dispatcher = CollectingDispatcher()
    (event,) = await GuideFormAction(releases).run(dispatcher, at, {})
    (message,) = dispatcher.messages
    assert (event["event"], event["name"]) == ("slot", "guide_end")
    return Reply.model_validate(message["custom"]["reply"]), event["value"]


def at_guide(status: Status = Status.ASKING, **answers: str) -> dict[str, Any]:
    """The metadata of a citizen in the guide to deadlines."""
    state = GuideState(guide="deadline", answers=answers, status=status, day=date.today())
    return {"guide": state.model_dump(mode="json")}


async def test_a_guide_begins_and_its_form_goes_on(releases: LiveRelease) -> None:
    reply, end = await run_form(releases, tracker("/guide", None, target="guide:deadline"))
    assert (reply.outcome, end) == ("guided.begun", None)
    assert reply.guide == GuideState(guide="deadline", day=date.today())


async def test_what_is_said_goes_on_from_the_state_in_the_metadata(releases: LiveRelease) -> None:
    reply, end = await run_form(releases, tracker("/guide", at_guide(matter="labour"), said="申请劳动仲裁"))
    assert reply.guide is not None
    assert (reply.guide.answers, end) == ({"matter": "labour", "kind_labour": "labour_arbitration"}, None)


async def test_nothing_said_is_not_understood(releases: LiveRelease) -> None:
    reply, _ = await run_form(releases, tracker("/guide", at_guide(), said=""))
    assert reply.outcome == "guided.not_understood"


async def test_a_pressed_answer(releases: LiveRelease) -> None:
    reply, _ = await run_form(releases, tracker("/guide", at_guide(), target="step:deadline.matter=court"))
    assert reply.guide is not None and reply.guide.answers == {"matter": "court"}


@pytest.mark.parametrize(("said", "outcome"), [("算了", "guided.stopped"), ("分不清", "guided.concluded")])
async def test_the_form_ends_when_the_guide_stops_or_ends(releases: LiveRelease, said: str, outcome: str) -> None:
    entities = {"said": "不知道" if said == "分不清" else said}
    at = at_guide(matter="labour", kind_labour="unknown")  # what is left to ask is the day
    reply, end = await run_form(releases, tracker("/guide", at, **entities))
    assert (reply.outcome, end) == (outcome, outcome)


@pytest.mark.parametrize(
    "metadata", [None, {}, {"guide": None}, {"guide": {"guide": "gone", "day": "2026-11-24"}}, {"guide": 7}], ids=str
)
async def test_without_a_state_the_form_ends(releases: LiveRelease, metadata: Any) -> None:
    reply, end = await run_form(releases, tracker("/guide", metadata, said="工资"))
    assert (reply.outcome, end) == ("refused.guide_gone", "refused.guide_gone")


@pytest.mark.parametrize(
    "metadata", [None, at_guide(Status.PAUSED), at_guide(Status.CONCLUDED)], ids=["none", "paused", "ended"]
)
async def test_a_question_that_comes_to_a_form_that_was_left(releases: LiveRelease, metadata: Any) -> None:
    reply, end = await run_form(releases, tracker("公司拖欠工资怎么办", metadata))
    assert (reply.outcome, reply.entry_id, end) == ("answered.exact", WAGES, "answered.exact")


@pytest.mark.parametrize(
    "metadata", [None, at_guide(Status.PAUSED), at_guide(Status.CONCLUDED)], ids=["none", "paused", "ended"]
)
async def test_a_button_that_comes_to_a_form_that_was_left(releases: LiveRelease, metadata: Any) -> None:
    reply, end = await run_form(releases, tracker("/choose", metadata, target=f"entry:{DISMISSED}"))
    assert (reply.outcome, reply.entry_id, end) == ("answered.chosen", DISMISSED, "answered.chosen")


async def test_the_same_call_twice_says_the_same(releases: LiveRelease) -> None:
    at = tracker("/guide", at_guide(matter="labour"), said="不知道")
    assert await run_form(releases, at) == await run_form(releases, at)
