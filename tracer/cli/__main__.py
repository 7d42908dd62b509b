"""``python -m tracer.cli`` is ``tracer``."""

from tracer.cli import main

main(prog_name="tracer")
