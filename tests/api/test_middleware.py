"""Limits and headers that hold for every request."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.middleware import BodyLimit
from tests.api.conftest import Running, Start
from tests.api.fakes import assert_problem

LIMIT = 1024
EXEMPT = "/channels/own"
HEADERS = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
]
ADDRESSES = [
    ("GET", "/", 200),
    ("GET", "/static/page.css", 200),
    ("GET", "/nothing", 404),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 200),
    ("GET", "/api/v1/search?q=工资", 200),
    ("POST", "/api/v1/conversations", 201),
    ("GET", "/api/v1/conversations/x", 401),
    ("DELETE", "/", 405),
    ("POST", "/feedback", 422),
    ("POST", "/webhooks/rest/webhook", 422),
]


@pytest.mark.parametrize(("method", "address", "status"), ADDRESSES)
async def test_security_headers_everywhere(running: Running, method: str, address: str, status: int) -> None:
    response = await running.client.request(method, address)
    assert response.status_code == status
    assert [name for name in HEADERS if name not in response.headers] == []


async def test_the_policy_lets_no_foreign_script_or_frame_in(running: Running) -> None:
    policy = (await running.client.get("/")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert "unsafe" not in policy


async def test_security_headers_on_a_body_over_the_limit(running: Running) -> None:
    response = await running.client.post("/ask", content=b"x" * 70_000)
    assert response.status_code == 413
    assert [name for name in HEADERS if name not in response.headers] == []


async def test_security_headers_on_a_crash(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(running.services.releases), "get", lambda _: 1 / 0)
    response = await running.client.get("/")
    assert response.status_code == 500
    assert [name for name in HEADERS if name not in response.headers] == []


async def test_the_documentation_is_served_without_our_policy(running: Running) -> None:
    response = await running.client.get("/docs")
    assert response.status_code == 200
    assert "content-security-policy" not in response.headers


# --- body limit -------------------------------------------------------------------------------------------------------

PATHS = ["/api/v1/conversations", "/webhooks/rest/webhook", "/ask", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_over_the_limit(start: Start, path: str) -> None:
    async with start(max_body_bytes=LIMIT) as running:
        assert_problem(await running.client.post(path, content=b"x" * (LIMIT + 1)), 413)


async def _pieces(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 64):
        yield b"x" * 64
    yield b"x" * (total % 64)


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_over_the_limit_without_its_length(start: Start, path: str) -> None:
    async with start(max_body_bytes=LIMIT) as running:
        request = running.client.build_request("POST", path, content=_pieces(LIMIT + 1))
        assert "content-length" not in request.headers
        assert_problem(await running.client.send(request), 413)


async def test_a_body_at_the_limit_is_read(start: Start) -> None:
    async with start(max_body_bytes=LIMIT) as running:
        body = b'{"sender": "a", "message": "' + "工".encode() + b'"'
        body += b" " * (LIMIT - len(body) - 1) + b"}"
        assert len(body) == LIMIT
        headers = {"Content-Type": "application/json"}
        assert (await running.client.post("/webhooks/rest/webhook", content=body, headers=headers)).status_code == 200


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await Response(body)(scope, receive, send)


async def _call(pieces: list[bytes], method: str = "POST", path: str = "/") -> tuple[int, bytes]:
    incoming: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, start=1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    await BodyLimit(_echo, LIMIT, EXEMPT)(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=6))
async def test_a_body_in_pieces_arrives_whole_or_is_refused(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    status, body = await _call(pieces)
    if len(whole) > LIMIT:
        assert status == 413
    else:
        assert (status, body) == (200, whole)


@pytest.mark.parametrize("path", [EXEMPT, f"{EXEMPT}/name"])
async def test_a_path_with_a_limit_of_its_own_gets_the_whole_body(path: str) -> None:
    assert await _call([b"x" * LIMIT, b"y"], path=path) == (200, b"x" * LIMIT + b"y")


async def test_the_rest_of_a_body_over_the_limit_is_not_read() -> None:
    read = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * LIMIT, "more_body": True}

    async def send(_: Message) -> None: ...

    await BodyLimit(_echo, LIMIT, EXEMPT)({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send)
    assert read == 2


async def test_a_client_that_hangs_up_ends_it() -> None:
    reached = False

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal reached
        reached = True

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        raise AssertionError("nobody is there")

    await BodyLimit(app, LIMIT, EXEMPT)({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send)
    assert not reached


async def test_what_is_not_http_passes() -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await BodyLimit(app, LIMIT, EXEMPT)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
