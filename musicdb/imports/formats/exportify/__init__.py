"""Files of the two programs called Exportify."""
