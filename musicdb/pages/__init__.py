"""The public pages of the catalogue, and the redirects to them."""
