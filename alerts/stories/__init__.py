"""Near-duplicates: which articles tell one story in the same words, and who had it first.

Pure: texts and times come in, placements go out; storage may keep the sketches.
"""

from alerts.stories.index import StoryIndex
from alerts.stories.placement import Document, Placement, Relation
from alerts.stories.sketch import Sketch

__all__ = ["Document", "Placement", "Relation", "Sketch", "StoryIndex"]
