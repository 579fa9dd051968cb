"""Find, filter and page rows: for visitors, the admin and the API alike."""
