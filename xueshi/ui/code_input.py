"""A field for digits that were sent to somebody, with the button that sends them; plain HTML, the button submits."""

from typing import Any

from django import forms

SEND = "send_code"
"""The name under which the button is posted."""


class CodeInput(forms.TextInput):
    """``label`` stands on the button; ``sent`` is what the page says after sending, read out at once."""

    template_name = "ui/widgets/code.html"

    def __init__(self, label: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 12, **(attrs or {})})
        self.label, self.sent = label, ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the button and the note."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"button": SEND, "label": self.label, "sent": self.sent}
        return context
