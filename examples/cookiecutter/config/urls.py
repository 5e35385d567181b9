"""Pages: a home page, notes of whoever has logged in, the admin under its own address."""

from acme.notes.views import notes
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [
    path("", TemplateView.as_view(template_name="pages/home.html"), name="home"),
    path(settings.ADMIN_URL, admin.site.urls),
    path("accounts/login/", LoginView.as_view(template_name="pages/login.html"), name="login"),
    path("notes/", notes, name="notes"),
]
