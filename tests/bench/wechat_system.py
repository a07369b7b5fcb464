"""The real processes with the development account of WeChat, for benches."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.channels.wechat.accounts import WechatAccount
from api.channels.wechat.simulator.development import development_account, environment
from tests.bench.separate_processes import SeparateProcesses
from tests.system.processes import free_port


@dataclass(frozen=True)
class WechatSystem:
    """Running processes, the account they serve, and the port on which they look for the platform."""

    processes: SeparateProcesses
    account: WechatAccount
    platform_port: int


@contextmanager
def wechat_system() -> Iterator[WechatSystem]:
    """Start everything, and stop everything at the end."""
    port = free_port()
    account = development_account(api_base=f"http://127.0.0.1:{port}")
    with tempfile.TemporaryDirectory() as folder:
        processes = SeparateProcesses(Path(folder), **environment(account))
        try:
            processes.start()
            processes.wait_until_ready()
            yield WechatSystem(processes, account, port)
        finally:
            processes.close()
