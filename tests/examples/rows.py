"""django-celery-beat's rows, by SQL: what people see of a schedule in the admin, and what time does to it."""

ROW = """
insert into django_celery_beat_periodictask
    (name, task, interval_id, args, kwargs, headers, enabled, one_off, total_run_count, date_changed, description)
select '{name}', task, interval_id, '[]', '{{}}', '{{}}', true, false, 0, now() - interval '{days} days', ''
from django_celery_beat_periodictask where name = 'weekly-summary'
"""
EARLIER = """
update django_celery_beat_periodictask
set last_run_at = last_run_at - interval '{days} days', date_changed = date_changed - interval '{days} days'
where interval_id is not null
"""
RUNS = "select total_run_count from django_celery_beat_periodictask where name = '{name}'"
CLEAR = "delete from django_celery_beat_periodictask"


class Rows:
    """Of one database; `sql` runs a statement there."""

    def __init__(self, sql):
        self.sql = sql

    def clear(self):
        self.sql(CLEAR)

    def add(self, name, days):
        """As the admin does: every week, made some days ago."""
        self.sql(ROW.format(name=name, days=days))

    def earlier(self, days):
        """As if all that is written down of intervals had been that long ago."""
        self.sql(EARLIER.format(days=days))

    def runs(self, name):
        return int(self.sql(RUNS.format(name=name)))
