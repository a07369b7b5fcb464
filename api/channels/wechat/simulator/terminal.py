"""Chat as a follower at the terminal."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable

from api.channels.wechat.simulator.chat import Chat, Line, Who
from api.channels.wechat.simulator.links import Segment

_NAMES = {Who.FOLLOWER: "我", Who.ACCOUNT: "公众号", Who.LATE: "公众号（客服消息）", Who.NOTICE: "·"}


async def talk(chat: Chat, typed: AsyncIterator[str], write: Callable[[str], None]) -> None:
    """Send what is typed until `/quit` or the end, and write every new line. Sending does not stop the typing."""
    chat.listeners.append(lambda line: write(written(line)) if line.who is not Who.FOLLOWER else None)
    async with asyncio.TaskGroup() as sending:
        async for line in typed:
            if line.strip() == "/quit":
                return
            sending.create_task(chat.enter(line))


def written(line: Line) -> str:
    """A line as text, with the command behind each choice that taps it."""
    commands = {id(choice): f"〔/{number}〕" for number, choice in enumerate(line.choices, 1)}
    text = "".join(_plain(segment) + commands.get(id(segment), "") for segment in line.segments)
    return f"{_NAMES[line.who]}  {text}"


def _plain(segment: Segment) -> str:
    return f"{segment.text}（{segment.address}）" if segment.address else segment.text


async def typed_lines() -> AsyncIterator[str]:
    """Lines from the keyboard. The thread that waits for them is left behind when the program ends."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line
