"""Programs that move libraries from one service to another, and their exports."""
