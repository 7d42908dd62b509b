"""Tables in and out: workbooks, CSV and JSON through the same forms as the pages."""
