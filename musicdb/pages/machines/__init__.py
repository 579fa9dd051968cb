"""What the public pages say to machines: titles, previews of links, structured data, sitemaps and icons."""

from musicdb.pages.machines.head import Facts, Picture, WithHead, absolute, shorten

__all__ = ["Facts", "Picture", "WithHead", "absolute", "shorten"]
