"""Replace personal data in a citizen's message by a Chinese placeholder such as ``[手机号]``.

Each rule finds candidates in a folded copy (full-width signs, odd dashes and spaces become ASCII; positions hold), may
check them, and cuts the span out of the original. The rules run until nothing changes, so ``mask`` is idempotent; this
ends, as no rule matches a placeholder. Every repetition is bounded or of one class: a pass takes linear time.
What stays on purpose: amounts, dates, articles of law, numbers announced as order, contract or waybill numbers,
public hotlines (too short for any rule), street and district names without a house number.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

# GB 11643-1999: weights of the first 17 digits, and the check sign for each remainder (ISO 7064 MOD 11-2).
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_SIGNS = "10X98765432"
# GB/T 2260: the first two digits of an ID number name the province.
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
# GA 36: the first sign of a number plate.
_PLATE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新使领]"

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("￥"): ord("¥")}
_FOLD |= {ord(dash): ord("-") for dash in "‐‑‒–—―−﹣"} | {
    ord(space): 32 for space in "\u3000\u00a0\u2002\u2003\u2009\t"
}

_HAN = "[\u4e00-\u9fff]"
_SEP = "[ -]{0,3}"
_IS = "[ :=是为]{0,3}"
# A number before one of these is a sum of money (but 元旦 and 万一 are not).
_END = "(?![0-9])(?! ?(?:元(?!旦)|块钱|万(?!一)|亿|圆|人民币))"
_START = "(?<![0-9A-Za-z¥$])(?<![0-9][.])"
_PHONE_START = f"(?:{_START}|(?<=tel)|(?<=phone)|(?<=mobile)|(?<=wx)|(?<=vx))"

# Announced numbers that are not personal; rules with ``references_stay`` keep away from them.
_REFERENCE = re.compile(
    "(?:(?:订单|合同|协议|运单|快递|物流|流水|发票|案件|受理|工单|回执|证书|执业证|许可证|备案|登记|产权证|保单|专利|商标|交易"
    "|退款|投诉|申请|文件|设备|商品|产品)(?:编号|单号|序号|号码|号|编码)|(?<!身份证)(?<!证件)(?<!卡)编号|单号|序列号|信用代码"
    f"|税号|型号|条形码){_IS}[(#]?[0-9A-Za-z][0-9A-Za-z_/-]*"
)

# Signs that end the words before a place name; only the look of the result depends on them.
_STOP = "我你您他她它们住在于到是去从与跟的了把被区县市镇乡省址为给往租买卖搬送寄出有就这那说诉告位本该将离至个壁老旧"
_NAME = f"(?!(?<=浦)东)(?:(?![{_STOP}]|(?<=[我你您他她])家){_HAN}){{2,3}}[东西南北中支新一二三四五六七八九十]?"
_STREET = f"(?:{_NAME}|{_HAN}{{2}})(?<![跑半])(?:路|街|大道|村|巷)"
_ESTATE = f"{_NAME}(?:小区|花园|公寓|家园|苑|大厦|山庄|别墅|名邸)"
_NO = "(?:[0-9]{1,5}(?:[-/][0-9]{1,5})?[A-Z甲乙丙丁]?|[一二三四五六七八九十百零〇]{1,5}|[A-Z甲乙丙丁][0-9]{0,4})"
_HAO = "号(?![线口门窗令文码台])(?:楼(?![上下]))?"
_MORE = f"(?:[ ,#-]{{0,2}}{_NO}(?:支弄|弄|{_HAO}|幢|栋|座|单元|组|队|层|楼(?![上下])|室(?![内外])|房(?!东)))"
_DOOR = "(?:[ #-]{0,2}(?:[0-9]{1,2}-)?[0-9]{2,4}(?![0-9年月日天元块万平个人点名多.:%]))"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔"
    "伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙"
    "鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞"
    "姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封谈匡鞠惠荆乐冀胥"
)
# Common words that start with a surname.
_NO_NAME = (
    "(?!安装|黄牛|高利|江苏|温州|马上|何时|何人|全家|全部|施工|管家|管理|路人|解除|师傅|包工|宁波|车子|房东|成年|时候)"
)
_PERSON = f"{_NO_NAME}(?:欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|公孙|慕容|令狐|夏侯|[{_SURNAMES}]){_HAN}"
# Words that go on after a name, so that 我叫张三今年三十岁 loses only the name.
_GO_ON = "(?=今年|现在|是|的|在|住|我|想|要|被|因|和|跟|与|有|来自|女|男|离|已|户|身份|电话|手机|请|问|咨询|不)"
_LABEL = (
    "(?:姓名|名字|联系人|户名|收件人|收款人|原告|被告|申请人|当事人|委托人|法定代表人|借款人|出借人|担保人|债务人|车主)"
)


def _digits(match: re.Match[str]) -> str:
    return re.sub("[^0-9X]", "", match["v"].upper())


def _is_date(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year < 2100
    except ValueError:
        return False


def _is_id18(match: re.Match[str]) -> bool:
    number = _digits(match)
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number[:17], strict=True))
    return _is_date(number[6:14]) and _ID_CHECK_SIGNS[total % 11] == number[17]


def _is_id15(match: re.Match[str]) -> bool:
    return _is_date("19" + _digits(match)[6:12])


def _is_card(match: re.Match[str]) -> bool:
    """ISO/IEC 7812-1, annex B (Luhn): double every second digit from the right; the sum of all digits ends in 0."""
    number = _digits(match)
    groups = re.split("[ -]+", match["v"])
    if len(groups) > 1 and (
        number[:2] in ("19", "20") or all(re.fullmatch("[1-9][0-9]*00", group) for group in groups)
    ):
        return False  # a row of years, or of round sums
    if _is_date(number[:8]) or len(set(number)) == 1:
        return False  # a serial number that starts with a day, or a filler
    return (sum(map(int, number[::-2])) + sum(sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])) % 10 == 0


def _is_wechat(match: re.Match[str]) -> bool:
    return match["s"].strip() != "" or re.search("[0-9_]", match["v"]) is not None


class _Rule(NamedTuple):
    """The span ``v`` of every accepted match is replaced by the label in brackets."""

    label: str
    pattern: str
    accept: Callable[[re.Match[str]], bool] = lambda _: True
    references_stay: bool = False


def _grouped(*sizes: int, sep: str = "[ -]{1,3}") -> str:
    return sep.join(f"[0-9]{{{size}}}" for size in sizes)


def _at_each_start(value: str, start: str = _START, end: str = _END) -> str:
    """Look at every possible start, so that a rejected candidate does not hide a good one that begins inside it."""
    return f"{start}(?=(?P<v>{value}){end})"


_MOBILES = (_grouped(*sizes, sep="[ .-]{0,3}") for sizes in ((3, 4, 4), (3, 3, 5), (4, 3, 4), (5, 6)))
_MOBILE = f"(?=1[3-9])(?:{'|'.join(_MOBILES)})"
_CARDS = ((4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1), (4, 4, 4, 4), (6, 13), (6, 10), (4, 6, 5), (4, 4, 4, 3))
# Court, arbitration and notary files; document numbers such as 法释〔2020〕17号 have no words after the year.
_YEAR = r"[(〔\[](?:19|20)[0-9]{2}年?[)〕\]]"
_CASE = (
    f"(?:{_YEAR}(?=[^号]{{0,22}}[民刑行执破赔调知商财仲证诉辖督特申监]){_HAN}{{1,8}}[0-9]{{0,4}}(?:{_HAN}|[()]){{0,10}}"
    f"|(?:19|20)[0-9]{{2}}年?{_PLATE}[0-9]{{2,4}}{_HAN}{{1,5}}|(?:{_HAN}?劳人?仲|沪?仲){_HAN}{{0,3}}{_YEAR}{_HAN}{{0,4}})"
    "[0-9]{1,7}号(?:之[一二三四五六七八九十0-9]{1,3})?"
)
# Area code and 7 or 8 digits; Hong Kong, Macao, Taiwan. 021-12345 and 400 numbers do not fit.
_LANDLINE = (
    rf"(?:(?:(?:(?:\+|00)86{_SEP}0?|0)(?:10|2[0-9]|[3-9][0-9]{{2}})|\(0[0-9]{{2,3}}\)){_SEP}[0-9]{{3,4}}{_SEP}[0-9]{{4}}"
    rf"|\+(?:852|853|886){_SEP}[0-9]{{4}}{_SEP}[0-9]{{4,5}})(?![0-9])(?:(?:-|转|分机) ?[0-9]{{1,5}}(?![0-9]))?"
)
_TEL = "(?:电话|座机|固话|传真|tel)(?:号码|号)?[ :=.是为]{0,3}"
_PLATE_TAIL = "[ ·•.-]?(?=(?:[A-Z]{0,3}[0-9]){3})(?:[A-Z0-9]{5,6}|[A-Z0-9]{4}[学警挂港澳])(?![A-Z0-9])"
# Tencent: a WeChat id has 6 to 20 signs and starts with a letter; a QQ number has 5 to 12 digits.
_WECHAT = "(?:微信|[v薇威]信|加v|weixin|wechat|(?<![A-Z])[vw]x)(?P<s>(?:号码|号|id)?[ :=是为]{0,3})"
_ADDRESS = (
    f"(?P<v>(?:{_STREET} ?{_NO}(?:弄|{_HAO}|组|队)|{_ESTATE} ?{_NO}(?:{_HAO}|弄|幢|栋|座)){_MORE}{{0,5}}{_DOOR}?"
    f"|{_NO}(?:(?:弄|号楼|幢|栋|座|单元)(?:{_MORE}{{1,5}}{_DOOR}?|{_DOOR})|号 ?{_NO}室))"
)
_PASSPORT = "(?P<v>[EGP](?:[0-9]{8}|[A-Z][0-9]{7}))(?![0-9A-Z])"
_NAME_LABEL = "(?:我叫|我名叫|本人叫|名字叫|(?:姓名|名字)[是为])"
_NUMBER = "(?:号码|编号|号)?"
_ACCOUNT = r"[0-9]{12,25}|[0-9]{4}(?:[ -][0-9]{4}){2,5}(?:[ -][0-9]{1,3})?"

_RULES = (
    _Rule("案号", f"(?P<v>{_CASE})"),
    _Rule("邮箱", r"(?P<v>[A-Z0-9._%+-]{1,64}@[A-Z0-9-]{1,63}(?:\.[A-Z0-9-]{1,63}){1,4})"),
    _Rule("身份证号", _at_each_start(f"[1-9](?:{_SEP}[0-9]){{16}}{_SEP}[0-9X]", end="(?![0-9])"), _is_id18),
    _Rule("身份证号", _at_each_start(f"(?={_PROVINCE}){_grouped(6, 6, 3, sep=_SEP)}"), _is_id15, references_stay=True),
    _Rule("身份证号", f"身份证{_NUMBER}{_IS}(?P<v>[1-9](?:[0-9]{{16}}[0-9X]|[0-9]{{14}})){_END}"),
    _Rule("银行卡号", f"(?:卡号|[行蓄用记]卡|[账帐][号户]){_NUMBER}{_IS}(?P<v>{_ACCOUNT}){_END}"),
    *(_Rule("银行卡号", _at_each_start(_grouped(*sizes)), _is_card, references_stay=True) for sizes in _CARDS),
    _Rule("手机号", _at_each_start(rf"(?:(?:\+|00)?86{_SEP}|0)?{_MOBILE}", _PHONE_START), references_stay=True),
    _Rule("手机号", "(?P<v>[一幺][三四五六七八九][零〇一二三四五六七八九幺]{9})(?![零〇一二三四五六七八九幺])"),
    _Rule("银行卡号", _at_each_start("[0-9]{13,19}", end=f"(?![A-Z]){_END}"), _is_card, references_stay=True),
    _Rule("电话", f"{_START}(?P<v>{_LANDLINE}){_END}", references_stay=True),
    _Rule("电话", f"{_TEL}(?P<v>[1-9][0-9]{{2,3}}{_SEP}[0-9]{{4}}){_END}", lambda match: not _is_date(_digits(match))),
    _Rule("车牌号", f"(?P<v>{_PLATE} ?[A-Z]{_PLATE_TAIL})"),
    _Rule("护照号", rf"(?:护照|passport(?: no)?)[^0-9A-Z\n\[\]]{{0,12}}{_PASSPORT}"),
    _Rule("护照号", rf"(?<![0-9A-Z]){_PASSPORT}(?=[^0-9A-Z\n\[\]]{{0,6}}护照)"),
    _Rule("微信号", f"{_WECHAT}(?P<v>[A-Z][A-Z0-9_-]{{5,19}})(?![A-Z0-9_-])", _is_wechat),
    _Rule("QQ号", f"(?:(?<![A-Z])qq|扣扣|微信号){_NUMBER}{_IS}(?P<v>[1-9][0-9]{{4,11}}){_END}"),
    _Rule("地址", _ADDRESS),
    _Rule("姓名", f"{_NAME_LABEL}(?P<v>{_PERSON}(?:{_HAN}(?!{_HAN})|(?!{_HAN})|{_GO_ON}|{_HAN}))"),
    _Rule("姓名", f"姓名(?P<v>{_PERSON}{_HAN}?)(?=[, ](?:电话|手机|身份证|性别|住址|联系))"),
    _Rule("姓名", f"(?:{_LABEL} ?:|姓名 ) ?(?P<v>{_PERSON}{_HAN}?)(?!{_HAN})"),
    _Rule("姓名", f"(?:(?<=[人告名])|(?<=我是)|(?<!{_HAN}))(?P<v>{_PERSON}{_HAN}?)(?=[,、(][男女][,、)])"),
)
_COMPILED = tuple((f"[{rule.label}]", re.compile(rule.pattern, re.IGNORECASE), rule) for rule in _RULES)


def mask(text: str) -> str:
    """Return the text with personal data replaced by placeholders; what is masked already stays as it is."""
    before = ""
    while before != text:
        before = text
        for placeholder, pattern, rule in _COMPILED:
            folded = text.translate(_FOLD)
            if rule.references_stay:
                folded = _REFERENCE.sub(lambda match: "\0" * len(match[0]), folded)
            parts, done = [], 0
            for match in pattern.finditer(folded):
                start, end = match.span("v")
                if start >= done and rule.accept(match):
                    parts += [text[done:start], placeholder]
                    done = end
            text = "".join([*parts, text[done:]])
    return text
