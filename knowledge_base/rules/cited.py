"""What the data of several rules has in common: a table of cited articles, and conditions on what was answered."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge_base.entry import Source
from knowledge_base.rules.conclusion import Answers

Citation = Annotated[str, StringConstraints(min_length=1)]
"""A key of the table `articles`."""
When = dict[str, tuple[str, ...]]
"""Step id -> values, any of which was answered; all steps must fit. Without any it always fits."""


class Cited(BaseModel):
    """A part of the data that rests on articles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cites: tuple[Citation, ...] = ()


class CitedRules(BaseModel):
    """Rules with the table of the articles that they cite, each written out once.

    Raises:
        pydantic.ValidationError: something cites what the table does not hold, or the table holds what nothing cites.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    articles: dict[Citation, Source] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_citations(self) -> Self:
        used = set(_citations(self))
        if missing := used - set(self.articles):
            raise ValueError(f"没有写在 articles 里：{'、'.join(sorted(missing))}")
        if unused := set(self.articles) - used:
            raise ValueError(f"写在 articles 里却没有人引用：{'、'.join(sorted(unused))}")
        return self

    def sources(self, cites: tuple[Citation, ...]) -> tuple[Source, ...]:
        """The articles of these citations, in their order, each once."""
        return tuple(self.articles[cite] for cite in dict.fromkeys(cites))


def fits(when: When, answers: Answers) -> bool:
    """Whether every step named has one of the values named. A step that was not asked has none."""
    return all(set(values) & set(answers.get(step, "").split(",")) for step, values in when.items())


def _citations(part: object) -> list[Citation]:
    """Everything cited anywhere below this part."""
    if isinstance(part, BaseModel):
        own = list(part.cites) if isinstance(part, Cited) else []
        return own + [cite for name in type(part).model_fields for cite in _citations(getattr(part, name))]
    if isinstance(part, dict):
        return [cite for value in part.values() for cite in _citations(value)]
    if isinstance(part, tuple):
        return [cite for value in part for cite in _citations(value)]
    return []
