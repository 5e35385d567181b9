"""What the worker does."""

from celery import shared_task
from django.core.cache import cache
from django.core.mail import mail_managers, send_mail

from .models import Note


@shared_task
def mail_note(number: int) -> None:
    """Mails a note to its author, once."""
    note = Note.objects.select_related("author").get(pk=number)
    if not note.mailed:
        send_mail(f"Note {note.pk}", note.text, None, [note.author.email])
        note.mailed = True
        note.save(update_fields=["mailed"])


@shared_task
def send_summary() -> int:
    """Tells the managers how many notes there are; the number."""
    count = Note.objects.count()
    mail_managers("Summary", f"{count} notes")
    cache.set("summary", count)
    return count
