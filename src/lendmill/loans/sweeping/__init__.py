"""SWEEPING. Many borrowers' loans brought up to a day at once: columns in, columns out, one statement a table.

A borrower all of whose due loans are plain (`many`) is swept in columns; any other is brought up by `actions.bring_up`,
as online. Both ways leave the same rows.
"""
