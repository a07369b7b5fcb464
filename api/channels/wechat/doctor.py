"""Is an account set up so that it can work? Looks at everything and changes nothing.

A token is asked for in normal mode, which gives the one that is in use; the server address is asked the question that
the platform asks when the address is entered there.
"""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.channels.wechat.accounts import SERVER_PATH, WechatAccount, WechatMode
from api.channels.wechat.api_client import WechatApi
from api.channels.wechat.breaker import CircuitBreaker
from api.channels.wechat.error_codes import NOT_WHITELISTED
from api.channels.wechat.errors import WechatApiError
from api.channels.wechat.menu import MenuError, load_menu, outline
from api.channels.wechat.platform_call import WechatUnreachableError
from api.channels.wechat.signature import sign
from api.channels.wechat.tokens import fetch_token

_PLATFORM_DOMAIN = ".weixin.qq.com"
_MOST_SKEW_SECONDS = 30
"""Far within what a push may be off (`tolerance_seconds`), as a push also takes its time."""


@dataclass(frozen=True)
class Finding:
    """One line of the report: whether it is well, what was looked at, and what to do when it is not."""

    good: bool
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{'好' if self.good else '坏'}  {self.subject}：{self.text}"


@dataclass(frozen=True)
class Outside:
    """What the examination reaches for. `nonce` makes a word that cannot be guessed."""

    http: httpx.AsyncClient
    clock: Callable[[], float]
    nonce: Callable[[], str]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def examine(account: WechatAccount, public_url: str, outside: Outside) -> list[Finding]:
    """Everything about one account, in the order in which it should be put right."""
    token, found = await _token(account, outside)
    return [
        _mode(account),
        _api_base(account),
        _public_url(public_url),
        await _server(account, public_url, outside),
        await _clock(account, outside),
        *found,
        await _menu(account, public_url, token, outside),
    ]


async def examine_redis(redis: Redis | None) -> Finding:
    """Whether Redis answers; without one the service may run in one process only."""
    if redis is None:
        return Finding(True, "Redis", "没有设置，服务只能用一个进程")
    try:
        await redis.ping()
    except (RedisError, OSError):
        return Finding(False, "Redis", "没有回应。检查 HUFA_REDIS_URL 和 Redis 是否在运行")
    return Finding(True, "Redis", "有回应")


def _mode(account: WechatAccount) -> Finding:
    if account.mode is WechatMode.PLAIN:
        return Finding(False, "接收模式", "明文模式不保护消息内容。在平台上改成安全模式，再设置 EncodingAESKey")
    if account.mode is WechatMode.COMPATIBLE:
        return Finding(True, "接收模式", "兼容模式，只认加密的那一份；平台建议改成安全模式")
    if len(account.aes_keys) > 1:
        return Finding(True, "接收模式", "安全模式，正在更换 EncodingAESKey；平台上换好之后清掉旧的那个")
    return Finding(True, "接收模式", "安全模式")


def _api_base(account: WechatAccount) -> Finding:
    address = urlsplit(account.api_base)
    if address.scheme != "https" or not (address.hostname or "").endswith(_PLATFORM_DOMAIN):
        return Finding(False, "接口地址", f"{account.api_base} 不是微信的地址，只能用来试验")
    return Finding(True, "接口地址", account.api_base)


def _public_url(public_url: str) -> Finding:
    subject = "公开网址"
    if not public_url:
        return Finding(False, subject, "没有设置 HUFA_PUBLIC_URL")
    try:
        address = urlsplit(public_url)
        host, port = address.hostname or "", address.port
    except ValueError:
        return Finding(False, subject, f"{public_url} 不是网址")
    if address.scheme != "https" or not _is_domain(host) or address.query or address.fragment:
        return Finding(False, subject, f"{public_url} 应当是 https:// 开头的域名，不能是 IP 地址，也不带参数")
    if port not in {None, 443}:
        return Finding(False, subject, f"{public_url} 只能用 443 端口，平台不访问别的端口")
    return Finding(True, subject, public_url)


