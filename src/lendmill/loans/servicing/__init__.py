"""SERVICING (贷中管理). What may be changed on a running loan by hand: fees, waivers, rates, dates, plans, endings."""
