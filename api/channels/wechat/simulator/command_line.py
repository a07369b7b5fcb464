"""`python -m api wechat simulate`: chat with the service as a follower of a WeChat account, without WeChat."""

import asyncio
import itertools
import time
from typing import Annotated

import httpx
import typer

from api.channels.wechat.accounts import WechatAccount, WechatMode
from api.channels.wechat.simulator import development
from api.channels.wechat.simulator.chat import Chat
from api.channels.wechat.simulator.follower import Follower
from api.channels.wechat.simulator.page import create_page
from api.channels.wechat.simulator.platform import create_platform
from api.channels.wechat.simulator.platform_state import PlatformState
from api.channels.wechat.simulator.push import PushClient
from api.channels.wechat.simulator.server import serving
from api.channels.wechat.simulator.terminal import talk, typed_lines


def simulate(
    url: Annotated[str, typer.Option(help="服务的微信地址")] = "http://127.0.0.1:8000/channels/wechat",
    port: Annotated[int, typer.Option(help="模拟的微信接口和手机页面的端口")] = 8200,
    terminal: Annotated[bool, typer.Option("--terminal/--page", help="在终端里聊，还是只开手机页面")] = False,
    openid: Annotated[str, typer.Option(help="以哪个关注者的身份")] = development.DEVELOPMENT_ONLY_OPENID,
    app_id: Annotated[str, typer.Option(envvar="HUFA_WECHAT_APP_ID")] = development.DEVELOPMENT_ONLY_APP_ID,
    app_secret: Annotated[str, typer.Option(envvar="HUFA_WECHAT_APP_SECRET")] = development.DEVELOPMENT_ONLY_APP_SECRET,
    token: Annotated[str, typer.Option(envvar="HUFA_WECHAT_TOKEN")] = development.DEVELOPMENT_ONLY_TOKEN,
    aes_key: Annotated[str, typer.Option(envvar="HUFA_WECHAT_AES_KEY")] = development.DEVELOPMENT_ONLY_AES_KEY,
    original_id: Annotated[
        str, typer.Option(envvar="HUFA_WECHAT_ORIGINAL_ID")
    ] = development.DEVELOPMENT_ONLY_ORIGINAL_ID,
    mode: Annotated[WechatMode, typer.Option(envvar="HUFA_WECHAT_MODE")] = WechatMode.SAFE,
) -> None:
    """模拟微信平台：以关注者身份和服务聊天。默认用一个只供开发的公众号。"""
    account = WechatAccount.model_validate(
        {
            "app_id": app_id,
            "app_secret": app_secret,
            "token": token,
            "aes_key": aes_key,
            "original_id": original_id,
            "mode": mode,
            "api_base": f"http://127.0.0.1:{port}",
            "verified": True,
        }
    )
    try:
        asyncio.run(_run(url, account, port, openid, terminal=terminal))
    except KeyboardInterrupt:
        print("\n已停止")
    except OSError as error:
        print(f"端口 {port} 用不了（{error.strerror}），请用 --port 换一个。")
        raise typer.Exit(1) from error


async def _run(url: str, account: WechatAccount, port: int, openid: str, *, terminal: bool) -> None:
    state = PlatformState(account, time.time)
    message_ids = itertools.count(time.time_ns() // 1000)
    async with httpx.AsyncClient(trust_env=False) as http:
        client = PushClient(url, account, http, time.time, seen=state.seen)
        chat = Chat(Follower(openid, account.original_id, time.time, message_ids), client, state)
        app = create_platform(state)
        app.mount("/", create_page(chat, state))
        async with serving(app, port) as server:
            print(f"手机页面：{account.api_base}/\n服务要用这些设置启动：")
            for name, value in _settings(account).items():
                print(f"  {name}={value}")
            wrong = (await client.verify_url()).reason
            print(f"服务地址验证没有通过（{wrong}）：{url}" if wrong else "服务地址验证通过")
            if terminal:
                print("打字就是发消息，/help 列出命令。")
                await talk(chat, typed_lines(), print)
            else:
                await server


def _settings(account: WechatAccount) -> dict[str, str]:
    """What the service must be told; of an account that is not made up, nothing that it is not told already."""
    settings = development.environment(account)
    if account.app_id == development.DEVELOPMENT_ONLY_APP_ID:
        return settings
    return {"HUFA_WECHAT_API_BASE": settings["HUFA_WECHAT_API_BASE"]}
