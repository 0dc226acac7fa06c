"""The settings module of the `scrapy` command: `scrapy list`, `scrapy crawl feed -a source=NAME`.

It reads the configuration that `WIREWATCH_CONFIG` names, or ./watch.yaml; without one the
spiders can be listed but not run.
"""

from __future__ import annotations

import os
from pathlib import Path

from core.config import WatchConfig, load_config
from crawler.download.scrapy_settings import scrapy_settings

WATCH_CONFIG = os.environ.get("WIREWATCH_CONFIG", "watch.yaml")
_config = load_config(WATCH_CONFIG).config if Path(WATCH_CONFIG).is_file() else WatchConfig()

globals().update(scrapy_settings(_config))
