"""Which shops are wholesale members of their marketplace (诚信通), from which day on, and who said so."""
