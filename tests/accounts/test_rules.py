"""Password rules (AC-08) without a database."""

import pytest

from xueshi.accounts.rules import password_problem

OWN = ("王志远", "370602199001012215", "13912345612", "wangzhiyuan", "海天精密机械有限公司")
SHORT, LONG = "密码至少 10 个字符", "密码最多 128 个字符"
COMMON, PERSONAL = "密码过于常见，请换一个", "密码不能由本人的姓名、证件号、手机号或单位名称构成"


@pytest.mark.req("AC-08", "B6")
@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", SHORT), ("short", SHORT), ("九个字符不够长的吧", SHORT), ("123456789", SHORT), ("x" * 129, LONG),
        ("1234567890", COMMON), ("qwertyuiop", COMMON), ("QWERTYUIOP", COMMON), ("password123", COMMON),
        ("Password1234", COMMON), ("1111111111", COMMON), ("aaaaaaaaaaaa", COMMON), ("abababababab", COMMON),
        ("abcdefghijkl", COMMON), ("9876543210", COMMON), ("woaini1314", COMMON), ("5201314520", COMMON),
        ("370602199001012215", PERSONAL), ("199001012215", PERSONAL), ("19900101ab", PERSONAL),
        ("13912345612", PERSONAL), ("12215@12215", ""), ("wangzhiyuan", PERSONAL), ("wangzhiyuan1", PERSONAL),
        ("WangZhiYuan!", PERSONAL), ("王志远王志远王志远王", PERSONAL), ("海天精密机械有限公司", PERSONAL),
        ("海天精密机械有限公司1", PERSONAL), ("correct horse battery", ""),
        ("青山绿水-2026-海风", ""), ("十个汉字组成的密码短语", ""),
        ("  spaces are fine  ", ""), ("tr0ub4dor&3", ""), ("x7!pQ2#mK9", ""), ("a b c d e f g h", ""),
        ("晴天 打球 喝茶 看海", ""), ("!@#$%^&*()_+", ""), ("Zk3-" * 16, ""), ("Zk3-" * 32, ""),
        ("🙂🙃😀😁😂🤣😃😄😅😆", ""),
    ],
)  # fmt: skip
def test_forty_passwords(password: str, problem: str) -> None:
    assert password_problem(password, OWN) == problem
