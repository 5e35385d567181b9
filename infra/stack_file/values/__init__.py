"""Values of one field: names, addresses, networks, images, keys, amounts."""
