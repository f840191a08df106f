"""The serials of certificate numbers: never waited for, never given twice, never more than eight digits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE certificates_serial AS integer MINVALUE 1 MAXVALUE 99999999 NO CYCLE",
            "DROP SEQUENCE certificates_serial",
        ),
    ]
