"""Contact data as people write them."""

import pytest

from knowledge_base.guides.contact import corrected_contact, read_name, read_phone


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13812345678", "13812345678"), ("138 1234 5678", "13812345678"), ("138-1234-5678 谢谢", "13812345678"),
        ("我的手机是13812345678，下午打", "13812345678"), ("+8613812345678", "13812345678"),
        ("021-55556666", "021-55556666"), ("(021)55556666", "021-55556666"), ("02155556666", "021-55556666"),
        ("55556666", "55556666"), ("0512-66667777", "0512-66667777"), ("１３８１２３４５６７８", "13812345678"),
        ("12348", None), ("1381234567", None), ("138123456789", None), ("十三亿", None), ("", None), ("没有电话", None),
        ("13812345678或13900001111", None), ("23812345678", None),
    ],
)  # fmt: skip
def test_a_phone(text: str, phone: str | None) -> None:
    assert read_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王阿姨", "王阿姨"), ("我叫王小明", "王小明"), ("叫我老李就行", "老李就行"), ("我姓张。", "张"), ("Li Hua", "Li Hua"),
        ("名字是阿依古丽·买买提", "阿依古丽·买买提"), ("为什么要问名字？", None), ("不知道", None), ("算了", None), ("13812345678", None),
        ("", None), ("不想说", None), ("不对，我在浦东", None), ("公司欠了我三个月工资一直不给", None),
    ],
)  # fmt: skip
def test_a_name(text: str, name: str | None) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不对，应该是56321470", ("phone", "56321470")),
        ("电话写错了，是13812345679", ("phone", "13812345679")),
        ("我的电话是13812345679", ("phone", "13812345679")),
        ("13812345679", ("phone", "13812345679")),
        ("不对，我姓黄", ("name", "黄")),
        ("不对，叫我老郑，礼拜六上班伐", ("name", "老郑")),
        ("不对，是礼拜五", None),
        ("公司欠我工资，去年转账13812345679这个账户的记录还在", None),
        ("王阿姨", None),
        ("不对", None),
    ],
)
def test_contact_data_that_is_put_right(text: str, expected: tuple[str, str] | None) -> None:
    assert corrected_contact(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [("叫我王太太吧。你们讲英文吗？", "王太太"), ("叫我老郑，礼拜六上班伐", "老郑"), ("你们几点上班？王阿姨", None)],
)
def test_a_name_beside_a_question(text: str, name: str | None) -> None:
    assert read_name(text) == name
