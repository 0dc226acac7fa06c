"""What the fork server loads once, so that every worker it forks is ready in milliseconds.

Imported by the sandbox's fork server only, by name; nothing else should import it.
"""

from __future__ import annotations

import gc
import logging
import os

# numpy's BLAS would reserve address space and a thread for every core; language detection is one
# small product per article. It must be set before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import fastfeedparser  # noqa: F401
import feedparser  # noqa: F401
import pypdfium2  # noqa: F401

from core.config.sections.crawl import LANGUAGES
from crawler.extract import preload

# A worker reports through what it returns and raises; without a handler Python would print the
# libraries' warnings about each odd page to the daemon's terminal.
logging.getLogger().addHandler(logging.NullHandler())

preload(LANGUAGES)

# The collector of a worker must not touch (and so copy) the pages it shares with the fork server.
gc.freeze()
