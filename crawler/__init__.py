"""Bytes in, articles out. Scrapy and trafilatura are imported only here."""
