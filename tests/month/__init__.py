"""A newsroom month in simulated time: many outlets, every kind of trouble, and what was found.

The outlets are served for real over loopback, and crawled by the real crawler; only the clock is
moved by hand. `plan` says what happens, `press` serves it, `crawl` is the monitor (a process of its
own, so that it can be killed), `play` brings them together, `report` compares plan and archive.
"""
