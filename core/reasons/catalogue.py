"""The words of reasons: which there are, and which of them a language lacks.

python -m core.reasons.catalogue    writes the words that are new into the files of the languages
"""

from __future__ import annotations

from pathlib import Path

from core.word_catalogue import WordCatalogue

HERE = Path(__file__).parent
CATALOGUE = WordCatalogue(code=(HERE,), translations=HERE / "translations")

if __name__ == "__main__":
    CATALOGUE.refresh()
