"""Filling registration forms in as a browser does: every hidden field of the page goes back with what was typed."""

import html
import io
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from xueshi.kernel import identity
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery

CAPTCHA = "K7WD"
PASSWORD = "Haitian-Precision-2026"
_HIDDEN = re.compile(r'<input type="hidden" name="(carried|step|picture)" value="([^"]*)"')


def host(portal: str) -> dict[str, str]:
    return {"HTTP_HOST": f"{portal}.localhost"}


def number(serial: int, *, area: str = "371002", born: str = "19850716") -> str:
    """A woman's number, as the person of the form is one; serials from 1 to 499 and from 500 to 999 meet."""
    return identity.complete_resident(f"{area}{born}{serial * 2 % 1000:03}")


def picture(name: str = "licence.png", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "#1a56b0").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


class Form:
    """One visitor with one form open."""

    def __init__(self, client: Client, kind: str, portal: str = "weihai") -> None:
        self.client, self.portal = client, portal
        self.url = f"/register/{kind}/"
        self.look()

    @property
    def text(self) -> str:
        return html.unescape(self.page.content.decode())

    @property
    def hidden(self) -> dict[str, str]:
        return {name: html.unescape(value) for name, value in _HIDDEN.findall(self.page.content.decode())}

    def send(self, typed: dict[str, Any], **buttons: str) -> HttpResponse:
        """Press a button; 下一步 and 注册 are the default one."""
        self.sent = {"captcha": CAPTCHA} | self.hidden | typed | (buttons or {"go": "enter"})
        self.page = self.client.post(self.url, self.sent, **host(self.portal))
        return self._turned()

    def look(self) -> HttpResponse:
        """Open or reload the address."""
        self.page: HttpResponse = self.client.get(self.url, **host(self.portal))
        return self._turned()

    def _turned(self) -> HttpResponse:
        """Go where the answer leads, if that is a step of the form."""
        if self.page.status_code == 303:
            self.url = self.page["Location"]
            self.page = self.client.get(self.url, **host(self.portal))
        return self.page

    def with_code(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Press 获取短信验证码 and read what arrived; the form with the code in it."""
        self.send(typed, send_code="1")
        assert self.page.status_code == 200, self.errors
        notifications.deliver_due()
        found = re.search(r"验证码为 (\d{6})", Delivery.objects.order_by("-pk")[0].text)
        assert found is not None
        return typed | {"sms_code": found[1]}

    def again(self) -> HttpResponse:
        """The same request once more: a double click."""
        return self.client.post(self.url, self.sent, **host(self.portal))

    @property
    def errors(self) -> dict[str, list[str]]:
        return {name: [str(each) for each in found] for name, found in self.page.context["form"].errors.items()}

    def done(self) -> str:
        """Follow to the page after success; its text."""
        assert self.page.status_code == 302, self.errors
        self.page = self.client.get(self.page["Location"], **host(self.portal))
        return self.text


def enters(identifier: str, portal: str = "weihai", user_type: str = "professional") -> bool:
    """Whether somebody with this account and the password of the forms comes in by the sign-in box."""
    client = Client(HTTP_HOST=f"{portal}.localhost")
    found = re.search(r'name="picture" value="([^"]+)"', client.get("/").content.decode())
    typed = {"identifier": identifier, "password": PASSWORD, "user_type": user_type, "captcha": CAPTCHA}
    client.post("/", typed | {"picture": found[1] if found else ""})
    return client.get("/home/").status_code == 200


def told(document: str) -> dict[str, str]:
    """Sex and date of birth as a resident number tells them."""
    return {
        "sex": "male" if identity.is_male(document) else "female",
        "birth_date": identity.birth_date(document).isoformat(),
    }


def person(document: str, **changes: Any) -> dict[str, Any]:
    """A complete professional form of 威海; ``employer`` must be added."""
    whole = len(document) == len(number(1)) and document[:17].isdigit()
    return (
        (told(document) if whole else {"sex": "female", "birth_date": "1985-07-16"})
        | {
            "existing": "",
            "document_type": "resident",
            "document_number": document,
            "password": PASSWORD,
            "password_again": PASSWORD,
            "phone": "13963112345",
            "email": "chenxia@example.cn",
            "name": "陈霞",
            "education": "21",
            "school": "山东大学",
            "major": "机械类",
            "graduated": "2007-07-01",
            "degree": "4",
            "postdoctoral": "no",
            "title_series": "05",
            "title_level": "middle",
            "title": "0503",
            "title_effective": "2015-12-01",
            "title_certificate": picture("title.png"),
            "undertaking": "on",
            "agreement": "on",
            "sensitive": "on",
        }
        | changes
    )


def unit(**changes: Any) -> dict[str, Any]:
    """Step 1 of the employer form of 威海."""
    return {
        "unit_name": "威海新材料有限公司",
        "unit_nature": "private",
        "unit_level": "none",
        "unit_telephone": "0631-5231234",
        "industry": "C",
        "has_department": "no",
        "area": "371002",
        "address": "威海市环翠区世昌大道 1 号",
        "has_code": "yes",
        "code": "91371000MA3C0EXA7F",
        "licence": picture(),
    } | changes


def manager(document: str, **changes: Any) -> dict[str, Any]:
    """Step 2 of the employer form."""
    return {
        "existing": "",
        "document_type": "resident",
        "document_number": document,
        "password": PASSWORD,
        "password_again": PASSWORD,
        "real_name": "刘洋",
        "phone": "13863112345",
        "email": "liuyang@example.cn",
        "landline": "",
        "undertaking": "on",
        "agreement": "on",
        "sensitive": "on",
    } | changes
