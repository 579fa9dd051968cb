"""From what files say to rows of the catalogue: parse, plan, write, record, undo.

Planning only reads. Writing is one transaction.
"""
