"""From the form to the row, the queue and the mail."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from apps.notifications.tasks import send_email_task
from apps.orders.models import Order
from apps.orders.services import SoldOutError, create_order
from apps.orders.tasks import queue_missing_confirmations_task, send_daily_report_task
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

pytestmark = pytest.mark.django_db(transaction=True)  # real commits: the mail is queued after one

FORM = {"quantity": "1", "email": "customer@example.com"}


def length(app, queue):
    with app.connection_for_read() as broker:
        return broker.default_channel._size(queue)


def order(client, **changes):
    return client.post(reverse("place-order", args=["ring"]), FORM | changes)


class TestForm:
    def test_shows_what_is_left(self, client, ring):
        page = client.get(reverse("place-order", args=["ring"]))
        assert page.status_code == 200
        assert b"2 in stock" in page.content

    def test_makes_an_order(self, client, ring, celery_app):
        answer = order(client, quantity="2")
        made = Order.objects.get()
        assert answer["Location"] == reverse("order-done", args=[made.number])
        assert (made.quantity, made.price, made.total, made.email) == (2, Decimal(10), 20, FORM["email"])
        ring.refresh_from_db()
        assert ring.stock == 0
        assert length(celery_app, "celery") == 1
        assert b"20.00 EUR" in client.get(answer["Location"]).content

    def test_the_page_knows_the_new_stock(self, client, ring, celery_app):
        client.get(reverse("product-list"))
        order(client, quantity="2")
        assert b"Ring</a></h2>" in (page := client.get(reverse("product-list")).content)
        assert b"sold out" in page

    @pytest.mark.parametrize(
        ("field", "value"), [("quantity", "0"), ("quantity", "21"), ("quantity", "one"), ("email", "nobody")]
    )
    def test_wrong_input_orders_nothing(self, client, ring, celery_app, field, value):
        answer = order(client, **{field: value})
        assert answer.status_code == 422
        assert b"errorlist" in answer.content
        assert not Order.objects.exists()

    def test_sold_out(self, client, ring, celery_app):
        answer = order(client, quantity="3")
        assert answer.status_code == 422
        assert b"only 2 left" in answer.content
        assert not Order.objects.exists()
        assert length(celery_app, "celery") == 0

    def test_unknown_pages(self, client, ring):
        assert client.get(reverse("place-order", args=["nothing"])).status_code == 404
        assert client.get(reverse("order-done", args=[uuid.uuid4()])).status_code == 404


class TestBroker:
    """One that is full or away when an order comes."""

    @pytest.fixture
    def refusing(self, monkeypatch):
        def refuse(**arguments):
            raise OperationalError("command not allowed when used memory > 'maxmemory'")

        with monkeypatch.context() as patched:
            patched.setattr(send_email_task, "delay", refuse)
            yield

    def test_the_customer_is_told_that_it_is_ordered(self, client, ring, celery_app, refusing):
        answer = order(client)
        made = Order.objects.get()
        assert answer["Location"] == reverse("order-done", args=[made.number])
        assert not made.confirmation_queued

    def test_the_confirmation_is_queued_later(self, client, ring, celery_app):
        order(client)
        celery_app.control.purge()
        Order.objects.update(confirmation_queued=False)
        assert queue_missing_confirmations_task() == 0, "it may be under way"
        Order.objects.update(created_at=timezone.now() - timedelta(minutes=2))
        assert queue_missing_confirmations_task() == 1
        assert queue_missing_confirmations_task() == 0
        assert length(celery_app, "celery") == 1


def test_two_customers_and_the_last_piece(ring, celery_app):
    """Only one of them gets it."""
    type(ring).objects.update(stock=1)

    def buy(number):
        try:
            return create_order("ring", quantity=1, email=f"{number}@example.com")
        except SoldOutError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        made = [one for one in threads.map(buy, range(4)) if one]
    assert len(made) == Order.objects.count() == 1
    ring.refresh_from_db()
    assert ring.stock == 0


class TestWorker:
    def test_sends_the_confirmation(self, client, ring, celery_app):
        order(client)
        with start_worker(celery_app, perform_ping_check=False, queues=["celery"]):
            wait_for(lambda: mail.outbox)
        (sent,) = mail.outbox
        assert sent.to == [FORM["email"]]
        assert "1 x Ring, 10.00 EUR" in sent.body

    def test_sends_the_daily_report(self, client, ring, celery_app):
        order(client)
        celery_app.control.purge()
        assert send_daily_report_task() == 1
        with start_worker(celery_app, perform_ping_check=False, queues=["celery"]):
            wait_for(lambda: mail.outbox)
        assert mail.outbox[0].to == ["owner@example.com"]
        assert mail.outbox[0].body == "1 orders, 10.00 EUR."

    def test_the_schedule_names_a_task_that_exists(self, celery_app):
        celery_app.loader.import_default_modules()
        assert {entry["task"] for entry in celery_app.conf.beat_schedule.values()} <= set(celery_app.tasks)


def wait_for(check, seconds=20):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
