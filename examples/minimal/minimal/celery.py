"""The Celery app: two addresses, no settings."""

import os

from celery import Celery

app = Celery("minimal", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"])
app.autodiscover_tasks(["minimal"])
