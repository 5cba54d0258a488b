"""Running a backtest in processes of their own: as a command asks, or as the worker runs what a page asked for."""
