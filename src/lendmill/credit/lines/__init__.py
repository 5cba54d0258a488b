"""The contract a borrower draws on: its limit, what is reserved of it, what is used, and what they owe in all."""
