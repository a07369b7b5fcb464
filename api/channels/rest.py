"""The public HTTP API: conversations, messages, history, erasure, feedback, search."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.channels.schemas import (
    ConversationCreated,
    ConversationOut,
    EntryRef,
    FeedbackIn,
    MessageIn,
    SearchOut,
    SearchResult,
    TurnInHistory,
    TurnOut,
)
from api.dialogue import DialogueUnavailableError
from api.erasure import erase_conversation
from api.feedback import take_feedback
from api.pipeline.switched import SWITCHED_OFF, is_switched_off
from api.pipeline.turn import Inbound
from api.privacy.masking import mask
from api.problems import Problem, ProblemError
from api.rendering import public_blocks
from api.result_files import result_file
from api.services import Services, ServicesDep, client_of
from api.storage.models import Turn
from knowledge_base.normalise import clean
from knowledge_base.wording import say

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}} for status in (400, 401, 413, 422, 429, 503)
}
router = APIRouter(prefix="/api/v1", tags=["conversations"], responses=_PROBLEMS)
_bearer = HTTPBearer(auto_error=False, description="会话的令牌")
ConversationId = Annotated[str, Path(max_length=64)]


async def own_conversation(
    conversation_id: ConversationId,
    services: ServicesDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """The id of a conversation that the caller's token opens.

    Raises:
        ProblemError: 401, the same whether the conversation does not exist or the token is another's.
    """
    if credentials is None or not await services.store.opens(conversation_id, credentials.credentials):
        raise ProblemError(401, "没有这个会话，或者令牌不对。", {"WWW-Authenticate": "Bearer"})
    return conversation_id


OwnConversation = Annotated[str, Depends(own_conversation)]


def turn_out(turn: Turn, services: Services) -> TurnOut:
    """A stored turn as the public API gives it."""
    return TurnOut(
        turn_id=turn.id,
        outcome=turn.outcome,
        topic=turn.topic,
        entry=_entry_ref(turn),
        confidence=turn.confidence,
        receipt=turn.receipt,
        reply=public_blocks(turn, services.signer),
    )


def _entry_ref(turn: Turn) -> EntryRef | None:
    answer = next((block for block in turn.reply if block["type"] == "answer"), None)
    if answer is None:
        return None
    return EntryRef(id=answer["entry_id"], title=answer["title"], version=answer["entry_version"])


@router.post("/conversations", status_code=201)
async def create_conversation(request: Request, services: ServicesDep) -> ConversationCreated:
    """开始一个会话。"""
    await services.limits.count_opening(client_of(request))
    conversation_id, token = await services.store.create("rest")
    return ConversationCreated(conversation_id=conversation_id, token=token)


@router.post("/conversations/{conversation_id}/messages")
async def post_message(
    conversation_id: OwnConversation, message: MessageIn, request: Request, services: ServicesDep
) -> TurnOut:
    """发一条消息，或按一个按钮。同一个 message_id 再发一次，得到同一个回复。"""
    inbound = Inbound(
        channel="rest",
        sender=conversation_id,
        message_id=message.message_id,
        text=message.text,
        choice=message.choice,
        client=client_of(request),
    )
    return turn_out(await services.pipeline.run(inbound), services)


@router.get("/conversations/{conversation_id}")
async def get_conversation(conversation_id: OwnConversation, services: ServicesDep) -> ConversationOut:
    """取回整个会话，可以导出。"""
    conversation = await services.store.find(conversation_id)
    if conversation is None:
        raise ProblemError(404)
    turns = await services.store.turns(conversation_id)
    rows = [
        TurnInHistory(**turn_out(turn, services).model_dump(), text=turn.text, created_at=turn.created_at)
        for turn in turns
    ]
    return ConversationOut(conversation_id=conversation_id, created_at=conversation.created_at, turns=rows)


@router.delete("/conversations/{conversation_id}", status_code=204)
async def delete_conversation(conversation_id: OwnConversation, services: ServicesDep) -> Response:
    """彻底删除一个会话：数据库和对话引擎里都删掉。"""
    await erase_everywhere(conversation_id, services)
    return Response(status_code=204)


async def erase_everywhere(conversation_id: str, services: Services) -> None:
    """Erase in every store.

    Raises:
        ProblemError: 503, when the dialogue engine did not confirm.
    """
    try:
        await erase_conversation(conversation_id, services.order, services.rasa, services.store)
    except DialogueUnavailableError as error:
        raise ProblemError(503, say("erase_failed"), {"Retry-After": "30"}) from error


@router.post("/conversations/{conversation_id}/feedback", status_code=204)
async def post_feedback(conversation_id: OwnConversation, feedback: FeedbackIn, services: ServicesDep) -> Response:
    """说说这个回复有没有用。"""
    comment = mask(clean(feedback.comment)) if feedback.comment else None
    reason = mask(clean(feedback.reason)) if feedback.reason else None
    if not await take_feedback(services, conversation_id, feedback.turn_id, feedback.verdict, reason, comment):
        raise ProblemError(422, "这个会话里没有这一轮。")
    return Response(status_code=204)


@router.get(
    "/conversations/{conversation_id}/turns/{turn_id}/{name}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, 404: {"model": Problem}},
)
async def get_result_file(
    conversation_id: OwnConversation,
    services: ServicesDep,
    turn_id: Annotated[str, Path(max_length=64)],
    name: Annotated[str, Path(max_length=40)],
) -> Response:
    """下载引导的结果：calendar.ics（最后一天）、document.docx 或 document.txt（要填写的文书）。"""
    turn = await services.store.turn(conversation_id, turn_id)
    file = result_file(turn, name) if turn is not None else None
    if file is None:
        raise ProblemError(404, "这一轮没有这个文件。")
    return file.response()


@router.get("/search", tags=["search"])
async def search(
    services: ServicesDep,
    q: Annotated[str, Query(max_length=500, description="问题")],
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> SearchOut:
    """在目录里找：和对话用的是同一个判断。"""
    release = services.releases.get()
    decision = release.decider.decide(q)
    off = await services.staff.switches.off()
    if off.channel("rest") or is_switched_off(decision, release, off):
        return SearchOut(decision="abstain", outcome=SWITCHED_OFF, confidence=0, topics=[], results=[])
    results = [
        SearchResult(
            id=entry.id,
            title=entry.title,
            topic=entry.topic,
            probability=round(candidate.probability, 4),
            as_of=min(source.checked for source in entry.sources),
        )
        for candidate in decision.candidates
        for entry in (release.entries[candidate.entry_id],)
        if not off.topic(entry.topic)
    ][:limit]
    return SearchOut(
        decision=decision.kind.value,
        outcome=decision.outcome,
        confidence=round(decision.confidence, 4),
        topics=[topic for topic, _ in decision.topics[:3]],
        results=results,
    )
