"""Command line: `python -m api serve | migrate | create-staff | wechat`."""

import asyncio
import logging
from typing import Annotated

import typer
import uvicorn
from redis.asyncio import Redis

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.command_line import wechat_app
from api.channels.wechat.configuration import load_accounts
from api.channels.wechat.simulator.command_line import simulate
from api.settings import Settings
from api.staff.audit import AuditLog
from api.staff.people.passwords import one_time_password
from api.staff.people.staff import SYSTEM
from api.staff.people.store import PeopleError, PeopleStore
from api.staff.permissions import Role
from api.storage.database import create_engine
from api.storage.database import migrate as migrate_database


def _accounts() -> list[WechatAccount]:
    return list(load_accounts(Settings()).values())


def _redis() -> Redis | None:
    url = Settings().redis_url
    return Redis.from_url(url) if url else None


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="沪法问答服务")
wechat = wechat_app(_accounts, lambda: Settings().public_url, _redis)
wechat.command()(simulate)
app.add_typer(wechat, name="wechat")


@app.command()
def migrate() -> None:
    """把数据库升级到最新结构；没有就新建。"""
    migrate_database(Settings().database_url)
    print("数据库已是最新")


@app.command("create-staff")
def create_staff(
    username: str,
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[list[Role], typer.Option(help="角色，可以写几次")],
) -> None:
    """给工作台新建一个账号，打印一次性密码。"""
    settings = Settings()
    migrate_database(settings.database_url)
    password = one_time_password()

    async def create() -> None:
        engine = create_engine(settings.database_url)
        try:
            people = PeopleStore(engine)
            await people.create(username, name, frozenset(role), password, must_change_password=True)
            await AuditLog(engine).write(SYSTEM, "person_created", f"staff:{username.lower()}", roles=sorted(role))
        finally:
            await engine.dispose()

    try:
        asyncio.run(create())
    except PeopleError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    print(f"登录名 {username.lower()}，一次性密码 {password}（登录后要换）")


@app.command()
def serve() -> None:
    """启动服务。数据库结构会先升级。"""
    from api.app import create_app
    from knowledge_base.release import ReleaseStore
    from knowledge_base.threads import use_one_thread

    settings = Settings()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "bm25s", "sentence_transformers", "faiss.loader"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    use_one_thread()
    migrate_database(settings.database_url)
    uvicorn.run(
        create_app(settings, ReleaseStore.from_environment()),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        forwarded_allow_ips=settings.trusted_proxies,
    )


if __name__ == "__main__":
    app()
