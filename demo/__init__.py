"""The demo village: its workbook, and the rows that the workbook is written from."""
