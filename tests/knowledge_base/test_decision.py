"""The one decision function: each outcome, facets, validity in time, what goes on from before, and any text is met."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge_base.consideration import Candidate, Consideration
from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE
from knowledge_base.decision import Context, Decider, Decision, DecisionKind
from knowledge_base.entry import Entry, Facet
from knowledge_base.normalise import normalise
from knowledge_base.release import Release
from knowledge_base.router import TopicBelief
from tests.knowledge_base.conftest import NEVER, Parts
from tests.small_catalogue import (
    CERTIFICATE,
    COMING,
    DISMISSED,
    EXPIRED,
    NO_WILL,
    RESIGNED,
    TODAY,
    WAGES,
    make_entry,
    small_entries,
)

NOW = Context(today=TODAY)
UNSEEN = "老板拖欠我工资怎么办啊"
"""A question about WAGES that no entry has."""
NO_WILL_QUESTION = "没有遗嘱遗产怎么分"
"""The title of NO_WILL."""


def ids(decision: Decision) -> list[str]:
    return [candidate.entry_id for candidate in decision.candidates]


@pytest.mark.parametrize(
    "question", ["公司拖欠工资怎么办", " 公司拖欠工资，怎么办？？ ", "公司拖欠工資怎麼辦", "/公司拖欠工资怎么办"]
)
def test_a_known_question_is_answered_exactly(small_release: Release, question: str) -> None:
    decision = small_release.decider.decide(question, NOW)
    assert (decision.outcome, decision.entry_id, decision.confidence) == ("answered.exact", WAGES, 1.0)


@pytest.mark.parametrize("entry", small_entries(), ids=lambda entry: entry.id)
def test_every_title_leads_to_its_entry_while_it_holds(small_release: Release, entry: Entry) -> None:
    decision = small_release.decider.decide(entry.title, Context(today=entry.valid_until or entry.valid_from))
    assert decision.entry_id == entry.id


@pytest.mark.parametrize("text", ["", "   ", "？！…", "/", "\u200b\ufeff", "👍"])
def test_a_text_without_words_is_abstained_from(small_release: Release, text: str) -> None:
    assert small_release.decider.decide(text, NOW).outcome == "abstained.no_words"


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        ({"in_scope": 0.0, "answer": 0.0}, "answered.entry"),
        ({"in_scope": 0.0, "answer": NEVER, "offer": 0.0, "clarify": 0.0}, "clarified.choices"),
        ({"in_scope": 0.0, "answer": NEVER, "offer": NEVER, "clarify": 0.0, "topic": 0.0}, "routed.topic"),
        ({"in_scope": 0.0, "answer": NEVER, "offer": 0.0, "clarify": NEVER, "topic": 0.0}, "routed.topic"),
        ({"in_scope": 0.0, "answer": NEVER, "offer": 0.0, "clarify": NEVER, "topic": NEVER}, "routed.unsure"),
        ({"in_scope": NEVER, "answer": NEVER, "offer": NEVER}, "abstained.out_of_scope"),
        ({"in_scope": NEVER, "answer": NEVER, "offer": 0.0, "clarify": NEVER}, "abstained.out_of_scope"),
        ({"in_scope": NEVER, "answer": NEVER, "offer": 0.0, "clarify": 0.0}, "abstained.unclear"),
        ({"in_scope": NEVER, "answer": 0.0, "offer": 0.0, "clarify": 0.0}, "clarified.choices"),
        ({"in_scope": NEVER, "answer": NEVER, "ours": 1.0, "offer": 0.0, "clarify": 0.0}, "clarified.choices"),
    ],
    ids=[
        "answer",
        "clarify",
        "nothing to offer",
        "too unsure to ask",
        "subject not clear",
        "abstain with nothing near",
        "abstain with nothing near enough",
        "abstain and offer what is near",
        "a sure entry opens the door and no more",
        "so does a subject that is clearly ours",
    ],
)
def test_the_thresholds_decide(parts: Parts, limits: dict[str, float], outcome: str) -> None:
    assert parts.decider(**limits).decide(UNSEEN, NOW).outcome == outcome


def test_the_best_candidate_comes_first(parts: Parts) -> None:
    assert ids(parts.decider().decide(UNSEEN, NOW))[0] == WAGES


def test_without_vectors_an_entry_is_still_found_by_its_words(parts: Parts) -> None:
    assert WAGES in ids(parts.decider(with_vectors=False, in_scope=0.0, answer=NEVER, offer=NEVER).decide(UNSEEN, NOW))


def test_without_vectors_a_close_wording_is_worth_offering(parts: Parts) -> None:
    best = parts.decider(with_vectors=False).decide(UNSEEN, NOW).candidates[0]
    assert best.entry_id == WAGES and best.probability >= parts.model.thresholds.offer


def test_candidates_are_ordered_by_probability(parts: Parts) -> None:
    probabilities = [c.probability for c in parts.decider(answer=NEVER).decide("补偿怎么算", NOW).candidates]
    assert probabilities == sorted(probabilities, reverse=True) and len(probabilities) > 1


def test_at_most_four_entries_are_offered(parts: Parts) -> None:
    decision = parts.decider(in_scope=0.0, answer=NEVER, offer=0.0, clarify=0.0).decide(UNSEEN, NOW)
    assert len(decision.candidates) == 4


def test_only_entries_above_the_offer_threshold_are_offered(parts: Parts) -> None:
    free = parts.decider(in_scope=0.0, answer=NEVER, offer=0.0, clarify=0.0).decide(UNSEEN, NOW)
    second = free.candidates[1].probability
    decision = parts.decider(in_scope=0.0, answer=NEVER, offer=second, clarify=0.0).decide(UNSEEN, NOW)
    assert ids(decision) == ids(free)[:2]


def test_one_entry_alone_is_no_choice(parts: Parts) -> None:
    free = parts.decider(in_scope=0.0, answer=NEVER, offer=0.0, clarify=0.0).decide(UNSEEN, NOW)
    first = free.candidates[0].probability
    assert parts.decider(in_scope=0.0, answer=NEVER, offer=first, clarify=0.0).decide(UNSEEN, NOW).kind is (
        DecisionKind.ROUTE
    )


def test_nothing_is_offered_where_search_and_router_disagree_about_the_subject(parts: Parts) -> None:
    decider = parts.decider(in_scope=0.0, answer=NEVER, offer=0.0, clarify=0.0)
    considered = decider.consider("老板拖欠我工资怎么办啊", TODAY)
    elsewhere = TopicBelief({"继承": 0.9, "劳动争议": 0.1})
    disagreeing = replace(considered, findings=replace(considered.findings, belief=elsewhere))
    assert decider._decide(considered).kind is DecisionKind.CLARIFY
    assert decider._decide(disagreeing).kind is DecisionKind.ROUTE


def test_the_confidence_of_an_abstention_is_that_of_being_out_of_scope(parts: Parts) -> None:
    decision = parts.decider(in_scope=NEVER, answer=NEVER).decide(UNSEEN, NOW)
    assert decision.confidence == pytest.approx(1 - decision.in_scope)


def test_only_an_answer_has_an_entry(parts: Parts) -> None:
    decision = parts.decider(in_scope=0.0, answer=NEVER, offer=NEVER).decide(UNSEEN, NOW)
    assert decision.candidates and decision.entry_id is None


def test_a_routed_question_names_the_topic_first(parts: Parts) -> None:
    decision = parts.decider(in_scope=0.0, answer=NEVER, offer=NEVER).decide(UNSEEN, NOW)
    assert decision.topics[0][0] == "劳动争议"


def test_what_is_not_ours_is_abstained_from_with_trained_thresholds(small_release: Release) -> None:
    assert small_release.decider.decide("明天会下雨吗", NOW).kind is DecisionKind.ABSTAIN


# In force or not


@pytest.mark.parametrize(
    ("question", "entry_id", "day", "answered"),
    [
        ("骑手新规定讲了什么", COMING, date(2098, 12, 31), False),
        ("骑手新规定讲了什么", COMING, date(2099, 1, 1), True),
        ("公证遗嘱最优先吗", EXPIRED, date(2020, 12, 31), True),
        ("公证遗嘱最优先吗", EXPIRED, date(2021, 1, 1), False),
    ],
)
def test_the_day_decides_whether_an_entry_answers(
    small_release: Release, question: str, entry_id: str, day: date, answered: bool
) -> None:
    assert (small_release.decider.decide(question, Context(today=day)).entry_id == entry_id) is answered


@pytest.mark.parametrize(("question", "entry_id"), [("外卖骑手新规定", COMING), ("公证遗嘱优先的老规定啊", EXPIRED)])
def test_an_entry_that_does_not_hold_is_no_candidate(parts: Parts, question: str, entry_id: str) -> None:
    assert entry_id not in ids(parts.decider(in_scope=0.0, answer=NEVER, offer=NEVER).decide(question, NOW))


# Facets and follow-ups


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("学历公证要带什么材料", Facet.MATERIALS),
        ("学历公证多少钱", Facet.FEE),
        ("学历公证可以代办吗", Facet.WHO),
        ("学历公证网上能办吗", None),
        ("学历公证", None),
    ],
)
def test_an_answer_gives_the_facet_asked_for_if_the_entry_has_it(
    parts: Parts, question: str, facet: Facet | None
) -> None:
    decision = parts.decider(in_scope=0.0, answer=0.0).decide(question, NOW)
    assert (decision.entry_id, decision.facet) == (CERTIFICATE, facet)


@pytest.mark.parametrize(
    ("question", "facet"),
    [("那要带什么材料？", Facet.MATERIALS), ("多少钱", Facet.FEE), ("要等多久啊", Facet.TIME), ("谁能办", Facet.WHO)],
)
def test_a_question_for_a_facet_alone_is_about_the_last_entry(parts: Parts, question: str, facet: Facet) -> None:
    decision = parts.decider(answer=NEVER).decide(question, Context(CERTIFICATE, TODAY))
    assert (decision.outcome, decision.entry_id, decision.facet) == ("answered.follow_up", CERTIFICATE, facet)


@pytest.mark.parametrize(
    ("question", "last"),
    [
        ("多少钱", None),
        ("多少钱", "labour.gone"),
        ("多少钱", WAGES),
        ("网上能办吗", CERTIFICATE),
        ("我不太明白", CERTIFICATE),
        ("律师要多少钱", CERTIFICATE),
    ],
    ids=["no last", "unpublished", "entry without facets", "facet it lacks", "no facet asked", "another matter"],
)
def test_no_follow_up(parts: Parts, question: str, last: str | None) -> None:
    assert parts.decider(answer=NEVER).decide(question, Context(last, TODAY)).outcome != "answered.follow_up"


def test_an_entry_that_surely_answers_beats_a_follow_up(parts: Parts) -> None:
    decision = parts.decider(in_scope=0.0, answer=0.0).decide("多少钱", Context(CERTIFICATE, TODAY))
    assert decision.outcome == "answered.entry"


def test_a_known_question_beats_a_follow_up(parts: Parts) -> None:
    decision = parts.decider(answer=NEVER).decide("被开除了有补偿吗", Context(CERTIFICATE, TODAY))
    assert (decision.outcome, decision.entry_id) == ("answered.exact", DISMISSED)


def test_a_follow_up_names_each_candidate_once(parts: Parts) -> None:
    found = ids(parts.decider(answer=NEVER).decide("多少钱", Context(CERTIFICATE, TODAY)))
    assert len(found) == len(set(found))


def test_no_follow_up_on_an_entry_that_no_longer_holds(parts: Parts) -> None:
    ended = make_entry(id=CERTIFICATE, topic="公证", facets={Facet.FEE: "免费。"}, valid_until=date(2026, 7, 19))
    others = [entry for entry in small_entries() if entry.id != CERTIFICATE]
    model = replace(parts.model, thresholds=replace(parts.model.thresholds, answer=NEVER))
    decider = Decider([*others, ended], parts.index, parts.encoder, parts.router, model)
    assert decider.decide("多少钱", Context(CERTIFICATE, TODAY)).entry_id != CERTIFICATE


# What goes on from the question before

CONTINUED = "那如果没有签合同呢"
"""Says nothing that an entry answers, and goes on from a question about work."""
DISMISSED_UNSEEN = "我被公司开除了能要赔偿吗"
"""A question about DISMISSED that no entry has."""


def after(question: str, last_entry_id: str | None = None) -> Context:
    """A conversation in which that was asked, and answered with the entry, if there is one."""
    return Context(last_entry_id, TODAY, question)


def test_a_question_that_goes_on_is_decided_with_the_one_before(parts: Parts) -> None:
    decision = parts.decider(answer=0.5).decide(CONTINUED, after(DISMISSED_UNSEEN))
    assert (decision.outcome, decision.entry_id) == ("answered.continued", DISMISSED)


def test_a_facet_that_the_last_entry_lacks_is_no_new_question(parts: Parts) -> None:
    decider = parts.decider(answer=NEVER)
    assert decider.decide("要带什么材料", NOW).kind is DecisionKind.ABSTAIN
    assert decider.decide("要带什么材料", after(DISMISSED_UNSEEN, DISMISSED)).kind is not DecisionKind.ABSTAIN


def test_alone_the_same_words_lead_nowhere(small_release: Release) -> None:
    assert small_release.decider.decide(CONTINUED, NOW).entry_id is None


def test_the_card_shown_last_is_not_given_again(small_release: Release) -> None:
    decision = small_release.decider.decide(CONTINUED, after(DISMISSED_UNSEEN, DISMISSED))
    assert DISMISSED not in ids(decision)


def test_what_goes_on_from_a_question_of_ours_is_ours(parts: Parts) -> None:
    limits = {"answer": NEVER, "in_scope": 0.5}
    assert parts.decider(**limits).decide(CONTINUED, NOW).kind is DecisionKind.ABSTAIN
    decision = parts.decider(**limits).decide(CONTINUED, after(DISMISSED_UNSEEN, DISMISSED))
    assert decision.kind is not DecisionKind.ABSTAIN


def test_the_card_shown_last_is_given_again_for_a_facet(small_release: Release) -> None:
    decision = small_release.decider.decide("那要是本人不在上海要带什么材料呢", after("学历公证怎么弄", CERTIFICATE))
    assert (decision.entry_id, decision.facet) == (CERTIFICATE, Facet.MATERIALS)


def test_the_facet_is_that_of_the_message_not_of_the_question_before(small_release: Release) -> None:
    decision = small_release.decider.decide("那要带什么材料", after("毕业证公证大概要多少钱"))
    assert (decision.entry_id, decision.facet) == (CERTIFICATE, Facet.MATERIALS)


def test_what_is_sure_alone_does_not_need_the_question_before(small_release: Release) -> None:
    decision = small_release.decider.decide("那自己辞职呢", after(NO_WILL_QUESTION, NO_WILL))
    assert (decision.outcome, decision.entry_id) == ("answered.entry", RESIGNED)


@pytest.mark.parametrize(
    "question", ["换个问题，离婚要冷静期吗", "换个问题，明天会下雨吗", "换个问题，遗嘱要怎么写才有效"]
)
def test_another_subject_is_decided_as_if_nothing_came_before(small_release: Release, question: str) -> None:
    decide = small_release.decider.decide
    assert decide(question, after("公司拖欠工资怎么办", WAGES)) == decide(question, NOW)


def test_a_question_before_without_words_changes_nothing(small_release: Release) -> None:
    decide = small_release.decider.decide
    assert decide(CONTINUED, after("？！")).kind is decide(CONTINUED, NOW).kind


# Several questions in one message


def test_two_questions_get_two_answers_in_their_order(small_release: Release) -> None:
    decision = small_release.decider.decide(f"公司拖欠工资怎么办？{NO_WILL_QUESTION}？", NOW)
    assert (decision.outcome, decision.entry_id) == ("answered.several", WAGES)
    assert [other.entry_id for other in decision.also] == [NO_WILL]


def test_each_of_several_answers_has_its_own_facet(small_release: Release) -> None:
    decision = small_release.decider.decide(f"毕业证公证要多少钱？{NO_WILL_QUESTION}？", NOW)
    assert [decision.facet, *(other.facet for other in decision.also)] == [Facet.FEE, None]


def test_one_question_put_twice_has_one_answer(small_release: Release) -> None:
    decision = small_release.decider.decide("公司拖欠工资怎么办？老板不发工资怎么办？", NOW)
    assert (decision.entry_id, decision.also) == (WAGES, ())


def test_questions_of_which_none_is_answered_are_met_as_one(parts: Parts) -> None:
    decision = parts.decider(answer=NEVER).decide(f"{UNSEEN}？{DISMISSED_UNSEEN}？", NOW)
    assert (decision.kind is not DecisionKind.ANSWER, decision.also, decision.unanswered) == (True, (), ())


@pytest.mark.parametrize("place", [0, 1])
def test_a_question_that_is_not_answered_is_kept_beside_one_that_is(parts: Parts, place: int) -> None:
    questions = ["公司拖欠工资怎么办", "毕业的材料想拿去国外用怎么弄"]
    decision = parts.decider(answer=NEVER).decide("？".join([questions[place], questions[1 - place]]) + "？", NOW)
    assert (decision.outcome, decision.entry_id, decision.also) == ("answered.exact", WAGES, ())
    (left,) = decision.unanswered
    assert left.candidates[0].entry_id == CERTIFICATE


@pytest.mark.parametrize(
    "second", [UNSEEN, "要多少钱"], ids=["likeliest to be answered by what is given", "asks for a facet"]
)
def test_a_question_that_goes_with_the_one_before_is_not_called_unanswered(parts: Parts, second: str) -> None:
    decision = parts.decider(answer=NEVER).decide(f"公司拖欠工资怎么办？{second}？", NOW)
    assert (decision.entry_id, decision.unanswered) == (WAGES, ())


def test_a_message_that_is_answered_as_a_whole_keeps_the_questions_that_are_not(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = f"{UNSEEN}？没有遗嘱的话遗产要怎么分呢？"
    decider = parts.decider()
    sure = decider.consider(normalise(message), TODAY).best
    assert sure < 1
    whole = Decider._decide

    def only_whole(self: Decider, considered: Consideration, among: Sequence[Candidate] | None = None) -> Decision:
        decision = whole(self, considered, among)
        entire = considered.text == normalise(message)
        kind = DecisionKind.ANSWER if entire else DecisionKind.ROUTE
        return replace(decision, kind=kind, outcome="answered.entry" if entire else "routed.topic")

    monkeypatch.setattr(Decider, "_decide", only_whole)
    decision = decider.decide(message, NOW)
    given = decision.entry_id
    assert {given, *(left.candidates[0].entry_id for left in decision.unanswered)} == {WAGES, NO_WILL}


# Other offices' business


class Believing:
    """A router that believes the same of every question."""

    def __init__(self, **probabilities: float) -> None:
        self._belief = TopicBelief(probabilities)

    def believe(self, _terms: Sequence[str]) -> TopicBelief:
        """The belief."""
        return self._belief


@pytest.mark.parametrize(
    ("government", "other", "outcome"),
    [(0.9, 0.0, "abstained.government"), (0.5, 0.4, "abstained.government"), (0.4, 0.5, "abstained.out_of_scope")],
)
def test_an_abstention_tells_another_office_from_idle_talk(
    parts: Parts, government: float, other: float, outcome: str
) -> None:
    router = Believing(**{GOVERNMENT: government, OUT_OF_SCOPE: other, "劳动争议": 0.1})
    decider = replace(parts, router=router).decider(in_scope=NEVER, answer=NEVER, offer=NEVER)
    assert decider.decide(UNSEEN, NOW).outcome == outcome


# What an abstention offers


def test_an_abstention_offers_what_the_message_is_near_to(parts: Parts) -> None:
    decision = parts.decider(in_scope=NEVER, answer=NEVER, offer=0.0, clarify=0.0).decide(UNSEEN, NOW)
    assert (decision.kind, decision.near[0].entry_id) == (DecisionKind.ABSTAIN, WAGES)
    assert 1 <= len(decision.near) <= 4


def test_other_offices_business_is_offered_what_it_is_near_to(parts: Parts) -> None:
    router = Believing(**{GOVERNMENT: 0.8, "劳动争议": 0.2})
    limits = {"in_scope": NEVER, "answer": NEVER, "offer": 0.0, "clarify": 0.0}
    decision = replace(parts, router=router).decider(**limits).decide(UNSEEN, NOW)
    assert (decision.outcome, decision.near[0].entry_id) == ("abstained.government", WAGES)


@pytest.mark.parametrize(
    ("best", "is_offered"), [(0.49, False), (0.51, True)], ids=["nothing claimed", "probable all the same"]
)
def test_an_abstention_offers_against_the_router_only_what_is_probable(
    parts: Parts, best: float, is_offered: bool
) -> None:
    router = Believing(**{OUT_OF_SCOPE: 0.8, "继承": 0.2})
    decider = replace(parts, router=router).decider(in_scope=NEVER, answer=NEVER, offer=0.0, clarify=0.0)
    considered = decider.consider(UNSEEN, TODAY)
    scaled = considered.probabilities * (best / considered.best)
    decision = decider._decide(replace(considered, probabilities=scaled))
    assert bool(decision.near) is is_offered


# Any text

ANY_TEXT = st.one_of(
    st.text(max_size=200),
    st.text(st.sampled_from("工资公司遗嘱怎么办多少钱公证，。？ /\n\u200baA1"), max_size=60),
)


@settings(max_examples=80, deadline=None)
@given(ANY_TEXT, st.sampled_from([None, CERTIFICATE, NO_WILL, "labour.gone", ""]), st.none() | ANY_TEXT)
@example("工" * 20_000, None, None)
@example("\ud800", CERTIFICATE, "\ud800")
@example("ไทย العربية 𠮷", None, "")
@example("那呢", NO_WILL, "工" * 20_000)
def test_any_text_is_met_with_a_well_formed_decision(
    small_release: Release, text: str, last: str | None, before: str | None
) -> None:
    decision = small_release.decider.decide(text, Context(last, TODAY, before))
    numbers = [decision.confidence, decision.in_scope, *(c.probability for c in decision.candidates)]
    assert decision.outcome.partition(".")[0] in {"answered", "clarified", "routed", "abstained"}
    assert all(0.0 <= number <= 1.0 for number in numbers)


@settings(max_examples=30, deadline=None)
@given(ANY_TEXT)
def test_any_text_is_met_without_vectors_too(parts: Parts, text: str) -> None:
    assert parts.decider(with_vectors=False).decide(text, NOW).kind in DecisionKind


def test_the_same_question_is_decided_the_same_way(small_release: Release) -> None:
    assert small_release.decider.decide(UNSEEN, NOW) == small_release.decider.decide(UNSEEN, NOW)
