"""What the platform's error codes mean to an operator.

Source: 全局返回码 (developers.weixin.qq.com) and the error tables of getStableAccessToken and sendCustomMessage.
"""

BUSY = -1
NO_MENU = 46003
STALE_TOKEN = frozenset((40001, 40014, 42001))
"""The access token is refused: worth one refresh and one more try."""
NOT_WHITELISTED = frozenset((40164, 61004))
NO_QUOTA = frozenset((45015, 45047))
"""The follower cannot be written to any more; trying again changes nothing (WX-54)."""

_ADD_ADDRESS = "在微信开发者平台的“开发设置—IP 白名单”里加上本机的出口 IP。"
_CHECK_MENU = "运行 wechat menu check，改好 menu.yml 再发布。"
_RENEWED = "接口凭证失效，程序会自己换一次；一直这样就核对 AppID 和 AppSecret，并确认没有别的程序在换凭证。"
_HINTS: dict[int, str] = {
    BUSY: "微信系统繁忙，过一会儿再试。",
    40001: "AppSecret 不对，或者接口凭证失效。核对 AppSecret，并确认没有别的程序在强制换凭证。",
    40003: "这个用户没有关注本公众号，或者关注的是另一个公众号。",
    40013: "AppID 不对，核对它的每一个字符，注意大小写。",
    40014: _RENEWED,
    42001: _RENEWED,
    40125: "AppSecret 不对。在微信开发者平台核对或者重置。",
    40164: f"本机的 IP 不在白名单里。{_ADD_ADDRESS}",
    61004: f"本机的 IP 不在白名单里。{_ADD_ADDRESS}",
    40243: "AppSecret 已经冻结。请管理员在微信开发者平台解冻。",
    41004: "没有设置 AppSecret。",
    43004: "这个用户没有关注本公众号。",
    45002: "消息太长。把 max_reply_bytes 调小。",
    45009: "今天的调用次数用完了。查是什么在大量调用；每个月可以清零十次（clear_quota）。",
    45011: "调用太频繁，下一分钟再试。",
    45015: "用户超过 48 小时没有互动，或者已经取消关注，现在不能给他发消息。",
    45047: "给这个用户连续发的条数用完了，要等他再发消息。",
    NO_MENU: "公众号还没有用接口设过菜单。运行 wechat menu push。",
    48001: "公众号没有这个接口的权限。核对是否已经认证，并看“接口权限”一栏。",
    48004: "接口因为违规被封禁。登录微信公众平台看通知。",
    50002: "公众号受到限制。登录微信公众平台看通知。",
    89501: "这个 IP 正在等管理员确认。请管理员在微信里确认。",
    89503: "这个 IP 第一次调用，要管理员确认。请管理员在微信里确认，再试一次。",
    89506: "管理员两次拒绝了这个 IP，24 小时之内不能再用它调用。",
    89507: "管理员拒绝了这个 IP，一小时之内不能再用它调用。",
} | dict.fromkeys((*range(40015, 40028), 40054, 40055), f"菜单不合规定。{_CHECK_MENU}")
_UNKNOWN = "在微信开放文档的“全局返回码”里查这个数字。"


def hint_for(code: int) -> str:
    """What an operator can do about an error code, in Chinese."""
    return _HINTS.get(code, _UNKNOWN)
