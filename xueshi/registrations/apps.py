"""Makes the kinds of registrations known to reviews."""

from functools import partial

from django.apps import AppConfig

_KINDS = {
    "professional": ("审核注册人员", "people"),
    "employer": ("审核用人单位", "units"),
    "department": ("审核主管部门", "departments"),
    "base": ("审核继续教育基地", "bases"),
    "bureau": ("审核人社部门", "bureaux"),
}


class RegistrationsConfig(AppConfig):
    """Registrations are reviewed by whoever holds 审核账户 at the desk."""

    name = "xueshi.registrations"

    def ready(self) -> None:
        """One document kind for each role that somebody can register as."""
        from xueshi.organisations.states import Power  # noqa: PLC0415 - models exist only now
        from xueshi.registrations import rules, selectors  # noqa: PLC0415 - as above
        from xueshi.registrations.services import outcomes  # noqa: PLC0415 - as above
        from xueshi.reviews.kinds import DocumentKind, register  # noqa: PLC0415 - as above
        from xueshi.reviews.states import Stage  # noqa: PLC0415 - as above

        for role, (label, queue) in _KINDS.items():
            register(
                DocumentKind(
                    key=rules.kind_key(role),
                    label=label,
                    url="registrations:detail",
                    queue_url=f"registrations:{queue}",
                    powers={Stage.REVIEW: Power.REVIEW_ACCOUNTS},
                    on_approved=outcomes.on_approved,
                    on_rejected=outcomes.on_rejected,
                    on_withdrawn=outcomes.on_withdrawn,
                    fields=partial(selectors.fields_of, role),
                )
            )
