"""A guide as data (`<name>.yml` beside this module): its steps, what each asks, and which words answer it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge_base.entry import Text
from knowledge_base.rules.conclusion import UNKNOWN, Answers

FOLDER = Path(__file__).parent
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9]*$")]
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
Condition = dict[Name, tuple[str, ...]]
"""Step id -> values, any of which it must have; `!value` means that it must not have this value. All must hold."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Part):
    """One answer to a step.

    label: the button, at most 20 characters.
    say: words that mean it when a citizen types freely, `#` for any number; looked for in the normalised text, the
        longest found wins.
    topics: at a step of subjects, the topics of the catalogue that mean it where no word does.
    """

    value: Name
    label: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    say: tuple[Text, ...] = ()
    topics: tuple[Text, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether it means, at a step of several, that none of the others holds."""
        return self.value.startswith("none") or self.value in ("no", "nothing")


class Step(_Part):
    """One question of a guide.

    kind: `choice` one of the choices; `several` any of them; `date` a day, past or future as `day` says; `amount` yuan;
        `number` a whole number; `matter` one of the notarial matters of the catalogue; `text` a few words, kept as
        they are (masked); `phone`, `name` contact data, which only the ticket keeps.
    ask: the question. why: why it is asked, when somebody wants to know. again: other words, after it failed once.
    unknown: what the button "I do not know" says; None where the step cannot be left open.
    subjects: the choices are what the matter is about, so 没有劳动合同 speaks of labour too.
    also: later steps that the same message may answer: 周三上午.
    when: asked only if one of these conditions holds; always, without any.
    """

    id: Name
    kind: Literal["choice", "several", "date", "amount", "number", "matter", "text", "phone", "name"]
    ask: Text
    why: Text
    again: Text
    unknown: Annotated[str, StringConstraints(max_length=20)] | None = "不知道"
    choices: tuple[Choice, ...] = ()
    day: Literal["past", "future", "any"] = "any"
    subjects: bool = False
    also: tuple[Name, ...] = ()
    when: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _check_choices(self) -> Self:
        if (self.kind in ("choice", "several")) != bool(self.choices):
            raise ValueError(f"{self.id}：只有 choice 和 several 有选项，而且必须有")
        values = [choice.value for choice in self.choices]
        if len(set(values)) != len(values) or UNKNOWN in values:
            raise ValueError(f"{self.id}：选项的值重复，或者用了 {UNKNOWN}")
        return self

    def several(self, values: Iterable[str]) -> str:
        """Some of the choices as one answer, in their order; that none holds counts only alone."""
        wanted = set(values)
        chosen = [choice for choice in self.choices if choice.value in wanted]
        some = [choice for choice in chosen if not choice.is_none]
        return ",".join(choice.value for choice in some or chosen)

    def means_none(self, answer: str) -> bool:
        """Whether an answer to a step of several is that none of the choices holds."""
        return any(choice.is_none and choice.value == answer for choice in self.choices)

    def admits(self, answer: str) -> bool:
        """Whether it can be the answer: one of the choices, a day, a number; of other kinds any text."""
        if answer == UNKNOWN:
            return self.unknown is not None
        match self.kind:
            case "choice":
                return any(choice.value == answer for choice in self.choices)
            case "several":
                return bool(answer) and self.several(answer.split(",")) == answer
            case "date":
                return bool(_DAY.fullmatch(answer)) and _is_day(answer)
            case "amount" | "number":
                return bool(_NUMBER.fullmatch(answer))
            case _:
                return bool(answer)

    def asked(self, answers: Answers) -> bool:
        """Whether the step is asked, given what has been said before it."""
        return not self.when or any(_holds(condition, answers) for condition in self.when)


class Guide(_Part):
    """A guide.

    begin: what citizens type to begin it, beside the buttons. intro: one or two sentences before the first question.
    topic: what its turns count for; None where it goes through all topics.
    """

    id: Name
    title: Text
    topic: Text | None = None
    begin: tuple[Text, ...]
    intro: Text
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_conditions(self) -> Self:
        known: dict[str, Step] = {}
        for step in self.steps:
            for condition in step.when:
                for name, values in condition.items():
                    if name not in known:
                        raise ValueError(f"{step.id}：条件里的 {name} 不是前面的步骤")
                    allowed = {UNKNOWN, *(choice.value for choice in known[name].choices)}
                    wrong = {value.removeprefix("!") for value in values} - allowed
                    if known[name].choices and wrong:
                        raise ValueError(f"{step.id}：{name} 没有 {'、'.join(sorted(wrong))} 这个值")
            if step.id in known:
                raise ValueError(f"步骤 {step.id} 有两个")
            known[step.id] = step
        for place, step in enumerate(self.steps):
            later = {other.id for other in self.steps[place + 1 :]}
            if not set(step.also) <= later:
                raise ValueError(f"{step.id}：also 里只能写后面的步骤")
        return self

    def next_step(self, answers: Answers) -> Step | None:
        """The first step that is asked and not answered; None when all is said."""
        return next((step for step in self.steps if step.id not in answers and step.asked(answers)), None)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _holds(condition: Mapping[str, tuple[str, ...]], answers: Answers) -> bool:
    return all(_has(values, answers.get(name)) for name, values in condition.items())


def _has(values: tuple[str, ...], answer: str | None) -> bool:
    """Whether an answer has one of the values and none of those with `!`. What was not asked has none."""
    given = set(answer.split(",")) if answer else set()
    wanted = {value for value in values if not value.startswith("!")}
    unwanted = {value[1:] for value in values if value.startswith("!")}
    return bool(given) and not given & unwanted and (not wanted or bool(given & wanted))


@lru_cache(maxsize=1)
def load_guides() -> dict[str, Guide]:
    """All guides by id.

    Raises:
        pydantic.ValidationError: a file does not have the expected form; the message names the step.
    """
    guides = (Guide.model_validate(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yml")))
    return {guide.id: guide for guide in guides}
