"""By which of its names a message calls a person, a body or a place. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from core.config.sections.vocabulary import EntityConfig


def names_for_readers(
    entities: Mapping[str, EntityConfig], language: str | None
) -> Mapping[str, EntityConfig]:
    """Return the entities with the names that readers of one language are to see.

    One without a name in it keeps all it has, and so has `language` None: then the language of each
    article decides.
    """
    if language is None:
        return entities
    return {key: _only_in(entity, language) for key, entity in entities.items()}


def proper_name(entity: EntityConfig, language: str | None) -> str:
    """Return the first name in `language`, else in English, else any, with its capitals.

    Of several names the first with a capital is shown: others are listed for how people type.
    """
    terms = entity.terms
    names = terms.get(language or "") or terms.get("en") or next(iter(terms.values()))
    shown = [name.lstrip("=").rstrip("*").strip('"') for name in names]
    return next((name for name in shown if name != name.lower()), shown[0])


def _only_in(entity: EntityConfig, language: str) -> EntityConfig:
    names = entity.terms.get(language)
    if not names:
        return entity
    said = {key: getattr(entity, key) for key in EntityConfig.model_fields}
    return EntityConfig.model_validate({**said, language: names})
