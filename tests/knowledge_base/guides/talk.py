"""A citizen in a guide: says something or presses a button, and the guide's state goes along."""

from datetime import date

from knowledge_base.blocks import Choice, ChoicesBlock, Reply, ResultBlock, TextBlock
from knowledge_base.decision import Context
from knowledge_base.guides.engine import advance
from knowledge_base.guides.state import GuideState
from knowledge_base.release import Release
from knowledge_base.rules.conclusion import Answers

TODAY = date(2026, 11, 24)


class Talk:
    """One conversation with guides."""

    def __init__(self, release: Release, guide: str = "", today: date = TODAY) -> None:
        self.release = release
        self.today = today
        self.state: GuideState | None = None
        self.reply = Reply(outcome="none.yet", blocks=[])
        if guide:
            self.press(f"guide:{guide}")

    def say(self, *texts: str) -> "Talk":
        """Say one thing after the other."""
        for text in texts:
            self._advance(text, None)
        return self

    def press(self, *targets: str) -> "Talk":
        """Press buttons by what they stand for."""
        for target in targets:
            self._advance("", target)
        return self

    def press_label(self, *labels: str) -> "Talk":
        """Press buttons of the last reply by what they say."""
        for label in labels:
            self.press(next(choice.id for choice in self.buttons if choice.label == label))
        return self

    def _advance(self, text: str, target: str | None) -> None:
        self.reply = advance(self.state, text, target, self.release, Context(today=self.today))
        self.state = self.reply.guide or self.state

    @property
    def outcome(self) -> str:
        return self.reply.outcome

    @property
    def texts(self) -> list[str]:
        return [block.text for block in self.reply.blocks if isinstance(block, TextBlock)]

    @property
    def question(self) -> ChoicesBlock:
        """The last block, which must ask or offer something."""
        last = self.reply.blocks[-1]
        assert isinstance(last, ChoicesBlock), last
        return last

    @property
    def buttons(self) -> list[Choice]:
        return [choice for block in self.reply.blocks if isinstance(block, ChoicesBlock) for choice in block.choices]

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.buttons]

    @property
    def result(self) -> ResultBlock:
        return next(block for block in self.reply.blocks if isinstance(block, ResultBlock))

    @property
    def answers(self) -> Answers:
        assert self.state is not None
        return self.state.answers

    @property
    def step(self) -> str | None:
        """The step that is asked now."""
        found = self.state.step() if self.state else None
        return found.id if found else None
