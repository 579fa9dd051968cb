"""The catalogue from files and to files, on django-import-export: one module a dialect."""
