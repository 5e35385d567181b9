"""Stack files as people write them, wrong ones among them: for property tests."""

import random

# Words that mean something to YAML 1.1, YAML 1.2, PyYAML or Go, and what surrounds them in real files.
WORDS = (
    *("yes", "no", "on", "off", "y", "n", "True", "TRUE", "true", "False", "~", "null", "Null", "", "''", '""'),
    *("0", "5", "-5", "+5", "-0", "00", "0100", "08", "09", "0x10", "0b11", "0b2", "0o17", "0o-7", "0_7", "1_000"),
    *("1__0", "_1", "1,000", "1 000", "1e3", "1E3", "1e", "1e+", "1e400", "1e21", "1e3_0", "1e-3", "0x1p-2", "0x"),
    *("1.10", "1.0", "59.50", ".5", "5.", "-.5", "1.e1", "1._0", ".inf", "-.INF", ".nan", "Inf", "nan", "infinity"),
    *("18446744073709551615", "18446744073709551616", "9223372036854775808", "0777777777777777777777777"),
    *("0.00001", "0.000001", "0.00000001", "-0.0000000", "1000000000000000000000.0", "0.0000001234567"),
    *("123456789.123456789", "100000000000000000000.5", "1:40", "12:30", "190:20:30.15", "0:0"),
    *("2026-01-01", "2026-1-1", "2026-01-01T10:00:00Z", "2026-01-01 10:00", "2026-99-99", "2026-01", "20260101"),
    *("shop", "a b", "5m", "5Mi", "1Gi", "v1.2", "1.2.3", "203.0.113.0/24", "2001:db8::/32", "::1", "{{ x }}"),
    *("'5'", '"x"', "'a''b'", '"a\\n"', '"\\x41"', '"\\q"', "'", '"', "'x' # c", "'x'#c", "a #c", "#c", "1 # c"),
    *("{", "}", "[", "]", "{}", "[]", "[a,b,]", "{a,b}", "{a:1}", "a:1", "{a: }", "{: a}", "{'a':1}", "[a: b]"),
    *("&k 1", "&k {a: 1}", "*k", "[*k]", "&k [*k]", "{<<: {a: 1}, b: 2}", "<<", "=", "!", "!!str 5", "!!null ''"),
    *("!!binary aGk=", "!x y", "|", "- a", "? a", "{? [a] : b}", "{1: a}", "{yes: a}", "{1.0: a}", "{a: 1, a: 2}"),
    *("@x", "`x`", "%TAG", "---", "...", "--- a", "a\tb", "\t", "\u00a0", "\u2028", "\ufeff", "é", "😀", "x: y"),
    *("{secure: abc}", "{a: {secure: abc}}", "[{secure: abc}]", "'[1, 2]'", "'{\"a\": 1}'", "'['"),
)
_PIECES = (*" \n:-#'\"[]{}&*!|>%@\t", "\n\n", "  ")


def drawn_text(seed):
    """One file of three keys at most, now and then with a slip of the finger."""
    dice = random.Random(seed)  # noqa: S311  the same files in every run
    text = "config:\n"
    for _ in range(dice.randint(1, 3)):
        text += f"  stagecoach:{dice.choice('xyz')}: {_value(dice)}\n"
    if dice.random() < 0.2:
        at = dice.randrange(len(text))
        text = text[:at] + dice.choice(_PIECES) + text[at + dice.randint(0, 2) :]
    return text


