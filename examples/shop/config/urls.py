"""Pages."""

from apps.catalog.views import product_list
from apps.orders.views import order_done, place_order
from django.urls import path

urlpatterns = [
    path("", product_list, name="product-list"),
    path("products/<slug:slug>/", place_order, name="place-order"),
    path("orders/<uuid:number>/", order_done, name="order-done"),
]
