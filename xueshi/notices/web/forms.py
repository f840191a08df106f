"""What a bureau's administrator types."""

from django import forms

from xueshi.kernel import text
from xueshi.kernel.errors import RuleBroken
from xueshi.notices.models import Notice
from xueshi.notices.states import NoticeKind
from xueshi.policies.access import Upload
from xueshi.ui.fields import PLEASE_CHOOSE, FilesField
from xueshi.ui.forms import BaseForm

MOST_FILES = 10


class NoticeForm(BaseForm):
    """栏目, 标题, 正文, 附件, 置顶."""

    kind = forms.ChoiceField(label="栏目", choices=[PLEASE_CHOOSE, *((kind.value, kind.label) for kind in NoticeKind)])
    title = forms.CharField(label="标题", max_length=100)
    body = forms.CharField(
        label="正文",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="空一行另起一段；网址会自动成为链接",
    )
    attachments = FilesField(label="附件", required=False, max_files=MOST_FILES)
    pinned = forms.BooleanField(label="置顶", required=False, help_text="列表中排在最前")

    def limit(self, upload: Upload) -> None:
        """Say and ask for what the pack accepts."""
        field = self.fields["attachments"]
        if not isinstance(field, FilesField):
            message = "attachments takes no files"
            raise TypeError(message)
        field.max_bytes, field.help_text = upload.max_bytes, upload.hint
        field.widget.attrs |= {"accept": upload.accept, "data-max-bytes": upload.max_bytes}

    def clean_title(self) -> str:
        """The title without invisible characters."""
        try:
            return text.clean(self.cleaned_data["title"], field="title")
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message) from None

    def clean_body(self) -> str:
        """The text with one kind of line end and without zero bytes."""
        return str(self.cleaned_data["body"]).replace("\r\n", "\n").strip()


def typed(notice: Notice) -> dict[str, object]:
    """What the form shows of a notice that is edited."""
    return {"kind": notice.kind, "title": notice.title, "body": notice.body, "pinned": notice.pinned}
