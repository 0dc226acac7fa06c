"""The configuration: its shape, its loader, its errors."""

from core.config.loader import Check, ConfigNotFoundError, LoadedConfig, load_config
from core.config.problems import ConfigError, Finding, Problem
from core.config.sections.crawl import LANGUAGES
from core.config.watch import WatchConfig
from core.config.what_runs import WhatRuns, load_what_runs

__all__ = [
    "LANGUAGES",
    "Check",
    "ConfigError",
    "ConfigNotFoundError",
    "Finding",
    "LoadedConfig",
    "Problem",
    "WatchConfig",
    "WhatRuns",
    "load_config",
    "load_what_runs",
]
