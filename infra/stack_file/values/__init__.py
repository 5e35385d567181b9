"""Check values of single fields: names, addresses, networks, images, keys and amounts."""
