"""Running a backtest: by several processes at a command, or by the worker when a page asks for it."""
