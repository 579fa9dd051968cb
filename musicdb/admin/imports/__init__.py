"""The admin's import pages: upload, preview, confirm, undo."""
