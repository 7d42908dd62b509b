"""The windows: everything that is shown. One frozen page model a page; nothing here writes."""
