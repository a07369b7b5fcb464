"""Stand-ins for the processes beside the API, and the small catalogue that the tests are answered from."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from knowledge_base import corpus
from knowledge_base.blocks import AnswerBlock, Choice, ChoicesBlock, Reply, TextBlock
from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.decision import Candidate, Context, Decision, DecisionKind
from knowledge_base.entry import Entry, Facet, LawSource, PageSource
from knowledge_base.guides.engine import advance
from knowledge_base.guides.state import read_state
from knowledge_base.release import Release
from knowledge_base.replies import answer_block, reply_to_choice, reply_with_decision
from knowledge_base.situations import Situation
from knowledge_base.wording import say

RASA_URL = "http://rasa.test"
ACTIONS_URL = "http://actions.test"
SECRET_KEY = "a secret of the tests that is long enough"
RASA_TOKEN = "a token of the tests that is long enough"

WAGES = "labour.unpaid-wages"
DEGREE = "notary.education-certificate"


def _entry(name: str, topic: str, title: str, answer: str, questions: str, **more: Any) -> Entry:
    law = LawSource(law="劳动合同法", article="30", checked=date(2026, 11, 23), confidence="verified")
    fields: dict[str, Any] = {
        "kind": "question",
        "sources": [law],
        "office": "公共法律服务管理处",
        "valid_from": date(2021, 1, 1),
        "review_by": date(2099, 1, 1),
    }
    return Entry(id=name, topic=topic, title=title, answer=answer, questions=questions.split("|"), **(fields | more))


ENTRIES = [
    _entry(
        WAGES, "劳动争议", "公司拖欠工资怎么办",
        "可以先向劳动保障监察机构投诉，也可以申请劳动仲裁。\n先存好合同和考勤。",
        "老板不发工资|欠薪找哪里|工资一直拖着不给|三个月没发工钱了|干了活拿不到钱|离职了工资没结|工资欠条能不能起诉",
        next=["entry:labour.arbitration-how"],
    ),
    _entry(
        "labour.arbitration-how", "劳动争议", "怎么申请劳动仲裁", "向劳动争议仲裁委员会交一份申请书，不收费。",
        "劳动仲裁怎么弄|去哪里申请劳动仲裁|劳动仲裁要交什么|仲裁要不要钱|劳动仲裁流程|和单位打劳动仲裁",
        kind="service", facets={"materials": "申请书和身份证明。", "fee": "不收费。"},
    ),
    _entry(
        "family.agreed-divorce", "婚姻家庭", "双方都同意离婚怎么办", "两个人一起到婚姻登记机关申请，三十天后再去领证。",
        "协议离婚怎么离|我们说好要离婚|离婚去哪里办|和平离婚|离婚冷静期多久|夫妻都想离婚",
    ),
    _entry(
        "inheritance.no-will", "继承", "没有遗嘱遗产怎么分", "没有遗嘱的，由配偶、子女、父母平均分。",
        "老人走了没留遗嘱|爸爸去世房子归谁|没有遗嘱怎么继承|遗产谁来分|父亲过世存款怎么办|继承顺序",
    ),
    _entry(
        DEGREE, "公证", "学历证书公证怎么办", "带身份证和毕业证书到公证机构申请。",
        "毕业证公证|学位证怎么公证|出国读书要公证学历|学历公证去哪里|文凭公证|大学毕业证书做公证",
        kind="service", facets={"materials": "身份证、毕业证书原件。", "fee": "按件收，价目在公证处能看到。"},
        sources=[
            PageSource(
                page="公证服务指南", date=date(2026, 1, 5), checked=date(2026, 11, 20), confidence="page",
                url="https://sfj.sh.gov.cn/guide",
            )
        ],
        valid_until=date(2098, 12, 31),
    ),
    _entry(
        "legal-aid.conditions", "法律援助", "什么人能申请法律援助", "经济困难的人可以向法律援助中心申请。",
        "请不起律师怎么办|法律援助条件|免费律师哪里有|没钱打官司|穷人怎么请律师|申请法援要什么条件",
    ),
]  # fmt: skip
SITUATIONS = [
    Situation("劳动争议", "加班", ("天天加班没有加班费", "周末加班不给钱", "加班费怎么算")),
    Situation("婚姻家庭", "彩礼", ("彩礼要不要还", "分手了彩礼能退吗", "结婚三个月要回彩礼")),
    Situation("继承", "房产过户", ("继承的房子怎么过户", "爷爷的房子过户给我", "房产继承过户")),
]
OUT_OF_SCOPE = {
    "chitchat": ["今天天气怎么样", "给我讲个笑话", "你吃饭了吗", "唱首歌给我听", "你叫什么名字", "帮我写一首诗"],
    "other": [
        "附近哪里有好吃的",
        "股票今天涨了吗",
        "帮我订一张火车票",
        "明天会不会下雨",
        "怎么学好英语",
        "推荐一部电影",
    ],
    corpus.GOVERNMENT: [
        "医保卡怎么换",
        "身份证到期去哪里换",
        "公积金怎么提取",
        "居住证积分怎么算",
        "养老金什么时候到账",
    ],
}
_CALIBRATION = {
    WAGES: "老板拖着工资不给|公司欠我两个月工资|工钱要不到怎么办|厂里欠薪去哪里告|工资拖了半年了",
    "labour.arbitration-how": "劳动仲裁到哪里申请|想和公司打仲裁要什么|申请仲裁交钱吗|仲裁申请书交给谁",
    "family.agreed-divorce": "我们两个都想离婚去哪办|协议离婚要等多久|好聚好散离婚手续|离婚去民政局吗",
    "inheritance.no-will": "爸爸走了没写遗嘱怎么分|老人去世财产归谁|没遗嘱存款怎么分|谁能继承父亲的房子",
    DEGREE: "大学文凭怎么公证|留学要公证毕业证|学位证公证到哪办|毕业证公证带什么",
    "legal-aid.conditions": "没有钱请律师怎么办|谁可以申请法律援助|家里困难能有免费律师吗|法援要什么条件",
}
_NEAR_MISSES = {
    "劳动争议": ["加班到半夜没有加班费", "年假没休完能折钱吗"],
    "婚姻家庭": ["订婚的彩礼要得回来吗", "他不肯离婚怎么办"],
    "继承": ["继承的房子怎么过户呢", "放弃继承去哪里办"],
}
_OUTSIDE = [
    "后天会下雨吗",
    "陪我聊聊天",
    "附近有什么好吃的",
    "手机坏了怎么修",
    "帮我写首歌",
    "医保怎么报销",
    "公积金提取要几天",
]
CALIBRATION = [
    *(
        CalibrationQuestion(text, entry.topic, entry.id)
        for entry in ENTRIES
        for text in _CALIBRATION[entry.id].split("|")
    ),
    *(CalibrationQuestion(text, topic, near_miss=True) for topic, texts in _NEAR_MISSES.items() for text in texts),
    *(CalibrationQuestion(text, corpus.OUT_OF_SCOPE) for text in _OUTSIDE),
]


def decision_reply(release: Release, text: str, metadata: dict[str, Any]) -> Reply:
    """What the action server makes of a text and the metadata that come with it."""
    context = _context(metadata)
    return reply_with_decision(release.decider.decide(text, context), release, context.abstained_before)


def guide_reply(release: Release, said: dict[str, str], metadata: dict[str, Any]) -> Reply:
    """What the action server makes of a message that a guide takes up."""
    guide = read_state(metadata["guide"])
    return advance(guide, said.get("said", ""), said.get("target"), release, _context(metadata))


def _context(metadata: dict[str, Any]) -> Context:
    return Context(today=date.today(), **{name: value for name, value in metadata.items() if name != "guide"})


def wages_reply(release: Release, **changes: Any) -> Reply:
    """A sound reply whose answer block, the first, can be tampered with."""
    block = answer_block(release.entries[WAGES]).model_copy(update=changes)
    return Reply(outcome="answered.entry", blocks=[block], topic="劳动争议", entry_id=WAGES, release=release.number)


def degree_block(release: Release) -> AnswerBlock:
    """The card of an entry with facets."""
    return answer_block(release.entries[DEGREE])


def abstaining_reply(release: Release, abstained_before: int = 0, outcome: str = "abstained.out_of_scope") -> Reply:
    """The so many-eth abstention in a row."""
    decision = Decision(DecisionKind.ABSTAIN, outcome, (), (), 0.9, 0.1)
    return reply_with_decision(decision, release, abstained_before)


def several_reply(release: Release) -> Reply:
    """Two cards: one question about wages, one about what a notary wants to see of a degree."""
    asked = ((WAGES, None), (DEGREE, Facet.MATERIALS))
    first, second = (
        Decision(DecisionKind.ANSWER, "answered.several", (Candidate(name, 0.9),), (), 0.9, 1.0, facet)
        for name, facet in asked
    )
    return reply_with_decision(replace(first, also=(second,)), release)


def clarifying_reply() -> Reply:
    """Two entries and "none of these" as buttons."""
    choices = [
        Choice(id=f"entry:{WAGES}", label="公司拖欠工资怎么办"),
        Choice(id="entry:labour.arbitration-how", label="怎么申请劳动仲裁"),
        Choice(id="say:none_of_these", label=say("clarify_none")),
    ]
    return Reply(outcome="clarified.choices", blocks=[ChoicesBlock(prompt=say("clarify_prompt"), choices=choices)])


def text_reply(text: str, outcome: str = "answered.small_talk") -> Reply:
    """A reply of one text."""
    return Reply(outcome=outcome, blocks=[TextBlock(text=text)])


def uttered(reply: Reply) -> httpx.Response:
    """How Rasa hands on what an action returned."""
    return httpx.Response(200, json=[{"recipient_id": "x", "custom": {"reply": reply.model_dump(mode="json")}}])


class FakeRasa:
    """Rasa with its action server, as far as the API sees them. Without `answer` it decides as the actions do."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.answer: Callable[[dict[str, Any]], httpx.Response] | None = None
        self.delay = 0.0
        self.down = False
        self.forgets = True
        self.messages: list[dict[str, Any]] = []
        self.forgotten: list[httpx.Request] = []
        self.running = 0
        self.running_of: dict[str, int] = {}
        self.most_running = 0
        self.most_of_one_sender = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        if request.url.path == "/status":
            return httpx.Response(200, json={"model_file": "x.tar.gz"})
        if request.method == "PUT":
            self.forgotten.append(request)
            return httpx.Response(200 if self.forgets else 500, json={})
        return await self._message(json.loads(request.content))

    async def _message(self, body: dict[str, Any]) -> httpx.Response:
        sender = body["sender"]
        self.messages.append(body)
        self.running += 1
        self.running_of[sender] = self.running_of.get(sender, 0) + 1
        self.most_running = max(self.most_running, self.running)
        self.most_of_one_sender = max(self.most_of_one_sender, self.running_of[sender])
        try:
            await asyncio.sleep(self.delay)
            return self.answer(body) if self.answer else self._decide(body)
        finally:
            self.running -= 1
            self.running_of[sender] -= 1

    def _decide(self, body: dict[str, Any]) -> httpx.Response:
        message: str = body["message"]
        if message.startswith("/guide"):
            return uttered(guide_reply(self.release, json.loads(message.removeprefix("/guide")), body["metadata"]))
        if message.startswith("/choose"):
            return uttered(reply_to_choice(json.loads(message.removeprefix("/choose"))["target"], self.release))
        return uttered(decision_reply(self.release, message, body["metadata"]))


class FakeActions:
    """The action server's health page."""

    def __init__(self) -> None:
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(self.status if request.url.path == "/health" else 404, json={"status": "ok"})


def outgoing(rasa: FakeRasa, actions: FakeActions) -> SimpleNamespace:
    """Stands for `httpx` inside `api.app`: the clients that it makes reach the stand-ins and nothing else."""
    handlers = {RASA_URL: rasa, ACTIONS_URL: actions}

    def make(*, base_url: str, timeout: httpx.Timeout, **_: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=base_url, timeout=timeout, transport=httpx.MockTransport(handlers[base_url]))

    return SimpleNamespace(AsyncClient=make, Timeout=httpx.Timeout, Limits=httpx.Limits)


def block_types(reply: list[dict[str, Any]]) -> list[str]:
    """The types of the blocks, in order."""
    return [block["type"] for block in reply]


def is_chinese(text: str) -> bool:
    """Whether a text has Chinese in it."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def assert_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The response is a problem of that status with a Chinese detail; returns it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    if not is_chinese(problem["detail"]):
        pytest.fail(f"no Chinese detail: {problem}")
    return problem
