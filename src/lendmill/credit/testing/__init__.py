"""A POLICY PROVED BEFORE IT IS TRUSTED: cases kept with it, decisions made again, shadows, and a fair trial by lot.

`unit_cases` are the examples an analyst keeps with a policy; `again` decides what was decided once more under another
policy, and `backtest` tells what would have changed; `shadow` decides beside the live policy; `arms` draws who is
decided by the challenger. What none of these can know is said where the figures stand.
"""
