"""Ways through a guide: every answer that its buttons allow, in the order in which it asks."""

from hypothesis import strategies as st

from knowledge_base.guides.model import Guide, Step
from knowledge_base.rules.conclusion import UNKNOWN, Answers

AMOUNTS = ["1", "9999.99", "10000", "30000", "100000", "2000000", "300000000", "0", "很多"]


@st.composite
def walks(draw: st.DrawFn, guide: Guide, matters: tuple[str, ...] = ()) -> Answers:
    """Answers to every step that the guide asks on one way through it."""
    answers: Answers = {}
    while (step := guide.next_step(answers)) is not None:
        answers[step.id] = draw(st.one_of(*_answers(step, matters)))
    return answers


def _answers(step: Step, matters: tuple[str, ...]) -> list[st.SearchStrategy[str]]:
    values = [choice.value for choice in step.choices]
    given = {
        "choice": st.sampled_from(values or [UNKNOWN]),
        "several": st.lists(st.sampled_from(values or [UNKNOWN]), min_size=1, unique=True).map(",".join),
        "amount": st.sampled_from(AMOUNTS),
        "matter": st.sampled_from(matters or (UNKNOWN,)),
    }[step.kind]
    return [given, st.just(UNKNOWN)] if step.unknown is not None else [given]
