"""A form on another site must not speak for whoever is here."""

from fastapi import Request

from api.problems import ProblemError


def refuse_other_sites(request: Request) -> None:
    """Refuse what another site sends, with SameSite cookies as the first line of defence.

    Raises:
        ProblemError: 403.
    """
    origin = request.headers.get("origin", "null")  # "null" is what our own Referrer-Policy makes of it
    other_origin = origin != "null" and origin.partition("://")[2] != request.headers.get("host")
    other_site = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    if other_origin or other_site:
        raise ProblemError(403, "这个请求来自别的网站，没有处理。")
