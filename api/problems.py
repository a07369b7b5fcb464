"""Errors as RFC 9457 problem details with a Chinese `detail`."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.headers import SECURITY_HEADERS

_log = logging.getLogger(__name__)
_DETAILS = {
    400: "请求的格式不对。",
    401: "没有权限：请带上这个会话的令牌。",
    404: "没有找到。",
    405: "这个地址不支持这种请求。",
    413: "发来的内容太大了。",
    415: "请用 JSON 格式发送。",
    422: "请求里有缺少或不对的内容。",
    503: "服务暂时不可用，请过一会儿再试，或拨打 12348。",
}


class Problem(BaseModel):
    """The body of an error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, status: int, detail: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def problem_response(
    status: int,
    detail: str | None = None,
    headers: dict[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail or _DETAILS.get(status, "请求没有成功。"),
        errors=errors,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True), status, headers=headers, media_type="application/problem+json"
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error of the application a problem."""

    async def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)  # noqa: S101 - registered for this type only
        return problem_response(error.status, error.detail, error.headers)

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        return problem_response(error.status_code, headers=dict(error.headers or {}))

    async def on_invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        rows: list[dict[str, Any]] = list(error.errors())
        not_json = any(row["type"] == "json_invalid" for row in rows)
        errors = [{"where": ".".join(map(str, row["loc"])), "rule": str(row["type"])} for row in rows]
        detail = "发来的内容不是合格的 JSON。" if not_json else None
        return problem_response(400 if not_json else 422, detail, errors=errors)

    async def on_database(_: Request, error: Exception) -> Response:
        _log.error("database does not answer: %s", error)
        return problem_response(503, headers={"Retry-After": "10"})

    async def on_crash(_: Request, __: Exception) -> Response:
        # This one is answered outside all middleware.
        return problem_response(500, "系统出了点问题，请过一会儿再试，或拨打 12348。", SECURITY_HEADERS)

    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(DBAPIError, on_database)
    app.add_exception_handler(OSError, on_database)
    app.add_exception_handler(Exception, on_crash)
