"""The Celery app.  Limits, timeouts and acknowledgement come from the stack, which wraps this app."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every minute what the broker refused before.
# Heavy work off-peak, in a queue of its own, so that an order's e-mail never waits for it.
app.conf.beat_schedule = {
    "missing-confirmations": {
        "task": "apps.orders.tasks.queue_missing_confirmations_task",
        "schedule": crontab(),
    },
    "daily-report": {
        "task": "apps.orders.tasks.send_daily_report_task",
        "schedule": crontab(hour=3, minute=30),
        "options": {"queue": "slow"},
    },
}
