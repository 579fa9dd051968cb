"""The public pages of the catalogue, and the redirects from former addresses."""
