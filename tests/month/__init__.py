"""A newsroom month in simulated time: many outlets, every kind of trouble, and what was found.

The outlets are served for real over loopback, and crawled by the real crawler; only the clock is
moved by hand. `plan` says what happens, of the parts in `outlets`; `planting` and `hostile` add
what is wrong without being down. `press` serves it (`habits` writes the documents that are wrong,
`wording` the stories), `crawl` is the monitor (a process of its own, so that it can be killed),
`play` brings them together, `report` compares plan and archive.
"""
