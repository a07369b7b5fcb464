"""Rasa's own REST channel, for clients that already speak it: `POST /webhooks/rest/webhook`."""

import hashlib
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request

from api.channels.schemas import RasaMessageIn
from api.pipeline.turn import Inbound
from api.rendering import plain_text, public_blocks
from api.services import ServicesDep, client_of

router = APIRouter(tags=["rasa"])


@router.post("/webhooks/rest/webhook")
async def rasa_webhook(message: RasaMessageIn, request: Request, services: ServicesDep) -> list[dict[str, Any]]:
    """收一条 Rasa REST 消息。按钮的 payload 可以原样作为下一条消息发回。"""
    sender = f"rasa-{hashlib.sha256(message.sender.encode()).hexdigest()[:40]}"
    await services.store.ensure(sender, "rasa")
    pressed = services.signer.target(message.message) is not None
    inbound = Inbound(
        channel="rasa",
        sender=sender,
        message_id=uuid4().hex,
        text=None if pressed else message.message,
        choice=message.message if pressed else None,
        client=client_of(request),
    )
    turn = await services.pipeline.run(inbound)
    return [_rasa_message(message.sender, block) for block in public_blocks(turn, services.signer)]


def _rasa_message(recipient: str, block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] == "choices":
        buttons = [{"title": choice["label"], "payload": choice["id"]} for choice in block["choices"]]
        return {"recipient_id": recipient, "text": block["prompt"], "buttons": buttons}
    if block["type"] == "answer":
        return {"recipient_id": recipient, "text": plain_text(block), "custom": block}
    return {"recipient_id": recipient, "text": block["text"]}
