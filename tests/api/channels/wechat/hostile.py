"""What a forger sends: dangerous documents, damaged pushes, random bytes; and a guard that nothing outside is touched."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from api.channels.wechat.accounts import WechatAccount, WechatMode
from tests.api.channels.wechat import pushes

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_DECLARED = '<?xml version="1.0" encoding="{0}"?><xml><MsgType>text</MsgType></xml>'
_FILE = "file:///etc/passwd"
_HOST = "http://169.254.169.254/latest"
DOCUMENTS = {
    "document type": b"<!DOCTYPE xml><xml><MsgType>text</MsgType></xml>",
    "document type of a file": f'<!DOCTYPE xml SYSTEM "{_FILE}"><xml/>'.encode(),
    "document type of a host": f'<!DOCTYPE xml PUBLIC "-//a//b" "{_HOST}"><xml/>'.encode(),
    "internal entity": b'<!DOCTYPE xml [<!ENTITY a "text">]><xml><MsgType>&a;</MsgType></xml>',
    "entity of a file": f'<!DOCTYPE xml [<!ENTITY a SYSTEM "{_FILE}">]><xml><Content>&a;</Content></xml>'.encode(),
    "entity of a host": f'<!DOCTYPE xml [<!ENTITY a SYSTEM "{_HOST}">]><xml><Content>&a;</Content></xml>'.encode(),
    "parameter entity": f'<!DOCTYPE xml [<!ENTITY % a SYSTEM "{_HOST}"> %a;]><xml/>'.encode(),
    "unparsed entity": f'<!DOCTYPE xml [<!NOTATION n SYSTEM "n"><!ENTITY a SYSTEM "{_FILE}" NDATA n>]><xml/>'.encode(),
    "default attribute": b'<!DOCTYPE xml [<!ATTLIST xml a CDATA "b">]><xml/>',
    "undeclared entity": b"<xml><MsgType>&a;</MsgType></xml>",
    "billion laughs": f'<!DOCTYPE xml [<!ENTITY l0 "lol">{_LAUGHS}]><xml>&l9;</xml>'.encode(),
    "quadratic blow-up": f'<!DOCTYPE xml [<!ENTITY a "{"a" * 10_000}">]><xml>{"&a;" * 8_000}</xml>'.encode(),
    "UTF-16": pushes.message().decode().encode("utf-16"),
    "UTF-16 without a mark": pushes.message().decode().encode("utf-16-be"),
    "UTF-16 declared": _DECLARED.format("UTF-16").encode(),
    "UTF-16 declared and used": _DECLARED.format("UTF-16").encode("utf-16"),
    "UTF-16 with a document type": "<!DOCTYPE xml><xml/>".encode("utf-16-le"),
    "UTF-32": pushes.message().decode().encode("utf-32"),
    "UTF-7": _DECLARED.format("UTF-7").replace("text", "+ADwAIQ-").encode(),
    "UTF-7 not declared": "<!DOCTYPE xml><xml/>".encode("utf-7"),
    "GBK": _DECLARED.format("GBK").replace("text", "文字").encode("gbk"),
    "GBK declared": _DECLARED.format("gbk").encode(),
    "Latin-1 declared": _DECLARED.format("iso-8859-1").replace('"', "'").encode(),
    "Latin-1 declared after a mark": b"\xef\xbb\xbf" + _DECLARED.format("iso-8859-1").encode(),
    "EBCDIC": _DECLARED.format("cp037").encode("cp037"),
    "unknown encoding": _DECLARED.format("x-none").encode(),
    "overlong UTF-8": b"<xml><MsgType>\xc0\xbc</MsgType></xml>",
    "surrogate": b"<xml><MsgType>\xed\xa0\x80</MsgType></xml>",
    "control character": b"<xml><MsgType>\x08</MsgType></xml>",
    "forbidden reference": b"<xml><MsgType>&#0;</MsgType></xml>",
    "deep": b"<xml>" + b"<a>" * 14_000,
}
_NAMES = " ".join(f"a:b{number:04}=''" for number in range(3_200))
LONG_NAMESPACE = f"<xml xmlns:a='{'u' * 26_000}' {_NAMES}/>".encode()
"""62 KB that become 80 million characters for a parser that puts the namespace before each name."""
_LARGE = [LONG_NAMESPACE, b"<xml>" + b" " * 65_536 + b"</xml>", b"\x00" * 70_000, pushes.message(Content="😀" * 20_000)]
_PIECES = [
    *(b"]]>", b"<![CDATA[", b"<!DOCTYPE xml>", b"<!ENTITY a 'b'>", b"&a;", b"&#0;", b"&#xD800;", b"\x00", b"\xff\xfe"),
    *(b"<MsgType>", b"</MsgType>", b"<MsgID>1</MsgID>", b"<xml>", b"</xml>", b"<a><b>1</b></a>", b"<?xml?>", b"<!--"),
    *(b'<?xml version="1.0" encoding="UTF-7"?>', b"xmlns='urn:a' ", "𠮷😀".encode(), b"\xed\xa0\x80", b"=", b"\n"),
]
_VALUES = [
    *("", "0", "-1", "1e9", "1714112445.0", " 1714112445", "１７１４１１２４４５", "١٧١٤١١٢٤٤٥", "9" * 5000, "A" * 40),
    *("6c5c811b55cc85e0e1b54100749188c20beb3f5d", "é" * 40, "\ud800", "\x00", "]]>", "raw", "aes", "AES", "\r\n"),
]


class OutsideError(Exception):
    """A file or the network was used."""


@contextmanager
def isolated() -> Iterator[list[str]]:
    """Files and sockets cannot be opened; who tries stands in the list, even if the error is swallowed."""
    accesses: list[str] = []

    def guard(name: str) -> Any:
        def fail(*args: object, **kwargs: object) -> None:
            accesses.append(name)
            raise OutsideError(name)

        return fail

    with ExitStack() as stack:
        for name in ("builtins.open", "os.open", "socket.socket", "socket.getaddrinfo"):
            stack.enter_context(patch(name, guard(name)))
        yield accesses


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The data with one to four pieces cut out, repeated or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = draw(st.integers(start, min(len(data), start + 48)))
        piece = draw(st.sampled_from(_PIECES) | st.binary(max_size=8) | st.just(data[start:stop] * 2))
        data = data[:start] + piece + data[stop:]
    return data


@st.composite
def damaged_query(draw: st.DrawFn, query: pushes.Pairs) -> pushes.Pairs:
    """The parameters with one dropped, repeated, renamed or changed."""
    index = draw(st.integers(0, len(query) - 1))
    name, value = query[index]
    other = draw(st.sampled_from(_VALUES) | st.text(max_size=50) | st.just(value.upper()) | st.just(value[::-1]))
    replacement = draw(
        st.sampled_from([[], [(name, value)] * 2, [(name, value), (name, other)], [(name.upper(), value)]])
        | st.just([(name, other)])
    )
    return [*query[:index], *replacement, *query[index + 1 :]]


def documents() -> st.SearchStrategy[bytes]:
    """Anything in place of a message."""
    hostile = st.sampled_from([*DOCUMENTS.values(), *_LARGE])
    return damaged(pushes.message()) | hostile | hostile.flatmap(damaged) | st.binary(max_size=300)


def encrypt_texts() -> st.SearchStrategy[str]:
    """Anything in place of an `Encrypt` text: damaged before or after encryption, or never encrypted."""
    sound = pushes.encrypted(pushes.message())
    before = damaged(pushes.padded(pushes.content(pushes.message())))
    blocks = before.map(lambda data: pushes.enciphered(data[: len(data) // 16 * 16]))
    after = damaged(base64.b64decode(sound)).map(lambda data: base64.b64encode(data).decode())
    others = st.sampled_from(
        [pushes.encrypted(pushes.message(), pushes.OTHER_AES_KEY), pushes.encrypted(b"", app_id="wx" + "0" * 16)]
    )
    aligned = st.integers(0, 6).flatmap(lambda blocks: st.binary(min_size=blocks * 32, max_size=blocks * 32))
    random = aligned.map(lambda data: base64.b64encode(data).decode())
    return (
        blocks | after | others | random | damaged(sound.encode()).map(lambda data: data.decode("latin-1")) | st.text()
    )


@dataclass(frozen=True)
class Attempt:
    """A request that is damaged in one place.

    document: what the parser gets alone; encrypt: what the decryption gets alone.
    unsigned: the damage was not signed, so that an encrypted push may only be taken when its message is unharmed.
    """

    kind: str
    account: WechatAccount
    query: pushes.Pairs
    body: bytes
    document: bytes
    encrypt: str
    unsigned: bool


_ACCOUNTS = {mode: pushes.account(mode) for mode in WechatMode}


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    """Damage to the message, its encryption, the body or the parameters, in any mode; now and then none."""
    mode = draw(st.sampled_from(WechatMode))
    place = draw(st.sampled_from(["message", "message", "encryption", "body", "query", "nothing"]))
    document = draw(documents()) if place == "message" else pushes.message()
    encrypt = draw(encrypt_texts()) if place == "encryption" else pushes.encrypted(document)
    legible = "".join(sign for sign in encrypt if sign.isprintable() and sign not in "<&")
    if mode is WechatMode.PLAIN:
        query, body = pushes.plain_query(), document
    else:
        query = pushes.encrypted_query(legible)
        twin = pushes.message(Content="另一句话")
        safe = mode is WechatMode.SAFE
        body = pushes.safe_body(legible) if safe else pushes.compatible_body(twin, legible)
    if place == "body":
        body = draw(damaged(body) | st.binary(max_size=300) | st.sampled_from(_LARGE))
        document = body
    if place == "query":
        query = draw(damaged_query(query))
    unsigned = place in {"body", "query"}
    return Attempt(f"{mode}, {place}", _ACCOUNTS[mode], query, body, document, encrypt, unsigned)
