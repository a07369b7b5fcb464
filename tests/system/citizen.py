"""A citizen who talks to the public HTTP API."""

from typing import Any
from uuid import uuid4

import httpx


class Citizen:
    """One conversation over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        created = client.post("/api/v1/conversations")
        assert created.status_code == httpx.codes.CREATED
        body = created.json()
        self.id: str = body["conversation_id"]
        self.headers = {"Authorization": f"Bearer {body['token']}"}
        self.path = f"/api/v1/conversations/{self.id}"

    def post(self, **message: Any) -> httpx.Response:
        """Post a message body as given, with a fresh message id unless one is given."""
        return self.client.post(
            f"{self.path}/messages", json={"message_id": uuid4().hex, **message}, headers=self.headers
        )

    def ask(self, text: str, **more: Any) -> dict[str, Any]:
        """Ask and return the turn."""
        response = self.post(text=text, **more)
        assert response.status_code == httpx.codes.OK, response.text
        turn: dict[str, Any] = response.json()
        return turn

    def press(self, choice: str) -> dict[str, Any]:
        """Press a button and return the turn."""
        response = self.post(choice=choice)
        assert response.status_code == httpx.codes.OK, response.text
        turn: dict[str, Any] = response.json()
        return turn


def blocks(turn: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The blocks of one type."""
    return [block for block in turn["reply"] if block["type"] == kind]
