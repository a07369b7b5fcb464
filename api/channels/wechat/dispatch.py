"""What a follower gets for each kind of message; nothing here knows of XML, time limits or retries."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from api.channels.wechat.messages import Kind, Message
from api.channels.wechat.rendering import render
from api.choices import ChoiceSigner
from api.pipeline.limits import MessageLimits, TooManyMessagesError
from api.pipeline.pipeline import Pipeline
from api.pipeline.switched import block_without
from api.pipeline.turn import Inbound
from api.staff.switches.board import SwitchBoard
from api.storage.conversations import ConversationStore, UnknownConversationError
from api.storage.wechat_deliveries import DeliveryStore, Draft
from knowledge_base.live_release import LiveRelease
from knowledge_base.normalise import clean, letters, normalise
from knowledge_base.replies import label_of, starters
from knowledge_base.wording import say

CHANNEL = "wechat"
_NUMBER = re.compile(r"(?:第|选|回复)?([1-9]\d?|[一二三四五六七八九十])(?:个|号|项|[.。、])?")
_BUTTON_KEY = 8
_BUTTON = re.compile(rf"([0-9a-f]{{{_BUTTON_KEY}}})-(\d{{1,2}})")
"""A button is named by the beginning of its reply's key and its number, enough among one follower's replies."""
_CHINESE_NUMBERS = "一二三四五六七八九十"
_CONTINUE = frozenset(("继续", "继续看", "1继续", "下一页", "更多", "后面呢"))
_CLICKS = {"key:person": "转人工", "key:help": "你能做什么"}
"""Menu items that stand for a sentence which the dialogue knows."""
_WEB = "key:web"


class Dispatcher:
    """Gets the reply to one message. It answers a repeated message as it did the first: the pipeline sees to that."""

    def __init__(
        self,
        pipeline: Pipeline,
        conversations: ConversationStore,
        deliveries: DeliveryStore,
        signer: ChoiceSigner,
        limits: MessageLimits,
        releases: LiveRelease,
        switches: SwitchBoard,
        public_url: str,
    ) -> None:
        """`public_url`: where citizens open the web page; empty when there is none yet."""
        self._pipeline = pipeline
        self._conversations = conversations
        self._deliveries = deliveries
        self._signer = signer
        self._limits = limits
        self._releases = releases
        self._switches = switches
        self._public_url = public_url
        self._by_kind: dict[Kind, Callable[[Message, str], Awaitable[Draft]]] = {
            Kind.TEXT: self._text,
            Kind.VOICE: self._voice,
            Kind.CLICK: self._click,
            Kind.SUBSCRIBE: self._welcome,
            Kind.SCAN: self._welcome,
        }

    async def reply(self, message: Message, conversation_id: str) -> Draft:
        """The whole reply, of any length; an empty one when the message needs none."""
        if message.kind is Kind.IGNORED or await self._deliveries.has_left(message.key):
            return Draft()
        await self._conversations.ensure(conversation_id, CHANNEL)
        answer = self._by_kind.get(message.kind, self._guidance)
        try:
            return await answer(message, conversation_id)
        except TooManyMessagesError as error:
            return Draft(say("rate_limited", seconds=error.seconds))

    async def _text(self, message: Message, conversation_id: str) -> Draft:
        tapped = await self._tapped(message.menu_id, conversation_id)
        if tapped is not None:
            return await self._ask(message, conversation_id, choice=self._signer.sign(tapped))
        wanted = normalise(message.text)
        if letters(wanted) in _CONTINUE:
            return await self._continue(conversation_id)
        target = await self._numbered(wanted, conversation_id)
        if target is not None:
            return await self._ask(message, conversation_id, choice=self._signer.sign(target))
        return await self._ask(message, conversation_id, text=message.text)

    async def _voice(self, message: Message, conversation_id: str) -> Draft:
        """The platform's own speech recognition is no longer to be relied on: mostly there is none."""
        if clean(message.text).strip():
            return await self._ask(message, conversation_id, text=message.text)
        return await self._guidance(message, conversation_id)

    async def _click(self, message: Message, conversation_id: str) -> Draft:
        key = message.event_key
        if key == _WEB and self._public_url:
            page = {"title": say("wechat_web_title"), "description": say("wechat_web_text"), "url": self._page("/")}
            page["picture_url"] = self._page("/static/share.png")
            return Draft(articles=(page,))
        if key in _CLICKS:
            return await self._ask(message, conversation_id, text=_CLICKS[key])
        if label_of(key, self._releases.get()) is not None:
            return await self._ask(message, conversation_id, choice=self._signer.sign(key))
        return await self._with_starters(message, say("wechat_menu_unknown"))

    async def _welcome(self, message: Message, _conversation_id: str) -> Draft:
        text = say("wechat_welcome" if message.kind is Kind.SUBSCRIBE else "wechat_scan")
        return await self._with_starters(message, text)

    async def _guidance(self, message: Message, conversation_id: str) -> Draft:
        await self._limits.count(conversation_id, "")
        if (await self._switches.off()).channel(CHANNEL):
            return Draft(say("switched_off"))
        if message.kind is Kind.VOICE:
            return Draft(say("wechat_voice"))
        return Draft(say("wechat_location" if message.kind is Kind.LOCATION else "wechat_only_text"))

    async def _ask(
        self, message: Message, conversation_id: str, *, text: str | None = None, choice: str | None = None
    ) -> Draft:
        inbound = Inbound(CHANNEL, conversation_id, message.key, text=text, choice=choice)
        try:
            turn = await self._pipeline.run(inbound)
        except UnknownConversationError:  # erased meanwhile
            if await self._deliveries.has_left(message.key):
                return Draft()
            await self._conversations.ensure(conversation_id, CHANNEL)
            turn = await self._pipeline.run(inbound)
        return replace(self._draft(message, turn.reply), urgent=turn.outcome.startswith("urgent."))

    async def _continue(self, conversation_id: str) -> Draft:
        """The part of the last reply that did not fit."""
        await self._limits.count(conversation_id, "")
        if (await self._switches.off()).channel(CHANNEL):
            return Draft(say("switched_off"))
        last = await self._deliveries.last_shown(conversation_id)
        if last is None or not last.rest:
            return Draft(say("wechat_nothing_more"))
        return Draft(last.rest, targets=tuple(last.targets), used=(last.key,))

    async def _numbered(self, wanted: str, conversation_id: str) -> str | None:
        """The target of the number a follower typed, when the last reply has a choice of that number."""
        found = _NUMBER.fullmatch(wanted)
        if found is None:
            return None
        digits = found[1]
        number = int(digits) if digits.isdecimal() else _CHINESE_NUMBERS.index(digits) + 1
        last = await self._deliveries.last_shown(conversation_id)
        return last.targets[number - 1] if last is not None and number <= len(last.targets) else None

    async def _tapped(self, button: str, conversation_id: str) -> str | None:
        """The target of a tapped button; None for one of a reply that is forgotten: its label is a question as well."""
        found = _BUTTON.fullmatch(button)
        if found is None:
            return None
        shown = await self._deliveries.shown(conversation_id, found[1])
        number = int(found[2])
        return shown.targets[number - 1] if shown is not None and 1 <= number <= len(shown.targets) else None

    async def _with_starters(self, message: Message, text: str) -> Draft:
        off = await self._switches.off()
        if off.channel(CHANNEL):
            return Draft(say("switched_off"))
        release = self._releases.get()
        shown = [left for block in starters(release) for left in block_without(block, off, [release])]
        blocks = [block.model_dump(mode="json") for block in shown]
        return self._draft(message, [{"type": "text", "text": text}, *blocks])

    @staticmethod
    def _draft(message: Message, blocks: list[dict[str, Any]]) -> Draft:
        rendered = render(blocks, lambda number: f"{message.key[:_BUTTON_KEY]}-{number}")
        return Draft(rendered.text, targets=rendered.targets)

    def _page(self, path: str) -> str:
        return urljoin(self._public_url, path)
