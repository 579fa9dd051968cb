"""What a list of the admin can do beyond Django: filters, saved filters, editing in place and bulk edit."""
