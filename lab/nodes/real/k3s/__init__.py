"""The k3s stand-in: one file that plays k3s inside an emulated server, and what it is made of."""
