"""Scrapy's side: who is asked, how politely, by which way, and what stands guard."""
