"""Check references of container images by the grammar of registries and containerd (distribution/reference)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from infra.versions import IMAGES, MAJORS

_ALNUM = r"[a-z0-9]+"
_PATH = rf"{_ALNUM}(?:(?:[._]|__|-+){_ALNUM})*"
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_NAME = re.compile(rf"(?:{_DOMAIN}/)?{_PATH}(?:/{_PATH})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"(?P<algorithm>[A-Za-z0-9+._-]+):(?P<hex>.*)", re.DOTALL)
_HEX = {"sha256": 64, "sha384": 96, "sha512": 128}  # number of hexadecimal digits, which go-digest checks
_LONGEST = 255  # characters of a repository's path without the registry; Docker Hub adds `library/` to a single word
_HIGHEST_PORT = 65_535
_HUB = ("docker.io", "index.docker.io")
# Redis loads files of every earlier version and of no later one (rdb.c, "Can't handle RDB format version"). Postgres
# starts only on files of its own major version.
_READS_OLDER = ("redis",)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_BARE_DIGEST = re.compile(r"(?:(?P<name>.*)[/:])?(?P<digest>sha(?:256|384|512):.*)")
_PLACEHOLDER = re.compile(r"\$\{?\w|\{\{|\$\(|<\w+>|%\w+%")
_WITH_VERSION = "Name a tag or a digest: an image without one changes under a running shop"


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """An image reference has a name, and a tag or a digest or both."""

    name: str
    tag: str
    digest: str

    @property
    def major(self) -> int | None:
        """Return the number at the start of the tag, or None if there is none, as in a digest or in `latest`."""
        found = re.match(r"v?(\d+)", self.tag)
        return int(found[1]) if found else None


def parse_image(text: str) -> ImageReference:
    """Split a reference into its parts.

    Args:
        text: The reference.

    Raises:
        ValueError: Registries refuse the reference, or it has neither tag nor digest; the message says what to write.
    """
    _require_words(text)
    rest, at, digest = text.partition("@")
    if at:
        _require_digest(digest)
    elif bare := _BARE_DIGEST.fullmatch(rest):
        raise ValueError(
            f"a digest stands behind the repository and an @. Write {bare['name'] or 'NAME'}@{bare['digest']}"
        )
    # Only the last path component can have a tag: a colon before it starts the registry's port.
    folder, slash, last = rest.rpartition("/")
    last, colon, tag = last.partition(":")
    name = f"{folder}{slash}{last}"
    _require_name(name, text[len(name) :])
    if colon and not _TAG.fullmatch(tag):
        raise ValueError(f"{tag!r} is no tag: letters, digits, `_`, `.` and `-`, at most 128, the first no `.` or `-`")
    if not tag and not digest:
        raise ValueError(_WITH_VERSION)
    return ImageReference(name=name, tag=tag, digest=digest)


def image_problem(name: str, text: str) -> str | None:
    """Explain why an image of a stack file cannot replace the stack's own image.

    Args:
        name: A key of `images:`, for example postgres.
        text: The reference.

    Returns:
        None if it can.
    """
    try:
        made = parse_image(text)
    except ValueError as error:
        return str(error)
    major = MAJORS.get(name)
    if major is None or (made.digest and not made.tag) or made.major == major:
        return None
    own = f"Name version {major}, such as {IMAGES[name]}"
    if made.major is None:
        return f"the tag {made.tag} says no version and may become another major one. {own}, or a digest"
    if reads(name, major, made.major):
        return (
            f"it is version {made.major}, and the stack is made for {major}, which reads what {made.major} wrote. {own}"
        )
    kept = f"Data that {made.major} wrote keeps its image, named by its digest ({made.name}@sha256:...)"
    return (
        f"it is version {made.major}, which can't read what {major} wrote on the volume, and the stack upgrades no "
        f"data. {own}. {kept}"
    )


def reads(name: str, new: int, old: int) -> bool:
    """Return whether a data service of one major version can use the files of another without an upgrade.

    Args:
        name: A key of `images:`.
        new: The major version that starts.
        old: The major version that wrote the files.
    """
    return new == old or (name in _READS_OLDER and new > old)


def _require_words(text: str) -> None:
    """Refuse common mistakes, which no part of a reference explains."""
    if not text.strip():
        raise ValueError("it is empty. Name an image with its tag")
    if _PLACEHOLDER.search(text):
        raise ValueError("a stack file replaces no variables. Write the tag itself, or use `pulumi config set`")
    if re.search(r"\s", text):
        raise ValueError("an image has no blanks in its name")
    if "://" in text:
        raise ValueError(f"an image has no scheme. Write {text.partition('://')[2]}")


def _require_digest(digest: str) -> None:
    found = _DIGEST.fullmatch(digest)
    digits = _HEX.get(found["algorithm"]) if found else None
    if found is None or digits is None:
        raise ValueError(f"{digest!r} is no digest. It begins with sha256:, as `docker images --digests` shows it")
    if len(found["hex"]) == digits and not re.fullmatch(r"[a-f0-9]*", found["hex"]):
        raise ValueError(f"a digest of {found['algorithm']} has the digits 0-9 and a-f alone, and no capital letter")
    if len(found["hex"]) != digits:
        raise ValueError(
            f"a digest of {found['algorithm']} has {digits} of the digits 0-9 and a-f, this one has "
            f"{len(found['hex'])} characters. Copy it whole"
        )


def _require_name(name: str, rest: str) -> None:
    """Check the repository and its optional registry; `rest` is the tag and digest, for the message."""
    if _IDENTIFIER.fullmatch(name):
        raise ValueError("it is an image's id. Name the repository that it was pushed to")
    domain, path = _split(name)
    if path.lower() != path:
        lower = f"{domain}/{path.lower()}" if domain else path.lower()
        raise ValueError(f"repositories have no capital letters. Write {lower}{rest}")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no repository: a registry, and words of a-z and 0-9 with `.`, `_` or `-` between them, "
            "separated by `/`"
        )
    port = re.search(r":([0-9]+)$", domain)
    if port and not 0 < int(port[1][:9]) <= _HIGHEST_PORT:
        raise ValueError(f"a registry's port is a number from 1 to {_HIGHEST_PORT}, not {port[1]}")
    whole = path if "/" in path or domain not in ("", *_HUB) else f"library/{path}"
    if len(whole) > _LONGEST:
        raise ValueError(f"a repository's path has at most {_LONGEST} characters, this one has {len(whole)}")


def _split(name: str) -> tuple[str, str]:
    """Split a name into registry and path; an empty registry means docker.io.

    distribution/reference follows the same rule (normalize.go, splitDockerDomain).
    """
    domain, slash, path = name.partition("/")
    if slash and (re.search(r"[.:]", domain) or domain == "localhost" or domain.lower() != domain):
        return domain, path
    return "", name
