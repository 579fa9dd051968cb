"""What every database access may need: bulk writes, retries, isolation, cascades, text search, roles."""
