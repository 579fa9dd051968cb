"""The catalogue as files: lists as CSV, XLSX or JSON, and the whole library."""
