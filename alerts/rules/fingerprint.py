"""A name for what a rule set does: equal fingerprints mean equal judgement on every article."""

from __future__ import annotations

import hashlib
import json

from core.config.watch import WatchConfig

ENGINE = "2"
"""Changes whenever the same rules may judge the same article differently."""


def fingerprint(config: WatchConfig) -> str:
    """Return the SHA-256, in hex, of all of `config` that influences matching.

    Rules' tests, receivers and comments do not; tags of sources do only where a rule can ask for
    them.
    """
    asked = {tag for rule in config.rules if rule.sources for tag in rule.sources.tags}
    by_query = any("tag:" in str(rule.model_dump(exclude={"tests"})) for rule in config.rules)
    content = {
        "engine": ENGINE,
        "rules": [
            rule.model_dump(mode="json", exclude={"tests"}, exclude_defaults=True)
            for rule in config.rules
        ],
        "concepts": {
            name: [concept.terms, concept.vetoes] for name, concept in config.concepts.items()
        },
        "entities": {
            name: [entity.terms, entity.kind, entity.case]
            for name, entity in config.entities.items()
        },
        "tags": {
            source.name: sorted(tags)
            for source in config.sources
            if (tags := set(source.tags) if by_query else asked.intersection(source.tags))
        },
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
