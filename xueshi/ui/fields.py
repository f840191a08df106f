"""Form fields and widgets Django lacks: a period of two dates, several files with those already kept, half hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from xueshi.ui.parts import Scan

PLEASE_CHOOSE = ("", "请选择")


class DateInput(forms.DateInput):
    """The browser's own date picker, which reads and writes YYYY-MM-DD."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateField(forms.DateField):
    """A day; only YYYY-MM-DD is understood."""

    widget = DateInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(**kwargs)


class PeriodInput(forms.MultiWidget):
    """Two date pickers with 至 between them; neither offers a day after ``latest``."""

    template_name = "ui/widgets/period.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, latest: date | None = None) -> None:
        bound = {"max": latest.isoformat()} if latest is not None else {}
        super().__init__({"from": DateInput(bound), "to": DateInput(bound)}, attrs)

    def decompress(self, value: tuple[date, date] | None) -> list[date | None]:
        """Start and end of a stored period."""
        return list(value) if value else [None, None]


class PeriodField(forms.MultiValueField):
    """First and last day; cleans to ``(start, end)`` or None."""

    widget = PeriodInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__((DateField(), DateField()), require_all_fields=True, **kwargs)
        self.error_messages.setdefault("reversed", "结束日期不能早于开始日期")

    def compress(self, data_list: list[Any]) -> tuple[date, date] | None:
        """Both days, in order."""
        if not data_list:
            return None
        start, end = data_list
        if start is None or end is None:
            raise ValidationError("请填写开始日期和结束日期", code="incomplete")
        if end < start:
            raise ValidationError(self.error_messages["reversed"], code="reversed")
        return start, end


@dataclass(frozen=True, kw_only=True)
class Attached:
    """What a files field cleans to: keys of kept files in their new order, and new uploads in theirs.

    The keys come from the request: the service that stores them must check each against the document.
    """

    kept: tuple[str, ...] = ()
    added: tuple["UploadedFile[Any]", ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kept or self.added)


class FilesInput(forms.FileInput):
    """Several files; those already stored are listed with 保留 ticked and can be reordered."""

    allow_multiple_selected = True
    template_name = "ui/widgets/files.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.kept: tuple[Scan, ...] = ()

    def value_from_datadict(
        self, data: Mapping[str, Any], files: "MultiValueDict[str, UploadedFile[Any]]", name: str
    ) -> Attached:
        """Kept keys and new files as sent."""
        kept = data.getlist(f"{name}__keep") if isinstance(data, MultiValueDict) else data.get(f"{name}__keep", ())
        added = files.getlist(name) if isinstance(files, MultiValueDict) else files.get(name, ())
        return Attached(kept=tuple(kept), added=tuple(added))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """An empty selection cannot be told from an omitted one."""
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        """Kept files satisfy the field, so the browser must not insist on a new one."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the kept files."""
        return super().get_context(name, None, attrs) | {"kept": self.kept}


class FilesField(forms.Field):
    """Several files within limits; content and type are judged by ``files``, not here."""

    widget = FilesInput

    def __init__(
        self, *, max_files: int = 10, max_bytes: int = 4 << 20, accept: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_files, self.max_bytes = max_files, max_bytes
        self.widget.attrs |= {"data-max-bytes": max_bytes, "data-max-files": max_files, "data-upload": ""}
        if accept:
            self.widget.attrs["accept"] = ",".join(accept)

    def clean(self, value: Any) -> Attached:
        """Check number, size and presence."""
        attached = value if isinstance(value, Attached) else Attached()
        if self.required and not attached:
            raise ValidationError("请上传附件", code="required")
        if len(attached.kept) + len(attached.added) > self.max_files:
            message = f"最多上传 {self.max_files} 个文件"
            raise ValidationError(message, code="too_many")
        for file in attached.added:
            self._check_size(file)
        return attached

    def _check_size(self, file: "UploadedFile[Any]") -> None:
        size = file.size or 0
        if size > self.max_bytes:
            message = f"{file.name}：每个文件不超过 {megabytes(self.max_bytes)} MB，此文件 {size / (1 << 20):.1f} MB"
            raise ValidationError(message, code="too_big")
        if size == 0:
            message = f"{file.name}：文件是空的"
            raise ValidationError(message, code="empty")

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was sent."""
        return data

    def has_changed(self, initial: Any, data: Any) -> bool:
        """New files are a change."""
        return bool(data)


def megabytes(size: int) -> str:
    """A limit in MB without idle zeros: 4194304 → ``4``."""
    return f"{size / (1 << 20):g}"


class HoursField(forms.DecimalField):
    """Credit hours above zero in steps; never a float."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 6)
        kwargs.setdefault("decimal_places", 1)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A decimal keyboard on phones; the unit stands beside the box."""
        return {"inputmode": "decimal", "data-unit": "学时", "autocomplete": "off"}
