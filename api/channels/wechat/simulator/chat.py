"""The chat of one follower with the account, as it stands on the phone; shared by the terminal and the page."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from api.channels.wechat.simulator.commands import HELP, UnknownCommandError, read_command
from api.channels.wechat.simulator.follower import Follower, FollowerMessage
from api.channels.wechat.simulator.judge import Outcome, Verdict
from api.channels.wechat.simulator.links import Segment, segments
from api.channels.wechat.simulator.platform_state import PlatformState, SentMessage
from api.channels.wechat.simulator.push import Exchange, PushClient


class Who(StrEnum):
    """Whose line it is. LATE is a customer-service message, NOTICE the platform's or the simulator's own word."""

    FOLLOWER = "follower"
    ACCOUNT = "account"
    LATE = "late"
    NOTICE = "notice"


@dataclass(frozen=True)
class Line:
    """One bubble, or a grey line between them."""

    number: int
    who: Who
    segments: tuple[Segment, ...]

    @property
    def choices(self) -> list[Segment]:
        """What can be tapped to choose."""
        return [segment for segment in self.segments if segment.menu_id]


class Chat:
    """Everything said so far. `listeners` are told of each new line."""

    def __init__(self, follower: Follower, client: PushClient, state: PlatformState) -> None:
        self.follower = follower
        self.lines: list[Line] = []
        self.listeners: list[Callable[[Line], None]] = []
        self._client = client
        self._last: FollowerMessage | None = None
        state.listeners.append(self._late)

    async def enter(self, typed: str) -> None:
        """Send what was typed, or do what the command says. Returns when the platform is done with it."""
        typed = typed.strip()
        if not typed:
            return
        if not typed.startswith("/"):
            await self._send(self.follower.text(typed), typed)
        elif typed == "/help":
            self._add(Who.NOTICE, HELP)
        elif typed == "/retry":
            await self._retry()
        elif typed[1:].isdecimal():
            await self._tap_number(int(typed[1:]))
        else:
            try:
                await self._send(read_command(typed, self.follower), typed)
            except UnknownCommandError as error:
                self._add(Who.NOTICE, str(error))

    async def tap(self, choice: Segment) -> None:
        """Tap a choice in a reply."""
        await self._send(self.follower.menu_choice(choice.content, choice.menu_id), choice.content)

    async def _tap_number(self, number: int) -> None:
        choices = next((line.choices for line in reversed(self.lines) if line.choices), [])
        if 1 <= number <= len(choices):
            await self.tap(choices[number - 1])
        else:
            self._add(Who.NOTICE, f"最近的回复里没有第 {number} 个链接。")

    async def _send(self, message: FollowerMessage, shown: str) -> None:
        self._last = message
        self._add(Who.FOLLOWER, shown)
        self._show(await self._client.push(message))

    async def _retry(self) -> None:
        if self._last is None:
            self._add(Who.NOTICE, "还没有发过消息。")
            return
        self._add(Who.NOTICE, "上一条又推送了一次")
        self._show(await self._client.push(self._last))

    def _show(self, exchange: Exchange) -> None:
        verdict = exchange.verdict
        if verdict.outcome is Outcome.ANSWERED:
            self._add(Who.ACCOUNT, verdict.shown)
        else:
            self._add(Who.NOTICE, _explained(verdict))
        if (copies := len(exchange.deliveries)) > 1:
            self._add(Who.NOTICE, f"一共推送了 {copies} 次")

    def _late(self, message: SentMessage) -> None:
        if message.openid == self.follower.openid:
            self._add(Who.LATE, message.text or f"〔{message.kind}〕")

    def _add(self, who: Who, text: str) -> None:
        line = Line(len(self.lines) + 1, who, tuple(segments(text)))
        self.lines.append(line)
        for listener in self.listeners:
            listener(line)


def _explained(verdict: Verdict) -> str:
    if verdict.flaw is None:
        return "服务器收下了，没有回复"
    return f"{verdict.shown}\n（{verdict.reason}）"
