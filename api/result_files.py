"""What a citizen takes away from a guide's result: the last day for a calendar, the text to fill in as a document."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from docx import Document
from starlette.responses import Response

from api.storage.models import Turn
from knowledge_base.rules.conclusion import LastDay
from knowledge_base.rules.ics import to_ics

CALENDAR, DOCUMENT, TEXT = "calendar.ics", "document.docx", "document.txt"
_KINDS = {
    CALENDAR: "text/calendar; charset=utf-8",
    DOCUMENT: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    TEXT: "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class ResultFile:
    """A file made of a result."""

    name: str
    data: bytes

    def response(self) -> Response:
        """The file, to be saved and not kept on the way."""
        headers = {"Content-Disposition": f'attachment; filename="{self.name}"', "Cache-Control": "no-store"}
        return Response(self.data, media_type=_KINDS[self.name], headers=headers)


def result_file(turn: Turn, name: str) -> ResultFile | None:
    """A file of a turn's result: its first known last day, or its document. None where there is none of this name."""
    result = next((block for block in turn.reply if block["type"] == "result"), None)
    if result is None:
        return None
    if name == CALENDAR:
        day = next((last for last in result["days"] if last["day"]), None)
        return ResultFile(name, _calendar(result, day, turn)) if day else None
    if name in (DOCUMENT, TEXT) and result["document"]:
        return ResultFile(name, _document(result) if name == DOCUMENT else _text(result))
    return None


def _calendar(result: Mapping[str, Any], day: Mapping[str, Any], turn: Turn) -> bytes:
    last = LastDay(label=day["label"], day=date.fromisoformat(day["day"]), state=day["state"], counted=day["counted"])
    created = turn.created_at if turn.created_at.tzinfo else turn.created_at.replace(tzinfo=UTC)
    return to_ics(last, f"{result['title']}：{day['label']}", created)


def _document(result: Mapping[str, Any]) -> bytes:
    document = Document()
    for paragraph in result["document"]:
        document.add_paragraph(paragraph)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _text(result: Mapping[str, Any]) -> bytes:
    return "\r\n".join(result["document"]).encode("utf-8-sig")
