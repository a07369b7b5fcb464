"""What a person may type beside plain text: `/image`, `/click KEY` and so on."""

from collections.abc import Callable

from api.channels.wechat.simulator.follower import Follower, FollowerMessage

_Make = Callable[[Follower, str], FollowerMessage]
HELP = """/image  /video  /shortvideo  /link  /miniprogram   发图片、视频、小视频、链接、小程序
/voice [文字]         发语音，可带识别结果
/location [纬度 经度]  发位置
/scan 场景值          扫带参数的二维码
/click KEY  /view 网址  点菜单
/subscribe [场景值]  /unsubscribe   关注、取消关注
/event 名称           任何别的事件
/1 /2 …              点最近一条回复里的第几个链接（直接打 1 是发送文字“1”）
/retry               把上一条原样再推送一次，像平台没等到回复时那样
/help  /quit"""


class UnknownCommandError(ValueError):
    """Not a command; the message says in Chinese what to do."""


def read_command(line: str, follower: Follower) -> FollowerMessage:
    """The message that a command stands for.

    Raises:
        UnknownCommandError: there is no such command, or it lacks what it needs.
    """
    name, _, argument = line.removeprefix("/").partition(" ")
    make = _COMMANDS.get(name.lower())
    if make is None:
        raise UnknownCommandError(f"没有 /{name} 这个命令，/help 列出全部。")
    try:
        return make(follower, argument.strip())
    except ValueError as error:
        raise UnknownCommandError(f"/{name} 后面写得不对，/help 有说明。") from error


def _location(follower: Follower, argument: str) -> FollowerMessage:
    if not argument:
        return follower.location()
    latitude, longitude = (float(part) for part in argument.split())
    return follower.location(latitude, longitude, "")


def _needed(argument: str) -> str:
    if not argument:
        raise ValueError("nothing given")
    return argument


_COMMANDS: dict[str, _Make] = {
    "image": lambda follower, _: follower.image(),
    "video": lambda follower, _: follower.video(),
    "shortvideo": lambda follower, _: follower.short_video(),
    "link": lambda follower, _: follower.link(),
    "miniprogram": lambda follower, _: follower.mini_program(),
    "voice": lambda follower, words: follower.voice(words),
    "location": _location,
    "scan": lambda follower, scene: follower.scan(_needed(scene)),
    "click": lambda follower, key: follower.click(_needed(key)),
    "view": lambda follower, url: follower.view(_needed(url)),
    "subscribe": lambda follower, scene: follower.subscribe(scene or None),
    "unsubscribe": lambda follower, _: follower.unsubscribe(),
    "event": lambda follower, name: follower.occurrence(_needed(name)),
}
