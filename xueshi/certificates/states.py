"""States of a certificate and what may follow what."""

from enum import StrEnum

from xueshi.kernel.transitions import Transitions


class CertificateState(StrEnum):
    """Whether the paper still says what the ledger says."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The state in the user's words."""
        return _LABELS[self]


_LABELS = {
    CertificateState.VALID: "有效",
    CertificateState.SUPERSEDED: "已被新版本替换",
    CertificateState.REVOKED: "已撤销",
}


class Move(StrEnum):
    """What can happen to an issued certificate."""

    SUPERSEDE = "supersede"
    REVOKE = "revoke"


TRANSITIONS: Transitions[CertificateState, Move] = Transitions(
    {
        (CertificateState.VALID, Move.SUPERSEDE): CertificateState.SUPERSEDED,
        (CertificateState.VALID, Move.REVOKE): CertificateState.REVOKED,
    }
)


class PrintForm(StrEnum):
    """What many certificates printed at once become."""

    PDF = "pdf"
    ZIP = "zip"

    @property
    def label(self) -> str:
        """The form in the user's words."""
        return _FORMS[self]


_FORMS = {
    PrintForm.PDF: "一个 PDF 文件，每份一页，适合直接打印",
    PrintForm.ZIP: "压缩包，每份一个带电子签名的 PDF 原件，附清单",
}


class LookupWay(StrEnum):
    """How somebody reached a certificate without signing in."""

    NUMBER = "number"
    CODE = "code"
    QR = "qr"
    FILE = "file"

    @property
    def label(self) -> str:
        """The way in the holder's words."""
        return _WAYS[self]


_WAYS = {
    LookupWay.NUMBER: "输入证书编号和姓名",
    LookupWay.CODE: "输入证书编号和查验码",
    LookupWay.QR: "扫描二维码",
    LookupWay.FILE: "上传证书文件",
}
