"""Opaque ids for buttons: signed, so that a citizen can press only what was offered (library: itsdangerous)."""

from itsdangerous import BadSignature, URLSafeSerializer

_SALT = "hufa.choice"


class ChoiceSigner:
    """Turns `entry:<id>`, `topic:<name>` or `say:<wording>` into an opaque id and back."""

    def __init__(self, secret_key: str) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt=_SALT)

    def sign(self, target: str) -> str:
        """The id for a target; the same target always gets the same id."""
        signed = self._serializer.dumps(target)
        return signed if isinstance(signed, str) else signed.decode()

    def target(self, choice: str) -> str | None:
        """What an id stands for; None when we did not make it."""
        try:
            target = self._serializer.loads(choice)
        except BadSignature:
            return None
        return target if isinstance(target, str) else None
