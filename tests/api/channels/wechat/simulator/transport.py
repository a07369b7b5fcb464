"""A client that hangs up does not stop the server."""

import asyncio

import httpx


class DetachedTransport(httpx.ASGITransport):
    """Calls an application in this process; one that is no longer waited for goes on, as behind a real connection."""

    _running: set[asyncio.Task[httpx.Response]]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._running = getattr(self, "_running", set())
        task = asyncio.create_task(super().handle_async_request(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait for everything that was given up."""
        await asyncio.gather(*getattr(self, "_running", ()), return_exceptions=True)
