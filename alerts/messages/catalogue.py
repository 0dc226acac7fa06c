"""The words of messages: which there are, and which of them a language lacks.

python -m alerts.messages.catalogue    writes the words that are new into the files of the languages
"""

from __future__ import annotations

from pathlib import Path

from core.word_catalogue import WordCatalogue

HERE = Path(__file__).parent
CATALOGUE = WordCatalogue(
    code=(HERE, HERE.parent / "receivers"), translations=HERE / "translations"
)

if __name__ == "__main__":
    CATALOGUE.refresh()
