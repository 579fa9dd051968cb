"""Facts and rules about music: names, titles, release dates, audio features. No Django here."""
