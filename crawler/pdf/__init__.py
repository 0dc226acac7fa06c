"""PDFs to articles. A page has a deadline, and so this has a clock and processes of its own."""
