"""What can be wrong with a push or a call, as far as the rest of the channel needs to tell it apart."""


class RefusedPushError(Exception):
    """Not from the platform, or not meant for this account: 403, and nothing that would tell a forger why.

    `reason` is for the metric and the log, never for the response.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MalformedMessageError(ValueError):
    """The signature is right and the message cannot be read: acknowledged with `success`, as a retry would not help."""


class WechatApiError(RuntimeError):
    """The platform refused a call. `hint` says in Chinese what an operator can do."""

    def __init__(self, code: int, message: str, hint: str) -> None:
        super().__init__(f"微信接口返回 {code}：{message}。{hint}")
        self.code = code
        self.message = message
        self.hint = hint