async def _server(account: WechatAccount, public_url: str, outside: Outside) -> Finding:
    """The platform's own question to the server address (GET with a signed echostr)."""
    subject = "服务器地址"
    if not _public_url(public_url).good:
        return Finding(False, subject, "先改好公开网址")
    url = public_url.rstrip("/") + SERVER_PATH + (f"/{account.name}" if account.name else "")
    timestamp, nonce, echo = str(int(outside.clock())), outside.nonce(), outside.nonce()
    signature = sign(account.token.get_secret_value(), timestamp, nonce)
    query = {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": echo}
    try:
        response = await outside.http.get(url, params=query, follow_redirects=False)
    except httpx.HTTPError:
        return Finding(False, subject, f"{url} 连不上。检查域名、证书、转发，并确认服务在运行")
    if response.status_code == httpx.codes.FORBIDDEN:
        return Finding(False, subject, f"{url} 不认签名。运行中的服务用的令牌（Token）和这里的不一样，或者它的时钟不准")
    if response.status_code != httpx.codes.OK or response.text != echo:
        return Finding(False, subject, f"{url} 答得不对（状态 {response.status_code}）。检查转发有没有指向本服务")
    return Finding(True, subject, f"{url} 验证通过，在平台上就填这个地址")


async def _clock(account: WechatAccount, outside: Outside) -> Finding:
    """Our time against the Date header of the platform."""
    before = outside.clock()
    try:
        response = await outside.http.get(account.api_base, follow_redirects=False)
        theirs = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except httpx.HTTPError:
        return Finding(False, "时钟", f"{account.api_base} 连不上，没法核对。检查出口网络")
    except (KeyError, ValueError):
        return Finding(False, "时钟", "平台没有说时间，没法核对")
    skew = (before + outside.clock()) / 2 - theirs
    if abs(skew) > _MOST_SKEW_SECONDS:
        return Finding(False, "时钟", f"比平台{'快' if skew > 0 else '慢'} {abs(skew):.0f} 秒。打开时间同步（NTP）")
    return Finding(True, "时钟", f"与平台相差 {abs(skew):.0f} 秒")


async def _token(account: WechatAccount, outside: Outside) -> tuple[str, list[Finding]]:
    subject, whitelist = "接口凭证", "IP 白名单"
    unknown = Finding(False, whitelist, "取不到凭证，还看不出来。先解决上一项")
    if not account.app_secret.get_secret_value():
        return "", [Finding(False, subject, "没有设置 AppSecret，不能发客服消息，也不能设菜单"), unknown]
    try:
        token, _ = await fetch_token(account, outside.http)
    except WechatUnreachableError as error:
        return "", [Finding(False, subject, str(error)), unknown]
    except WechatApiError as error:
        if error.code in NOT_WHITELISTED:
            return "", [Finding(False, subject, "因为 IP 白名单，取不到"), Finding(False, whitelist, str(error))]
        return "", [Finding(False, subject, str(error)), unknown]
    return token, [Finding(True, subject, "取得到"), Finding(True, whitelist, "本机可以调用")]


async def _menu(account: WechatAccount, public_url: str, token: str, outside: Outside) -> Finding:
    try:
        ours = outline(load_menu(public_url))
    except MenuError as error:
        return Finding(False, "菜单", str(error).replace("\n", "；"))
    if not token:
        return Finding(False, "菜单", "取不到凭证，没法和平台上的比较。先解决上面的问题")
    api = WechatApi(account, outside.http, _OneToken(token), CircuitBreaker(outside.clock), outside.sleep)
    try:
        theirs = await api.get_menu()
    except (WechatApiError, WechatUnreachableError) as error:
        return Finding(False, "菜单", str(error))
    if theirs is None:
        return Finding(False, "菜单", "平台上还没有。运行 wechat menu push")
    if outline(theirs) != ours:
        return Finding(False, "菜单", "平台上的和 menu.yml 不一样。用 wechat menu show 看，用 wechat menu push 发布")
    return Finding(True, "菜单", "平台上的和 menu.yml 一样")


@dataclass(frozen=True)
class _OneToken:
    """A token that is not refreshed: an examination changes nothing."""

    token: str

    async def get(self) -> str:
        return self.token

    async def refresh(self, stale: str) -> str:
        return stale


def _is_domain(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False
