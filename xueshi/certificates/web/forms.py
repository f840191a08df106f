"""What a reader types or uploads to check a certificate."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from xueshi.certificates.signing import MAX_UPLOAD
from xueshi.kernel import text
from xueshi.kernel.errors import RuleBroken
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