# What the keys of a good file are, and what people make of them.
GOOD = {
    "name": ("shop", "'shop'", '"shop"', "Shop", "shop_1", "1", "shop # the first one", "s" * 21, ""),
    "provider": ("hetzner", "Hetzner", "digitalocean", "vultr", "aws"),
    "region": ("nbg1", "fsn1", "fra1", "NBG1", "fra"),
    "stage": ("1", "2", "5", "'3'", "6", "yes", "01", "1.0", "one", "~"),
    "image": (
        "ghcr.io/acme/shop:1.0.0",
        "ghcr.io/acme/shop",
        "ghcr.io/Acme/shop:1",
        "shop:1.10",
        "'{{ image }}'",
        "1.10",
    ),
    "admin_cidrs": (
        "[203.0.113.0/24]",
        "203.0.113.7/32",
        "[203.0.113.7]",
        "['0.0.0.0/0']",
        "'[\"203.0.113.0/24\"]'",
        "[]",
        "[::/0, 10.0.0.0/8]",
        "\n    - 203.0.113.0/24\n    - 2001:db8::/48",
    ),
}
MORE = {
    "customers": ("150", "-1", "1_000", "1e3", "10000000000000000000000000000000", "~"),
    "volume_size_gib": ("40", "0100", "60 GB", "1:40", "5"),
    "domain": (
        "shop.example.com",
        "SHOP.example.com",
        "магазин.рф",
        "xn--80aaxitdbjk.xn--p1ai",
        "[a.example]",
        "localhost",
        "~",
    ),
    "domains": ("[shop.example.com, www.shop.example.com]", "shop.example.com", "[]", "{a: b}"),
    "acme_email": ("ops@example.com", "ops", "'ops@example.com'"),
    "budget": ("60", "59.50", "60 EUR", "0", "1e3", "'60'"),
    "env": (
        "{EMAIL_PORT: 587, DEBUG: no}",
        "{OPENS_AT: 12:30}",
        "{SINCE: 2026-01-01}",
        "{VERSION: 1.10}",
        "{FLAG: True}",
        "{FLAG: true, EMPTY: }",
        "{'MY VAR': x}",
        "{A=B: x}",
        "{DATABASE_URL: x}",
        "{LIST: [1, 2]}",
        "\n    A: |\n      two\n      lines\n",
    ),
    "env_secrets": ("{API_KEY: {secure: v1:abc}}", "{API_KEY: plain}", "{DATABASE_URL: {secure: v1:abc}}", "secret"),
    "public_admin": ("true", "yes", "on", "True", "1"),
    "k3s": ("{version: v1.36.5+k3s1}", "{version: v1.19.5+k3s2}", "{version: 1.36}", "~"),
    "images": ("{postgres: 'postgres:18'}", "{redis: ''}", "{nginx: 'nginx:1'}"),
    "overrides": (
        "{django: {threads: 4}}",
        "{django: {thread: 4}}",
        "{pools: {default: {memory_limit: 1GB}}}",
        "{django: ~}",
    ),
    "alerts": ("{email_to: a@b.example}", "{webhook_url: https://hooks.example/x}", "{receivers: {nobody: {}}}"),
    "celery_servers": ("{count: 1}", "{count: 21}", "{instance_type: cx99}"),
    "stag": ("1",),
}


def drawn_file(seed):
    """A stack file with most keys as they should be; some wrong, some twice, a few without their namespace."""
    dice = random.Random(seed)  # noqa: S311  as above
    keys = [key for key in GOOD if dice.random() < 0.97] + [key for key in MORE if dice.random() < 0.2]
    keys += [dice.choice(keys)] if dice.random() < 0.05 else []
    careful = dice.random() < 0.5  # half of the people
    text = "" if careful or dice.random() < 0.94 else "stage: 1\n"
    text += "config:\n"
    for key in keys:
        known = (GOOD | MORE)[key]
        value = known[0] if dice.random() < (0.98 if careful else 0.7) else dice.choice((*known, dice.choice(WORDS)))
        text += f"  {'' if dice.random() < 0.03 else 'stagecoach:'}{key}: {value}\n"
    return text


def _value(dice, depth=0):
    kind = dice.random()
    if kind < 0.6 or depth > 2:
        return dice.choice(WORDS)
    if kind < 0.75:
        return f"[{', '.join(_value(dice, depth + 1) for _ in range(dice.randint(0, 3)))}]"
    if kind < 0.9:
        return f"{{{', '.join(f'{_key(dice)}: {_value(dice, depth + 1)}' for _ in range(dice.randint(0, 3)))}}}"
    items = (dice.choice((f"- {_value(dice, 3)}", f"{dice.choice('abc')}: {_value(dice, 3)}")) for _ in range(2))
    return "\n" + "\n".join(f"    {one}" for one in items)


def _key(dice):
    return dice.choice(WORDS) if dice.random() < 0.3 else dice.choice("abc")
