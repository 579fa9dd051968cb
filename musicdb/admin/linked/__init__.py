"""From the form of a row to what belongs to it: the line of links above forms, and the filters that they set."""
