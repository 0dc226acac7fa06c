"""Names that no list has, in watch.yaml."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from core.config.fields import Section


class NewNamesSection(Section):
    """People, bodies and places that matched articles name and that are no entity yet.

    Needs the `names` extra. Russian articles only.
    """

    weights: Path = Field(
        description="Folder with the two files that `wirewatch names fetch` puts there, relative "
        "to the configuration.",
    )
