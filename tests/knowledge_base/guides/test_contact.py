"""Contact data as people write them."""

import pytest

from knowledge_base.guides.contact import read_name, read_phone


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
