"""One call of the platform's API: JSON in UTF-8, refusals as errors, no secret in a log line or an error."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from api.channels.wechat.error_codes import hint_for
from api.channels.wechat.errors import WechatApiError
from api.metrics import WECHAT_API_CALLS

_MOST_MESSAGE = 200
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_log = logging.getLogger(__name__)


class WechatUnreachableError(RuntimeError):
    """No usable answer. `reason` is a metric label; `sent`: the platform may have acted on the request."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(f"微信接口没有可用的回应（{reason}）。检查网络和出口，过一会儿再试。")
        self.reason = reason
        self.sent = sent


class _SecretUrl(httpx.URL):
    """A URL that keeps its query to itself: the access token belongs there, and httpx logs the URL of each request."""

    def __str__(self) -> str:
        return str(self.copy_with(query=None))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


async def call(
    http: httpx.AsyncClient,
    api_base: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    token: str = "",
    hidden: Sequence[str] = (),
) -> dict[str, Any]:
    """GET, or POST a body (UTF-8 and no \\u escapes: the platform would show them to the follower, WX-56).

    Time-outs are those of the client. `hidden` may not appear in an error's text, even when the platform repeats it.

    Raises:
        WechatApiError: the platform refused.
        WechatUnreachableError: no answer, or not one of the platform's.
    """
    name = path.removeprefix("/cgi-bin/")
    try:
        answer = _read(await _send(http, api_base + path, body, token), [token, *hidden])
    except WechatUnreachableError as error:
        WECHAT_API_CALLS.labels(name, error.reason).inc()
        _log.warning("wechat %s: no usable answer (%s)", name, error.reason)
        raise
    except WechatApiError as error:
        WECHAT_API_CALLS.labels(name, str(error.code)).inc()
        _log.warning("wechat %s: %s", name, error)
        raise
    WECHAT_API_CALLS.labels(name, "ok").inc()
    return answer


async def _send(http: httpx.AsyncClient, url: str, body: Mapping[str, Any] | None, token: str) -> httpx.Response:
    if body is None:
        request = http.build_request("GET", url)
    else:
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        request = http.build_request("POST", url, content=content, headers=headers)
    if token:
        request.url = _SecretUrl(request.url.copy_merge_params({"access_token": token}))
    try:
        response = await http.send(request, follow_redirects=False)
    # without a cause: httpx's errors hold the request, and with it the token
    except _NOTHING_SENT:
        raise WechatUnreachableError("connect", sent=False) from None
    except httpx.TimeoutException:
        raise WechatUnreachableError("timeout", sent=True) from None
    except httpx.HTTPError:
        raise WechatUnreachableError("broken", sent=True) from None
    if response.status_code != httpx.codes.OK:
        raise WechatUnreachableError("status", sent=True)
    return response


def _read(response: httpx.Response, hidden: Sequence[str]) -> dict[str, Any]:
    try:
        answer = json.loads(response.content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not isinstance(code := answer.get("errcode", 0), int):
        raise WechatUnreachableError("malformed", sent=True)
    if code:
        message = str(answer.get("errmsg", ""))
        for secret in filter(None, hidden):
            message = message.replace(secret, "…")
        raise WechatApiError(code, message[:_MOST_MESSAGE], hint_for(code))
    return answer
