"""Notes of whoever has logged in."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .models import Note
from .tasks import mail_note


class NoteForm(forms.ModelForm):
    """A text."""

    class Meta:
        """Nothing else."""

        model = Note
        fields = ("text",)


@login_required
def notes(request: HttpRequest) -> HttpResponse:
    """Shows them, and takes one; ATOMIC_REQUESTS keeps it from the worker until the answer is sent."""
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.author = request.user
        mail_note.delay_on_commit(form.save().pk)
        cache.delete(f"notes-{request.user.pk}")
        return redirect("notes")
    found = cache.get_or_set(
        f"notes-{request.user.pk}",
        lambda: list(Note.objects.filter(author=request.user).values_list("text", flat=True)),
    )
    return render(request, "pages/notes.html", {"form": form, "notes": found})
