"""What a reader types or uploads to check a certificate."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from xueshi.certificates import batches
from xueshi.certificates.signing import MAX_UPLOAD
from xueshi.certificates.states import PrintForm
from xueshi.kernel import text
from xueshi.kernel.errors import RuleBroken
from xueshi.policies.papers import Certificate
from xueshi.ui.forms import BaseForm


class NumberForm(BaseForm):
    """The number on the paper, and what only its reader knows besides."""

    number = forms.CharField(label="证书编号", max_length=40, help_text="CE 开头，共 22 位")
    proof = forms.CharField(label="姓名或查验码", max_length=60, help_text="持证人姓名，或证书上的 16 位查验码")

    def clean_number(self) -> str:
        """The number without invisible characters."""
        return self._plain("number")

    def clean_proof(self) -> str:
        """The name or code without invisible characters."""
        return self._plain("proof")

    def _plain(self, field: str) -> str:
        try:
            return text.clean(self.cleaned_data[field], field=field)
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message) from None


class OfflineForm(BaseForm):
    """What a phone read from a paper's QR code."""

    text = forms.CharField(
        label="二维码内容",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text="用任意扫码软件读出的全部内容，通常是一个网址",
        error_messages={"required": "请粘贴扫码得到的内容"},
    )

    def clean_text(self) -> str:
        """The payload alone: what follows the last slash of the address, without blanks."""
        return "".join(str(self.cleaned_data["text"]).split()).rsplit("/", 1)[-1]


class PrintingForm(BaseForm):
    """Which certificate of the chosen people is printed, and as what."""

    kind = forms.ChoiceField(label="证书", widget=forms.RadioSelect)
    form = forms.ChoiceField(
        label="文件形式",
        widget=forms.RadioSelect,
        choices=[(form.value, form.label) for form in PrintForm],
        initial=PrintForm.PDF.value,
    )

    def __init__(self, *args: Any, papers: Sequence[Certificate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["kind"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - declared above
        chosen.choices = [(paper.key, paper.title) for paper in papers]
        chosen.initial = papers[0].key

    @property
    def wanted(self) -> batches.Wanted:
        """The clean answers."""
        return batches.Wanted(self.cleaned_data["kind"], PrintForm(self.cleaned_data["form"]))


class FileForm(BaseForm):
    """The paper itself."""

    file = forms.FileField(
        label="证书文件",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf", "data-max-bytes": MAX_UPLOAD}),
        help_text="从本平台下载的 PDF 原件，不超过 4 MB",
        error_messages={"required": "请选择证书文件", "empty": "文件是空的，请重新选择"},
    )

    def clean_file(self) -> bytes:
        """The bytes, when they are few enough."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError("文件超过 4 MB，不是本平台签发的证书")
        content: bytes = upload.read()
        return content
