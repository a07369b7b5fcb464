"""The application for 行政复议: paragraphs with what the citizen said, and blanks for everything else (法22)."""

from pydantic import BaseModel, ConfigDict

from knowledge_base.entry import Text
from knowledge_base.rules.conclusion import UNKNOWN, Answers


class Application(BaseModel):
    """The wording of the application; `____` is a blank that the citizen fills in.

    requests: what is asked for, by kind. stop: asks to stop execution; excuse: why it may be late.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    blank: Text
    title: Text
    paragraphs: tuple[Text, ...]
    requests: dict[str, tuple[Text, ...]]
    facts_title: Text
    known: Text
    known_blank: Text
    silent: Text
    story_blank: Text
    why: Text
    excuse: Text
    stop: Text
    end: tuple[Text, ...]

    def written(
        self,
        answers: Answers,
        *,
        request: str,
        organ: str,
        silent: bool,
        known: str | None,
        may_be_late: bool,
        stop: bool,
    ) -> tuple[str, ...]:
        """The paragraphs.

        Args:
            answers: `authority` and `story` in the citizen's own words, where they were given.
            request: which requests to print.
            organ: whom it is addressed to.
            silent: whether the authority never answered.
            known: the day of knowing, written out; None leaves a blank.
            may_be_late: whether a paragraph explains the delay.
            stop: whether there is something whose execution can be stopped.
        """
        known_on = self.known.replace("{known}", known) if known else self.known_blank
        authority = _said(answers, "authority") or self.blank
        return (
            self.title,
            *(line.replace("{authority}", authority) for line in self.paragraphs),
            *self.requests[request],
            *((self.stop,) if stop else ()),
            self.facts_title,
            self.silent if silent else known_on,
            _said(answers, "story") or self.story_blank,
            self.why,
            *((self.excuse,) if may_be_late else ()),
            *(line.replace("{organ}", organ) for line in self.end),
        )


def _said(answers: Answers, step: str) -> str:
    """A citizen's own words on one line; empty where there are none."""
    words = answers.get(step, UNKNOWN)
    return "" if words == UNKNOWN else " ".join(words.split())
