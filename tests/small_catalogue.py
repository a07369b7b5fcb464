"""A catalogue of eight small entries, and lines of topics, that the tests make their own release from.

Two topics have close siblings, one entry is a service with facets, one no longer holds and one does not hold yet.
"""

from datetime import date
from typing import Any

from knowledge_base.calibration_questions import CalibrationQuestion
from knowledge_base.corpus import GOVERNMENT, OUT_OF_SCOPE, Line, Lines, build_lines, claim_lines, text_lines
from knowledge_base.entry import Entry, Facet, LawSource, PageSource
from knowledge_base.situations import Situation

TODAY = date(2026, 7, 20)
CHECKED = date(2026, 7, 17)

WAGES = "labour.unpaid-wages"
DISMISSED = "labour.dismissed"
RESIGNED = "labour.resigned"
COMING = "labour.coming-rule"
NO_WILL = "inheritance.no-will"
OWN_WILL = "inheritance.own-will"
EXPIRED = "inheritance.old-will-rule"
CERTIFICATE = "notary.education-certificate"


def law_source(law: str, article: str, **changes: Any) -> LawSource:
    """An article as a source without a defect; `changes` replaces fields."""
    fields = {"claim": "说明了条目从这一条取了什么", "checked": CHECKED, "confidence": "verified"}
    return LawSource.model_validate({"law": law, "article": article} | fields | changes)


def make_entry(**changes: Any) -> Entry:
    """An entry without a defect; `changes` replaces fields."""
    fields: dict[str, Any] = {
        "id": WAGES,
        "topic": "劳动争议",
        "kind": "question",
        "title": "公司拖欠工资怎么办",
        "answer": "可以先向劳动保障监察机构投诉，也可以申请劳动仲裁。\n留好劳动合同、工资条和考勤记录。",
        "questions": [
            "老板不发工资",
            "公司拖欠工资找谁",
            "三个月没拿到钱了",
            "工地干完活包工头跑了钱没给",
            "厂里说效益不好先欠着",
            "欠薪能不能投诉",
            "打工半年一分没见着咋整",
            "我在饭店干了大半年，老板一直说下个月结清，现在人都联系不上了，我该找什么地方要回来",
        ],
        "sources": [law_source("劳动合同法", "30")],
        "next": [f"entry:{DISMISSED}", "guide:legal_aid_check"],
        "office": "公共法律服务管理处",
        "valid_from": date(2008, 1, 1),
        "review_by": date(2027, 6, 30),
    }
    return Entry.model_validate(fields | changes)


def _labour_entries() -> list[Entry]:
    dismissed = make_entry(
        id=DISMISSED,
        title="被公司辞退有没有补偿",
        answer="公司辞退你，一般要付经济补偿。\n违法辞退的，可以要求赔偿金。",
        questions=[
            "公司辞退我",
            "被开除了有补偿吗",
            "老板叫我明天别来了",
            "单位裁员怎么赔",
            "突然被炒鱿鱼能拿多少",
            "试用期被辞退赔不赔",
            "人事通知我走人，说岗位没了",
            "我在公司做了五年，昨天人事突然找我谈话说部门撤掉了叫我月底走，这种情况能要到赔偿吗",
        ],
        next=[f"entry:{WAGES}"],
        confusable={RESIGNED: "自己提出离职的"},
        sources=[
            law_source("劳动合同法", "46"),
            law_source("劳动合同法", "47", checked=date(2026, 7, 1)),
        ],
    )
    resigned = make_entry(
        id=RESIGNED,
        title="自己辞职有没有补偿",
        answer="自己提出辞职，一般没有经济补偿。\n因为公司欠薪、不缴社保而离开的，可以要求补偿。",
        questions=[
            "我想辞职",
            "自己离职有补偿吗",
            "主动走人能拿钱吗",
            "不想干了提前几天说",
            "辞职要提前一个月吗",
            "我自己提的离职公司给不给赔",
            "干得不开心要走，会不会一分没有",
            "我在这家厂干了八年，身体吃不消想自己提出离开，听说主动走就什么都没有，是不是这样",
        ],
        next=[],
        confusable={DISMISSED: "被公司辞退的"},
    )
    coming = make_entry(
        id=COMING,
        title="灵活就业人员的新规定",
        answer="新规定从2099年1月1日起施行。",
        questions=["灵活就业新规", "外卖骑手的新规定什么时候开始", "骑手新规定讲了什么"],
        next=[],
        valid_from=date(2099, 1, 1),
    )
    return [make_entry(), dismissed, resigned, coming]


