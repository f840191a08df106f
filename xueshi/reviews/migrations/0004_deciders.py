import django.contrib.postgres.fields
from django.db import migrations, models

_FILL = """
UPDATE reviews_reviewcase c
   SET deciders = ARRAY(SELECT s.decided_by_id FROM reviews_reviewstep s
                         WHERE s.case_id = c.id AND s.round = c.round AND s.decided_by_id IS NOT NULL
                         ORDER BY s.position)
 WHERE c.desk_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_consent_taken_back"),
        ("organisations", "0002_review_closed_for"),
        ("reviews", "0003_every_index_its_question"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="reviewcase", name="case_inbox"),
        migrations.AddField(
            model_name="reviewcase",
            name="deciders",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="reviewcase",
            index=models.Index(
                condition=models.Q(("desk__isnull", False)),
                fields=["desk", "stage", "kind", "waiting_since", "id"],
                include=("owner", "submitted_by", "handler", "deciders"),
                name="case_inbox",
            ),
        ),
    ]
