"""The order form and the page after it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.catalog.models import Product
from apps.orders.forms import OrderForm
from apps.orders.models import Order
from apps.orders.services import SoldOutError, create_order


def place_order(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows a product with the form; a valid form becomes an order."""
    product = get_object_or_404(Product, slug=slug)
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            order = create_order(slug, **form.cleaned_data)
        except SoldOutError as error:
            form.add_error("quantity", f"Sorry, {error}.")
        else:
            return redirect("order-done", number=order.number)
    status = 422 if form.errors else 200
    return render(request, "orders/place_order.html", {"product": product, "form": form}, status=status)


def order_done(request: HttpRequest, number: UUID) -> HttpResponse:
    """The page to bookmark; its number can't be guessed."""
    order = get_object_or_404(Order.objects.select_related("product"), number=number)
    return render(request, "orders/order_done.html", {"order": order})
