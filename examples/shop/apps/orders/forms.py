"""The order form."""

from django import forms

MAX_QUANTITY = 20


class OrderForm(forms.Form):
    """How many, and where the confirmation goes."""

    quantity = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY, initial=1)
    email = forms.EmailField(label="E-mail")
