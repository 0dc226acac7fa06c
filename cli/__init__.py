"""One way in: commands that parse options, ask the desk and print. One file per group."""