def _inheritance_entries() -> list[Entry]:
    no_will = make_entry(
        id=NO_WILL,
        topic="继承",
        title="没有遗嘱遗产怎么分",
        answer="没有遗嘱的，按法定继承分。\n配偶、子女、父母是第一顺序。",
        questions=[
            "没遗嘱怎么分",
            "法定继承的顺序",
            "父亲走了没留话房子归谁",
            "老人没写遗嘱遗产分给谁",
            "爸爸去世存款怎么分",
            "爷爷的房子几个叔叔怎么分",
            "兄弟姐妹争老人的房子",
            "我父亲上个月突然去世，什么都没有交代，家里有一套房子和一些存款，我和妈妈还有妹妹怎么分",
        ],
        sources=[law_source("民法典", "1127")],
        next=[f"entry:{OWN_WILL}"],
        confusable={OWN_WILL: "想自己写遗嘱的"},
        valid_from=date(2021, 1, 1),
    )
    own_will = make_entry(
        id=OWN_WILL,
        topic="继承",
        title="自己写的遗嘱有效吗",
        answer="自己亲笔写、签名并注明年月日的遗嘱有效。",
        questions=[
            "遗嘱怎么写",
            "手写遗嘱有效吗",
            "立遗嘱要不要公证",
            "自书遗嘱要见证人吗",
            "遗嘱没写日期算数吗",
            "老人在纸上写的房子给我算不算",
            "打印出来签名的遗嘱行不行",
            "我外婆生前在一张纸上写了房子留给我，只有她签的名字，舅舅说这个不算数，到底有没有用",
        ],
        sources=[law_source("民法典", "1134")],
        next=[],
        confusable={NO_WILL: "没有遗嘱的"},
        valid_from=date(2021, 1, 1),
    )
    expired = make_entry(
        id=EXPIRED,
        topic="继承",
        title="公证遗嘱效力优先的老规定",
        answer="2021年1月1日以前，公证遗嘱优先。",
        questions=["公证遗嘱最优先吗", "几份遗嘱听哪份老规定", "公证遗嘱优先的老规定"],
        sources=[law_source("民法典", "1142")],
        next=[],
        valid_from=date(1985, 10, 1),
        valid_until=date(2020, 12, 31),
    )
    return [no_will, own_will, expired]


def _certificate() -> Entry:
    return make_entry(
        id=CERTIFICATE,
        topic="公证",
        kind="service",
        title="学历公证",
        answer="学历公证可以自己去办，也可以委托别人代办。",
        facets={
            Facet.WHO: "本人可以办，也可以委托别人代办。",
            Facet.MATERIALS: "身份证明、毕业证书原件和申请表。",
            Facet.FEE: "按公证处公示的价格收。",
            Facet.TIME: "受理之日起15个工作日内出证。",
        },
        questions=[
            "毕业证公证",
            "学历公证怎么弄",
            "出国读书要的学历证明",
            "大专文凭公证",
            "国外学校要我毕业证盖章",
            "学位证公证去哪里",
            "外国公司不信我念过大学",
            "我儿子九月去英国读研，学校要毕业证学位证公证加翻译，他人在北京，我替他去公证处行不行",
        ],
        sources=[
            law_source("公证法", "11"),
            PageSource(
                page="上海市司法局网站公证办事指南",
                date=date(2021, 4, 1),
                claim="学历公证收费按公证处公示的价格",
                checked=date(2026, 6, 1),
                confidence="page",
                url="https://example.org/notary",
            ),
        ],
        next=[],
    )


def small_entries() -> list[Entry]:
    """All eight entries, in a fixed order."""
    return [*_labour_entries(), *_inheritance_entries(), _certificate()]


def small_situations() -> list[Situation]:
    """Situations beyond the entries, two or more a topic."""
    return [
        Situation("劳动争议", "加班费", ("加班不给加班费", "天天加班到十点没有钱", "周末上班算不算加班")),
        Situation("劳动争议", "社保", ("公司不交社保", "社保断了单位不补", "入职半年没给我缴社保")),
        Situation("劳动争议", "年休假", ("年假休不掉怎么算", "单位不让休年假")),
        Situation("继承", "债务", ("父亲欠的债要我还吗", "继承房子要不要还债")),
        Situation("继承", "放弃", ("我不想要遗产怎么放弃", "放弃继承要写什么")),
        Situation("公证", "委托书", ("委托书公证怎么办", "人在国外要办委托公证")),
        Situation("公证", "出生", ("出生公证去哪里办", "小孩出国要出生公证")),
        Situation("婚姻家庭", "离婚", ("协议离婚怎么办", "对方不同意离婚", "离婚冷静期多少天")),
        Situation("婚姻家庭", "彩礼", ("彩礼能不能要回来", "订婚没结成彩礼退吗")),
    ]


