"""The configuration: its shape, its loader, its errors."""

from core.config.loader import Check, ConfigNotFoundError, LoadedConfig, load_config
from core.config.problems import ConfigError, Finding, Problem
from core.config.sections.crawl import LANGUAGES
from core.config.watch import WatchConfig

__all__ = [
    "LANGUAGES",
    "Check",
    "ConfigError",
    "ConfigNotFoundError",
    "Finding",
    "LoadedConfig",
    "Problem",
    "WatchConfig",
    "load_config",
]
