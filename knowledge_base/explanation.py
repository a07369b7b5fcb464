"""Why a decision came out as it did: one sentence for staff, and the whole table of features as JSON."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from knowledge_base.consideration import Consideration
from knowledge_base.decision import Context, Decider, Decision, DecisionKind
from knowledge_base.normalise import letters, normalise
from knowledge_base.ranking import CANDIDATE_FEATURES, CONTEXT_FEATURES


@dataclass(frozen=True)
class Explanation:
    """`sentence` is Chinese, for a clerk; `table` holds nothing but JSON types."""

    sentence: str
    table: dict[str, Any]


def explain(decider: Decider, question: str, context: Context | None = None) -> Explanation:
    """Explain what `decider.decide` says to a message as typed."""
    context = context or Context()
    decision = decider.decide(question, context)
    text = normalise(question)
    if not letters(text):
        return Explanation("消息里没有文字，所以请对方说明要问什么。", {"decision": decision.kind.value})
    considered = decider.consider(text, context.today or date.today())
    return Explanation(_sentence(decider, decision, considered), _table(decider, decision, considered))


def _sentence(decider: Decider, decision: Decision, considered: Consideration) -> str:
    limits = decider.model.thresholds
    if decision.outcome == "answered.exact":
        title = decider.entries[decision.candidates[0].entry_id].title
        return f"这句话就是条目“{title}”的一条问法，所以直接回答；改动这条问法才会变。"
    if decision.kind is DecisionKind.ABSTAIN:
        told = "所以不回答，只问是不是相近的条目" if decision.near else "所以说明帮不上忙"
        return (
            f"属于服务范围的把握只有{considered.in_scope:.2f}，低于{limits.in_scope:.2f}，{told}；"
            f"达到{limits.in_scope:.2f}才会去找条目。"
        )
    if not considered.candidates:
        return "没有找到任何相近的条目，所以只说明归谁管。"
    first, *others = considered.candidates
    nearest = considered.findings.found.nearest[considered.order[0]]
    title = decider.entries[first.entry_id].title
    near = f"最接近的问法是“{nearest}”（条目“{title}”，把握{first.probability:.2f}）"
    if others:
        near += f"，其次是“{decider.entries[others[0].entry_id].title}”（{others[0].probability:.2f}）"
    return f"{near}；{_reason(decider, decision, considered)}"


def _reason(decider: Decider, decision: Decision, considered: Consideration) -> str:
    limits = decider.model.thresholds
    answer = limits.answer
    if decision.outcome == "answered.follow_up":
        return "这句话只问办理的某一方面，所以接着上一个条目回答；说出另一件事就会换条目。"
    if decision.outcome == "answered.continued":
        return "这句话接着上一句说，两句合起来看才够把握，所以按合起来的意思回答。"
    if decision.outcome == "answered.several":
        rest = "不够把握的另外列出。" if decision.unanswered else ""
        return f"这条消息里有几个问题，够把握的分别回答。{rest}"
    if decision.kind is DecisionKind.ANSWER:
        return f"把握达到{answer:.2f}，所以直接回答；低于这个数就会先反问。"
    if decision.in_scope < limits.in_scope:
        return (
            f"但是话太短或者太含糊，属于服务范围的把握只有{decision.in_scope:.2f}，不到{limits.in_scope:.2f}，"
            "所以不直接回答，只给出相近的条目；说得具体一点就会不同。"
        )
    if decision.kind is DecisionKind.CLARIFY:
        return f"把握不到{answer:.2f}，但有{len(decision.candidates)}个条目像，所以反问；达到{answer:.2f}就会直接回答。"
    topic = decision.topics[0][0]
    of_first = decider.entries[considered.choices[0].entry_id].topic
    if of_first != topic:
        return (
            f"但是最像的条目属于“{of_first}”，这句话看起来属于“{topic}”，两边对不上，"
            "所以只说归谁管；两边一致才会反问或回答。"
        )
    return f"把握不到{answer:.2f}，像的条目也不够，所以只说属于“{topic}”；达到{answer:.2f}就会直接回答。"


def _table(decider: Decider, decision: Decision, considered: Consideration) -> dict[str, Any]:
    found = considered.findings.found
    rows = [
        {
            "entry": found.entry_ids[place],
            "title": decider.entries[found.entry_ids[place]].title,
            "topic": considered.findings.topics[place],
            "probability": round(float(considered.probabilities[place]), 4),
            "nearest": found.nearest[place],
            "features": _named(CANDIDATE_FEATURES, considered.findings.features.candidates[place].tolist()),
        }
        for place in considered.order
    ]
    return {
        "text": considered.text,
        "decision": decision.kind.value,
        "outcome": decision.outcome,
        "thresholds": asdict(decider.model.thresholds),
        "in_scope": round(considered.in_scope, 4),
        "topics": [[name, round(share, 4)] for name, share in considered.topics[:5]],
        "context": _named(CONTEXT_FEATURES, considered.findings.features.context.tolist()),
        "candidates": rows,
    }


def _named(names: dict[str, str], values: list[float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in zip(names, values, strict=True)}