def small_out_of_scope() -> dict[str, list[str]]:
    """Lines that the assistant cannot help with."""
    return {
        "chitchat": ["你吃饭了吗", "讲个笑话给我听", "今天心情不好陪我聊聊", "你叫什么名字", "唱首歌吧", "你会下棋吗"],
        "weather": ["明天下雨吗", "上海今天几度", "周末会不会出太阳", "台风什么时候来", "今天热不热", "冬天会下雪吗"],
        "food_travel": ["附近哪里好吃", "去迪士尼怎么坐地铁", "红烧肉怎么做", "推荐一个景点", "火锅店排队久吗"],
        "tech": ["电脑开不了机", "手机怎么截屏", "帮我写一段代码", "路由器连不上网", "电视没有声音怎么调"],
        GOVERNMENT: ["医保卡怎么换", "身份证到期去哪里换", "公积金怎么提取", "居住证积分怎么算", "养老金什么时候到账"],
    }


def small_lines() -> list[Line]:
    """Every line of the small catalogue, as people say it."""
    return build_lines(small_entries(), small_situations(), small_out_of_scope())


def small_teaching_lines() -> Lines:
    """What the models learn from: `small_lines`, and the sentences of answers and sources."""
    entries = small_entries()
    return Lines(tuple(small_lines()), (*text_lines(entries), *claim_lines(entries)))


_ANSWERED = {
    WAGES: [
        "干活三个月老板没给钱怎么办",
        "工资一直拖着不发去哪里投诉",
        "包工头欠我们十几个人的工钱",
        "公司说没钱，工资欠了两个月了",
        "厂里欠薪我去哪里告",
        "老板跑了我们的工资找谁要",
    ],
    DISMISSED: [
        "公司突然不要我了给多少补偿",
        "我被公司开除了，能要赔偿吗",
        "部门裁掉了，公司要赔我多少",
        "试用期里老板把我辞退了",
        "人事叫我明天不用来上班了有钱赔吗",
        "怀孕被单位辞退能赔多少",
    ],
    RESIGNED: [
        "自己要离职公司会给钱吗",
        "我主动提离职有没有经济补偿",
        "想辞职，提前多少天跟公司讲",
        "做得不开心想走，补偿还有吗",
        "自己提出不干了有没有赔偿",
    ],
    NO_WILL: [
        "爸爸走了没有遗嘱，房子怎么分",
        "老人去世没写遗嘱，几个子女怎么分",
        "法定继承先给谁",
        "妈妈去世了，存款我和弟弟怎么分",
        "爷爷没留遗嘱，叔叔们都要分房子",
    ],
    OWN_WILL: [
        "自己写的遗嘱算数吗",
        "遗嘱要怎么写才有效",
        "奶奶手写的遗嘱没有日期有效吗",
        "我想立个遗嘱要公证吗",
        "打印的遗嘱只签了名字有用吗",
    ],
    CERTIFICATE: [
        "毕业证要公证带什么材料",
        "出国留学学历公证多少钱",
        "大学毕业证公证几天能拿",
        "学位证公证别人能代办吗",
        "国外要我的学历公证去哪里办",
    ],
}
_UNANSWERED = {
    "劳动争议": ["加班到半夜没有加班费", "单位不给我交社保", "年假没休完能折钱吗", "工作服押金离职不退"],
    "继承": ["爸爸留下的债我要还吗", "放弃继承去哪里办", "海外的遗产怎么拿回来"],
    "公证": ["委托书要公证吗", "给孩子办出生公证", "公证员怎么考"],
    "婚姻家庭": ["他不肯离婚怎么办", "订婚的彩礼要得回来吗", "离婚冷静期能撤回吗"],
}
_OUTSIDE = [
    "你好呀", "陪我聊聊天", "后天会下雨吗", "这周末热不热", "附近有什么好吃的", "怎么去外滩", "手机坏了怎么修",
    "电脑蓝屏了", "帮我写首诗", "医保怎么报销", "公积金提取要几天", "身份证丢了去哪里补",
]  # fmt: skip


def small_calibration() -> list[CalibrationQuestion]:
    """Questions whose right outcome is known and that no line of the small catalogue words so; all normalised."""
    topics = {entry.id: entry.topic for entry in small_entries()}
    return [
        *(CalibrationQuestion(text, topics[name], name) for name, texts in _ANSWERED.items() for text in texts),
        *(CalibrationQuestion(text, topic, near_miss=True) for topic, texts in _UNANSWERED.items() for text in texts),
        *(CalibrationQuestion(text, OUT_OF_SCOPE) for text in _OUTSIDE),
    ]
