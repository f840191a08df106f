"""政策解读: the rules of a year as anybody may read them."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def read(portal: str, year: int = 2026) -> str:
    answer = Client(SERVER_NAME=f"{portal}.localhost").get("/policy/", {"year": year})
    assert answer.status_code == 200
    return answer.content.decode()


def test_rules_caps_and_window_in_words() -> None:
    fujian = read("fujian")
    assert "折算标准待本地人社部门确认" in fujian
    assert "每次申报不超过本年度还差的学时" in fujian
    assert "2026 年度的学时可在 2026-01-01 至 2028-12-31 申报" in fujian
    assert "按课程标注的学时计入" in fujian
    weihai = read("weihai", 2025)
    assert "每天 8 学时" in weihai
    assert "还差的学时" not in weihai
    assert "2025 年度的学时可在 2025-01-01 至 2027-12-31 申报" in weihai
