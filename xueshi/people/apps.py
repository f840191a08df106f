"""Makes title changes known to reviews."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Title changes are reviewed by whoever holds 审核账户 at the desk."""

    name = "xueshi.people"

    def ready(self) -> None:
        """Register the document kind."""
        from xueshi.organisations.states import Power  # noqa: PLC0415 - models exist only now
        from xueshi.people import rules  # noqa: PLC0415 - as above
        from xueshi.people.services import titles  # noqa: PLC0415 - as above
        from xueshi.policies import registry  # noqa: PLC0415 - as above
        from xueshi.reviews.kinds import DocumentKind, register  # noqa: PLC0415 - as above
        from xueshi.reviews.states import Stage  # noqa: PLC0415 - as above

        def fields(portal: str) -> dict[str, str]:
            return {field.key: field.label for field in registry.pack(portal).profile.tab("title").form.fields}

        register(
            DocumentKind(
                key=rules.KIND,
                label="审核人员信息修改",
                url="people:change",
                queue_url="people:changes",
                powers={Stage.REVIEW: Power.REVIEW_ACCOUNTS},
                on_approved=titles.on_approved,
                on_rejected=titles.on_rejected,
                on_withdrawn=titles.on_withdrawn,
                fields=fields,
            )
        )
