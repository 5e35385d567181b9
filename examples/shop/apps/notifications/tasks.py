"""E-mail."""

from smtplib import SMTPException

from celery import shared_task
from django.core.mail import send_mail


@shared_task(autoretry_for=(SMTPException, OSError), retry_backoff=5, retry_backoff_max=300, max_retries=8)
def send_email_task(*, subject: str, message: str, recipient: str) -> None:
    """Sends one mail; a mail server that is away is tried again for about half an hour.

    The task is acknowledged late, so a worker that dies after the mail server took the mail sends it twice: for a
    confirmation that is better than not at all.
    """
    send_mail(subject, message, None, [recipient])
