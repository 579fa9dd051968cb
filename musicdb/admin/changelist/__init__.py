"""What the admin's lists offer: filters, saved filters, editing in place, bulk edit, exports."""
