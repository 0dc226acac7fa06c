"""Names that fields have in exports, where these are promised and the field has a better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field

_KEY = "exported_as"


def exported_as(name: str) -> Mapping[str, str]:
    """Return the metadata of a dataclass field that JSON exports know by `name`."""
    return {_KEY: name}


def export_name(field: Field[object]) -> str:
    """Return the name of a field in JSON exports."""
    return str(field.metadata.get(_KEY, field.name))
