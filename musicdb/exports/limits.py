"""The size of the files that an import takes, and so of the files that an export of the library writes."""

MEGABYTE = 1024 * 1024
MAX_FILE_SIZE = 256 * MEGABYTE
MAX_UNPACKED_SIZE = 1024 * MEGABYTE
MAX_WORKBOOK_UNPACKED_SIZE = 256 * MEGABYTE
MAX_ROWS = 2_000_000
# A spreadsheet's cell can hold as many characters, and a sheet as many rows.
MAX_CELL = 32_767
MAX_SHEET_ROWS = 1_048_576
