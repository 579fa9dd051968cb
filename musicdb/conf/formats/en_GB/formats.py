"""How the admin writes what Django writes otherwise: of 24 hours, as the site's own pages do."""

DATETIME_FORMAT = "j M Y, H:i"
