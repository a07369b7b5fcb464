"""Talk to Rasa; when it does not answer, decide over the catalogue alone."""

import json
import logging
from typing import Any

import httpx
from pydantic import ValidationError

from api.metrics import DIALOGUE_FAILURES
from knowledge_base.blocks import Block, Reply, TextBlock
from knowledge_base.decision import Context
from knowledge_base.guides.engine import advance, is_for_guides
from knowledge_base.guides.state import GuideState
from knowledge_base.live_release import LiveRelease
from knowledge_base.replies import reply_to_choice, reply_with_decision, reply_with_wording
from knowledge_base.wording import say

_log = logging.getLogger(__name__)
_SMALL_TALK = frozenset(("greet", "thanks", "goodbye", "affirm", "deny", "stop", "restart", "bot_challenge"))
"""The wordings that the domain of the bot may name."""


class DialogueUnavailableError(Exception):
    """Rasa did not give a usable reply; `reason` is a metric label."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RasaClient:
    """Rasa's REST channel and its tracker API, on loopback or an internal network only."""

    def __init__(self, client: httpx.AsyncClient, token: str = "") -> None:
        """`client` has Rasa's base URL and timeouts; `token` opens the tracker API."""
        self._client = client
        self._parameters = {"token": token} if token else {}

    async def send(self, sender: str, message: str, metadata: dict[str, Any]) -> list[Any]:
        """Send one message; returns what the bot uttered.

        Raises:
            DialogueUnavailableError: no answer, or not one of Rasa's.
        """
        body = {"sender": sender, "message": message, "metadata": metadata}
        try:
            response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            uttered = response.json()
        except httpx.TimeoutException as error:
            raise DialogueUnavailableError("timeout") from error
        except (httpx.HTTPError, ValueError) as error:
            raise DialogueUnavailableError("unreachable") from error
        if not isinstance(uttered, list):
            raise DialogueUnavailableError("malformed")
        return uttered

    async def forget(self, sender: str) -> None:
        """Empty what Rasa remembers of a conversation.

        Raises:
            DialogueUnavailableError: Rasa did not confirm.
        """
        try:
            response = await self._client.put(
                f"/conversations/{sender}/tracker/events", json=[], params=self._parameters
            )
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise DialogueUnavailableError("not_forgotten") from error

    async def check(self) -> None:
        """Raise DialogueUnavailableError when Rasa has no model loaded or does not answer."""
        try:
            response = await self._client.get("/status", params=self._parameters)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise DialogueUnavailableError("unreachable") from error


class Dialogue:
    """Gets a reply for a message or a pressed button."""

    def __init__(self, rasa: RasaClient, releases: LiveRelease) -> None:
        self._rasa = rasa
        self._releases = releases

    async def reply(
        self, sender: str, text: str, target: str | None, context: Context, guide: GuideState | None = None
    ) -> Reply:
        """The reply of the dialogue; never raises because a process is down. `guide` is where the citizen is in one."""
        for_guides = is_for_guides(text, target, guide)
        message = _message(text, target, for_guides=for_guides)
        if not message:
            return self._without_rasa(text, target, context)
        try:
            return _read(await self._rasa.send(sender, message, _metadata(context, guide)))
        except DialogueUnavailableError as error:
            DIALOGUE_FAILURES.labels(error.reason).inc()
            _log.warning("dialogue unavailable (%s), answering from the catalogue alone", error.reason)
        if for_guides:
            return advance(guide, text, target, self._releases.get(), context)
        reply = self._without_rasa(text, target, context)
        notice: Block = TextBlock(text=say("degraded"))
        return reply.model_copy(update={"blocks": [*reply.blocks, notice]})

    def _without_rasa(self, text: str, target: str | None, context: Context) -> Reply:
        release = self._releases.get()
        if target:
            return reply_to_choice(target, release)
        return reply_with_decision(release.decider.decide(text, context), release, context.abstained_before)


def _message(text: str, target: str | None, *, for_guides: bool) -> str:
    """What Rasa is sent: the citizen's words, or a command for a pressed button and for whatever a guide takes up."""
    if for_guides:
        return "/guide" + json.dumps({"target": target} if target else {"said": text}, ensure_ascii=False)
    return f"/choose{json.dumps({'target': target})}" if target else text


def _metadata(context: Context, guide: GuideState | None) -> dict[str, Any]:
    """Where the conversation stands, as the actions read it; they take the day from their own clock."""
    return {
        "guide": guide.model_dump(mode="json") if guide else None,
        "last_entry_id": context.last_entry_id,
        "last_question": context.last_question,
        "abstained_before": context.abstained_before,
    }


def _read(uttered: list[Any]) -> Reply:
    """One reply out of what Rasa uttered: the action's own, or a wording named by the domain."""
    for message in uttered:
        custom = message.get("custom") if isinstance(message, dict) else None
        if not isinstance(custom, dict):
            continue
        if "reply" in custom:
            try:
                return Reply.model_validate(custom["reply"])
            except ValidationError as error:
                raise DialogueUnavailableError("malformed") from error
        wording = custom.get("wording")
        if isinstance(wording, str) and wording in _SMALL_TALK:
            return reply_with_wording(wording, "answered.small_talk")
    raise DialogueUnavailableError("silent")
