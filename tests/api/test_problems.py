"""Every error is a problem with a Chinese detail."""

from http import HTTPStatus
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from api.problems import Problem, ProblemError, install_problem_handlers, problem_response
from tests.api.fakes import assert_problem, is_chinese


class _Body(BaseModel):
    number: int


@pytest.fixture
async def client() -> Any:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/problem")
    async def problem() -> None:
        raise ProblemError(403, "不行。", {"X-Why": "so"})

    @app.get("/http/{status}")
    async def http(status: int) -> None:
        raise HTTPException(status, "an English text from a library", {"X-Why": "so"})

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("a detail of the inside")

    @app.get("/locked")
    async def locked() -> None:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    @app.get("/refused")
    async def refused() -> None:
        raise ConnectionRefusedError("postgres")

    @app.post("/body")
    async def body(body: _Body) -> None: ...

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hufa.test") as client:
        yield client


@pytest.mark.parametrize("path", ["/locked", "/refused"])
async def test_a_database_that_does_not_answer_is_told_as_such(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert "12348" in assert_problem(response, 503)["detail"]
    assert response.headers["retry-after"] == "10"


async def test_a_problem_with_its_detail_and_headers(client: httpx.AsyncClient) -> None:
    response = await client.get("/problem")
    assert assert_problem(response, 403) == {
        "type": "about:blank", "title": "Forbidden", "status": 403, "detail": "不行。",
    }  # fmt: skip
    assert response.headers["x-why"] == "so"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 418, 422, 429, 500, 503])
async def test_a_library_error_gets_a_chinese_detail(client: httpx.AsyncClient, status: int) -> None:
    response = await client.get(f"/http/{status}")
    problem = assert_problem(response, status)
    assert "English" not in problem["detail"]
    assert response.headers["x-why"] == "so"


async def test_a_crash_says_nothing_of_the_inside(client: httpx.AsyncClient) -> None:
    response = await client.get("/crash")
    assert_problem(response, 500)
    assert "inside" not in response.text


async def test_an_unknown_address(client: httpx.AsyncClient) -> None:
    assert_problem(await client.get("/nothing"), 404)


async def test_a_method_that_is_not_served_names_those_that_are(client: httpx.AsyncClient) -> None:
    response = await client.delete("/crash")
    assert_problem(response, 405)
    assert response.headers["allow"] == "GET"


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b"[" * 5000, b"{'number': 1}"])
async def test_what_is_not_json(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/body", content=content, headers={"Content-Type": "application/json"})
    # An empty body is a missing one.
    assert_problem(response, 400 if content else 422)


async def test_a_wrong_field_is_named_by_place_and_rule_without_its_value(client: httpx.AsyncClient) -> None:
    response = await client.post("/body", json={"number": "13812345678x"})
    problem = assert_problem(response, 422)
    assert problem["errors"] == [{"where": "body.number", "rule": "int_parsing"}]
    assert "138" not in response.text


@given(status=st.sampled_from([known.value for known in HTTPStatus if known >= 400]), detail=st.none() | st.text())
def test_any_status_makes_a_problem(status: int, detail: str | None) -> None:
    problem = Problem.model_validate_json(bytes(problem_response(status, detail).body))
    assert problem.status == status
    assert problem.detail == detail if detail else is_chinese(problem.detail)
