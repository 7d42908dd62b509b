"""Labels onto goods: runs, their way through the printer, printers and papers."""
