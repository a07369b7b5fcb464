"""Serves an application inside a running program."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

_STOP_SECONDS = 1


@asynccontextmanager
async def serving(app: FastAPI, port: int, host: str = "127.0.0.1") -> AsyncIterator[asyncio.Task[None]]:
    """Serve until left; the task ends earlier when the program is interrupted.

    Raises:
        OSError: the port is taken.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()  # calls before the server is up wait for it
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=_STOP_SECONDS)
        )
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield task
        finally:
            server.should_exit = True
            await task
