"""Environment variable and config key of each provider's token."""

from __future__ import annotations

TOKENS = {
    "hetzner": ("HCLOUD_TOKEN", "hcloud:token"),
    "digitalocean": ("DIGITALOCEAN_TOKEN", "digitalocean:token"),
    "vultr": ("VULTR_API_KEY", "vultr:apiKey"),
}
