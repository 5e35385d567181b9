"""A minimal Celery app without any of the plan's settings."""

import os
import time

from celery import Celery

app = Celery("sample", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"])
app.conf.task_time_limit = 30


@app.task(name="sample.add")
def add(x, y):
    return x + y


@app.task(name="sample.slow")
def slow(seconds):
    time.sleep(seconds)
    return seconds


@app.task(name="sample.mail")
def mail(subject, message, recipient):
    time.sleep(0.05)
    if recipient == "nobody":
        raise ValueError(subject)
