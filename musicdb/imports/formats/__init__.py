"""The file formats that an import reads: one module each."""
