"""What settings.py needs: the secret key, broker options, date formats."""
