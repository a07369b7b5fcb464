"""`simulate` as it is called."""

import socket
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from api.channels.wechat.simulator.command_line import simulate
from tests.system.processes import free_port

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APP_ID", "APP_SECRET", "TOKEN", "AES_KEY", "ORIGINAL_ID", "MODE"):
        monkeypatch.delenv(f"HUFA_WECHAT_{name}", raising=False)


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(simulate)
    return made


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def chat(app: typer.Typer, *options: str, environment: dict[str, str] | None = None) -> str:
    url = f"http://127.0.0.1:{free_port()}/channels/wechat"
    port = str(free_port())
    arguments = ["--terminal", "--url", url, "--port", port, *options]
    done = RUNNER.invoke(app, arguments, input="你好\n/quit\n", env=environment or {})
    assert done.exit_code == 0, done.output
    assert f"手机页面：http://127.0.0.1:{port}/" in done.output
    return done.output


def test_a_server_that_is_not_there_is_told(app: typer.Typer) -> None:
    output = chat(app)
    assert "服务地址验证没有通过（连不上，或五秒内没有回复" in output
    assert "该公众号暂时无法提供服务" in output


def test_the_settings_of_the_made_up_account_are_shown(app: typer.Typer) -> None:
    output = chat(app, "--mode", "plain")
    assert "HUFA_WECHAT_APP_ID=wx0123456789abcdef" in output
    assert "HUFA_WECHAT_AES_KEY=DevelopmentOnlyDevelopmentOnlyDevelopmentOn" in output
    assert "HUFA_WECHAT_MODE=plain" in output


def test_secrets_of_another_account_are_not_shown(app: typer.Typer) -> None:
    secrets = {
        "HUFA_WECHAT_APP_ID": "wx1111111111111111",
        "HUFA_WECHAT_APP_SECRET": "hush1",
        "HUFA_WECHAT_TOKEN": "hush2",
    }
    output = chat(app, environment=secrets)
    assert "hush" not in output
    assert "HUFA_WECHAT_API_BASE=http://127.0.0.1:" in output


def test_a_taken_port_is_explained(app: typer.Typer, taken_port: int) -> None:
    done = RUNNER.invoke(app, ["--port", str(taken_port)])
    assert done.exit_code == 1
    assert f"端口 {taken_port} 用不了" in done.output
