"""Scrapy's settings, built from the configuration. Scrapy's own defaults are unfit for us.

Left alone it ignores robots.txt in code, verifies no certificate, takes bodies of 1 GiB, waits
three minutes, opens a telnet console and a server that runs code, and reads file: and ftp: URLs.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from core.config import WatchConfig
from crawler.download.rendering import rendering_settings

MAX_PAGE_BYTES = 8 * 1024 * 1024
"""Largest page; of 181 real article pages the largest is 2 MB."""
MAX_FEED_BYTES = 5 * 1024 * 1024
"""Largest feed; one of 2 MB with 20,000 items already takes 13 s to parse."""
ROBOTS_AGENT = "Wirewatch"


def user_agent(contact: str | None) -> str:
    """Return an honest User-Agent: what we are, and whom to write to."""
    try:
        number = version("wirewatch")
    except PackageNotFoundError:  # run from a checkout that is not installed
        number = "dev"
    return f"Wirewatch/{number} (news monitor; {contact or 'no contact given'})"


def scrapy_settings(config: WatchConfig) -> dict[str, Any]:
    """Return every Scrapy setting that differs from Scrapy's defaults."""
    crawl = config.crawl
    return {
        "BOT_NAME": "wirewatch",
        "SPIDER_MODULES": ["crawler.spiders"],
        "USER_AGENT": user_agent(crawl.contact),
        # Reach: http and https only, certificates verified, addresses judged.
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.download.host_gate.GatedDownloadHandler",
            "https": "crawler.download.host_gate.GatedDownloadHandler",
            "data": None,
            "file": None,
            "ftp": None,
            "s3": None,
        },
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "TWISTED_DNS_RESOLVER": "crawler.download.network_guard.GuardedResolver",
        "NETWORK_ALLOW": list(config.network.allow),
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        # Bounds.
        "DOWNLOAD_TIMEOUT": crawl.timeout.total_seconds(),
        "DOWNLOAD_MAXSIZE": MAX_PAGE_BYTES,
        "PDF_MAXSIZE": crawl.pdf.max_mb * 2**20,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": 8,
        "METAREFRESH_ENABLED": False,  # decodes every page once more; ours is below
        "DEPTH_LIMIT": 0,
        **rendering_settings(crawl.timeout.total_seconds(), crawl.browser),
        # Pace. The gate holds concurrency; Scrapy's slots hold the delay.
        "GATE_TOTAL": crawl.concurrency,
        "GATE_PER_HOST": crawl.per_host_concurrency,
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.per_host_concurrency,
        "CONCURRENT_ITEMS": 2,  # 100, the default, spawns 100 tasks for every response
        "DOWNLOAD_DELAY": crawl.per_host_delay.total_seconds(),
        "DOWNLOAD_DELAY_JITTER": 0.0,  # would halve the shortest pause that was promised
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": crawl.per_host_delay.total_seconds(),
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(crawl.per_host_concurrency),
        # Retries live in storage, know Retry-After and survive a restart.
        "RETRY_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,"
            "application/feed+json,application/xml;q=0.9,*/*;q=0.8",
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawler.download.middlewares.robots.RobotsMiddleware": 100,
            # before the default agent
            "crawler.download.middlewares.request_identity.IdentityMiddleware": 450,
            "crawler.download.middlewares.validators.ValidatorsMiddleware": 560,
            "crawler.download.middlewares.redirects.RefreshMiddleware": 580,
            # nearer to the network than what follows redirects, at 600
            "crawler.download.middlewares.redirects.ChainCookiesMiddleware": 650,
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
            "crawler.download.middlewares.proxy.SourceProxyMiddleware": 750,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        },
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
            # It drops long URLs without a word to anyone; ours are bounded when discovered.
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
        },
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.logcount.LogCount": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
        },
        # We count what matters in storage; Scrapy's counters grow with every host for years.
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "STATS_DUMP": False,
        "DOWNLOADER_STATS": False,
        "LOG_LEVEL": "WARNING",
        # It parses the source of a callback at every response, to warn of what ours do not do.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
    }
